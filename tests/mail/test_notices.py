"""Notices tell staff that something waits, and nothing else."""

from datetime import UTC, datetime
from email.message import EmailMessage
from uuid import UUID

import pytest

from clinic.errors import Unavailable
from clinic.mail.messages import notice
from clinic.mail.smtp import send
from tests.mail.server import mail_server

ARRIVED = datetime(2026, 11, 23, 13, 42, tzinfo=UTC)
MESSAGE = UUID("0193a000-0000-7000-8000-00000000beef")
DUTY = "desk@clinic.example"


def told(kind: str, duty_address: str = DUTY) -> EmailMessage | None:
    return notice(
        kind, MESSAGE, clinic_name="Example Clinic", duty_address=duty_address, at=ARRIVED
    )


def test_an_emergency_is_told_without_a_word_about_the_patient() -> None:
    mail = told("emergency_met")

    assert mail is not None
    assert "needs a call now" in str(mail["Subject"])
    assert mail.get_content().strip().endswith("Sign in and open the worklist.")


def test_nobody_is_told_when_nobody_is_on_duty() -> None:
    assert told("emergency_met", duty_address="") is None


def test_an_unknown_kind_of_message_makes_no_mail() -> None:
    assert told("something_else") is None


def test_a_mail_reaches_the_server() -> None:
    mail = told("intake_submitted")
    assert mail is not None

    with mail_server() as inbox:
        send(inbox.url, mail)

    assert len(inbox.mails) == 1
    assert "Open the worklist" in inbox.mails[0] or "open the worklist" in inbox.mails[0]


def test_a_server_that_refuses_is_told_as_unavailable() -> None:
    mail = told("intake_submitted")
    assert mail is not None

    with mail_server(refuses=True) as inbox, pytest.raises(Unavailable):
        send(inbox.url, mail)


def test_a_server_that_is_away_is_told_as_unavailable() -> None:
    mail = told("intake_submitted")
    assert mail is not None
    with mail_server() as inbox:
        gone = inbox.url

    with pytest.raises(Unavailable):
        send(gone, mail)
