"""What staff do with one intake: open it, take it, say what was done, review it, add notes.

Each act names the version that the page showed and raises Conflict when somebody else came
first. Each is one transaction, and audited in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from clinic.actions.assessing import assessed
from clinic.actions.closing import CALL_QUEUES, TRIES, calls_that_count, lacks
from clinic.actions.earlier import Earlier, Relations, earlier_of, relations_of
from clinic.actions.emergencies import step_of_call
from clinic.actions.levels import keep_level
from clinic.errors import IllegalMove, NotAllowed, UnknownRecord
from clinic.intake import Intake
from clinic.store import (
    amendments,
    assessments,
    audit,
    case_access,
    emergency_steps,
    intakes,
    levels,
    notes,
    outcomes,
    staff,
    staff_facts,
    typed_totals,
)
from clinic.store.amendments import Amendment
from clinic.store.audit import Actor, AuditRow
from clinic.store.beside import Beside
from clinic.store.case_access import CaseAccess
from clinic.store.database import Database, Transaction
from clinic.store.emergency_steps import KeptStep
from clinic.store.intakes import Card, Facts, Library
from clinic.store.levels import SetLevel
from clinic.store.notes import Note
from clinic.store.outcomes import NO_CALL_ABOUT_ANSWERS, Outcome, OutcomeKind
from clinic.store.queues import WAITING
from clinic.store.staff import Member, Role
from clinic.store.staff_facts import StaffFact
from clinic.store.typed_totals import KeptTotal
from clinic.triage.assess import Assessment
from clinic.triage.rules import RuleSet, Urgency

EMERGENCY_OUTCOMES = (
    OutcomeKind.CALLED,
    OutcomeKind.SENT_TO_EMERGENCY_CARE,
    OutcomeKind.COULD_NOT_REACH,
    OutcomeKind.WELFARE_CHECK,
)
CALL_OUTCOMES = (
    OutcomeKind.SENT_TO_EMERGENCY_CARE,
    OutcomeKind.SEEN_TODAY,
    OutcomeKind.VISIT_WITHIN_2_WEEKS,
    OutcomeKind.NORMAL_VISIT,
    OutcomeKind.COULD_NOT_REACH,
    OutcomeKind.EVERY_TRY_MADE,
)
"""How a call of the same day ends (red_flags.md, section 1)."""

LOWERED_TO = {
    OutcomeKind.VISIT_WITHIN_2_WEEKS: Urgency.URGENT_2WK,
    OutcomeKind.NORMAL_VISIT: Urgency.ROUTINE,
}
"""The ends of a call that lower the level: a clinician's alone."""

AFTER_CALL = "After the call."
"""Begins the reason of a level that the end of a call lowered."""

TRAIL_LIMIT = 500
BREAK_GLASS = "break-glass"
"""Marks in the audit a page that was open for a reason, and not by the role."""
EVERY = 10**6
"""More than anybody can add."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Everything that is known of one intake, and everybody who is named in it."""

    facts: Facts
    card: Card
    intake: Intake
    assessment: Assessment
    notes: tuple[Note, ...]
    outcomes: tuple[Outcome, ...]
    levels: tuple[SetLevel, ...]
    totals: tuple[KeptTotal, ...]
    stated: tuple[StaffFact, ...]
    added: tuple[Amendment, ...]
    steps: tuple[KeptStep, ...]
    accesses: tuple[CaseAccess, ...]
    relations: Relations
    earlier: tuple[Earlier, ...]
    trail: tuple[AuditRow, ...]
    people: Mapping[UUID, Member]


def open_intake(
    database: Database,
    library: Library,
    rules: RuleSet,
    intake_id: UUID,
    *,
    by: Member,
    now: datetime,
    today: date,
    action: str = "intake.view",
) -> Opened:
    """Read an intake, and keep who read it. Raises UnknownRecord, for a quiet draft too.

    A draft is nobody's but the patient's until it meets an emergency.
    """
    with database.writing() as tx:
        facts, card = intakes.facts_and_card(tx, intake_id)
        if card is None:
            raise UnknownRecord("intake")
        intake = intakes.load(tx, intake_id, library)
        kept = assessments.latest(tx, intake_id) if intake.submitted else None
        beside = Beside(tx, [intake_id])
        accesses = beside.read(case_access.all_of, intake_id)
        opened_by_reason = any(each.stands_for(by.id, now) for each in accesses)
        detail = BREAK_GLASS if opened_by_reason else ""
        _record(tx, by, action, intake_id, now, detail=detail)
        return Opened(
            facts=facts,
            card=card,
            intake=intake,
            assessment=kept or assessed(tx, rules, intake, today),
            notes=beside.read(notes.all_of, intake_id),
            outcomes=beside.read(outcomes.all_of, intake_id),
            levels=beside.read(levels.all_of, intake_id),
            totals=beside.read(typed_totals.all_of, intake_id),
            stated=beside.read(staff_facts.all_of, intake_id),
            added=beside.read(amendments.all_of, intake_id),
            steps=beside.read(emergency_steps.all_of, intake_id),
            accesses=accesses,
            relations=relations_of(tx, facts),
            earlier=earlier_of(tx, library, facts, by=by, now=now),
            trail=tuple(audit.trail(tx, subject=("intake", intake_id), limit=TRAIL_LIMIT)),
            people={member.id: member for member in staff.everyone(tx)},
        )


def take(database: Database, intake_id: UUID, *, by: Member, version: int, now: datetime) -> Facts:
    """Make oneself the owner. Raises Conflict."""
    with database.writing() as tx:
        _record(tx, by, "intake.take", intake_id, now)
        return intakes.take(tx, intake_id, owner_id=by.id, version=version, now=now)


