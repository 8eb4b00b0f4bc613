"""A second reading of the red-flag conditions, straight from the clinical notation.

`clinical/rules.tsv` and `clinical/names.tsv` hold the conditions as the clinical draft writes
them. This module turns them into Python expressions over three truth values and lets Python
itself parse them, so that it shares nothing with the evaluator under test. Notation: section
4.0 of the clinical draft; `not` is true of a blank.
"""

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

CLINICAL = Path(__file__).parent / "clinical"

Answers = Mapping[str, object]
"""Link id (or `age`) to a code, a list of codes, a number, or None for a blank."""


@dataclass(frozen=True)
class Said:
    """True, False, or None for unknown; `&`, `|` and `~` as the notation reads them."""

    value: bool | None

    def __and__(self, other: "Said") -> "Said":
        if self.value is False or other.value is False:
            return Said(False)
        return Said(None if None in (self.value, other.value) else True)

    def __or__(self, other: "Said") -> "Said":
        if self.value is True or other.value is True:
            return Said(True)
        return Said(None if None in (self.value, other.value) else False)

    def __invert__(self) -> "Said":
        return Said(self.value is not True)


def count_of(least: int, *parts: Said) -> Said:
    """At least so many."""
    sure = sum(part.value is True for part in parts)
    possible = sum(part.value is not False for part in parts)
    return Said(True if sure >= least else None if possible >= least else False)


def _rows(name: str) -> list[list[str]]:
    with (CLINICAL / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]


NAMES: dict[str, str] = dict(_rows("names.tsv"))
_NINE = [
    *("wakes-late", "buttock", "eases-moving", "pills-help"),
    *("family", "joints", "heel", "psoriasis"),
]
_COUNT = "; ".join(["first-age < 35", *(f"inflam-facts has {code}" for code in _NINE)])
NAMES["INFL_GATE"] = (
    "first-age < 45 and pain-duration in "
    "{3-to-6-months, 6-to-12-months, 1-to-5-years, over-5-years}"
)


@dataclass(frozen=True)
class ClinicalRule:
    """One row of the clinical tables."""

    id: str
    level: str
    flag: str
    condition: str


def spelt_out(condition: str) -> str:
    """INFL_COUNT is written in words in the draft."""
    condition = condition.replace("INFL_COUNT >= 4", f"4 of {{{_COUNT}}}")
    condition = condition.replace("INFL_COUNT >= 3", f"3 of {{{_COUNT}}}")
    return condition.replace("INFL_COUNT = 3", f"(3 of {{{_COUNT}}} and not 4 of {{{_COUNT}}})")


RULES = [ClinicalRule(i, level, flag, spelt_out(c)) for i, level, flag, c in _rows("rules.tsv")]


def reader(condition: str) -> Callable[[Answers], Said]:
    """Give a function from answers to what the condition says of them."""
    code = compile(python_of(condition), "<notation>", "eval")

    def said(answers: Answers) -> Said:
        return eval(code, {"A": Asked(answers), "count_of": count_of})  # noqa: S307

    return said


class Asked:
    """The atoms of the notation."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers

    def given(self, name: str) -> list[object] | None:
        value = self.answers.get(name)
        if value is None or value == []:
            return None
        return value if isinstance(value, list) else [value]

    def has(self, name: str, *codes: str) -> Said:
        given = self.given(name)
        return Said(None if given is None else any(str(value) in codes for value in given))

    def missing(self, name: str) -> Said:
        return Said(self.given(name) is None)

    def compares(self, name: str, operator: str, limit: int) -> Said:
        given = self.given(name)
        if given is None:
            return Said(None)
        number = int(str(given[0]))
        return Said(
            {
                ">=": number >= limit,
                "<=": number <= limit,
                ">": number > limit,
                "<": number < limit,
                "=": number == limit,
            }[operator]
        )

    def named(self, name: str) -> Said:
        return _NAMED[name](self.answers)

    def new(self, name: str) -> Said:
        course = self.has(f"{name}-course", "start-2-weeks", "worse-2-weeks", "not-sure")
        return self.has(name, "yes") & (course | self.missing(f"{name}-course"))

    def old(self, name: str) -> Said:
        return self.has(name, "yes") & self.has(f"{name}-course", "older-slow", "older-same")

    def some(self, name: str) -> Said:
        return self.has(name, "yes") & ~self.has(f"{name}-course", "years-known")


_LINK = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
_CODE = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_ATOMS = [
    (rf"\b(NEW|OLD|SOME)\(({_LINK})\)", lambda m: f"A.{m[1].lower()}('{m[2]}')"),
    (
        rf"\b({_LINK}) (?:in|has) \{{([^{{}}]*)\}}",
        lambda m: f"A.has('{m[1]}', {', '.join(repr(c.strip()) for c in m[2].split(','))})",
    ),
    (rf"\b({_LINK}) missing\b", lambda m: f"A.missing('{m[1]}')"),
    (
        r"\b(age|pain-now|first-age) (>=|<=|>|<|=) (\d+)",
        lambda m: f"A.compares('{m[1]}', '{m[2]}', {m[3]})",
    ),
    (rf"\b({_LINK}) (?:=|has) ({_CODE})", lambda m: f"A.has('{m[1]}', '{m[2]}')"),
    (r"\b([A-Z][A-Z_0-9]+)\b", lambda m: f"A.named('{m[1]}')"),
]


def python_of(condition: str) -> str:
    """Write a condition as a Python expression over the comparisons of `A`."""
    parts: list[str] = []

    def keep(text: str) -> str:
        parts.append(text)
        return f"@{len(parts) - 1}@"

    for pattern, atom in _ATOMS:
        condition = re.sub(pattern, lambda m, atom=atom: keep(atom(m)), condition)  # type: ignore[misc]
    counted = re.compile(r"(\d+) of \{([^{}]*)\}")
    while counted.search(condition):
        condition = counted.sub(
            lambda m: f"count_of({m[1]}, {', '.join(f'({p})' for p in m[2].split(';'))})",
            condition,
        )
    condition = re.sub(r"\band\b", "&", condition)
    condition = re.sub(r"\bor\b", "|", condition)
    condition = re.sub(r"\bnot\b", "~", condition)
    return re.sub(r"@(\d+)@", lambda m: parts[int(m[1])], condition)


_NAMED = {name: reader(means) for name, means in NAMES.items()}


def codes_read(condition: str) -> dict[str, set[str]]:
    """For each link id, the codes (or limits) that the condition compares it with."""
    found: dict[str, set[str]] = {}
    for name in re.findall(r"\b[A-Z][A-Z_0-9]+\b", condition):
        if name in NAMES:
            for link_id, codes in codes_read(NAMES[name]).items():
                found.setdefault(link_id, set()).update(codes)
    for kind, name in re.findall(rf"\b(NEW|OLD|SOME)\(({_LINK})\)", condition):
        del kind
        found.setdefault(name, set()).add("yes")
        found.setdefault(f"{name}-course", set()).update(
            {"start-2-weeks", "worse-2-weeks", "not-sure", "older-slow", "older-same"}
            | {"years-known"}
        )
    for name, listed in re.findall(rf"\b({_LINK}) (?:in|has) \{{([^{{}};]*)\}}", condition):
        found.setdefault(name, set()).update(code.strip() for code in listed.split(","))
    for name, code in re.findall(rf"\b({_LINK}) (?:=|has|>=|<=|>|<) ({_CODE})", condition):
        found.setdefault(name, set()).add(code)
    for name in re.findall(rf"\b({_LINK}) missing\b", condition):
        found.setdefault(name, set())
    return found
