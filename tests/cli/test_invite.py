"""`clinic invite`: a link for a patient, a slip to print, and clear words for wrong use."""

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from clinic.cli import main
from clinic.config import load_settings, utc_now
from clinic.store import invitations, outbox
from clinic.store.database import open_database
from clinic.store.invitations import Channel, Shown
from clinic.store.staff import Role
from tests.store.kept import hire

LINK = re.compile(r"http://127\.0\.0\.1:8000/i/[0-9a-z]{8}(-[0-9a-z]{8}){3}\n")


@pytest.fixture(autouse=True)
def clinic_with_staff(tmp_path, monkeypatch):
    """A clinic of the test's own, with a desk, an admin and somebody who left."""
    monkeypatch.setenv("CLINIC_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CLINIC_KEY_FILE", str(tmp_path / "keys" / "clinic.key"))
    for name in ("DATABASE_URL", "PORT"):
        monkeypatch.delenv(name, raising=False)
    with open_database(load_settings(), demo_key=True) as database, database.writing() as tx:
        hire(tx, "nina", Role.FRONT_DESK)
        hire(tx, "root", Role.ADMIN)


def made():
    with open_database(load_settings()) as database, database.reading() as tx:
        return invitations.listing(tx, shown=Shown.ALL, now=utc_now()), outbox.waiting(tx)


def test_it_prints_a_link_alone_that_opens_the_invitation(capsys):
    visit = date.today() + timedelta(days=20)  # noqa: DTZ011  the command reads the real clock
    assert main(["invite", "Zephyrine Quill", "--by", "nina", "--visit", visit.isoformat()]) == 0

    told = capsys.readouterr()
    ((invitation,), mails) = made()
    assert LINK.fullmatch(told.out)
    assert invitation.token in told.out
    assert "CLINIC_PUBLIC_URL is not set" in told.err
    assert (invitation.appointment_on, invitation.channel, mails) == (visit, Channel.SLIP, 0)


def test_it_writes_the_slip(tmp_path, monkeypatch):
    monkeypatch.setenv("CLINIC_PUBLIC_URL", "https://intake.clinic.example")
    out = tmp_path / "slip.pdf"

    assert main(["invite", "Zephyrine Quill", "--by", "nina", "--slip", str(out)]) == 0

    (sheet,) = PdfReader(BytesIO(out.read_bytes())).pages
    lines = sheet.extract_text().splitlines()
    site = lines.index("https://intake.clinic.example/i/")
    assert lines[site + 1] == made()[0][0].token
    assert "For Zephyrine Quill" in lines


def test_with_an_address_it_mails_the_link(monkeypatch):
    monkeypatch.setenv("CLINIC_PUBLIC_URL", "https://intake.clinic.example")
    monkeypatch.setenv("SMTP_URL", "smtp://127.0.0.1:9")

    assert main(["invite", "Z Q", "--by", "nina", "--email", "zq@example.org"]) == 0

    ((invitation,), mails) = made()
    assert (invitation.channel, mails) == (Channel.MAIL, 1)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--by", "nobody"], "no such staff account 'nobody'"),
        (["--by", "root"], "root may not invite"),
        (["--by", "nina", "--visit", "2020-01-31"], "This day is over"),
        (["--by", "nina", "--email", "zq@example.org"], "no mail server is set"),
        (["--by", "nina", "--slip", "no-such-folder/slip.pdf"], "There is no folder"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(more, words, capsys):
    assert main(["invite", "Zephyrine Quill", *more]) == 1

    assert words in capsys.readouterr().err
    assert made() == ([], 0)
