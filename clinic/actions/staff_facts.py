"""What staff state of a patient in answer to a question for staff, and the emergency it may be.

Which question it was is told to nobody but clinicians (red_flags.md 3.4): not to the audit,
the mail, or the list.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from clinic.actions.assessing import assessed
from clinic.actions.cards import card_of
from clinic.actions.clocks import act_by
from clinic.errors import UnknownRecord
from clinic.intake import Intake
from clinic.questionnaire.response import Answer
from clinic.questionnaire.values import Coding
from clinic.store import alerts, assessments, audit, intakes, staff_facts
from clinic.store.audit import Actor
from clinic.store.database import Database, Transaction
from clinic.store.intakes import Library
from clinic.store.staff import Member
from clinic.triage.assess import Assessment
from clinic.triage.rules import RuleSet

SELF_HARM = "staff-self-harm"
"""The staff tick of rule MO-1."""

YES, NO = "yes", "no"


def state_self_harm(
    database: Database,
    library: Library,
    rules: RuleSet,
    intake_id: UUID,
    *,
    harm: bool,
    words: str,
    by: Member,
    version: int,
    now: datetime,
    zone: ZoneInfo,
) -> None:
    """Say whether the patient wrote or said that they may harm themselves.

    A yes is an emergency met, at whatever state the intake is, and opens it again when an
    earlier one was settled. A no after a yes lowers nothing: a clinician does, with a reason.
    Raises Conflict, and UnknownRecord for a draft that staff do not see.
    """
    with database.writing() as tx:
        facts = intakes.claim(tx, intake_id, version=version, now=now)
        card = intakes.card(tx, intake_id)
        if card is None:
            raise UnknownRecord("intake")
        intake = intakes.load(tx, intake_id, library)
        before = assessments.latest(tx, intake_id)
        answer = _answer(intake, YES if harm else NO)
        staff_facts.add(tx, intake_id, SELF_HARM, answer, words=words, by=by.id, now=now)
        today = (intake.submitted_at or now).astimezone(zone).date()
        after = assessed(tx, rules, intake, today)
        assessments.insert(tx, intake_id, after, now=now)
        fresh = card_of(intake, after, rules)
        facts = intakes.keep_card(
            tx,
            intake_id,
            replace(card, reason=fresh.reason, reason_of=fresh.reason_of),
            version=facts.version,
            now=now,
        )
        if harm or (_is_raised(before, after) and after.is_emergency):
            intakes.raise_emergency(tx, intake_id, version=facts.version, now=now)
            alerts.raise_alert(tx, intake_id, now=now)
        elif _is_raised(before, after):
            # A clinician may have set a sooner one.
            level = after.urgency.or_sooner(facts.urgency or after.urgency)
            intakes.set_urgency(
                tx,
                intake_id,
                level,
                act_by=act_by(replace(after, urgency=level), now, zone),
                version=facts.version,
                now=now,
            )
        _record(tx, by, intake_id, now)


def is_harm(answer: Answer) -> bool:
    """True of a yes."""
    return any(isinstance(value, Coding) and value.code == YES for value in answer)


def _answer(intake: Intake, code: str) -> Answer:
    """Give the answer as the form has it; an older form may not know the question."""
    item = intake.questionnaire.by_link_id.get(SELF_HARM)
    option = item.option(code) if item else None
    return (option.value if option else Coding(code),)


def _is_raised(before: Assessment | None, after: Assessment) -> bool:
    """True when the rules of today say more than those of the day of sending did."""
    return before is not None and after.urgency.rank < before.urgency.rank


def _record(tx: Transaction, by: Member, intake_id: UUID, now: datetime) -> None:
    audit.record(
        tx,
        actor=Actor("staff", by.id),
        action="intake.staff_question",
        subject=("intake", intake_id),
        now=now,
    )
