"""The notices that staff get by mail. They say that something waits, never who or why."""

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from uuid import UUID

SUBJECTS = {
    "emergency_met": "An intake needs a call now",
    "intake_submitted": "A new intake has arrived",
}


def notice(
    kind: str, message_id: UUID, *, clinic_name: str, duty_address: str, at: datetime
) -> EmailMessage | None:
    """Give the mail for a kind of message, or None when nobody is to be told.

    It holds no patient data: not a name, not a reference, not an answer.
    """
    subject = SUBJECTS.get(kind)
    if subject is None or not duty_address:
        return None
    mail = EmailMessage()
    mail["Subject"] = f"{clinic_name}: {subject}"
    mail["From"] = duty_address
    mail["To"] = duty_address
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = make_msgid(idstring=message_id.hex, domain="clinic.invalid")
    mail.set_content(f"{subject}.\n\nSign in and open the worklist.\n")
    return mail
