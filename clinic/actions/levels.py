"""The level of an intake as a clinician sets it, kept beside what the rules said."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from clinic.actions.clocks import act_by
from clinic.errors import IllegalMove
from clinic.intake import IntakeState
from clinic.store import assessments, audit, intakes, levels
from clinic.store.audit import Actor
from clinic.store.database import Database, Transaction
from clinic.store.staff import Member
from clinic.triage.rules import Urgency


def set_level(
    database: Database,
    intake_id: UUID,
    urgency: Urgency,
    reason: str,
    *,
    by: Member,
    version: int,
    now: datetime,
    zone: ZoneInfo,
) -> None:
    """Set another level than the one that stands. Raises Conflict and IllegalMove.

    What the rules said stays on record beside it.
    """
    with database.writing() as tx:
        facts = intakes.claim(tx, intake_id, version=version, now=now)
        if facts.state is IntakeState.DRAFT:
            raise IllegalMove("Answers that were not sent have no level to change.")
        if facts.urgency is urgency:
            raise IllegalMove("That is the level already.")
        if facts.emergency_open and urgency is not Urgency.EMERGENCY_NOW:
            raise IllegalMove("First record what was done about the emergency.")
        keep_level(tx, intake_id, urgency, reason, by=by, now=now, zone=zone)


def keep_level(
    tx: Transaction,
    intake_id: UUID,
    urgency: Urgency,
    reason: str,
    *,
    by: Member,
    now: datetime,
    zone: ZoneInfo,
    called: bool = False,
) -> None:
    """Write a level that was set, its reason, and its clock. Raises IllegalMove for a draft.

    An incomplete screen keeps its clock of today, unless the patient was `called` about it.
    """
    seen = intakes.facts(tx, intake_id)
    kept = assessments.latest(tx, intake_id)
    computed = kept.urgency if kept else seen.urgency
    due = None
    if kept is not None:
        open_screen = kept.incomplete and not called
        due = act_by(replace(kept, urgency=urgency, incomplete=open_screen), now, zone)
    intakes.set_urgency(tx, intake_id, urgency, act_by=due, version=seen.version, now=now)
    levels.add(
        tx,
        intake_id,
        computed=computed or urgency,
        level=urgency,
        reason=reason,
        by=by.id,
        now=now,
    )
    audit.record(
        tx,
        actor=Actor("staff", by.id),
        action="intake.set_level",
        subject=("intake", intake_id),
        now=now,
        detail=urgency.value,
    )
