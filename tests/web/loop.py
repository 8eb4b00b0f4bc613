"""A referral that was sent, through the real actions, and whoever receives it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from clinic.actions import referrals as acts
from clinic.referral.clocks import Clocks
from clinic.referral.letter import Block, Letter, LetterLine, Part
from clinic.referral.model import Channel, Event, Kind, Referral, Said
from clinic.referral.provider import Provider
from clinic.referral.states import Act, State
from clinic.store import intakes, providers, referrals, sharing
from clinic.store.database import Database
from clinic.store.doors import Door
from clinic.store.staff import Member, Role
from clinic.triage.rules import Urgency
from tests.referral.make import make_gate
from tests.web.browser import Browser, Page
from tests.web.staff import hire

TERMS = acts.Terms(Clocks(), ZoneInfo("America/New_York"), door_days=90)
HOSTILE = '<script>alert(1)</script> "quoted" & <b>bold</b>'
LETTER = Letter(
    (
        Block(
            Part.SITUATION,
            "Situation",
            (
                LetterLine(label="Question", text="Please teach the exercises.", by="Lee"),
                LetterLine(label="Worry", text=HOSTILE, keys=("worries",), quoted=True),
            ),
        ),
        Block(Part.BACKGROUND, "Background", (LetterLine(label="Work", text="Carries pianos"),)),
        Block(Part.ASSESSMENT, "Assessment", ()),
        Block(Part.REQUEST, "Request", (LetterLine(label="Asked of", text="Therapy", by="Lee"),)),
    )
)


@dataclass
class Loop:
    """What people at the clinic do with one referral, each at the version they would see."""

    database: Database
    intake_id: UUID
    now: datetime
    lee: Member = field(init=False)
    provider: Provider = field(init=False)
    id: UUID = field(init=False)
    door: Door = field(init=False)

    def __post_init__(self) -> None:
        self.lee = hire(self.database, "lee", Role.CLINICIAN, "Lee Park")
        self.provider = Provider(
            id=uuid4(),
            name="Mill Road Therapy",
            service="physical-therapy",
            email="desk@mill-road.example",
        )
        with self.database.writing() as tx:
            providers.add(tx, self.provider, now=self.now)
        self.agrees("physical-therapy")
        self.id = self.starts()

    def agrees(self, service: str) -> None:
        with self.database.writing() as tx:
            sharing.add(
                tx,
                self.intake_id,
                service=service,
                scope="this letter",
                how="said",
                by=self.lee.id,
                now=self.now,
            )

    def starts(
        self,
        urgency: Urgency = Urgency.ROUTINE,
        question: str = "Please teach the exercises.",
    ) -> UUID:
        wanted = acts.Wanted(
            service="physical-therapy",
            provider_id=self.provider.id,
            kind=Kind.CONSULT,
            question=question,
            urgency=urgency,
            act_by=self.now + timedelta(days=42),
        )
        return acts.start(
            self.database,
            self.intake_id,
            wanted,
            LETTER,
            by=self.lee,
            now=self.now,
            terms=TERMS,
        )

    @property
    def kept(self) -> referrals.Kept:
        with self.database.reading() as tx:
            return referrals.get(tx, self.id)

    @property
    def state(self) -> State:
        return self.kept.referral.state

    @property
    def history(self) -> list[Event]:
        with self.database.reading() as tx:
            return referrals.history(tx, self.kept.referral)

    def does(self, act: Act, words: str = "", **said: Any) -> Referral:
        return acts.move(
            self.database,
            self.id,
            act,
            Said(words=words, **said),
            by=self.lee,
            version=self.kept.referral.version,
            now=self.now,
            terms=TERMS,
        )

    def signs(self) -> None:
        acts.sign(
            self.database,
            self.id,
            by=self.lee,
            version=self.kept.referral.version,
            added=0,
            now=self.now,
            terms=TERMS,
        )

    def sends(self, channel: Channel = Channel.PRINT) -> "Loop":
        self.does(Act.COMPLETE)
        self.signs()
        with self.database.reading() as tx:
            seen = intakes.facts(tx, self.intake_id).version
        self.door = acts.send(
            self.database,
            self.id,
            channel,
            make_gate(),
            by=self.lee,
            version=self.kept.referral.version,
            intake_version=seen,
            now=self.now,
            terms=TERMS,
        )
        return self


class Receiver:
    """The office that got the letter, with a browser of its own."""

    def __init__(self, browser: Browser, door: Door) -> None:
        self.browser = browser
        self.door = door

    @property
    def address(self) -> str:
        return f"/r/{self.door.token}"

    def opens(self, status: int = 200) -> Page:
        return self.browser.get(self.address, status)

    def answers(
        self, act: str, fields: Mapping[str, Any] | None = None, status: int = 303, **more: Any
    ) -> Page:
        """Send one of the forms of the page at hand."""
        page = self.browser.page
        assert page is not None
        form = page.select_one(f'form[action$="/{act}"]')
        hidden = {str(tag["name"]): str(tag["value"]) for tag in form.select("[type=hidden]")}
        return self.browser.post(str(form["action"]), {**hidden, **(fields or {})}, status, **more)

    def does(self, act: str, fields: Mapping[str, Any] | None = None, **more: Any) -> Page:
        """Open the page, answer, and see what comes."""
        self.opens()
        self.answers(act, fields, **more)
        return self.browser.follow()
