"""An entry of the directory: what is to be mended, how it is tidied, how old a check may be."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from clinic.referral.provider import LONGEST, Provider, problems, tidy

TODAY = date(2026, 3, 17)
SERVICES = frozenset({"oncology", "spine-clinic"})
CHECKED = {
    "board": "Pain Medicine",
    "board_checked_on": TODAY,
    "board_checked_by": "Dana Ortiz",
    "board_checked_where": "the page of the board",
}


def entry(**more) -> Provider:
    return Provider(id=UUID(int=1), **{"name": "Elm House", "service": "oncology", **more})


def wrong(**more) -> list[str]:
    return [field for field, _ in problems(entry(**more), SERVICES, TODAY)]


@pytest.mark.parametrize(
    ("more", "fields"),
    [
        ({}, []),
        (CHECKED, []),
        ({"name": " "}, ["name"]),
        ({"service": ""}, ["service"]),
        ({"service": "magic"}, ["service"]),
        ({"npi": "1234567893"}, []),
        ({"npi": "1234567894"}, ["npi"]),
        ({**CHECKED, "board_checked_on": None}, ["board"]),
        ({**CHECKED, "board_checked_by": ""}, ["board"]),
        ({**CHECKED, "board_checked_where": ""}, ["board"]),
        ({**CHECKED, "board": ""}, ["board"]),
        ({**CHECKED, "board_checked_on": TODAY + timedelta(days=1)}, ["board_checked_on"]),
        ({"phone": "555-0142"}, []),
        ({"phone": "555-014"}, ["phone"]),
        ({"fax": "none"}, ["fax"]),
        ({"email": "desk@clinic.example"}, []),
        ({"email": "desk@clinic"}, ["email"]),
        ({"email": "Front.Desk+spine@clinic.example"}, []),
        ({"email": "dësk@clinic.example"}, ["email"]),
        ({"email": "desk@clinic..example"}, ["email"]),
        ({"email": ".desk@clinic.example"}, ["email"]),
        ({"email": "desk@clinic.example\r\nBcc: x@clinic.example"}, ["email"]),
        ({"email": "a@clinic.example b@clinic.example"}, ["email"]),
        ({"email": "Desk <desk@clinic.example>"}, ["email"]),
    ],
    ids=str,
)
def test_each_thing_to_mend_is_named_by_its_field(more, fields):
    assert wrong(**more) == fields


@pytest.mark.parametrize("field", sorted(set(LONGEST) - {"email", "phone", "fax"}))
def test_a_text_of_the_full_length_is_taken_and_one_letter_more_is_not(field):
    more = CHECKED if field.startswith("board") else {}

    assert wrong(**{**more, field: "x" * LONGEST[field]}) == []
    assert wrong(**{**more, field: "x" * (LONGEST[field] + 1)}) == [field]


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("name", "  Elm \t House\n", "Elm House"),
        ("name", "Elm\u202e\x00 House", "Elm House"),
        ("npi", " 123-456 7893 ", "1234567893"),
        ("languages", "English;Spanish ,, Haitian  Creole", "English, Spanish, Haitian Creole"),
        ("address", "1 Elm Street \r\nTown\r", "1 Elm Street\nTown"),
        ("notes", "- a list\n- of two\n\n", "- a list\n- of two"),
    ],
)
def test_what_was_typed_is_tidied(field, typed, kept):
    assert getattr(tidy(entry(**{field: typed})), field) == kept


def test_tidying_twice_changes_nothing_more():
    once = tidy(entry(languages="English;  Spanish", address=" 1 Elm\r\n\r\nTown "))

    assert tidy(once) == once


@pytest.mark.parametrize(("days", "is_old"), [(0, False), (365, False), (366, True)])
def test_a_check_of_a_board_is_old_after_a_year(days, is_old):
    checked = TODAY - timedelta(days=days)

    assert entry(board="Pain Medicine", board_checked_on=checked).board_is_old(TODAY) is is_old


def test_a_board_that_nobody_checked_is_old_and_no_board_never_is():
    assert entry(board="Pain Medicine").board_is_old(TODAY)
    assert not entry(board_checked_on=date(2001, 1, 1)).board_is_old(TODAY)
