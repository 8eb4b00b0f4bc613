"""Dates, times and fixed words in the language of whoever reads a summary."""

from datetime import UTC, date, datetime, time

import pytest

from clinic.catalogue import tongue
from clinic.marked import Tongue
from clinic.opening import read_opening_hours
from clinic.questionnaire.values import PartialDate
from clinic.summary.words import WORDS, clock, long_date, moment, value_words, word
from tests.make import make_item

SPANISH = tongue("es")


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "March 17, 2026"), (SPANISH, "17 de marzo de 2026"), ("es", "March 17, 2026")],
)
def test_a_day_is_long_and_a_bare_code_knows_only_english(language, words):
    assert long_date(date(2026, 3, 17), language) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (PartialDate(2026), "2026"),
        (PartialDate(2026, 3), "marzo de 2026"),
        (PartialDate(2026, 3, 17), "17 de marzo de 2026"),
    ],
)
def test_a_day_is_told_as_far_as_it_is_known(value, words):
    assert value_words(make_item("day", "date"), value, SPANISH, UTC) == words


def test_a_time_says_which_half_of_the_day():
    assert clock(time(14, 30)) == "2:30 pm"
    assert clock(time(14, 30), SPANISH) == "2:30 p.m."
    assert clock(time(0, 5), SPANISH) == "12:05 a.m."


def test_a_moment_has_both():
    at = datetime(2026, 3, 17, 8, 42, tzinfo=UTC)

    assert moment(at, UTC, SPANISH) == "17 de marzo de 2026, 8:42 a.m."


def test_yes_and_no_are_said_in_the_language():
    item = make_item("well", "boolean")

    assert value_words(item, True, SPANISH, UTC) == "Sí"
    assert value_words(item, False, SPANISH, UTC) == "No"


@pytest.mark.parametrize("name", sorted(WORDS))
def test_a_fixed_word_is_english_for_a_bare_code(name):
    assert word(name, "es") == word(name, "en") == WORDS[name]


def test_opening_hours_read_as_a_list_of_days():
    hours = read_opening_hours("Mon-Fri 08:00-17:00; Sat 09:00-12:00")

    assert hours.words == "Monday to Friday, 8 am to 5 pm, and Saturday, 9 am to noon"
    assert hours.words_in(SPANISH.say) == (
        "lunes a viernes, de 8 a.m. a 5 p.m., y sábado, de 9 a.m. a mediodía"
    )


def test_a_language_is_its_code():
    assert SPANISH == "es"
    assert {"es": 1}[SPANISH] == 1
    assert Tongue("es").say("Yes") == "Yes"
