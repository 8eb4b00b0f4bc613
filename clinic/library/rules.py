"""Reads content/rules/red-flags.yaml: named conditions, rules, and the hash of the set."""

import hashlib
from collections import Counter
from pathlib import Path

from clinic.errors import ContentFault
from clinic.library.conditions import ConditionReader, mappings, names
from clinic.library.faults import Fault
from clinic.library.laying import in_language
from clinic.library.lined_yaml import Fields, read_mapping
from clinic.library.marked_yaml import LinedMap
from clinic.library.overlays import FIRST_LANGUAGE
from clinic.library.texts import text_of
from clinic.questionnaire.conditions import AnyOf
from clinic.triage.rules import QuietRule, Rule, RuleSet, Subject, Urgency

RED_FLAGS = Path("rules") / "red-flags.yaml"

SET_KEYS = (
    *("version", "status", "subjects", "conditions"),
    *("self_care", "does_not_fire", "rules"),
)
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


def check_rules(
    content: Path, language: str = FIRST_LANGUAGE
) -> tuple[RuleSet | None, list[Fault]]:
    """Give the rules, or none and everything to mend in the file; words in a language."""
    path = content / RED_FLAGS
    faults: list[Fault] = []
    if not path.is_file():
        return None, [Fault(str(path), 1, "this file is missing: the safety screen needs it")]
    text = text_of(path)
    mapping = read_mapping(text, str(path), faults)
    if mapping is not None:
        mapping = in_language(content, language, RED_FLAGS, mapping)
    rules = _RuleReader(str(path), faults).rule_set(mapping, text) if mapping else None
    return (None if faults else rules), faults


class _RuleReader:
    """Reads one file; what is wrong joins `faults`."""

    def __init__(self, path: str, faults: list[Fault]) -> None:
        self.path = path
        self.faults = faults
        self.conditions = ConditionReader()

    def rule_set(self, mapping: LinedMap, text: str) -> RuleSet:
        """Read the whole file."""
        fields = Fields(mapping, self.path, self.faults)
        fields.only(SET_KEYS)
        self.conditions.learn(fields)
        self_care = fields.fields("self_care")
        rules = tuple(self._rule(part) for part in mappings(fields, "rules"))
        subjects = tuple(_subject(part) for part in mappings(fields, "subjects"))
        self._refuse_doubles(fields, rules)
        self._want_subjects(fields, rules, subjects)
        return RuleSet(
            version=fields.text("version"),
            hash=hashlib.sha256(text.encode()).hexdigest(),
            rules=rules,
            quiet=tuple(self._quiet(part) for part in mappings(fields, "does_not_fire")),
            subjects=subjects,
            self_care=self.conditions.when(self_care) if self_care else AnyOf(()),
            named=dict(self.conditions.named),
        )

    def _rule(self, part: Fields) -> Rule:
        part.only(RULE_KEYS)
        urgency = part.text_or_none("urgency")
        if urgency is not None and urgency not in list(Urgency):
            part.fault("urgency", f"{urgency!r} is no urgency: use {', '.join(Urgency)} or null")
            urgency = None
        return Rule(
            id=part.text("id"),
            when=self.conditions.when(part),
            urgency=Urgency(urgency) if urgency else None,
            flags=names(part, "flag"),
            staff=part.text("staff"),
            row=part.text_or_none("row", required=False) or "",
            about=part.text("about"),
            advice=part.text_or_none("advice", required=False) or "",
            source=names(part, "source"),
            reviewed_by=part.text_or_none("reviewed_by"),
            reviewed_on=part.date_or_none("reviewed_on"),
            review_by=part.date("review_by"),
        )

    def _quiet(self, part: Fields) -> QuietRule:
        part.only(("id", "staff", "source"))
        return QuietRule(part.text("id"), part.text("staff"), names(part, "source"))

    def _refuse_doubles(self, fields: Fields, rules: tuple[Rule, ...]) -> None:
        seen: set[str] = set()
        for rule in rules:
            if rule.id in seen:
                fields.fault("rules", f"the rule {rule.id!r} stands twice: give one a new id")
            seen.add(rule.id)

    def _want_subjects(
        self, fields: Fields, rules: tuple[Rule, ...], subjects: tuple[Subject, ...]
    ) -> None:
        """Every rule stands under one subject, so that the public page shows it once."""
        grouped = Counter(rule_id for subject in subjects for rule_id in subject.rules)
        known = {rule.id for rule in rules}
        for rule_id in sorted(known - grouped.keys()):
            fields.fault("subjects", f"the rule {rule_id!r} stands under no subject: add it to one")
        for rule_id in sorted(grouped.keys() - known):
            fields.fault("subjects", f"there is no rule {rule_id!r}: take it out")
        for rule_id, times in grouped.items():
            if times > 1:
                fields.fault("subjects", f"the rule {rule_id!r} stands under {times} subjects")


def _subject(part: Fields) -> Subject:
    part.only(("id", "title", "rules"))
    return Subject(part.text("id"), part.text("title"), part.texts("rules"))
