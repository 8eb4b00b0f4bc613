"""One evaluator, three truths: every operator with every answer and every silence."""

from datetime import UTC, datetime, time
from decimal import Decimal
from itertools import product

import pytest

from clinic.questionnaire.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    Comparison,
    Condition,
    Kind,
    Known,
    Named,
    NoneOf,
    Operator,
    Silence,
    Truth,
    comparisons,
    evaluate,
)
from clinic.questionnaire.values import Coding, PartialDate, Quantity, Value

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
BLANK, ABSENT, NOT_ASKED = Silence.BLANK, Silence.ABSENT, Silence.NOT_ASKED


class Told:
    """Facts of one question, or of several by name."""

    def __init__(self, *answers: Known, **by_name: Known) -> None:
        self.answer = answers[0] if answers else Silence.ABSENT
        self.by_name = by_name

    def known(self, kind: Kind, name: str) -> Known:
        return self.by_name.get(name, self.answer)


def truth(operator: str, limit: Value, known: Known) -> Truth:
    return evaluate(Comparison(Kind.QUESTION, "q", Operator(operator), limit), Told(known))


@pytest.mark.parametrize(
    ("operator", "blank", "absent"),
    [
        ("=", U, F),
        ("!=", T, T),
        (">", U, F),
        ("<", U, F),
        (">=", U, F),
        ("<=", U, F),
    ],
)
def test_a_silence_counts_as_the_table_of_the_module_says(operator, blank, absent):
    assert truth(operator, 3, BLANK) is blank
    assert truth(operator, 3, ABSENT) is absent
    assert truth(operator, 3, NOT_ASKED) is U


@pytest.mark.parametrize("silence", [BLANK, ABSENT])
def test_exists_is_false_of_every_silence_but_not_yet_asked(silence):
    assert truth("exists", True, silence) is F
    assert truth("exists", False, silence) is T
    assert truth("exists", True, NOT_ASKED) is U
    assert truth("exists", False, NOT_ASKED) is U


def test_exists_is_true_of_an_answer_even_of_no():
    assert truth("exists", True, (False,)) is T
    assert truth("exists", False, (False,)) is F


@pytest.mark.parametrize(
    ("operator", "two", "three", "four"),
    [
        ("=", F, T, F),
        ("!=", T, F, T),
        (">", F, F, T),
        ("<", T, F, F),
        (">=", F, T, T),
        ("<=", T, T, F),
    ],
)
def test_numbers_below_at_and_above_the_limit(operator, two, three, four):
    for kind in (int, Decimal):
        assert truth(operator, 3, (kind(2),)) is two
        assert truth(operator, Decimal("3.0"), (kind(3),)) is three
        assert truth(operator, 3, (kind(4),)) is four


@pytest.mark.parametrize(
    ("limit", "below", "above"),
    [
        (PartialDate(2024, 3, 17), PartialDate(2024, 3, 16), PartialDate(2024, 3, 18)),
        (PartialDate(2024, 3), PartialDate(2024, 2, 29), PartialDate(2024, 4)),
        (PartialDate(2024), PartialDate(2023, 12), PartialDate(2025, 1, 1)),
        (time(9, 30), time(9, 29, 59), time(9, 30, 1)),
        ("b", "a", "c"),
        (
            datetime(2024, 3, 17, 12, tzinfo=UTC),
            datetime.fromisoformat("2024-03-17T13:59:00+02:00"),
            datetime.fromisoformat("2024-03-17T07:01:00-05:00"),
        ),
        (Quantity(Decimal(5), "kg"), Quantity(Decimal(4), "kg"), Quantity(Decimal(6), "kg")),
    ],
)
def test_every_kind_that_has_an_order_is_ordered(limit, below, above):
    assert truth("<", limit, (below,)) is T
    assert truth(">", limit, (below,)) is F
    assert truth(">", limit, (above,)) is T
    assert truth("<=", limit, (above,)) is F
    assert truth(">=", limit, (limit,)) is T
    assert truth("<=", limit, (limit,)) is T
    assert truth("=", limit, (limit,)) is T
    assert truth("!=", limit, (below,)) is T


