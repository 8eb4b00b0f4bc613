"""Reads the conditions of the rule files: comparisons, groups, and parts that have a name."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from clinic.library.lined_yaml import Fields
from clinic.library.marked_yaml import LinedList, LinedMap
from clinic.questionnaire.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    Comparison,
    Condition,
    Kind,
    Named,
    NoneOf,
    Operator,
)
from clinic.questionnaire.values import Value

Word = TypeVar("Word", bound=StrEnum)

GROUPS: dict[str, type[AllOf] | type[AnyOf] | type[NoneOf]] = {
    "all": AllOf,
    "any": AnyOf,
    "none": NoneOf,
}


class ConditionReader:
    """Reads conditions, and remembers the named ones; what is wrong joins the file's faults.

    `named` are conditions of another file that this one may use as well.
    """

    def __init__(self, named: Mapping[str, Named] | None = None) -> None:
        self.named: dict[str, Named] = dict(named or {})

    def learn(self, fields: Fields, key: str = "conditions") -> None:
        """Read the list of named conditions that stands under a key."""
        for part in mappings(fields, key):
            part.only(("id", "when"))
            name = part.text("id")
            if name in self.named:
                part.fault("id", f"the condition {name!r} stands twice: rename one")
            self.named[name] = Named(name, self.when(part))

    def when(self, part: Fields, key: str = "when") -> Condition:
        """Read the condition under a key; of a faulty one nothing is true."""
        value = part.value(key)
        if isinstance(value, LinedMap):
            return self._condition(Fields(value, part.path, part.faults, part.first_line))
        part.fault(key, f"{key!r} must hold a comparison or a group of them")
        return AnyOf(())

    def _condition(self, part: Fields) -> Condition:
        keys = set(part.mapping)
        if "condition" in keys:
            return self._named(part)
        if keys & set(Kind):
            return _comparison(part)
        part.only((*GROUPS, "at_least"))
        groups = tuple(self._group(part, key) for key in part.mapping)
        return groups[0] if len(groups) == 1 else AllOf(groups)

    def _group(self, part: Fields, key: str) -> Condition:
        if key in GROUPS:
            return GROUPS[key](self._parts(part, key))
        inner = part.fields(key)
        if inner is None:
            return AnyOf(())
        inner.only(("count", "of"))
        return AtLeast(inner.number("count", least=1), self._parts(inner, "of"))

    def _parts(self, part: Fields, key: str) -> tuple[Condition, ...]:
        found = tuple(self._condition(inner) for inner in mappings(part, key))
        if not found:
            part.fault(key, f"{key!r} must hold at least one condition")
        return found

    def _named(self, part: Fields) -> Condition:
        part.only(("condition",))
        name = part.text("condition")
        if name not in self.named:
            part.fault("condition", f"no condition {name!r} stands above: write it there")
            return AnyOf(())
        return self.named[name]


def _comparison(part: Fields) -> Condition:
    kind = next(kind for kind in Kind if kind in part.mapping)
    part.only((kind, "operator", "answer"))
    operator = part.text("operator")
    if operator not in list(Operator):
        part.fault("operator", f"{operator!r} is no operator: use {' '.join(Operator)}")
        return AnyOf(())
    answers = _answers(part, Operator(operator))
    comparisons = tuple(
        Comparison(kind, part.text(kind), Operator(operator), answer) for answer in answers
    )
    if len(comparisons) == 1:
        return comparisons[0]
    return AllOf(comparisons) if operator == Operator.NOT_EQUAL else AnyOf(comparisons)


def _answers(part: Fields, operator: Operator) -> tuple[Value, ...]:
    value: Any = part.value("answer")
    listed = list(value) if isinstance(value, LinedList) else [value]
    if operator is Operator.EXISTS:
        good = len(listed) == 1 and isinstance(listed[0], bool)
    else:
        good = all(isinstance(each, str | int) and not isinstance(each, bool) for each in listed)
    if not good or not listed:
        part.fault("answer", "give a code in quotes, a whole number, or a list of them")
        return ("",)
    return tuple(bool(e) if isinstance(e, bool) else _plain(e) for e in listed)


def _plain(value: str | int) -> str | int:
    return int(value) if isinstance(value, int) else str(value)


def names(part: Fields, key: str) -> tuple[str, ...]:
    """Read one name, a list of them, or null."""
    value = part.value(key)
    if value is None:
        return ()
    return (part.text(key),) if isinstance(value, str) else part.texts(key)


def one_of(part: Fields, key: str, kinds: type[Word]) -> Word:
    """Read one word of a closed set; the first of the set where it is none of them."""
    value = part.one_of(key, kinds)
    return kinds(value) if value in list(kinds) else next(iter(kinds))


def mappings(fields: Fields, key: str, *, required: bool = True) -> list[Fields]:
    """Read a list of `key: value` entries."""
    value = fields.value(key, required=required)
    if value is None and not required:
        return []
    if not isinstance(value, LinedList) or any(not isinstance(each, LinedMap) for each in value):
        fields.fault(key, f"{key!r} must be a list of `key: value` entries")
        return []
    return [Fields(each, fields.path, fields.faults, fields.first_line) for each in value]
