"""The notices that staff get by mail. They say that something waits, never who or why."""

from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from clinic.config import Settings
from clinic.store.outbox import Message

SUBJECTS = {
    "emergency_met": "An intake needs a call now",
    "intake_submitted": "A new intake has arrived",
}


def notice(message: Message, settings: Settings) -> EmailMessage | None:
    """Give the mail for an outbox message, or None when nobody is to be told.

    It holds no patient data: not a name, not a reference, not an answer.
    """
    subject = SUBJECTS.get(message.kind)
    if subject is None or not settings.duty_address:
        return None
    mail = EmailMessage()
    mail["Subject"] = f"{settings.clinic_name}: {subject}"
    mail["From"] = settings.duty_address
    mail["To"] = settings.duty_address
    mail["Date"] = format_datetime(message.created_at.astimezone(settings.zone))
    mail["Message-ID"] = make_msgid(idstring=message.id.hex, domain="clinic.invalid")
    mail.set_content(f"{subject}.\n\nSign in and open the worklist.\n")
    return mail
