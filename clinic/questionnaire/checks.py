"""What is wrong with an answer, by the rules that its item states.

WTForms reads text into values; only this module judges them, so that the web, the FHIR
import, the command line and the tests meet the same rules. A problem is a sentence that
says how to mend it, as a pattern and the values that fill it (so that it can be translated).
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from clinic.marked import marked
from clinic.questionnaire.conditions import Comparison, Kind, Operator, Truth, evaluate
from clinic.questionnaire.model import Item, ItemType, Option, Questionnaire, Text
from clinic.questionnaire.response import Answer, Place, enabled_places, instances, unasked
from clinic.questionnaire.values import Coding, PartialDate, Quantity, Today, Value

ANSWER_THIS = marked("Answer this question to go on.")
TICK_ONE = marked("Tick at least one box.")
TICK_ONE_OR_NONE = marked("Tick at least one box. If none fit, tick the last box.")
ANSWER_ONE = marked("Answer at least one question here to go on.")
ONE_ONLY = marked("Give one answer only.")
NOT_AN_OPTION = marked("Choose one of the answers shown.")
EXCLUSIVE = marked("“{option}” cannot stand with another answer. Keep the one that fits.")
TOO_LONG = marked("Shorten this to {limit} characters. It has {length} now.")
TOO_SHORT = marked("Write at least {limit} characters.")
TOO_SMALL = marked("Enter {limit} or more.")
TOO_LARGE = marked("Enter {limit} or less.")
TOO_EARLY = marked("Enter a date that is not before {limit}.")
TOO_LATE = marked("Enter a date that is not after {limit}.")
IN_THE_FUTURE = marked("Enter a date that is not in the future.")
IN_THE_PAST = marked("Enter a date that is not in the past.")
TOO_MANY_DECIMALS = marked("Use at most {limit} digits after the point.")
NO_DECIMALS = marked("Enter a whole number.")
WRONG_FORM = marked("Write this in the form that is asked for.")
WRONG_FORM_SHOWN = marked("Write this in the form {form}.")
NOT_A_WEB_ADDRESS = marked("Enter a full web address, such as https://www.example.org.")
CONTROL_CHARACTERS = marked("Take out the characters that cannot be printed.")
TOO_FEW_ANSWERS = marked("Give at least {limit} answers.")
TOO_MANY_ANSWERS = marked("Give at most {limit} answers.")
NOT_A_UNIT = marked("Choose one of the units shown.")
WRONG_KIND = marked("This answer is not of the kind that the question asks for.")

LARGEST_INTEGER = 2**31 - 1
"""FHIR R4's integer has 32 bits."""

KIND_OF: Mapping[ItemType, tuple[type, ...]] = {
    ItemType.BOOLEAN: (bool,),
    ItemType.DECIMAL: (Decimal, int),
    ItemType.INTEGER: (int,),
    ItemType.DATE: (PartialDate,),
    ItemType.DATETIME: (datetime, PartialDate),
    ItemType.TIME: (time,),
    ItemType.STRING: (str,),
    ItemType.TEXT: (str,),
    ItemType.URL: (str,),
    ItemType.CHOICE: (Coding, str, int, PartialDate, time),
    ItemType.OPEN_CHOICE: (Coding, str, int, PartialDate, time),
    ItemType.QUANTITY: (Quantity,),
}


Filling = str | int | date | Text
"""What fills a gap of a pattern; a day and a text are put into words where it is shown."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to mend at one key: a pattern and what fills it."""

    key: str
    pattern: str
    values: Mapping[str, Filling]

    def __str__(self) -> str:
        """Give the English sentence."""
        words = {
            name: _long_date(value) if isinstance(value, date) else value
            for name, value in self.values.items()
        }
        return self.pattern.format(**words)


