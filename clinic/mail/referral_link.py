"""The mail that brings a receiver the link to one letter. It says nothing of anybody's health."""

from dataclasses import dataclass
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from uuid import UUID

from clinic.summary.words import long_date

REFERRAL_LINK = "referral_link"
"""The kind of the message in the outbox; its payload names the referral and no address."""

SUBJECT = "{clinic}: a letter for you"
WORDS = """\
{clinic} has a letter for you.

Read it and answer it here. You need no account:

{link}

Whoever holds this link can open the letter: keep it inside your office.
It opens until {last_day}.

Questions? Call {phone}. Nobody reads answers to this mail.

{clinic}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkMail:
    """Who writes, to whom, and which link, until when it opens."""

    clinic_name: str
    clinic_phone: str
    sender: str
    to: str
    link: str
    last_day: date


def referral_link(mail: LinkMail, message_id: UUID, at: datetime) -> EmailMessage:
    """Put the mail together, as text alone.

    One that is sent twice, because somebody died before noting it, keeps its Message-ID.
    """
    made = EmailMessage()
    made["Subject"] = SUBJECT.format(clinic=mail.clinic_name)
    made["From"] = Address(mail.clinic_name, addr_spec=mail.sender)
    made["To"] = mail.to
    made["Date"] = format_datetime(at)
    made["Message-ID"] = f"<{message_id.hex}@{mail.sender.partition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(
        WORDS.format(
            clinic=mail.clinic_name,
            link=mail.link,
            last_day=long_date(mail.last_day, "en"),
            phone=mail.clinic_phone,
        )
    )
    return made
