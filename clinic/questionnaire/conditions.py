"""One condition language, FHIR's enableWhen with groups, and its one small evaluator.

It shows questions, fires red flags, chooses stretch advice and holds back referrals.
Truth has three values. A question that was asked and left blank is unknown, and
unknown travels through the groups as in Kleene's logic. How a blank counts under
each operator:

operator   answered                 asked, left blank   absent (hidden)   not asked yet
exists     true                     false               false             unknown
=          some answer is equal     unknown             false             unknown
!=         no answer is equal       true                true              unknown
> < >= <=  some answer satisfies    unknown             false             unknown

`exists` with the answer false is turned round. `!=` is true of a blank, as in FHIR, so
that a missing time or check never switches a safety rule off.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Protocol

from clinic.questionnaire.values import Coding, PartialDate, Quantity, Value


class Truth(Enum):
    """True, false or unknown."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, value: bool) -> "Truth":
        """Give the truth of a plain boolean."""
        return cls.TRUE if value else cls.FALSE

    @property
    def opposite(self) -> "Truth":
        """Kleene's not."""
        return _OPPOSITE[self]


_OPPOSITE = {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE, Truth.UNKNOWN: Truth.UNKNOWN}


class Silence(Enum):
    """Why there is no answer."""

    BLANK = "asked and left blank"
    ABSENT = "hidden by other answers, so known not to apply"
    NOT_ASKED = "not offered yet"


Known = tuple[Value, ...] | Silence


class Kind(StrEnum):
    """What a comparison reads."""

    QUESTION = "question"
    FACT = "fact"
    SCORE = "score"
    FLAG = "flag"
    URGENCY = "urgency"


class Operator(StrEnum):
    """FHIR's enableWhen operators."""

    EXISTS = "exists"
    EQUAL = "="
    NOT_EQUAL = "!="
    GREATER = ">"
    LESS = "<"
    GREATER_OR_EQUAL = ">="
    LESS_OR_EQUAL = "<="


@dataclass(frozen=True, slots=True)
class Comparison:
    """One question (or derived fact) against one answer."""

    kind: Kind
    name: str
    operator: Operator
    answer: Value


@dataclass(frozen=True, slots=True)
class AllOf:
    """True when every part is true; of nothing, true."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when some part is true; of nothing, false."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class NoneOf:
    """True when no part is true."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """True when at least `count` parts are true."""

    count: int
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A sub-condition by its name, so that a rule stays short."""

    name: str
    condition: "Condition"


Condition = Comparison | AllOf | AnyOf | NoneOf | AtLeast | Named


class Facts(Protocol):
    """What the evaluator may ask."""

    def known(self, kind: Kind, name: str) -> Known:
        """Give the values of a question or fact, or why there are none."""


