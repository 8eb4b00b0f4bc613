"""Notices tell staff that something waits, and nothing else."""

from datetime import UTC, datetime
from email.message import EmailMessage
from uuid import UUID

import pytest

from clinic.errors import Unavailable
from clinic.mail import messages
from clinic.mail.smtp import send
from tests.mail.server import mail_server

ARRIVED = datetime(2026, 11, 23, 13, 42, tzinfo=UTC)
MESSAGE = UUID("0193a000-0000-7000-8000-00000000beef")
SENDER = messages.Sender(
    clinic_name="Example Clinic",
    duty_address="desk@clinic.example",
    public_url="https://intake.clinic.example",
)


def emergency(number: int = 1, telling: int = 1, again_minutes: int = 10) -> EmailMessage:
    waiting = messages.Waiting(
        number=number, since=ARRIVED, telling=telling, again_minutes=again_minutes
    )
    return messages.emergency(SENDER, MESSAGE, ARRIVED, waiting)


def test_an_emergency_is_told_by_number_time_and_link() -> None:
    mail = emergency()

    assert mail["Subject"] == "Example Clinic: 1 emergency waits, nobody has acknowledged"
    assert mail.get_content() == (
        "1 emergency waits since 2026-11-23 13:42 UTC.\n"
        "Nobody has acknowledged it. This is notice 1.\n\n"
        "This notice comes again every 10 minutes, until somebody presses Acknowledge\n"
        "on the worklist or records what was done.\n\n"
        "Sign in and open the worklist: https://intake.clinic.example/staff/\n"
    )


def test_several_emergencies_are_told_together() -> None:
    mail = emergency(number=3, telling=4)

    assert "3 emergencies wait" in str(mail["Subject"])
    assert "acknowledged them. This is notice 4." in mail.get_content()


def test_a_notice_that_comes_each_minute_says_so() -> None:
    assert "again every minute, until" in emergency(again_minutes=1).get_content()


def test_a_message_that_is_sent_twice_keeps_its_id() -> None:
    assert emergency()["Message-ID"] == emergency(number=2)["Message-ID"]
    assert emergency()["Message-ID"] == f"<{MESSAGE.hex}@clinic.example>"


def test_a_mail_reaches_the_server() -> None:
    mail = messages.submitted(SENDER, MESSAGE, ARRIVED)

    with mail_server() as inbox:
        send(inbox.url, mail)

    assert len(inbox.mails) == 1
    assert "A new intake has arrived" in inbox.mails[0]


def test_a_server_that_refuses_is_told_as_unavailable() -> None:
    with mail_server(refuses="@", refusal="450 later") as inbox, pytest.raises(Unavailable):
        send(inbox.url, emergency())


def test_a_server_that_is_away_is_told_as_unavailable() -> None:
    with mail_server() as inbox:
        gone = inbox.url

    with pytest.raises(Unavailable):
        send(gone, emergency())
