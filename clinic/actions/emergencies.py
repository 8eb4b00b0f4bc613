"""The small loop of an emergency, step by step, and what the end of a call says of it."""

from datetime import datetime
from uuid import UUID

from clinic.errors import IllegalMove
from clinic.referral.emergency import EmergencyStep, check_step, due, this_loop
from clinic.store import audit, emergency_steps, intakes
from clinic.store.audit import Actor
from clinic.store.database import Database, Transaction
from clinic.store.emergency_steps import KeptStep
from clinic.store.outcomes import OutcomeKind
from clinic.store.records import Facts
from clinic.store.staff import Member, Role
from clinic.triage.rules import Urgency

STEP_OF = {
    OutcomeKind.CALLED: EmergencyStep.SPOKEN,
    OutcomeKind.SENT_TO_EMERGENCY_CARE: EmergencyStep.ADVISED,
    OutcomeKind.COULD_NOT_REACH: EmergencyStep.NOT_REACHED,
    OutcomeKind.VISIT_WITHIN_2_WEEKS: EmergencyStep.OUTCOME_KNOWN,
    OutcomeKind.NORMAL_VISIT: EmergencyStep.OUTCOME_KNOWN,
}
"""The ends of a call that are a step of the loop too, so that nothing is recorded twice.

Whoever was only spoken with still has to go, or a clinician says why not.
"""

FIRST = "First record how the call about the emergency ended."


def record_step(
    database: Database,
    intake_id: UUID,
    step: EmergencyStep,
    words: str,
    *,
    by: Member,
    version: int,
    now: datetime,
) -> None:
    """Record a step. Raises Conflict, and IllegalMove for one that does not follow."""
    with database.writing() as tx:
        facts = intakes.claim(tx, intake_id, version=version, now=now)
        if not has_loop(facts, emergency_steps.all_of(tx, intake_id)):
            raise IllegalMove(FIRST)
        if facts.emergency_open and step is not EmergencyStep.NOT_REACHED:
            raise IllegalMove(FIRST)
        keep_step(tx, intake_id, step, words, by=by, now=now)


def has_loop(facts: Facts, steps: list[KeptStep]) -> bool:
    """True when steps may be recorded: a call was made, and it was about an emergency.

    While nobody was reached the emergency stays open, and only further tries may be recorded.
    """
    if facts.emergency_open:
        return bool(steps) and steps[-1].step is EmergencyStep.NOT_REACHED
    return bool(steps) or facts.urgency is Urgency.EMERGENCY_NOW


def step_of_call(
    tx: Transaction, facts: Facts, kind: OutcomeKind, words: str, *, by: Member, now: datetime
) -> None:
    """Record the step that the end of a call about an emergency is, where one follows."""
    step = STEP_OF.get(kind)
    if step is None or facts.urgency is not Urgency.EMERGENCY_NOW:
        return
    try:
        keep_step(tx, facts.id, step, words, by=by, now=now, again=facts.emergency_open)
    except IllegalMove:
        return  # the loop is further on than this call


def keep_step(
    tx: Transaction,
    intake_id: UUID,
    step: EmergencyStep,
    words: str,
    *,
    by: Member,
    now: datetime,
    again: bool = False,
) -> None:
    """Write a step with what is due after it. Raises IllegalMove and Conflict."""
    kept = emergency_steps.all_of(tx, intake_id)
    loop = this_loop(kept, lambda each: each.step, again=again)
    check_step(loop[-1].step if loop else None, step, by_clinician=by.role is Role.CLINICIAN)
    emergency_steps.add(
        tx,
        intake_id,
        step,
        number=len(kept) + 1,
        words=words,
        due_at=due(step, loop[0].at if loop else now, now),
        by=by.id,
        now=now,
    )
    audit.record(
        tx,
        actor=Actor("staff", by.id),
        action="intake.emergency_step",
        subject=("intake", intake_id),
        now=now,
        detail=step.value,
    )