class Remembering:
    """Facts that look each thing up once, and judge each named condition once."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._known: dict[tuple[Kind, str], Known] = {}
        self._truths: dict[str, Truth] = {}

    def known(self, kind: Kind, name: str) -> Known:
        """Give what the facts give."""
        key = (kind, name)
        if key not in self._known:
            self._known[key] = self._facts.known(kind, name)
        return self._known[key]

    def truth(self, named: Named) -> Truth:
        """Give the truth of a named condition."""
        if named.name not in self._truths:
            self._truths[named.name] = evaluate(named.condition, self)
        return self._truths[named.name]


def evaluate(condition: Condition, facts: Facts) -> Truth:
    """Give the truth of a condition on the facts."""
    match condition:
        case Comparison():
            return _compare(condition, facts.known(condition.kind, condition.name))
        case Named(condition=inner):
            if isinstance(facts, Remembering):
                return facts.truth(condition)
            return evaluate(inner, facts)
        case AllOf(parts):
            return _at_least(len(parts), parts, facts)
        case AnyOf(parts):
            return _at_least(1, parts, facts)
        case NoneOf(parts):
            return _at_least(1, parts, facts).opposite
        case AtLeast(count, parts):
            return _at_least(count, parts, facts)


def _at_least(count: int, parts: tuple[Condition, ...], facts: Facts) -> Truth:
    """Kleene's counting: true when enough are true, false when too few can still be.

    It stops as soon as no further part can change the answer.
    """
    true = false = 0
    may_be_false = len(parts) - count
    for part in parts:
        truth = evaluate(part, facts)
        true += truth is Truth.TRUE
        false += truth is Truth.FALSE
        if true >= count:
            return Truth.TRUE
        if false > may_be_false:
            return Truth.FALSE
    return Truth.UNKNOWN if len(parts) - false >= count > 0 else Truth.of(count <= 0)


def comparisons(condition: Condition) -> Iterable[Comparison]:
    """Every comparison that a condition rests on, names opened."""
    match condition:
        case Comparison():
            yield condition
        case Named(condition=inner):
            yield from comparisons(inner)
        case AllOf(parts) | AnyOf(parts) | NoneOf(parts) | AtLeast(_, parts):
            for part in parts:
                yield from comparisons(part)


def _compare(comparison: Comparison, known: Known) -> Truth:
    if known is Silence.NOT_ASKED:
        return Truth.UNKNOWN
    if comparison.operator is Operator.EXISTS:
        return Truth.of((not isinstance(known, Silence)) is bool(comparison.answer))
    if comparison.operator is Operator.NOT_EQUAL:
        values = () if isinstance(known, Silence) else known
        return Truth.of(not any(_equal(value, comparison.answer) for value in values))
    if known is Silence.BLANK:
        return Truth.UNKNOWN
    if isinstance(known, Silence):
        return Truth.FALSE
    satisfied = _SATISFIED[comparison.operator]
    return Truth.of(any(satisfied(value, comparison.answer) for value in known))


def _equal(left: Value, right: Value) -> bool:
    """Compare an answer with what a condition names; a rule may name a choice by its code alone.

    Words written by hand are no choice, even when they read like its code.
    """
    if isinstance(left, Coding):
        return left.same_code(right if isinstance(right, Coding) else Coding(str(right)))
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, Quantity) and isinstance(right, Quantity):
        return left.value == right.value and _same_unit(left, right)
    return left == right


def _same_unit(left: Quantity, right: Quantity) -> bool:
    return (left.code or left.unit) == (right.code or right.unit)


def _ordered(test: Callable[[int], bool]) -> Callable[[Value, Value], bool]:
    def satisfied(left: Value, right: Value) -> bool:
        order = _order(left, right)
        return order is not None and test(order)

    return satisfied


def _order(left: Value, right: Value) -> int | None:
    """Give -1, 0 or 1; None when the two cannot be ordered."""
    match left, right:
        case Quantity(), Quantity():
            return _order(left.value, right.value) if _same_unit(left, right) else None
        case datetime(), datetime():
            return (left > right) - (left < right)
        case ((PartialDate() | datetime()), (PartialDate() | datetime())):
            return _order_in_time(left, right)
        case (bool(), _) | (_, bool()):
            return None
        case ((int() | Decimal()), (int() | Decimal())):
            return (left > right) - (left < right)
        case str(), str():
            return (left > right) - (left < right)
        case time(), time():
            return (left > right) - (left < right)
        case _:
            return None


def _order_in_time(left: PartialDate | datetime, right: PartialDate | datetime) -> int | None:
    """Order what is certain: of 2024 and 17 March 2024 nobody knows which came first."""
    first, second = _days(left), _days(right)
    if first == second:
        return 0
    if first[1] < second[0]:
        return -1
    return 1 if first[0] > second[1] else None


def _days(value: PartialDate | datetime) -> tuple[date, date]:
    if isinstance(value, datetime):
        return value.date(), value.date()
    return value.first_day, value.last_day


_SATISFIED: Mapping[Operator, Callable[[Value, Value], bool]] = {
    Operator.EQUAL: _equal,
    Operator.GREATER: _ordered(lambda order: order > 0),
    Operator.LESS: _ordered(lambda order: order < 0),
    Operator.GREATER_OR_EQUAL: _ordered(lambda order: order >= 0),
    Operator.LESS_OR_EQUAL: _ordered(lambda order: order <= 0),
}
