"""Staff at the keyboard, and patients who are on the list before they begin."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Flask

from clinic.actions.intakes import record_answers, start_intake, submit_intake
from clinic.fhir.response import response_from_json
from clinic.intake import Consent
from clinic.library.places import content_dir
from clinic.library.shelf import Shelf
from clinic.questionnaire.response import Answer
from clinic.store import intakes, passwords, staff
from clinic.store.audit import Actor, record
from clinic.store.database import Database
from clinic.store.ids import new_id
from clinic.store.sessions import MARK, open_session
from clinic.store.staff import Member, Role
from clinic.store.tables import staff as staff_table
from clinic.web.sessions import PLAIN_NAME, SECURE_NAME, STAFF_ID
from clinic.web.staff.letting_in import FRESH
from clinic.web.visit import EXTENSION, House
from tests.make import make_answer, shipped_questionnaire, shown_keys
from tests.web.browser import Browser, Page

PASSWORD = "three quiet words here"
ZONE = ZoneInfo("America/New_York")
BEFORE = datetime(2026, 3, 17, 12, 40, tzinfo=UTC)
"""8:40 in the morning at the clinic; the tests' clock stands at 10:30."""

EMERGENCY = {
    "saddle-numb": "yes",
    "saddle-touch": "dull",
    "saddle-numb-course": "start-2-weeks",
}
SAME_DAY = {"fever": "yes", "fever-number": "high", "bad-headache": "no"}
PRIVATE = {
    "sex-at-birth": "female",
    "birth-date": "1990-05-01",
    "minor-fall": "yes",
    "pregnant": "yes",
    "pregnancy-weeks": "14-to-27",
    "pregnancy-signs": ["none"],
    "birth-recent": "no",
    "hit-head": "no",
    "bad-headache": "no",
    "heavy-bleeding": "no",
}
INCOMPLETE = {"pee-change": "not-sure", "pee-kind": ["slow-often"], "sex-change": None}
TWO_WEEKS = {"weight-loss": "yes"}
STORY = "It started when I carried the piano."


def hire(
    database: Database, username: str, role: Role, name: str = "", *, enrols: bool = False
) -> Member:
    """Add a member of staff; the password is PASSWORD, hashed once for all of them.

    They need no second step, as those of the demo, unless one `enrols`.
    """
    row_id = new_id()
    with database.writing() as tx:
        tx.execute(
            staff_table.insert().values(
                id=row_id,
                username=username,
                name=name or username.capitalize(),
                role=role.value,
                password_hash=_password_hash(),
                must_change_password=False,
                created_at=BEFORE,
                password_set_at=BEFORE,
                demo=not enrols,
            )
        )
        return staff.get(tx, row_id)


@cache
def _password_hash() -> str:
    return passwords.hash_of(PASSWORD)


class Worker:
    """A member of staff with a browser of their own."""

    def __init__(self, app: Flask, member: Member, address: str = "127.0.0.1") -> None:
        self.member = member
        self.browser = Browser(app, use_cookies=True)
        self.browser.client.environ_base["REMOTE_ADDR"] = address

    def signs_in(self) -> "Worker":
        """Have a session as one who signed in has, without the time that a password takes.

        Tests of the sign-in page itself use `tries`.
        """
        house: House = self.browser.app.extensions[EXTENSION]
        me = self.member.id
        with house.database.writing() as tx:
            record(
                tx,
                actor=Actor("staff", me),
                action="staff.sign_in",
                subject=("staff", me),
                now=house.clock(),
            )
            data = {
                STAFF_ID: str(me),
                MARK: staff.get(tx, me).mark,
                FRESH: house.clock().isoformat(),
            }
            token = open_session(tx, now=house.clock(), data=data, staff_id=me)
        name = SECURE_NAME if house.settings.behind_tls else PLAIN_NAME
        self.browser.client.set_cookie(name, token)
        return self

    def tries(self, password: str, status: int | None = 303, username: str = "") -> Page:
        """Fill in the sign-in page."""
        self.browser.get("/staff/sign-in")
        name = username or self.member.username
        return self.browser.submit({"username": name, "password": password}, status)

    def opens(self, intake_id: UUID | str, status: int = 200) -> Page:
        return self.browser.get(f"/staff/intakes/{intake_id}", status)

    def does(self, act: str, status: int = 303, **fields: Any) -> Page:
        """Send one of the forms of the patient's page at hand."""
        page = self.browser.page
        assert page is not None
        form = page.select_one(f'form[action$="/{act}"]')
        hidden = {str(tag["name"]): str(tag["value"]) for tag in form.select("[type=hidden]")}
        return self.browser.post(str(form["action"]), {**hidden, **fields}, status)


class Patients:
    """Puts patients on the list through the real actions, in one page each."""

    def __init__(self, database: Database, shelf: Shelf) -> None:
        self.database = database
        self.shelf = shelf

    def drafts(self, changes: Mapping[str, Any] | None = None, *, at: datetime = BEFORE) -> UUID:
        """Begin and answer everything, and leave it there."""
        form = shipped_questionnaire()
        begun = start_intake(
            self.database,
            form,
            Consent("Pat Sample", "1", "0" * 64, at),
            now=at,
            address=f"test {at.isoformat()} {changes}",
            resume_days=14,
        )
        self.answers(begun.intake.id, {**_plain(), **_answers(changes or {})}, at=at)
        return begun.intake.id

    def answers(self, intake_id: UUID, changes: Mapping[str, Answer | None], at: datetime) -> None:
        with self.database.reading() as tx:
            intake = intakes.load(tx, intake_id, self.shelf.questionnaires)
        after = intake.recorded(changes, offered=(), now=at, today=at.date())
        record_answers(
            self.database,
            self.shelf.questionnaires,
            self.shelf.rules,
            intake,
            changes,
            offered=shown_keys(after),
            now=at,
            today=at.astimezone(ZONE).date(),
        )

    def corrects(self, intake_id: UUID, changes: Mapping[str, Any], at: datetime) -> None:
        self.answers(intake_id, _answers(changes), at)

    def sends(self, changes: Mapping[str, Any] | None = None, *, at: datetime = BEFORE) -> UUID:
        """Begin, answer everything and send, two minutes later."""
        intake_id = self.drafts(changes, at=at)
        self.presses_send(intake_id, at=at + timedelta(minutes=2))
        return intake_id

    def presses_send(self, intake_id: UUID, *, at: datetime) -> None:
        with self.database.reading() as tx:
            key = intakes.idempotency_key(tx, intake_id)
        submit_intake(
            self.database,
            self.shelf.questionnaires,
            self.shelf.rules,
            intake_id,
            idempotency_key=key,
            confirmed={},
            now=at,
            zone=ZONE,
        )


@cache
def _plain() -> Mapping[str, Answer]:
    """The answers of a well adult with plain back pain."""
    text = (content_dir() / "examples" / "plain-back-pain.json").read_text(encoding="utf-8")
    return response_from_json(shipped_questionnaire(), json.loads(text)).answers


def _answers(changes: Mapping[str, Any]) -> dict[str, Answer | None]:
    form = shipped_questionnaire()
    return {key: make_answer(form, key, value) for key, value in changes.items()}
