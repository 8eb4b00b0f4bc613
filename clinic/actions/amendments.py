"""A patient adds to answers that were sent, and staff say that they read it."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from clinic.actions.clocks import act_by
from clinic.errors import BadInput, Refused
from clinic.intake import IntakeState
from clinic.marked import marked
from clinic.store import amendments, assessments, audit, intakes
from clinic.store.audit import Actor
from clinic.store.database import Database, Transaction
from clinic.store.staff import Member
from clinic.triage.rules import Urgency

LONGEST = 2000
MOST = 20
"""So often may something be added to one intake."""

NOT_SENT = marked("Your answers are not sent yet. You can still change them in the form.")
ENOUGH = marked("You have added as much as we can take here. Call us to tell us more.")


def add_to_sent(
    database: Database, intake_id: UUID, text: str, *, once: str, now: datetime, zone: ZoneInfo
) -> bool:
    """Keep what a patient adds; False when the same page had added it before.

    Nothing that was sent is changed. A reviewed intake waits to be read again. Raises Refused
    for a draft and when enough was added, BadInput for a text that no form of ours lets
    through, and UnknownRecord.
    """
    if not text or len(text) > LONGEST:
        raise BadInput(f"Write at least a word, and at most {LONGEST:,} characters.")
    with database.writing() as tx:
        if intakes.facts(tx, intake_id).state is IntakeState.DRAFT:
            raise Refused(NOT_SENT)
        added = amendments.add(tx, intake_id, text, once=once, now=now)
        if not added.first:
            return False
        if added.number > MOST:
            raise Refused(ENOUGH)
        intakes.bring_back(tx, intake_id, act_by=_act_by(tx, intake_id, now, zone), now=now)
        audit.record(
            tx,
            actor=audit.PATIENT,
            action="intake.add",
            subject=("intake", intake_id),
            now=now,
            detail=str(added.number),
        )
    return True


def mark_additions_read(
    database: Database, intake_id: UUID, *, up_to: int, by: Member, version: int, now: datetime
) -> None:
    """Say that what the page showed was read. Raises Conflict."""
    with database.writing() as tx:
        intakes.claim(tx, intake_id, version=version, now=now)
        if not amendments.mark_read(tx, intake_id, up_to=up_to, by=by.id, now=now):
            return
        audit.record(
            tx,
            actor=Actor("staff", by.id),
            action="intake.read_added",
            subject=("intake", intake_id),
            now=now,
            detail=str(up_to),
        )


def _act_by(tx: Transaction, intake_id: UUID, now: datetime, zone: ZoneInfo) -> datetime | None:
    """By when it has to be read: today, whatever the level, since no rule reads added words."""
    kept = assessments.latest(tx, intake_id)
    level = intakes.facts(tx, intake_id).urgency
    if kept is None or level is None:
        return None
    return act_by(replace(kept, urgency=level.or_sooner(Urgency.SAME_DAY)), now, zone)
