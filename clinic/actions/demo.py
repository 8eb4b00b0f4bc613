"""Makes the demo: staff who may sign in, and patients put in page by page as real ones are."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from clinic.actions import providers, review
from clinic.actions.demo_loop import Content as LoopContent
from clinic.actions.demo_loop import LoopPlayer
from clinic.actions.intakes import record_answers, start_intake, submit_intake
from clinic.actions.providers import Wish
from clinic.actions.referrals import Terms
from clinic.actions.visits import note_visit
from clinic.intake import Consent, Intake
from clinic.library.articles import Articles
from clinic.library.demo import Answers, DemoAct, DemoPatient, DemoPlan, item_of, read_demo
from clinic.library.demo_loop import read_demo_loop
from clinic.library.demo_providers import read_demo_providers
from clinic.questionnaire.model import Step
from clinic.referral.provider import Provider
from clinic.store import intakes, staff
from clinic.store.database import Database
from clinic.store.outcomes import OutcomeKind
from clinic.store.staff import Member, Role
from clinic.summary.model import ClinicDetails
from clinic.triage.rules import RuleSet

QUESTIONNAIRE = "low-back-intake"
PER_PAGE = timedelta(seconds=35)
"""How long a made-up patient takes for a page."""
RESUME_DAYS = 14
CONSENT = "consent"
VISIT_AT = time(10, 15)


class SignIn(NamedTuple):
    """How to sign in to the demo."""

    role: str
    username: str
    password: str


class Content(LoopContent, Protocol):
    """The content that the demo is made with."""

    @property
    def rules(self) -> RuleSet:
        """The red-flag rules."""

    @property
    def articles(self) -> Articles:
        """Everything there is to read; the text that is agreed to is one of them."""


def make_demo(
    database: Database,
    content: Content,
    now: datetime,
    *,
    terms: Terms,
    clinic: ClinicDetails,
    folder: Path,
) -> list[SignIn]:
    """Make what is missing of the demo, and give how to sign in.

    `folder` is the content folder. Staff are made once. Patients, and what was done with them,
    are made in a database that holds no intake yet, so that a second start keeps what was done
    meanwhile; so is the directory in one that holds no entry yet.
    """
    plan = read_demo(folder, content.questionnaires.current(QUESTIONNAIRE))
    today = now.astimezone(terms.zone).date()
    services = frozenset(service.id for service in content.destinations.services)
    listed = read_demo_providers(folder, services, today)
    loop = read_demo_loop(folder, plan, listed)
    members = _make_staff(database, plan, now)
    _make_directory(database, listed, services, members, now=now, today=today)
    with database.reading() as tx:
        is_empty = not intakes.listing(tx, limit=1)
    if is_empty:
        made = {
            patient.id: _Sitting(database, content, terms.zone, patient, members).play(
                now - patient.ago
            )
            for patient in plan.patients
        }
        LoopPlayer(
            database=database,
            content=content,
            clinic=clinic,
            terms=terms,
            members=members,
            intakes=made,
            now=now,
        ).play(loop)
    return [SignIn(each.role, each.username, each.password) for each in plan.staff]


def _make_staff(database: Database, plan: DemoPlan, now: datetime) -> dict[str, Member]:
    """Accounts of the demo need no second step.

    One that an older version made is told by its name, where the key is for trying out alone.
    """
    found: dict[str, Member] = {}
    for each in plan.staff:
        with database.writing() as tx:
            found[each.username] = member = staff.by_username(tx, each.username) or staff.add(
                tx,
                username=each.username,
                name=each.name,
                role=Role(each.role),
                password=each.password,
                now=now,
                demo=True,
            )
            if not member.demo and database.keyring.trying_out:
                staff.belongs_to_demo(tx, member.id)
    return found


def _make_directory(
    database: Database,
    listed: Iterable[Provider],
    services: frozenset[str],
    members: dict[str, Member],
    *,
    now: datetime,
    today: date,
) -> None:
    """Put the made-up entries into a directory that never held one, as the admin of the demo."""
    if providers.look_up(database, Wish(removed=True)).entries:
        return
    admin = next(each for each in members.values() if each.role is Role.ADMIN)
    for entry in listed:
        providers.add(database, entry, services, by=admin, now=now, today=today)


class _Sitting:
    """One made-up patient at the keyboard, and what staff do afterwards."""

    def __init__(
        self,
        database: Database,
        content: Content,
        zone: ZoneInfo,
        patient: DemoPatient,
        members: dict[str, Member],
    ) -> None:
        self.database = database
        self.content = content
        self.zone = zone
        self.patient = patient
        self.members = members

    def play(self, at: datetime) -> UUID:
        """Begin, answer page by page, change an answer, send; then let staff act."""
        intake, at = self._answered(self._started(at), at)
        if self.patient.then:
            at += timedelta(minutes=self.patient.then_minutes)
            intake = self._left(intake, self.patient.then, intake.offered, at)
        if not self.patient.stops:
            at += PER_PAGE
            self._send(intake.id, at)
        for act in self.patient.acts:
            self._acted(intake.id, act, at + timedelta(minutes=act.after_minutes))
        return intake.id

    def _started(self, at: datetime) -> Intake:
        text = self.content.articles.page(CONSENT)
        name = str((self.patient.answers.get("full-name") or ("",))[0])
        return start_intake(
            self.database,
            self.content.questionnaires.current(QUESTIONNAIRE),
            Consent(name, str(text.version), text.digest, at),
            now=at,
            address=f"demo {self.patient.id}",
            resume_days=RESUME_DAYS,
        ).intake

    def _answered(self, intake: Intake, at: datetime) -> tuple[Intake, datetime]:
        """Leave each page, once more when answers switched further questions on."""
        step: Step | None = intake.steps[0]
        while step is not None:
            while intake.not_offered(step):
                at += PER_PAGE
                intake = self._left(intake, self._of(intake, step), intake.questions(step), at)
            step = None if step.id == self.patient.stops else intake.step_after(step)
        return intake, at

    def _of(self, intake: Intake, step: Step) -> Answers:
        """Give the answers to what the page asks, with every row of its lists."""
        here, asked = {item.link_id for item in step.walk()}, set(intake.questions(step))
        return {
            key: answer
            for key, answer in self.patient.answers.items()
            if (item := item_of(intake.questionnaire, key)) and item.link_id in here
            if key in asked or "." in key
        }

    def _left(
        self, intake: Intake, changes: Answers, offered: Iterable[str], at: datetime
    ) -> Intake:
        return record_answers(
            self.database,
            self.content.questionnaires,
            self.content.rules,
            intake,
            changes,
            offered=frozenset(offered),
            now=at,
            today=at.astimezone(self.zone).date(),
        ).intake

    def _send(self, intake_id: UUID, at: datetime) -> None:
        with self.database.reading() as tx:
            key = intakes.idempotency_key(tx, intake_id)
        submit_intake(
            self.database,
            self.content.questionnaires,
            self.content.rules,
            intake_id,
            idempotency_key=key,
            confirmed={},
            now=at,
            zone=self.zone,
        )

    def _acted(self, intake_id: UUID, act: DemoAct, at: datetime) -> None:
        by = self.members[act.by]
        with self.database.reading() as tx:
            version = intakes.facts(tx, intake_id).version
        match act.act:
            case "take":
                review.take(self.database, intake_id, by=by, version=version, now=at)
            case "note":
                review.add_note(self.database, intake_id, act.words, by=by, version=version, now=at)
            case "visit":
                visit_on = at.astimezone(self.zone).date() + timedelta(days=act.in_days)
                note_visit(
                    self.database, intake_id, visit_on, VISIT_AT, by=by, version=version, now=at
                )
            case "review":
                review.mark_reviewed(self.database, intake_id, by=by, version=version, now=at)
            case outcome:
                review.record_outcome(
                    self.database,
                    intake_id,
                    OutcomeKind(outcome),
                    act.words,
                    by=by,
                    version=version,
                    now=at,
                    zone=self.zone,
                )
