"""The notices that staff get by mail. They say that something waits, never who or why."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from uuid import UUID

SUBMITTED = "intake_submitted"
EMERGENCY = "emergency_waits"
REFERRALS_LATE = "referrals_late"
KINDS = (SUBMITTED, EMERGENCY, REFERRALS_LATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who writes, to whom, and where the site is."""

    clinic_name: str
    duty_address: str
    public_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many emergencies nobody acknowledged, since when, and which telling this is."""

    number: int
    since: datetime
    telling: int
    again_minutes: int


def submitted(sender: Sender, message_id: UUID, at: datetime) -> EmailMessage:
    """Give the notice that somebody sent an intake."""
    return _mail(sender, message_id, at, "A new intake has arrived", "A new intake has arrived.")


def emergency(sender: Sender, message_id: UUID, at: datetime, waiting: Waiting) -> EmailMessage:
    """Give the notice that an emergency waits and nobody has acknowledged it."""
    one = waiting.number == 1
    subject = "1 emergency waits" if one else f"{waiting.number} emergencies wait"
    since = f"{waiting.since:%Y-%m-%d %H:%M %Z}".strip()
    often = "minute" if waiting.again_minutes == 1 else f"{waiting.again_minutes} minutes"
    words = (
        f"{subject} since {since}.\n"
        f"Nobody has acknowledged {'it' if one else 'them'}. This is notice {waiting.telling}.\n\n"
        f"This notice comes again every {often}, until somebody presses "
        f"Acknowledge\non the worklist or records what was done."
    )
    return _mail(sender, message_id, at, f"{subject}, nobody has acknowledged", words)


def referrals_late(sender: Sender, message_id: UUID, at: datetime, number: int) -> EmailMessage:
    """Give the notice that referrals are so far over their time that somebody has to look."""
    one = number == 1
    subject = "1 referral is late" if one else f"{number} referrals are late"
    words = (
        f"{subject}, and nobody has moved {'it' if one else 'them'} on.\n"
        f"{'It stands' if one else 'They stand'} first in the list of referrals."
    )
    return _mail(sender, message_id, at, subject, words)


def _mail(sender: Sender, message_id: UUID, at: datetime, subject: str, words: str) -> EmailMessage:
    """Put a mail together. It holds no patient data: not a name, not a reference, not an answer.

    A message that is sent twice, because somebody died before noting it, keeps its Message-ID,
    by which mail programs know the second for the first.
    """
    mail = EmailMessage()
    mail["Subject"] = f"{sender.clinic_name}: {subject}"
    mail["From"] = mail["To"] = sender.duty_address
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{message_id.hex}@{sender.duty_address.partition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(f"{words}\n\nSign in and open the worklist: {sender.public_url}/staff/\n")
    return mail
