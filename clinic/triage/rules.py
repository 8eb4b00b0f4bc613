"""What a rule is, and the set of them that an assessment is made with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from clinic.questionnaire.conditions import Condition, Kind, Named, comparisons


class Urgency(StrEnum):
    """How soon somebody should look, most urgent first."""

    EMERGENCY_NOW = "emergency_now"
    SAME_DAY = "same_day"
    URGENT_2WK = "urgent_2wk"
    ROUTINE = "routine"
    SELF_CARE = "self_care"

    @property
    def rank(self) -> int:
        """0 for the most urgent."""
        return list(Urgency).index(self)

    def or_sooner(self, other: "Urgency") -> "Urgency":
        """Give the more urgent of two."""
        return min(self, other, key=lambda urgency: urgency.rank)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule: what it reads, how urgent it is, and in what words staff are told.

    `urgency` is None for a note that sets no level. `advice` is the id of extra words for
    the patient, or "". `about` are the words for the public page, without a condition's name.
    `row` are the words for lists and for the front desk: at most 12 of them, and nothing
    that is private (red_flags.md, 3.4); `staff` where it is "".
    """

    id: str
    when: Condition
    urgency: Urgency | None
    flags: tuple[str, ...] = ()
    staff: str
    source: tuple[str, ...]
    advice: str = ""
    about: str = ""
    row: str = ""
    reviewed_by: str | None = None
    reviewed_on: date | None = None
    review_by: date

    @property
    def is_note(self) -> bool:
        """True of a rule that is printed only and raises no flag."""
        return not self.flags

    @property
    def row_words(self) -> str:
        """What a list row and the front desk are told."""
        return self.row or self.staff

    @cached_property
    def reads(self) -> frozenset[str]:
        """The link ids of the questions that the condition rests on."""
        return frozenset(part.name for part in comparisons(self.when) if part.kind is Kind.QUESTION)


@dataclass(frozen=True, slots=True)
class QuietRule:
    """Something that is left out on purpose, said so that nobody looks for it."""

    id: str
    staff: str
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """What the public page calls a group of rules: what they ask, not what may be behind it."""

    id: str
    title: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """The red-flag rules with the version and hash that are printed on every paper.

    `named` are its named conditions, which other rule files may use. Every rule stands
    under one of the `subjects`.
    """

    version: str
    hash: str
    rules: tuple[Rule, ...]
    self_care: Condition
    quiet: tuple[QuietRule, ...] = ()
    subjects: tuple[Subject, ...] = ()
    named: Mapping[str, Named] = field(default_factory=dict, hash=False, repr=False)

    def rule(self, rule_id: str) -> Rule:
        """Give a rule by id. Raises KeyError."""
        return next(rule for rule in self.rules if rule.id == rule_id)

    @property
    def emergency(self) -> tuple[Rule, ...]:
        """The rules that stop a patient at once."""
        return tuple(rule for rule in self.rules if rule.urgency is Urgency.EMERGENCY_NOW)

    @property
    def flags(self) -> tuple[str, ...]:
        """Every flag that some rule speaks of, in the order of the rules."""
        return tuple(dict.fromkeys(flag for rule in self.rules for flag in rule.flags))

    @property
    def emergency_questions(self) -> frozenset[str]:
        """The link ids that an emergency rule reads."""
        return frozenset().union(*(rule.reads for rule in self.emergency))
