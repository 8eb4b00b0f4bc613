"""Reads content/rules/red-flags.yaml: named conditions, rules, and the hash of the set."""

import hashlib
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from clinic.errors import ContentFault
from clinic.library.faults import Fault
from clinic.library.lined_yaml import Fields, read_mapping
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
from clinic.triage.rules import QuietRule, Rule, RuleSet, Urgency

RED_FLAGS = Path("rules") / "red-flags.yaml"

GROUPS: dict[str, type[AllOf] | type[AnyOf] | type[NoneOf]] = {
    "all": AllOf,
    "any": AnyOf,
    "none": NoneOf,
}
SET_KEYS = ("version", "status", "conditions", "self_care", "does_not_fire", "rules")
RULE_KEYS = (
    *("id", "flag", "urgency", "when", "staff", "row", "about", "advice", "source"),
    *("reviewed_by", "reviewed_on", "review_by"),
)


def read_rules(content: Path) -> RuleSet:
    """Read the red-flag rules of a content folder. Raises ContentFault with every fault."""
    rules, faults = check_rules(content)
    if rules is None:
        raise ContentFault([str(fault) for fault in faults])
    return rules


def check_rules(content: Path) -> tuple[RuleSet | None, list[Fault]]:
    """Give the rules, or none and everything to mend in the file."""
    path = content / RED_FLAGS
    faults: list[Fault] = []
    if not path.is_file():
        return None, [Fault(str(path), 1, "this file is missing: the safety screen needs it")]
    text = path.read_text(encoding="utf-8")
    mapping = read_mapping(text, str(path), faults)
    rules = _RuleReader(str(path), faults).rule_set(mapping, text) if mapping else None
    return (None if faults else rules), faults


class _RuleReader:
    """Reads one file; what is wrong joins `faults`."""

    def __init__(self, path: str, faults: list[Fault]) -> None:
        self.path = path
        self.faults = faults
        self.named: dict[str, Named] = {}

    def rule_set(self, mapping: CommentedMap, text: str) -> RuleSet:
        """Read the whole file."""
        fields = Fields(mapping, self.path, self.faults)
        fields.only(SET_KEYS)
        for part in self._mappings(fields, "conditions"):
            part.only(("id", "when"))
            name = part.text("id")
            if name in self.named:
                part.fault("id", f"the condition {name!r} stands twice: rename one")
            self.named[name] = Named(name, self._when(part))
        self_care = fields.fields("self_care")
        rules = tuple(self._rule(part) for part in self._mappings(fields, "rules"))
        self._refuse_doubles(fields, rules)
        return RuleSet(
            version=fields.text("version"),
            hash=hashlib.sha256(text.encode()).hexdigest(),
            rules=rules,
            quiet=tuple(self._quiet(part) for part in self._mappings(fields, "does_not_fire")),
            self_care=self._when(self_care) if self_care else AnyOf(()),
        )

    def _rule(self, part: Fields) -> Rule:
        part.only(RULE_KEYS)
        urgency = part.text_or_none("urgency")
        if urgency is not None and urgency not in list(Urgency):
            part.fault("urgency", f"{urgency!r} is no urgency: use {', '.join(Urgency)} or null")
            urgency = None
        return Rule(
            id=part.text("id"),
            when=self._when(part),
            urgency=Urgency(urgency) if urgency else None,
            flags=self._names(part, "flag"),
            staff=part.text("staff"),
            row=part.text_or_none("row", required=False) or "",
            about=part.text_or_none("about", required=False) or "",
            advice=part.text_or_none("advice", required=False) or "",
            source=self._names(part, "source"),
            reviewed_by=part.text_or_none("reviewed_by"),
            reviewed_on=part.date_or_none("reviewed_on"),
            review_by=part.date("review_by"),
        )

    def _quiet(self, part: Fields) -> QuietRule:
        part.only(("id", "staff", "source"))
        return QuietRule(part.text("id"), part.text("staff"), self._names(part, "source"))

    def _when(self, part: Fields) -> Condition:
        value = part.value("when")
        if isinstance(value, CommentedMap):
            return self._condition(Fields(value, self.path, self.faults, part.first_line))
        part.fault("when", "'when' must hold a comparison or a group of them")
        return AnyOf(())

    def _condition(self, part: Fields) -> Condition:
        keys = set(part.mapping)
        if "condition" in keys:
            return self._named(part)
        if keys & set(Kind):
            return self._comparison(part)
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
        found = tuple(self._condition(inner) for inner in self._mappings(part, key))
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

    def _comparison(self, part: Fields) -> Condition:
        kind = next(kind for kind in Kind if kind in part.mapping)
        part.only((kind, "operator", "answer"))
        operator = part.text("operator")
        if operator not in list(Operator):
            part.fault("operator", f"{operator!r} is no operator: use {' '.join(Operator)}")
            return AnyOf(())
        answers = self._answers(part, Operator(operator))
        comparisons = tuple(
            Comparison(kind, part.text(kind), Operator(operator), answer) for answer in answers
        )
        if len(comparisons) == 1:
            return comparisons[0]
        return AllOf(comparisons) if operator == Operator.NOT_EQUAL else AnyOf(comparisons)

    def _answers(self, part: Fields, operator: Operator) -> tuple[Value, ...]:
        value: Any = part.value("answer")
        listed = list(value) if isinstance(value, CommentedSeq) else [value]
        if operator is Operator.EXISTS:
            good = len(listed) == 1 and isinstance(listed[0], bool)
        else:
            good = all(
                isinstance(each, str | int) and not isinstance(each, bool) for each in listed
            )
        if not good or not listed:
            part.fault("answer", "give a code in quotes, a whole number, or a list of them")
            return ("",)
        return tuple(bool(e) if isinstance(e, bool) else _plain(e) for e in listed)

    def _names(self, part: Fields, key: str) -> tuple[str, ...]:
        """Read one name, a list of them, or null."""
        value = part.value(key)
        if value is None:
            return ()
        return (part.text(key),) if isinstance(value, str) else part.texts(key)

    def _mappings(self, fields: Fields, key: str) -> list[Fields]:
        value = fields.value(key)
        listed = value if isinstance(value, CommentedSeq) else ()
        if not isinstance(value, CommentedSeq) or any(
            not isinstance(each, CommentedMap) for each in listed
        ):
            fields.fault(key, f"{key!r} must be a list of `key: value` entries")
            return []
        return [Fields(each, self.path, self.faults, fields.first_line) for each in listed]

    def _refuse_doubles(self, fields: Fields, rules: tuple[Rule, ...]) -> None:
        seen: set[str] = set()
        for rule in rules:
            if rule.id in seen:
                fields.fault("rules", f"the rule {rule.id!r} stands twice: give one a new id")
            seen.add(rule.id)


def _plain(value: str | int) -> str | int:
    return int(value) if isinstance(value, int) else str(value)