@pytest.mark.parametrize("operator", [">", "<", ">=", "<="])
@pytest.mark.parametrize(
    ("value", "limit"),
    [
        (PartialDate(2024), PartialDate(2024, 3, 17)),
        (PartialDate(2024, 3, 17), PartialDate(2024, 3)),
        (Quantity(Decimal(5), "kg"), Quantity(Decimal(4), "lb")),
        (True, 0),
        (5, "4"),
        (Coding("b"), "a"),
        (time(9), PartialDate(2024)),
    ],
)
def test_what_has_no_certain_order_satisfies_no_limit(operator, value, limit):
    assert truth(operator, limit, (value,)) is F


def test_a_moment_is_held_against_a_day_by_its_own_date():
    late = datetime.fromisoformat("2024-03-17T23:30:00-05:00")

    assert truth("<=", PartialDate(2024, 3, 17), (late,)) is T
    assert truth(">", PartialDate(2024, 3, 17), (late,)) is F


def test_some_answer_of_several_is_enough_for_a_limit_and_none_may_equal_for_unequal():
    assert truth(">", 3, (1, 5)) is T
    assert truth("=", 5, (1, 5)) is T
    assert truth("!=", 5, (1, 5)) is F
    assert truth("!=", 7, (1, 5)) is T


def test_a_choice_is_its_code_in_its_system():
    yes = Coding("yes", "https://one.example", "Yes")

    assert truth("=", Coding("yes", "https://one.example", "Sí"), (yes,)) is T
    assert truth("=", Coding("yes"), (yes,)) is T
    assert truth("=", Coding("yes", "https://two.example"), (yes,)) is F
    assert truth("=", Coding("no", "https://one.example"), (yes,)) is F


def test_a_rule_may_name_a_choice_by_its_code_alone():
    assert truth("=", "yes", (Coding("yes", "https://one.example"),)) is T
    assert truth("!=", "yes", (Coding("no", "https://one.example"),)) is T


def test_words_written_by_hand_are_not_the_choice_that_they_read_like():
    assert truth("=", Coding("none", "https://one.example"), ("none",)) is F


def test_yes_is_not_the_number_one():
    assert truth("=", 1, (True,)) is F
    assert truth("=", True, (1,)) is F


def named(name: str) -> Comparison:
    return Comparison(Kind.QUESTION, name, Operator.EQUAL, 1)


KNOWN_AS: dict[Truth, Known] = {T: (1,), F: (0,), U: BLANK}


def facts_of(truths: tuple[Truth, ...]) -> Told:
    return Told(**{f"q{number}": KNOWN_AS[one] for number, one in enumerate(truths)})


PARTS = tuple(named(f"q{number}") for number in range(3))


@pytest.mark.parametrize("truths", list(product([T, F, U], repeat=3)))
def test_groups_follow_kleene_on_every_three_parts(truths):
    facts = facts_of(truths)
    possible = [
        [one is T or (one is U and guess) for one, guess in zip(truths, guesses, strict=True)]
        for guesses in product([False, True], repeat=3)
    ]

    def certain(judged: set[bool]) -> Truth:
        return U if len(judged) == 2 else Truth.of(judged.pop())

    assert evaluate(AllOf(PARTS), facts) is certain({all(one) for one in possible})
    assert evaluate(AnyOf(PARTS), facts) is certain({any(one) for one in possible})
    assert evaluate(NoneOf(PARTS), facts) is certain({not any(one) for one in possible})
    for count in range(5):
        counted = certain({sum(one) >= count for one in possible})
        assert evaluate(AtLeast(count, PARTS), facts) is counted


def test_a_group_of_nothing():
    assert evaluate(AllOf(()), Told()) is T
    assert evaluate(AnyOf(()), Told()) is F
    assert evaluate(NoneOf(()), Told()) is T


def test_a_named_condition_is_as_true_as_what_it_names():
    inner: Condition = AnyOf(PARTS)

    assert evaluate(Named("risk", inner), facts_of((F, U, F))) is U
    assert [one.name for one in comparisons(Named("risk", inner))] == ["q0", "q1", "q2"]
