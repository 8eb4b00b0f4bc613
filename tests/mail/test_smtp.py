"""What counts as taken by a mail server, as refused by it, and as a server that is away."""

import time
from email.message import EmailMessage

import pytest

from clinic.errors import NotTaken, Unavailable, Undeliverable
from clinic.mail.smtp import send
from tests.mail.server import mail_server


def mail(to: str = "zq@example.org") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"] = "desk@clinic.example", to
    made.set_content("Hello.")
    return made


@pytest.mark.parametrize("goodbye", ["221 bye", "421 too late", "no sense", ""])
def test_a_mail_that_was_taken_is_sent_whatever_the_server_says_at_the_end(goodbye):
    with mail_server(goodbye=goodbye) as inbox:
        send(inbox.url, mail())

    assert len(inbox.mails) == 1


def test_a_server_that_looks_at_a_mail_for_long_is_waited_for():
    with mail_server(thinks=lambda: time.sleep(0.6)) as inbox:
        send(inbox.url, mail(), timeout=0.3, taking_seconds=5)

    assert len(inbox.mails) == 1


def test_a_recipient_that_is_refused_is_told_from_a_server_that_is_away():
    busy = mail_server(refuses="zq@", refusal="450 later")
    with busy as inbox, pytest.raises(NotTaken, match="Refused"):
        send(inbox.url, mail())
    with pytest.raises(Unavailable) as away:
        send(inbox.url, mail())
    assert not isinstance(away.value, NotTaken)


def test_a_mail_that_is_refused_for_good_is_not_tried_again():
    with mail_server(refuses="zq@") as inbox, pytest.raises(Undeliverable, match="answer 550"):
        send(inbox.url, mail())


def test_an_address_that_the_server_cannot_write_to_is_no_server_that_is_away():
    with mail_server() as inbox, pytest.raises(Undeliverable, match="such letters"):
        send(inbox.url, mail("peña@example.org"))
