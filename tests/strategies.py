"""Answers for property tests: any valid answers to any questionnaire."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta, timezone
from decimal import Decimal

from hypothesis import strategies as st

from clinic.questionnaire.checks import LARGEST_INTEGER, answer_problems
from clinic.questionnaire.model import Item, ItemType, Questionnaire
from clinic.questionnaire.response import Answer, Place, Response, enabled_response
from clinic.questionnaire.values import Coding, PartialDate, Quantity, Today, Value
from tests.make import TODAY

MOST_ANSWERS = 4
MOST_INSTANCES = 2


@st.composite
def answers_for(
    draw: st.DrawFn,
    questionnaire: Questionnaire,
    *,
    shown_only: bool = False,
    typed: bool = False,
) -> dict[str, Answer]:
    """Valid answers to some of the questions, by key; hidden and read-only ones are left out.

    `shown_only` leaves out the answers to questions that the other answers switch off.
    `typed` keeps to what a person can type into a form: full days, whole minutes in UTC,
    no spaces around words.
    """
    answers: dict[str, Answer] = {}
    for item in questionnaire.items:
        _fill(draw, Place(item), answers, typed)
    if not shown_only:
        return answers
    return dict(enabled_response(questionnaire, Response(answers=answers)).answers)


def _fill(draw: st.DrawFn, place: Place, answers: dict[str, Answer], typed: bool) -> None:
    item = place.item
    count = draw(st.integers(0, MOST_INSTANCES)) if item.holds_instances else 0
    if item.is_question and not item.hidden and not item.read_only and draw(st.booleans()):
        answers[place.key] = answer = draw(an_answer(item, typed=typed))
        count = len(answer)
    prefixes = [place.inside(number) for number in range(count)]
    for prefix in prefixes if item.holds_instances else [place.prefix]:
        for child in item.items:
            _fill(draw, Place(child, prefix), answers, typed)


def an_answer(item: Item, *, typed: bool = False) -> st.SearchStrategy[Answer]:
    """A valid answer to one question."""
    value = a_value(item, typed=typed)
    if not item.repeats:
        return value.map(lambda one: (one,)).filter(lambda answer: _is_valid(item, answer))
    least = max(1, item.min_occurs or 1)
    most = max(least, min(item.max_occurs or MOST_ANSWERS, MOST_ANSWERS))
    if item.options:
        most = min(most, max(least, len(item.options)))
    return (
        st.lists(value, min_size=least, max_size=most, unique_by=repr)
        .map(lambda values: _alone(item, values))
        .filter(lambda answer: _is_valid(item, answer))
    )


def _alone(item: Item, values: list[Value]) -> Answer:
    """Leave an exclusive option by itself, options in the order of the form, words last."""
    exclusive = [option.value for option in item.options if option.exclusive]
    for value in values:
        if value in exclusive:
            return (value,)
    order = [option.value for option in item.options]
    if order:
        values = sorted(values, key=lambda one: order.index(one) if one in order else len(order))
    return tuple(values)


def _is_valid(item: Item, answer: Answer) -> bool:
    return not answer_problems(Place(item), answer, TODAY)


def a_value(item: Item, *, typed: bool = False) -> st.SearchStrategy[Value]:
    """One value that a question can hold, within its limits."""
    offered = st.sampled_from([option.value for option in item.options]) if item.options else None
    if offered is not None and item.type is ItemType.OPEN_CHOICE:
        codes = {option.code for option in item.options}
        return offered | _words(item, typed, single=True).filter(lambda words: words not in codes)
    if offered is not None:
        return offered
    return VALUES_OF.get(item.type, _line)(item, typed)


def _words(item: Item, typed: bool, *, single: bool) -> st.SearchStrategy[str]:
    least, most = max(item.min_length or 1, 1), min(item.max_length or 60, 60)
    if item.pattern:
        fitting = st.from_regex(item.pattern, fullmatch=True).filter(
            lambda words: least <= len(words) <= (item.max_length or len(words))
        )
        return fitting.filter(lambda text: text.strip() == text) if typed else fitting
    line_breaks = "" if single else "\n"
    letters = st.characters(exclude_categories=("Cs", "Cc"), include_characters=line_breaks)
    words = st.text(letters, min_size=least, max_size=max(least, most))
    return words.filter(lambda text: text.strip() == text) if typed else words


def _line(item: Item, typed: bool) -> st.SearchStrategy[str]:
    return _words(item, typed, single=True)


def _lines(item: Item, typed: bool) -> st.SearchStrategy[str]:
    return _words(item, typed, single=False)


def _addresses(item: Item, typed: bool) -> st.SearchStrategy[str]:
    address = r"https://[a-z0-9]{1,12}\.example/[a-zA-Z0-9/?=&%.-]{0,20}"
    return st.from_regex(address, fullmatch=True)


def _integers(item: Item, typed: bool) -> st.SearchStrategy[int]:
    return st.integers(*_whole_limits(item))


def _whole_limits(item: Item) -> tuple[int, int]:
    low, high = _numeric(item.minimum), _numeric(item.maximum)
    return (
        -LARGEST_INTEGER if low is None else int(low.to_integral_value("ROUND_CEILING")),
        LARGEST_INTEGER if high is None else int(high.to_integral_value("ROUND_FLOOR")),
    )


def _numeric(limit: Value | Today | None) -> Decimal | None:
    if isinstance(limit, Quantity):
        return limit.value
    return Decimal(limit) if isinstance(limit, int | Decimal) else None


def _decimals(item: Item, typed: bool = False) -> st.SearchStrategy[Decimal]:
    low, high = _numeric(item.minimum), _numeric(item.maximum)
    places = 4 if item.max_decimal_places is None else item.max_decimal_places
    return st.integers(0, places).flatmap(
        lambda digits: st.decimals(
            min_value=Decimal(-(10**9)) if low is None else low,
            max_value=Decimal(10**9) if high is None else high,
            allow_nan=False,
            allow_infinity=False,
            places=digits,
        )
    )


def _quantities(item: Item, typed: bool) -> st.SearchStrategy[Quantity]:
    units = item.unit_options or ((item.unit,) if item.unit else ())
    if not units:
        return _decimals(item).map(Quantity)
    unit = st.sampled_from(units)
    return st.tuples(_decimals(item), unit).map(lambda pair: quantity_of(*pair))


def quantity_of(number: Decimal, unit: Coding) -> Quantity:
    """A number in one of the units that a question offers."""
    return Quantity(number, unit.display, unit.code, unit.system)


def _day_limits(item: Item) -> tuple[PartialDate, PartialDate]:
    def day(limit: Value | Today | None, default: PartialDate) -> PartialDate:
        if isinstance(limit, Today):
            return PartialDate.of(TODAY)
        if isinstance(limit, datetime):
            return PartialDate.of(limit.date())
        return limit if isinstance(limit, PartialDate) else default

    return day(item.minimum, PartialDate(1900, 1, 1)), day(item.maximum, PartialDate(2100, 1, 1))


def _dates(item: Item, typed: bool) -> st.SearchStrategy[PartialDate]:
    low, high = _day_limits(item)
    full = st.dates(low.first_day, high.last_day).map(PartialDate.of)
    if typed:
        return full
    return (
        full
        | full.map(lambda one: PartialDate(one.year, one.month))
        | full.map(lambda one: PartialDate(one.year))
    )


def _moments(item: Item, typed: bool) -> st.SearchStrategy[datetime]:
    low, high = _day_limits(item)
    first = datetime.combine(low.first_day, time.min)
    naive = st.datetimes(first, datetime.combine(high.last_day, time(23, 59)))
    if typed:
        return naive.map(lambda one: one.replace(second=0, microsecond=0, tzinfo=UTC))
    zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
    return st.tuples(naive, zones).map(lambda pair: pair[0].replace(tzinfo=pair[1]))


def _times(item: Item, typed: bool) -> st.SearchStrategy[time]:
    low = item.minimum if isinstance(item.minimum, time) else time.min
    high = item.maximum if isinstance(item.maximum, time) else time.max
    times = st.times(low, high)
    return times.map(lambda one: one.replace(second=0, microsecond=0)) if typed else times


VALUES_OF: dict[ItemType, Callable[[Item, bool], st.SearchStrategy[Value]]] = {
    ItemType.BOOLEAN: lambda item, typed: st.booleans(),
    ItemType.INTEGER: _integers,
    ItemType.DECIMAL: _decimals,
    ItemType.QUANTITY: _quantities,
    ItemType.DATE: _dates,
    ItemType.DATETIME: _moments,
    ItemType.TIME: _times,
    ItemType.URL: _addresses,
    ItemType.TEXT: _lines,
}
"""How to draw a value of each type; any other is one line of words."""
