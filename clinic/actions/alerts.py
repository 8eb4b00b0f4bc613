"""Emergencies that are told until somebody acknowledges them, and what stands in the way of it.

A telling and its message are written in one transaction, and each telling has its own name:
whoever dies between two steps loses none and writes none twice.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from clinic.errors import UnknownRecord
from clinic.mail.messages import EMERGENCY, KINDS
from clinic.store import alerts, audit, outbox, staff
from clinic.store.alerts import Alert
from clinic.store.audit import Actor
from clinic.store.database import Database, Transaction
from clinic.store.outbox import Message
from clinic.store.staff import Member

STALLED_AFTER = timedelta(minutes=3)
"""A notice is written within seconds; one that is this late has nobody who writes it."""


class Trouble(StrEnum):
    """Why nobody is told of an emergency by mail."""

    NOT_SET = "not_set"
    FAILING = "failing"
    STALLED = "stalled"


@dataclass(frozen=True, slots=True)
class MailTrouble:
    """What is wrong with the mail, and since when, where that is known."""

    kind: Trouble
    since: datetime | None = None


def acknowledge(
    database: Database, intake_id: UUID, alert_id: UUID, *, by: Member, now: datetime
) -> Alert:
    """Say that one has seen an emergency, and give the alert as it stands then.

    The first one counts; asking again changes nothing. The emergency keeps its place until
    what was done is recorded. Raises UnknownRecord.
    """
    with database.writing() as tx:
        alert = alerts.get(tx, alert_id)
        if alert is None or alert.intake_id != intake_id:
            raise UnknownRecord("alert")
        if alerts.acknowledge(tx, alert_id, by=by.id, now=now):
            audit.record(
                tx,
                actor=Actor("staff", by.id),
                action="intake.acknowledge",
                subject=("intake", intake_id),
                now=now,
            )
        return alerts.get(tx, alert_id) or alert


def people_of(tx: Transaction, alert: Alert) -> dict[UUID, Member]:
    """Give whoever acknowledged an alert."""
    return {
        member.id: member for member in staff.everyone(tx) if member.id == alert.acknowledged_by
    }


def write_notices(tx: Transaction, now: datetime, *, every: timedelta) -> int:
    """Write one message for all alerts once one is due, and say when the next is; give how many.

    The message says how many emergencies wait, so that as many equal mails need not.
    """
    together = alerts.due(tx, now, every=every)
    if not together:
        return 0
    oldest, next_at = together[0], now + every
    number = oldest.repeats + 1
    outbox.enqueue(
        tx,
        kind=EMERGENCY,
        payload={"until": next_at.isoformat(), "number": number},
        now=now,
        once=f"alert:{oldest.id}:{number}",
    )
    alerts.told(tx, together, next_at=next_at)
    return len(together)


def is_wanted(tx: Transaction, message: Message) -> bool:
    """True while an alert of a message stands and no later telling has taken its place."""
    return alerts.stand_until(tx, datetime.fromisoformat(message.payload["until"]))


def mail_trouble(tx: Transaction, now: datetime, *, gap: str) -> MailTrouble | None:
    """Give why nobody is told by mail, or None. `gap` is what the settings lack."""
    if gap:
        return MailTrouble(Trouble.NOT_SET)
    failing = outbox.failing_since(tx, KINDS, now)
    if failing is not None:
        return MailTrouble(Trouble.FAILING, failing)
    next_at = alerts.standing(tx).next_at
    if next_at is not None and next_at <= now - STALLED_AFTER:
        return MailTrouble(Trouble.STALLED, next_at)
    return None
