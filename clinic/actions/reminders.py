"""The mail of invitations: when it is due, what is still wanted, and what went out.

A message and what causes it are written in one transaction, and each message has its own name:
whoever dies between two steps loses none and writes none twice, also when a clock is set back.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from clinic.errors import UnknownRecord
from clinic.mail.invitations import INVITATION
from clinic.store import audit, invitations, outbox
from clinic.store.database import Transaction
from clinic.store.invitations import Invitation
from clinic.store.outbox import Message

REMIND_AT = time(9)
NOT_AT_ONCE = timedelta(days=1)
"""Nobody is reminded within a day of being invited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the settings say of invitations: `mail_gap` is what is missing to send mail."""

    zone: ZoneInfo
    open_days: int
    remind_before: tuple[int, ...]
    mail_gap: str


def write_reminders(tx: Transaction, now: datetime, terms: Terms) -> int:
    """Write a mail for every reminder that is due, and say when the next is; give how many.

    Where several were missed, one is written; after the day of the visit none.
    """
    written = 0
    for invitation in invitations.due(tx, now):
        moments = _moments(invitation.appointment_on, terms)
        told = invitation.is_open(now) and _is_before_visit(invitation, terms, now)
        if told:
            last = max((at for at in moments if at <= now), default=invitation.remind_at or now)
            day = last.astimezone(terms.zone).date().isoformat()
            told = enqueue(tx, invitation.id, now, name=f":{day}") is not None
        next_at = min((at for at in moments if at > now), default=None)
        invitations.reminded(tx, invitation.id, told=told, next_at=next_at)
        written += told
    return written


def wanted_mail(
    tx: Transaction, message: Message, terms: Terms, now: datetime
) -> Invitation | None:
    """Give the invitation that a message is about, or None when it need not go out any more."""
    try:
        invitation = invitations.get(tx, UUID(message.payload["invitation"]))
    except UnknownRecord:  # deleted, because it was over for long
        return None
    if not invitation.is_open(now) or not _is_before_visit(invitation, terms, now):
        return None
    return invitation


def note_mailed(tx: Transaction, message: Message, now: datetime) -> None:
    """Note on the invitation that its mail went out."""
    invitation_id = UUID(message.payload["invitation"])
    invitations.mailed(tx, invitation_id, now=now)
    subject = ("invitation", invitation_id)
    audit.record(tx, actor=audit.SYSTEM, action="invitation.mail", subject=subject, now=now)


def enqueue(tx: Transaction, invitation_id: UUID, now: datetime, *, name: str = "") -> UUID | None:
    """Write the mail with the link, or under a further name a reminder; None if it stands."""
    return outbox.enqueue(
        tx,
        kind=INVITATION,
        payload={"invitation": str(invitation_id), "reminder": bool(name)},
        now=now,
        once=f"{mail_name(invitation_id)}{name}",
    )


def undelivered(tx: Transaction, now: datetime) -> int:
    """How many patients were invited by a mail that was given up, and wait for another way."""
    names = outbox.given_up(tx, INVITATION)
    ids = {UUID(name.split(":")[1]) for name in names}
    return invitations.never_mailed(tx, ids, now=now) if ids else 0


def mail_name(invitation_id: UUID) -> str:
    """Give the name under which the first mail of an invitation is written once."""
    return f"invitation:{invitation_id}"


def first_reminder(appointment_on: date | None, terms: Terms, now: datetime) -> datetime | None:
    """Give when somebody who is invited now is first reminded; None for never."""
    later = (at for at in _moments(appointment_on, terms) if at > now + NOT_AT_ONCE)
    return min(later, default=None)


def _moments(appointment_on: date | None, terms: Terms) -> list[datetime]:
    """When a patient is reminded: at nine in the morning at the clinic, so many days before."""
    if appointment_on is None:
        return []
    days = (appointment_on - timedelta(days=before) for before in terms.remind_before)
    return [datetime.combine(day, REMIND_AT, terms.zone).astimezone(UTC) for day in days]


def expires_at(appointment_on: date | None, terms: Terms, now: datetime) -> datetime:
    """The end of the day of the visit; without one, so many days from now."""
    if appointment_on is None:
        return now + timedelta(days=terms.open_days)
    day = appointment_on + timedelta(days=1)
    return datetime.combine(day, time.min, terms.zone).astimezone(UTC)


def _is_before_visit(invitation: Invitation, terms: Terms, now: datetime) -> bool:
    visit = invitation.appointment_on
    return visit is None or now.astimezone(terms.zone).date() <= visit