def give_back(
    database: Database, intake_id: UUID, *, by: Member, version: int, now: datetime
) -> Facts:
    """Leave it to anybody again. Raises Conflict."""
    with database.writing() as tx:
        _record(tx, by, "intake.give_back", intake_id, now)
        return intakes.take(tx, intake_id, owner_id=None, version=version, now=now)


def outcomes_for(
    facts: Facts, role: Role, ended: Sequence[Outcome] = ()
) -> tuple[OutcomeKind, ...]:
    """Give the ends that a call may have now, for somebody of this role; none when none is due.

    That every try was made is offered after three of the calls that `ended` reached nobody.
    """
    if facts.emergency_open:
        return EMERGENCY_OUTCOMES
    if facts.state not in WAITING or facts.queue not in CALL_QUEUES:
        return ()
    is_emergency = facts.urgency is Urgency.EMERGENCY_NOW
    last = calls_that_count(facts, ended)
    withheld = set() if role is Role.CLINICIAN else set(LOWERED_TO)
    if is_emergency or last is None or last.tries < TRIES:
        withheld.add(OutcomeKind.EVERY_TRY_MADE)
    first = EMERGENCY_OUTCOMES if is_emergency else ()
    kinds = dict.fromkeys((*first, *CALL_OUTCOMES))
    return tuple(kind for kind in kinds if kind not in withheld)


def needs_no_call(facts: Facts) -> bool:
    """True of sent answers about which nobody has to call first: book, or settle a finding."""
    is_sent = facts.submitted_at is not None
    return is_sent and not facts.emergency_open and facts.queue not in CALL_QUEUES


def record_outcome(
    database: Database,
    intake_id: UUID,
    kind: OutcomeKind,
    note: str,
    *,
    by: Member,
    version: int,
    now: datetime,
    zone: ZoneInfo,
) -> None:
    """Say how a call ended. Raises Conflict, IllegalMove, and NotAllowed for a lower level."""
    with database.writing() as tx:
        facts = intakes.claim(tx, intake_id, version=version, now=now)
        _check_outcome(tx, facts, kind, by.role)
        if kind is OutcomeKind.FINDING_SETTLED and not note.strip():
            raise IllegalMove("Type what came of it: a finding is settled with a reason.")
        step_of_call(tx, facts, kind, note, by=by, now=now)
        outcomes.record(tx, intake_id, kind, by=by.id, now=now, note=note)
        _record(tx, by, "intake.outcome", intake_id, now, detail=kind.value)
        if kind in LOWERED_TO:
            reason = f"{AFTER_CALL} {note}".strip()
            keep_level(
                tx, intake_id, LOWERED_TO[kind], reason, by=by, now=now, zone=zone, called=True
            )


def _check_outcome(tx: Transaction, facts: Facts, kind: OutcomeKind, role: Role) -> None:
    """Raise IllegalMove, or NotAllowed, for an end that a call cannot have now."""
    if kind in NO_CALL_ABOUT_ANSWERS and needs_no_call(facts):
        if kind is OutcomeKind.FINDING_SETTLED and role is not Role.CLINICIAN:
            raise NotAllowed("Only a clinician may settle a finding.")
        return
    ended = outcomes.all_of(tx, facts.id)
    if kind not in outcomes_for(facts, Role.CLINICIAN, ended):
        raise IllegalMove("No call of this kind is open for this patient.")
    if kind not in outcomes_for(facts, role, ended):
        raise NotAllowed("Only a clinician may lower the level.")


def mark_reviewed(
    database: Database, intake_id: UUID, *, by: Member, version: int, now: datetime
) -> Facts:
    """Say that the answers, and what was added to them, were read.

    An emergency leaves the list only by its outcome, and a row of the call list by a call that
    reached somebody. Raises Conflict, also when the patient added something since the page was
    opened, and IllegalMove with what is missing.
    """
    with database.writing() as tx:
        facts = intakes.claim(tx, intake_id, version=version, now=now)
        missing = lacks(facts, outcomes.all_of(tx, intake_id), levels.all_of(tx, intake_id))
        if missing:
            raise IllegalMove(missing)
        _record(tx, by, "intake.review", intake_id, now)
        amendments.mark_read(tx, intake_id, up_to=EVERY, by=by.id, now=now)
        seen = intakes.facts(tx, intake_id)
        return intakes.mark_reviewed(tx, intake_id, version=seen.version, now=now)


def reopen(
    database: Database, intake_id: UUID, *, by: Member, version: int, now: datetime
) -> Facts:
    """Bring a reviewed intake back to the list. Raises Conflict and IllegalMove."""
    with database.writing() as tx:
        _record(tx, by, "intake.reopen", intake_id, now)
        return intakes.reopen(tx, intake_id, version=version, now=now)


def add_note(
    database: Database, intake_id: UUID, text: str, *, by: Member, version: int, now: datetime
) -> None:
    """Add a note; notes are never changed or taken away. Raises Conflict."""
    with database.writing() as tx:
        intakes.claim(tx, intake_id, version=version, now=now)
        notes.add(tx, intake_id, text, author_id=by.id, now=now)
        _record(tx, by, "intake.note", intake_id, now)


def _record(
    tx: Transaction, by: Member, action: str, intake_id: UUID, now: datetime, detail: str = ""
) -> None:
    audit.record(
        tx,
        actor=Actor("staff", by.id),
        action=action,
        subject=("intake", intake_id),
        now=now,
        detail=detail,
    )
