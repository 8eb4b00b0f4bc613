"""Makes what is kept: drafts and sent intakes, staff, assessments."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from clinic.intake import Alarm, Consent, Intake, IntakeState
from clinic.questionnaire.model import Questionnaire
from clinic.questionnaire.values import Coding
from clinic.store import intakes, patients, staff
from clinic.store.database import Transaction
from clinic.store.intakes import Card
from clinic.store.patients import Person
from clinic.store.staff import Member, Role
from clinic.triage.assess import Assessment, Finding, FlagState
from clinic.triage.rules import Urgency
from tests.make import NOW, TODAY, make_item, make_questionnaire, make_response

QUESTIONNAIRE = make_questionnaire(
    make_item(
        "who",
        "group",
        make_item("full-name"),
        make_item("birth-date", "date"),
        make_item("worst", "choice", options=["yes", "no"], repeats=True),
        make_item("dose", "decimal"),
        make_item("words", "text"),
    ),
    id="kept",
)
PASSWORD = "correct horse battery staple"
BORN = "1980-03-17"


class Shelf:
    """A library that holds one questionnaire."""

    def get(self, questionnaire_id: str, version: str | None = None) -> Questionnaire:
        assert (questionnaire_id, version) == (QUESTIONNAIRE.id, QUESTIONNAIRE.version)
        return QUESTIONNAIRE


SHELF = Shelf()


def begin(tx: Transaction, *, now: datetime = NOW) -> intakes.Draft:
    """A draft with nothing in it."""
    return intakes.start(tx, QUESTIONNAIRE, now=now)


def answered(intake: Intake, now: datetime = NOW, **answers: object) -> Intake:
    """The intake with answers recorded; a link id is written with low lines."""
    named = {key.replace("_", "-"): value for key, value in answers.items()}
    values = make_response(named, questionnaire=QUESTIONNAIRE).answers
    return intake.recorded(values, offered=tuple(values), now=now, today=TODAY)


def agreed(intake: Intake) -> Intake:
    """The intake with a consent."""
    return replace(intake, consent=Consent("Ada Stone", "3", "sha256:00", NOW))


def make_assessment(
    urgency: Urgency = Urgency.ROUTINE, *, incomplete: bool = False, rule_id: str = "R-1"
) -> Assessment:
    """An assessment with one finding that uses every part."""
    finding = Finding(
        rule_id=rule_id,
        urgency=urgency,
        flags=("infection",),
        staff="Fever with new back pain.",
        source=("idsa-2015",),
        advice="lie-still",
        answers=(("worst", (Coding("yes", "s", "Yes"),)), ("dose", (True, 3, "a"))),
        held=True,
    )
    note = Finding(rule_id="N-1", urgency=None, flags=(), staff="A note.")
    return Assessment(
        urgency=urgency,
        incomplete=incomplete,
        findings=(finding, note),
        flags={"infection": FlagState.PRESENT, "cancer": FlagState.NOT_ANSWERED},
        unanswered=("fever",),
        rules_version="1",
        rules_hash="abc",
    )


def send(
    tx: Transaction,
    urgency: Urgency = Urgency.ROUTINE,
    *,
    name: str = "Ada Stone",
    incomplete: bool = False,
    act_by: datetime | None = NOW + timedelta(days=14),
    now: datetime = NOW,
) -> Intake:
    """A sent intake with its patient and card."""
    draft = begin(tx, now=now)
    intake = answered(draft.intake, full_name=name, birth_date=BORN)
    patient_id = patients.add(tx, Person(name), now=now)
    return intakes.submit(
        tx,
        intake.sent(now),
        idempotency_key=draft.idempotency_key,
        assessment=make_assessment(urgency, incomplete=incomplete),
        card=Card(name=name, reason=("Fever with new back pain.",)),
        act_by=act_by,
        patient_id=patient_id,
        now=now,
    ).intake


def alarmed_draft(tx: Transaction, *, now: datetime = NOW, rule_id: str = "CES-1") -> Intake:
    """A draft whose answers raised an emergency, as the action keeps it."""
    intake = begin(tx, now=now).intake.alarmed([rule_id], now)
    assert intake.alarms == (Alarm(rule_id, now),)
    return intakes.save(
        tx,
        intake,
        card=Card(name="Ada Stone"),
        assessment=make_assessment(Urgency.EMERGENCY_NOW, rule_id=rule_id),
        now=now,
    )


def hire(tx: Transaction, username: str = "nina", role: Role = Role.CLINICIAN) -> Member:
    """Somebody on the staff."""
    return staff.add(
        tx, username=username, name=username.title(), role=role, password=PASSWORD, now=NOW
    )


def state_of(tx: Transaction, intake_id: UUID) -> IntakeState:
    """The state that an intake is kept in."""
    return intakes.facts(tx, intake_id).state
