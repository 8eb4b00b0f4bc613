"""What stands in an invitation, in English and in Spanish."""

import re
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from clinic.mail.invitations import House, Letter, invitation

HOUSE = House(
    clinic_name="Example Spine Clinic",
    clinic_phone="555-555-0100",
    emergency_number="911",
    sender="front@clinic.example",
)
LINK = "https://clinic.example/i/abc"
ENGLISH = re.compile(r"\b(?:the|your|you|and|call|link|opens|visit|questions)\b", re.IGNORECASE)


def letter(language: str, **more: object) -> Letter:
    return Letter(
        to="pat@example.org",
        link=LINK,
        appointment_on=date(2026, 3, 17),
        last_day=date(2026, 3, 31),
        language=language,
        **more,
    )


def mail(language: str, **more: object):
    made = invitation(
        HOUSE, letter(language, **more), UUID(int=1), datetime(2026, 3, 3, tzinfo=UTC)
    )
    return made["Subject"], made.get_content()


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("is_reminder", [False, True])
def test_every_invitation_gives_the_link_and_both_numbers(language, is_reminder):
    subject, text = mail(language, is_reminder=is_reminder)

    assert "Example Spine Clinic" in subject
    assert LINK in text.splitlines()
    assert "555-555-0100" in text
    assert "911" in text


@pytest.mark.parametrize("is_reminder", [False, True])
def test_a_spanish_invitation_is_spanish_to_the_last_word(is_reminder):
    subject, text = mail("es", is_reminder=is_reminder)

    assert "17 de marzo de 2026" in text
    assert "31 de marzo de 2026" in text
    assert "En una emergencia llame al 911." in text
    assert not ENGLISH.search(f"{subject}\n{text}".replace(LINK, ""))


def test_an_english_invitation_stays_as_it_was():
    subject, text = mail("en")

    assert subject == "Example Spine Clinic: questions before your visit"
    assert "before your visit on March 17, 2026." in text
    assert "It opens until March 31, 2026." in text