def response_problems(
    questionnaire: Questionnaire,
    answers: Mapping[str, Answer],
    items: tuple[Item, ...] = (),
    today: date | None = None,
) -> list[Problem]:
    """Everything to mend in the answers to these items (or to all), in page order.

    `today` is the day in the clinic's zone; without it, limits that name it are not judged.
    """
    found: list[Problem] = []
    shown = list(enabled_places(questionnaire, answers, items))
    for place in shown:
        if place.item.type is ItemType.GROUP:
            found.extend(_group_problems(place, shown, answers))
        else:
            found.extend(answer_problems(place, answers.get(place.key, ()), today))
    return found


def answer_problems(place: Place, answer: Answer, today: date | None = None) -> list[Problem]:
    """Everything to mend in one answer, the first being the one to show."""
    item = place.item
    if not item.is_question or item.read_only or item.hidden:
        return []
    faults = _faults(item, answer, today)
    return [Problem(place.key, pattern, values) for pattern, values in faults]


def _group_problems(
    place: Place, shown: list[Place], answers: Mapping[str, Answer]
) -> Iterator[Problem]:
    """What is wrong with a group as a whole, told at a question of it, where it can be mended."""
    group = place.item
    if not (group.required or group.min_occurs or group.max_occurs):
        return
    below = {item.link_id for item in group.walk()}
    inner = [one for one in shown if one.item.link_id in below and not unasked(one.item)]
    inner = [one for one in inner if one.prefix.startswith(place.prefix)]
    if not inner:
        return
    if group.required and not any(one.key in answers or one.item.required for one in inner):
        yield Problem(inner[0].key, ANSWER_ONE, {})
    count = instances(place, answers) if group.holds_instances else 0
    if group.min_occurs is not None and 0 < count < group.min_occurs:
        yield Problem(inner[-1].key, TOO_FEW_ANSWERS, {"limit": group.min_occurs})
    if group.max_occurs is not None and count > group.max_occurs:
        yield Problem(inner[-1].key, TOO_MANY_ANSWERS, {"limit": group.max_occurs})


Fault = tuple[str, dict[str, Filling]]


def _faults(item: Item, answer: Answer, today: date | None) -> Iterator[Fault]:
    yield from _count_faults(item, answer)
    for value in answer:
        if not isinstance(value, KIND_OF[item.type]) or (
            isinstance(value, bool) and item.type is not ItemType.BOOLEAN
        ):
            yield WRONG_KIND, {}
            continue
        if item.options:
            yield from _option_faults(item, value)
        yield from _limit_faults(item, value, today)
        if isinstance(value, str):
            yield from _text_faults(item, value)


def _count_faults(item: Item, answer: Answer) -> Iterator[Fault]:
    if not answer:
        if item.required:
            yield _asking(item), {}
        return
    if len(answer) > 1 and not item.repeats:
        yield ONE_ONLY, {}
    if item.min_occurs is not None and len(answer) < item.min_occurs:
        yield TOO_FEW_ANSWERS, {"limit": item.min_occurs}
    if item.max_occurs is not None and len(answer) > item.max_occurs:
        yield TOO_MANY_ANSWERS, {"limit": item.max_occurs}
    for option in item.options:
        if option.exclusive and len(answer) > 1 and _chosen(option, answer):
            yield EXCLUSIVE, {"option": option.text}


def _asking(item: Item) -> str:
    if not (item.repeats and item.options):
        return ANSWER_THIS
    return TICK_ONE_OR_NONE if any(option.exclusive for option in item.options) else TICK_ONE


def _chosen(option: Option, answer: Answer) -> bool:
    return any(_is_option(option, value) for value in answer)


def _is_option(option: Option, value: Value) -> bool:
    if isinstance(option.value, Coding) and isinstance(value, Coding):
        return option.value.same_code(value)
    return type(option.value) is type(value) and option.value == value


def _option_faults(item: Item, value: Value) -> Iterator[Fault]:
    written_by_hand = item.type is ItemType.OPEN_CHOICE and isinstance(value, str)
    if not written_by_hand and not any(_is_option(option, value) for option in item.options):
        yield NOT_AN_OPTION, {}


