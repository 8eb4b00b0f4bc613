"""Deletion by policy: forms never sent, settled intakes, invitations that are over, old mails.

Each intake is deleted in a transaction of its own, with a row in the audit: whoever dies between
two of them has deleted whole ones, and the next goes on.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from clinic.store import audit, retention
from clinic.store.database import Database, Transaction

AT_ONCE = 50
"""So many of a kind in one go, so that writers do not wait for long."""
INVITATION_DAYS = 30
"""How long an invitation that was not used stays on the list after it is over."""
NEVER_SENT = "never sent"
BY_AGE = "by age"
NOT_USED = "not used"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the settings say: days for a form to be sent, days that a settled intake is kept."""

    unsent_days: int
    settled_days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """How many of each were deleted, or would be."""

    unsent: int = 0
    settled: int = 0
    invitations: int = 0
    mails: int = 0

    @property
    def any(self) -> bool:
        """True when there was something to delete."""
        return bool(self.unsent or self.settled or self.invitations or self.mails)

    def plus(self, other: "Deleted") -> "Deleted":
        """Give the sum of two."""
        return Deleted(
            unsent=self.unsent + other.unsent,
            settled=self.settled + other.settled,
            invitations=self.invitations + other.invitations,
            mails=self.mails + other.mails,
        )


def delete_some(database: Database, policy: Policy, now: datetime) -> Deleted:
    """Delete a few of each kind that were kept for long enough, and give how many."""
    with database.reading() as tx:
        believed = retention.believed(tx, now)
    done = Deleted()
    for _ in range(AT_ONCE):
        with database.writing() as tx:
            step = _delete_one(tx, policy, believed, now)
        if not step.any:
            break
        done = done.plus(step)
    with database.writing() as tx:
        return replace(
            done,
            invitations=_delete_invitations(tx, believed, now),
            mails=_delete_mails(tx, believed),
        )


def to_delete(database: Database, policy: Policy, now: datetime) -> Deleted:
    """Give how many of each would be deleted now."""
    with database.writing() as tx:
        believed = retention.believed(tx, now)
        days = policy.settled_days
        return Deleted(
            unsent=len(retention.unsent_forms(tx, believed, days=policy.unsent_days)),
            settled=len(retention.old_intakes(tx, believed, days=days)) if days else 0,
            invitations=len(retention.old_invitations(tx, believed, days=INVITATION_DAYS)),
            mails=len(retention.old_mails(tx, believed)),
        )


def _delete_one(tx: Transaction, policy: Policy, believed: datetime, now: datetime) -> Deleted:
    for intake_id in retention.unsent_forms(tx, believed, days=policy.unsent_days, limit=1):
        _delete(tx, intake_id, NEVER_SENT, policy.unsent_days, now)
        return Deleted(unsent=1)
    if policy.settled_days is not None:
        for intake_id in retention.old_intakes(tx, believed, days=policy.settled_days, limit=1):
            _delete(tx, intake_id, BY_AGE, policy.settled_days, now)
            return Deleted(settled=1)
    return Deleted()


def _delete(tx: Transaction, intake_id: UUID, why: str, days: int, now: datetime) -> None:
    retention.delete_intake(tx, intake_id, policy=f"{why}, {days} days", now=now)
    _record(tx, "intake", intake_id, now, why)


def _delete_invitations(tx: Transaction, believed: datetime, now: datetime) -> int:
    ids = retention.old_invitations(tx, believed, days=INVITATION_DAYS, limit=AT_ONCE)
    policy = f"{NOT_USED}, {INVITATION_DAYS} days"
    retention.delete_invitations(tx, ids, policy=policy, now=now)
    for each in ids:
        _record(tx, "invitation", each, now, BY_AGE)
    return len(ids)


def _delete_mails(tx: Transaction, believed: datetime) -> int:
    ids = retention.old_mails(tx, believed, limit=AT_ONCE)
    retention.delete_mails(tx, ids)
    return len(ids)


def _record(tx: Transaction, kind: str, row_id: UUID, now: datetime, why: str) -> None:
    audit.record(
        tx,
        actor=audit.SYSTEM,
        action=f"{kind}.delete",
        subject=(kind, row_id),
        now=now,
        detail=why,
    )
