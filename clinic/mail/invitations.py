"""The mail that brings a patient the link, and the reminder. Neither says a word about health."""

from dataclasses import dataclass
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from uuid import UUID

from clinic.catalogue import say_in, tongue
from clinic.marked import marked
from clinic.summary.words import long_date

INVITATION = "invitation"
"""The kind of the message in the outbox; its payload names the invitation and no address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Who writes, and whom to call."""

    clinic_name: str
    clinic_phone: str
    emergency_number: str
    sender: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """To whom a link goes, for which visit, and until when it opens."""

    to: str
    link: str
    appointment_on: date | None
    last_day: date
    is_reminder: bool = False
    language: str = "en"


SUBJECT = marked("{clinic}: questions before your visit")
REMINDER_SUBJECT = marked("{clinic}: your visit is coming up")
VISIT = marked(" on {day}")
WORDS = marked("""\
{greeting}

It takes about 15 minutes. You can stop and come back.

Open this link, then press Start:

{link}

The link is for you alone, and works once. It opens until {last_day}.

Questions? Call {phone}. Nobody reads answers to this mail.
In an emergency call {emergency}.

{clinic}
""")
GREETING = marked("{clinic} asks you to answer some questions before your visit{visit}.")
REMINDER = marked(
    "Your visit at {clinic} is{visit}. Your questions still wait for you.\n"
    "Have you answered them on paper or by phone? Then there is nothing to do."
)


def invitation(house: House, letter: Letter, message_id: UUID, at: datetime) -> EmailMessage:
    """Put the mail together, as text alone.

    One that is sent twice, because somebody died before noting it, keeps its Message-ID.
    """
    say, visit = say_in(letter.language), ""
    if letter.appointment_on:
        visit = say(VISIT).format(day=long_date(letter.appointment_on, tongue(letter.language)))
    greeting = say(REMINDER if letter.is_reminder else GREETING).format(
        clinic=house.clinic_name, visit=visit
    )
    mail = EmailMessage()
    subject = REMINDER_SUBJECT if letter.is_reminder else SUBJECT
    mail["Subject"] = say(subject).format(clinic=house.clinic_name)
    mail["From"] = Address(house.clinic_name, addr_spec=house.sender)
    mail["To"] = letter.to
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{message_id.hex}@{house.sender.partition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(
        say(WORDS).format(
            greeting=greeting,
            link=letter.link,
            last_day=long_date(letter.last_day, tongue(letter.language)),
            phone=house.clinic_phone,
            emergency=house.emergency_number,
            clinic=house.clinic_name,
        )
    )
    return mail