def _limit_faults(item: Item, value: Value, today: date | None) -> Iterator[Fault]:
    number = value.value if isinstance(value, Quantity) else value
    if isinstance(number, int | Decimal) and not isinstance(number, bool):
        yield from _decimal_faults(item, number)
    if isinstance(value, Quantity):
        yield from _unit_faults(item, value)
    if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        yield (TOO_SMALL if value < 0 else TOO_LARGE), {"limit": LARGEST_INTEGER * _sign(value)}
        return
    dated = isinstance(value, PartialDate | datetime)
    if _beyond(value, Operator.LESS, item.minimum, today):
        yield _limit_fault(item.minimum, IN_THE_PAST, TOO_EARLY if dated else TOO_SMALL)
    if _beyond(value, Operator.GREATER, item.maximum, today):
        yield _limit_fault(item.maximum, IN_THE_FUTURE, TOO_LATE if dated else TOO_LARGE)


def _sign(number: int) -> int:
    return -1 if number < 0 else 1


def _beyond(
    value: Value, operator: Operator, limit: Value | Today | None, today: date | None
) -> bool:
    if isinstance(limit, Today):
        limit = PartialDate.of(today) if today else None
    if limit is None:
        return False
    if isinstance(value, Quantity) and not isinstance(limit, Quantity):
        value = value.value
    return _holds(value, operator, limit)


def _limit_fault(limit: Value | Today | None, moving: str, fixed: str) -> Fault:
    if limit is None or isinstance(limit, Today):
        return moving, {}
    return fixed, {"limit": _day(limit) or limit_words(limit)}


def _unit_faults(item: Item, value: Quantity) -> Iterator[Fault]:
    units = item.unit_options or ((item.unit,) if item.unit else ())
    named = value.code or value.unit
    if units and named not in [name for unit in units for name in (unit.code, unit.display)]:
        yield NOT_A_UNIT, {}


def _decimal_faults(item: Item, number: int | Decimal) -> Iterator[Fault]:
    exponent = number.as_tuple().exponent if isinstance(number, Decimal) else 0
    places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    if item.max_decimal_places is not None and places > item.max_decimal_places:
        if item.max_decimal_places == 0:
            yield NO_DECIMALS, {}
        else:
            yield TOO_MANY_DECIMALS, {"limit": item.max_decimal_places}


def _text_faults(item: Item, text: str) -> Iterator[Fault]:
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\r\t" for c in text):
        yield CONTROL_CHARACTERS, {}
    if item.max_length is not None and len(text) > item.max_length:
        yield TOO_LONG, {"limit": item.max_length, "length": len(text)}
    if item.min_length is not None and len(text) < item.min_length:
        yield TOO_SHORT, {"limit": item.min_length}
    if item.pattern and not re.fullmatch(item.pattern, text):
        if item.entry_format:
            yield WRONG_FORM_SHOWN, {"form": item.entry_format}
        else:
            yield WRONG_FORM, {}
    if item.type is ItemType.URL and not re.fullmatch(r"[a-zA-Z][a-zA-Z0-9+.-]*:[^\s<>\"]+", text):
        yield NOT_A_WEB_ADDRESS, {}


class _One:
    """Facts of one value, so that limits are judged by the one evaluator."""

    def __init__(self, value: Value) -> None:
        self.value = value

    def known(self, kind: Kind, name: str) -> tuple[Value, ...]:  # noqa: ARG002
        """Give the value."""
        return (self.value,)


def _holds(value: Value, operator: Operator, limit: Value) -> bool:
    comparison = Comparison(Kind.QUESTION, "", operator, limit)
    return evaluate(comparison, _One(value)) is Truth.TRUE


def limit_words(limit: Value) -> str:
    """Give a limit as a person would write it: long dates, a number with its unit."""
    day = _day(limit)
    if day is not None:
        return _long_date(day)
    if isinstance(limit, Quantity):
        return f"{limit.value} {limit.unit or limit.code or ''}".strip()
    return str(limit)


def _day(limit: Value) -> date | None:
    if isinstance(limit, datetime):
        return limit.date()
    if isinstance(limit, PartialDate) and limit.day is not None:
        return limit.first_day
    return None


def _long_date(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"
