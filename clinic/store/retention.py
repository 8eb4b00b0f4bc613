"""What has been kept for long enough, and how it is deleted: with its key, for good.

To delete an intake deletes the data key that sealed it, and with that everything of it is gone
at once: answers, papers, notes, referrals, attachments. The audit keeps the ids of acts, and a
tombstone says which row is no more, since when, and by which policy.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, and_, exists, func, or_, select, update

from clinic.intake import IntakeState
from clinic.store.database import Transaction
from clinic.store.referral_tables import amendment, case_access, invitation, referral
from clinic.store.retention_tables import legal_hold, tombstone
from clinic.store.sessions import PATIENT_LIFE
from clinic.store.tables import audit_row, intake, outbox, patient, resume_code

A_DAY = timedelta(days=1)
SILENCE = timedelta(days=8)
"""After so long without an act it may be the clock that is wrong, and not the clinic closed."""
MAIL_KEPT = timedelta(days=90)
"""Mails that went out are kept so long: their names keep one from being sent twice."""
TIME_BITS = 80
"""The bits of an id after the milliseconds it was made at (RFC 9562, 5.7)."""
SETTLED = (IntakeState.REVIEWED.value, IntakeState.CLOSED.value)


def believed(tx: Transaction, now: datetime) -> datetime:
    """Give the moment up to which things may be called old.

    A clock that jumps ahead by years would have everything deleted. So no more than SILENCE is
    believed after the last act that is more than a day old; once people have worked for a day
    by a clock, it is taken to be right.
    """
    day_ago = now - A_DAY
    older = audit_row.c.id < UUID(int=int(day_ago.timestamp() * 1000) << TIME_BITS)
    newest = select(audit_row.c.at).where(older).order_by(audit_row.c.id.desc()).limit(1)
    last: datetime | None = tx.scalar(newest)
    return now if last is None else min(now, last + SILENCE)


def unsent_forms(
    tx: Transaction, now: datetime, *, days: int, limit: int | None = None
) -> list[UUID]:
    """Take the forms that were begun so many days ago, never sent, and that no code opens.

    One that an emergency brought to staff, or that they type in from paper, is theirs to read,
    and none of these.
    """
    last = now - PATIENT_LIFE  # Whoever opened one with the last moment of a code is done by now.
    opens = exists().where(resume_code.c.intake_id == intake.c.id, resume_code.c.expires_at > last)
    statement = select(intake.c.id).where(
        intake.c.state == IntakeState.DRAFT.value,
        intake.c.updated_at <= last,
        intake.c.created_at <= now - timedelta(days=days),
        ~_seen_by_staff(),
        ~opens,
        ~_is_held(),
    )
    return _taken(tx, statement, intake, limit)


def old_intakes(
    tx: Transaction, now: datetime, *, days: int, limit: int | None = None
) -> list[UUID]:
    """Take the intakes that are settled and that nobody has changed for so many days.

    Settled: reviewed or filed, no emergency open, no referral under way, nothing unread, and no
    use of break-glass that an admin has still to look at.
    """
    before = now - timedelta(days=days)
    unsettled = [
        exists().where(
            referral.c.intake_id == intake.c.id,
            or_(referral.c.due_at.is_not(None), referral.c.entered_at > before),
        ),
        exists().where(amendment.c.intake_id == intake.c.id, amendment.c.read_at.is_(None)),
        exists().where(case_access.c.intake_id == intake.c.id, case_access.c.told_at.is_(None)),
    ]
    was_theirs = and_(intake.c.state == IntakeState.DRAFT.value, _seen_by_staff())
    statement = select(intake.c.id).where(
        or_(intake.c.state.in_(SETTLED), was_theirs),
        intake.c.updated_at <= before,
        intake.c.queue.is_(None),
        intake.c.emergency_open.is_(False),
        *(~each for each in unsettled),
        ~_is_held(),
    )
    return _taken(tx, statement, intake, limit)


def old_invitations(
    tx: Transaction, now: datetime, *, days: int, limit: int | None = None
) -> list[UUID]:
    """Take the invitations that opened nothing any more for so many days, and began no form."""
    before = now - timedelta(days=days)
    statement = select(invitation.c.id).where(
        invitation.c.intake_id.is_(None),
        or_(invitation.c.expires_at <= before, invitation.c.revoked_at <= before),
    )
    return _taken(tx, statement, invitation, limit)


def old_mails(tx: Transaction, now: datetime, *, limit: int | None = None) -> list[UUID]:
    """Take the messages that went out, or were given up, long ago."""
    before = now - MAIL_KEPT
    done = or_(outbox.c.sent_at <= before, outbox.c.given_up_at <= before)
    return _taken(tx, select(outbox.c.id).where(done), outbox, limit)


def delete_intake(tx: Transaction, intake_id: UUID, *, policy: str, now: datetime) -> None:
    """Delete an intake with all that belongs to it, and the patient who has no other.

    Each leaves a tombstone. An invitation that it was begun with, and that still opens, begins
    another form. The database refuses while the intake is held.
    """
    patient_id = tx.scalar(select(intake.c.patient_id).where(intake.c.id == intake_id))
    tx.execute(update(invitation).where(invitation.c.intake_id == intake_id).values(intake_id=None))
    theirs = select(referral.c.id).where(referral.c.intake_id == intake_id)
    tx.execute(update(referral).where(referral.c.replaces_id.in_(theirs)).values(replaces_id=None))
    tx.execute(referral.delete().where(referral.c.intake_id == intake_id))
    lifted = (legal_hold.c.intake_id == intake_id) & legal_hold.c.lifted_at.is_not(None)
    tx.execute(legal_hold.delete().where(lifted))
    tx.execute(intake.delete().where(intake.c.id == intake_id))
    _bury(tx, "intake", [intake_id], policy, now)
    if patient_id is not None and _delete_if_alone(tx, patient_id):
        _bury(tx, "patient", [patient_id], policy, now)


def delete_invitations(tx: Transaction, ids: list[UUID], *, policy: str, now: datetime) -> None:
    """Delete invitations with the keys of their own. Each leaves a tombstone."""
    tx.execute(invitation.delete().where(invitation.c.id.in_(ids)))
    _bury(tx, "invitation", ids, policy, now)


def delete_mails(tx: Transaction, ids: list[UUID]) -> None:
    """Delete messages."""
    tx.execute(outbox.delete().where(outbox.c.id.in_(ids)))


def _bury(tx: Transaction, kind: str, ids: list[UUID], policy: str, now: datetime) -> None:
    """Leave a tombstone for each: which row, when, and by which policy."""
    rows = [{"id": each, "kind": kind, "deleted_at": now, "policy": policy} for each in ids]
    if rows:
        tx.execute(tombstone.insert(), rows)


def _is_held() -> ColumnElement[bool]:
    stands = legal_hold.c.lifted_at.is_(None)
    return exists().where(legal_hold.c.intake_id == intake.c.id, stands)


def _delete_if_alone(tx: Transaction, patient_id: UUID) -> bool:
    """Delete a patient of whom nothing else is kept; True when that was so."""
    for table in (intake, referral, invitation):
        of_patient = select(func.count()).where(table.c.patient_id == patient_id)
        if tx.scalar(of_patient):
            return False
    tx.execute(patient.delete().where(patient.c.id == patient_id))
    return True


def _seen_by_staff() -> ColumnElement[bool]:
    was_alarm = or_(intake.c.raised_at.is_not(None), intake.c.outcome_at.is_not(None))
    from_paper = intake.c.paper_at.is_not(None)
    return or_(
        intake.c.queue.is_not(None), intake.c.emergency_open.is_(True), was_alarm, from_paper
    )


def _taken(tx: Transaction, statement: Any, table: Table, limit: int | None) -> list[UUID]:
    """Give ids, oldest first, and keep the rows from others until this transaction ends."""
    some = statement.order_by(table.c.id).limit(limit)
    return list(tx.execute(some.with_for_update(skip_locked=True, of=table)).scalars())
