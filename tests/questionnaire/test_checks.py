"""What is wrong with an answer: each limit below, at and above, and the words that mend it."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from clinic.questionnaire.checks import answer_problems, response_problems
from clinic.questionnaire.model import Item, Option, Text
from clinic.questionnaire.response import Place
from clinic.questionnaire.values import Coding, PartialDate, Quantity, Today
from tests.make import (
    SYSTEM,
    TODAY,
    make_answer,
    make_item,
    make_option,
    make_questionnaire,
    make_response,
)


def said(item: Item, plain: Any, today: date | None = TODAY) -> list[str]:
    """The sentences about one answer given as a plain value."""
    answer = make_answer(make_questionnaire(item), item.link_id, plain) or ()
    return [str(problem) for problem in answer_problems(Place(item), answer, today)]


# Required ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["string", "boolean", "integer", "date", "quantity"])
def test_a_required_question_left_blank_is_asked_again(kind):
    assert said(make_item("q", kind, required=True), None) == ["Answer this question to go on."]
    assert said(make_item("q", kind), None) == []


def test_no_is_an_answer_to_a_required_question_and_so_is_zero():
    assert said(make_item("q", "boolean", required=True), False) == []
    assert said(make_item("q", "integer", required=True), 0) == []


def test_a_required_tick_list_names_its_last_box_only_when_it_has_one_for_none():
    none = make_option(Coding("none", SYSTEM, "None of these"), exclusive=True)
    with_none = make_item("q", "choice", options=["a", none], repeats=True, required=True)
    without = make_item("q", "choice", options=["a", "b"], repeats=True, required=True)

    assert said(with_none, None) == ["Tick at least one box. If none fit, tick the last box."]
    assert said(without, None) == ["Tick at least one box."]


def test_hidden_and_read_only_questions_are_never_asked_for():
    assert said(make_item("q", required=True, hidden=True), None) == []
    assert said(make_item("q", required=True, read_only=True), None) == []


# Text ----------------------------------------------------------------------------


@pytest.mark.parametrize(("length", "good"), [(4, True), (5, True), (6, False)])
def test_a_text_may_be_as_long_as_its_limit(length, good):
    found = said(make_item("q", max_length=5), "x" * length)

    assert found == ([] if good else ["Shorten this to 5 characters. It has 6 now."])


@pytest.mark.parametrize(("length", "good"), [(2, False), (3, True), (4, True)])
def test_a_text_may_be_as_short_as_its_limit(length, good):
    found = said(make_item("q", min_length=3), "x" * length)

    assert found == ([] if good else ["Write at least 3 characters."])


def test_a_very_long_text_is_told_its_length():
    (sentence,) = said(make_item("q", "text", max_length=2000), "a" * 20_000)

    assert sentence == "Shorten this to 2000 characters. It has 20000 now."


@pytest.mark.parametrize("letter", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\ud800"])
def test_characters_that_cannot_be_printed_are_refused(letter):
    assert said(make_item("q", "text"), f"a{letter}b") == [
        "Take out the characters that cannot be printed."
    ]


@pytest.mark.parametrize("text", ["two\nlines", "a\tb", "Zoë 🙂", "عربي", "\u200d", "a\r\nb"])
def test_every_language_and_line_breaks_are_welcome(text):
    assert said(make_item("q", "text"), text) == []


def test_a_pattern_must_fit_the_whole_text():
    item = make_item("q", pattern=r"\d{5}", entry_format="12345")

    assert said(item, "12345") == []
    assert said(item, "123456") == ["Write this in the form 12345."]
    assert said(make_item("q", pattern=r"\d{5}"), "x12345") == [
        "Write this in the form that is asked for."
    ]


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("https://www.example.org/a?b=c", True),
        ("urn:oid:1.2.3", True),
        ("mailto:a@example.org", True),
        ("www.example.org", False),
        ("https://a b", False),
        ('https://a"b', False),
    ],
)
def test_a_web_address_is_whole(address, good):
    assert (said(make_item("q", "url"), address) == []) is good


# Numbers -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["integer", "decimal"])
def test_a_number_may_be_as_low_and_as_high_as_its_limits(kind):
    item = make_item("q", kind, minimum=0, maximum=10)

    assert said(item, -1) == ["Enter 0 or more."]
    assert said(item, 0) == []
    assert said(item, 10) == []
    assert said(item, 11) == ["Enter 10 or less."]


def test_a_decimal_just_beyond_its_limit():
    item = make_item("q", "decimal", minimum=Decimal("0.1"), maximum=Decimal("99.9"))

    assert said(item, "0.1") == []
    assert said(item, "0.0999") == ["Enter 0.1 or more."]
    assert said(item, "99.9") == []
    assert said(item, "99.90001") == ["Enter 99.9 or less."]


@pytest.mark.parametrize(
    ("most", "number", "sentence"),
    [
        (2, "1.25", None),
        (2, "1.250", "Use at most 2 digits after the point."),
        (2, "1", None),
        (1, "1.25", "Use at most 1 digits after the point."),
        (0, "3", None),
        (0, "3.5", "Enter a whole number."),
    ],
)
def test_digits_after_the_point(most, number, sentence):
    found = said(make_item("q", "decimal", max_decimal_places=most), number)

    assert found == ([sentence] if sentence else [])


@pytest.mark.parametrize("number", [2**31 - 1, -(2**31 - 1), 0])
def test_whole_numbers_that_fhir_can_hold(number):
    assert said(make_item("q", "integer"), number) == []


@pytest.mark.parametrize(
    ("number", "sentence"),
    [(2**31, "Enter 2147483647 or less."), (-(2**31), "Enter -2147483647 or more.")],
)
def test_whole_numbers_that_fhir_cannot_hold(number, sentence):
    assert said(make_item("q", "integer"), number) == [sentence]


# Days and times ------------------------------------------------------------------


def test_a_date_may_be_as_early_and_as_late_as_its_limits():
    item = make_item(
        "q", "date", minimum=PartialDate(1900, 1, 1), maximum=PartialDate(2000, 12, 31)
    )

    assert said(item, "1899-12-31") == ["Enter a date that is not before January 1, 1900."]
    assert said(item, "1900-01-01") == []
    assert said(item, "2000-12-31") == []
    assert said(item, "2001-01-01") == ["Enter a date that is not after December 31, 2000."]


def test_a_part_of_a_date_is_refused_only_when_all_of_it_is_beyond_the_limit():
    item = make_item("q", "date", maximum=PartialDate(2024, 3, 17))

    assert said(item, "2024") == []
    assert said(item, "2024-03") == []
    assert said(item, "2024-04") == ["Enter a date that is not after March 17, 2024."]
    assert said(item, "2025") == ["Enter a date that is not after March 17, 2024."]


def test_today_as_a_limit_moves_with_the_day():
    item = make_item("q", "date", maximum=Today())

    assert said(item, "2026-03-17", date(2026, 3, 17)) == []
    assert said(item, "2026-03-18", date(2026, 3, 17)) == [
        "Enter a date that is not in the future."
    ]
    assert said(item, "2026-03-18", date(2026, 3, 18)) == []
    assert said(make_item("q", "date", minimum=Today()), "2026-03-16", date(2026, 3, 17)) == [
        "Enter a date that is not in the past."
    ]


def test_limits_of_moments_and_times():
    noon = datetime(2026, 3, 17, 12, tzinfo=UTC)
    moment = make_item("q", "dateTime", maximum=noon)
    clock = make_item("q", "time", minimum=time(8), maximum=time(17, 30))

    assert said(moment, noon) == []
    assert said(moment, noon.replace(second=1)) == [
        "Enter a date that is not after March 17, 2026."
    ]
    assert said(clock, "07:59") == ["Enter 08:00:00 or more."]
    assert said(clock, "08:00") == []
    assert said(clock, "17:30") == []
    assert said(clock, "17:31") == ["Enter 17:30:00 or less."]


# Quantities ----------------------------------------------------------------------

KG, LB = (Coding(code, "http://unitsofmeasure.org", code) for code in ("kg", "[lb_av]"))


def test_a_quantity_is_held_against_a_plain_limit_and_against_one_in_its_unit():
    plain = make_item("q", "quantity", unit=KG, minimum=20, maximum=300)
    with_unit = make_item("q", "quantity", unit=KG, maximum=Quantity(Decimal(300), "kg", "kg"))

    assert said(plain, 19) == ["Enter 20 or more."]
    assert said(plain, 20) == []
    assert said(plain, 301) == ["Enter 300 or less."]
    assert said(with_unit, 300) == []
    assert said(with_unit, 301) == ["Enter 300 kg or less."]


def test_a_quantity_stands_in_a_unit_that_is_offered():
    item = make_item("q", "quantity", unit_options=(KG, LB))

    assert said(item, Quantity(Decimal(70), "kg", "kg")) == []
    assert said(item, Quantity(Decimal(70), "stone")) == ["Choose one of the units shown."]
    assert said(item, Quantity(Decimal(70))) == ["Choose one of the units shown."]


# Choices -------------------------------------------------------------------------


def test_a_choice_is_one_of_its_options():
    item = make_item("q", "choice", options=["yes", "no"])

    assert said(item, "yes") == []
    assert said(item, Coding("maybe", SYSTEM)) == ["Choose one of the answers shown."]
    assert said(item, Coding("yes", "https://other.example")) == [
        "Choose one of the answers shown."
    ]


@pytest.mark.parametrize(
    "value", [3, PartialDate(2024, 3, 17), time(9, 30), "plain words"], ids=str
)
def test_options_of_other_kinds_are_matched_by_kind_and_value(value):
    item = make_item("q", "choice", options=[make_option(Option(value=value, text=Text("x")))])

    assert said(item, [value]) == []
    assert said(item, [Coding("3")]) == ["Choose one of the answers shown."]


def test_an_open_choice_takes_words_of_its_own_but_no_unknown_code():
    item = make_item("q", "open-choice", options=["tea"], max_length=8)

    assert said(item, "tea") == []
    assert said(item, "coffee") == []
    assert said(item, "hot chocolate") == ["Shorten this to 8 characters. It has 13 now."]
    assert said(item, Coding("milk", SYSTEM)) == ["Choose one of the answers shown."]


def test_an_exclusive_option_stands_alone():
    none = make_option(Coding("none", SYSTEM, "None of these"), exclusive=True)
    none = Option(value=none.value, text=Text("None of these"), exclusive=True)
    item = make_item("q", "choice", options=["fever", "chills", none], repeats=True)

    assert said(item, ["none"]) == []
    assert said(item, ["fever", "chills"]) == []
    assert said(item, ["fever", "none"]) == [
        "“None of these” cannot stand with another answer. Keep the one that fits."
    ]


def test_how_many_answers():
    one = make_item("q", "choice", options=["a", "b"])
    some = make_item("q", repeats=True, min_occurs=2, max_occurs=3)

    assert said(one, ["a", "b"]) == ["Give one answer only."]
    assert said(some, ["a"]) == ["Give at least 2 answers."]
    assert said(some, ["a", "b"]) == []
    assert said(some, ["a", "b", "c"]) == []
    assert said(some, ["a", "b", "c", "d"]) == ["Give at most 3 answers."]
    assert said(some, None) == []


# Kinds ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("boolean", 1),
        ("integer", True),
        ("integer", Decimal(3)),
        ("decimal", True),
        ("string", 3),
        ("date", datetime(2024, 1, 1, tzinfo=UTC)),
        ("time", "09:30:00 "),
        ("quantity", Coding("kg")),
        ("choice", True),
    ],
)
def test_an_answer_of_another_kind_is_refused(kind, value):
    item = make_item("q", kind, options=["a"] if kind == "choice" else ())
    problems = answer_problems(Place(item), (value,))

    assert [str(problem) for problem in problems] == [
        "This answer is not of the kind that the question asks for."
    ]


# Whole forms ---------------------------------------------------------------------


def test_only_questions_that_are_shown_are_judged():
    form = make_questionnaire(
        make_item("a", "boolean", required=True),
        make_item("b", required=True, when=("a", "=", True)),
    )

    def keys(answers: dict) -> list[str]:
        given = make_response(answers, questionnaire=form).answers
        return [problem.key for problem in response_problems(form, given)]

    assert keys({}) == ["a"]
    assert keys({"a": False}) == []
    assert keys({"a": True}) == ["b"]


def test_a_required_question_counts_in_every_instance_that_was_begun():
    name, dose = make_item("name", required=True), make_item("dose")
    form = make_questionnaire(make_item("medicine", "group", name, dose, repeats=True))

    def keys(answers: dict) -> list[str]:
        given = make_response(answers, questionnaire=form).answers
        return [problem.key for problem in response_problems(form, given)]

    assert keys({}) == []
    assert keys({"medicine.0.name": "A", "medicine.1.dose": "2"}) == ["medicine.1.name"]


def test_a_required_repetition_is_asked_for_once():
    name = make_item("name", required=True)
    form = make_questionnaire(make_item("m", "group", name, repeats=True, required=True))

    assert [problem.key for problem in response_problems(form, {})] == ["m.0.name"]


def test_a_required_group_needs_one_answer_told_at_its_first_question():
    form = make_questionnaire(
        make_item("g", "group", make_item("a"), make_item("b"), required=True)
    )
    (problem,) = response_problems(form, {})

    assert (problem.key, str(problem)) == ("a", "Answer at least one question here to go on.")
    assert response_problems(form, {"b": ("x",)}) == []


def test_too_few_and_too_many_instances_are_told_where_they_can_be_mended():
    group = make_item("m", "group", make_item("a"), repeats=True, min_occurs=2, max_occurs=3)
    form = make_questionnaire(group)

    def told(count: int) -> list[tuple[str, str]]:
        answers = {f"m.{number}.a": ("x",) for number in range(count)}
        return [(one.key, str(one)) for one in response_problems(form, answers)]

    assert told(1) == [("m.0.a", "Give at least 2 answers.")]
    assert told(2) == []
    assert told(3) == []
    assert told(4) == [("m.3.a", "Give at most 3 answers.")]


def test_problems_stand_in_the_order_of_the_page():
    form = make_questionnaire(
        make_item("g", "group", make_item("b", required=True), make_item("a", required=True)),
        make_item("c", required=True),
    )

    assert [one.key for one in response_problems(form, {})] == ["b", "a", "c"]
    assert [one.key for one in response_problems(form, {}, form.items[1:])] == ["c"]
