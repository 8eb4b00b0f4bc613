"""Every rule says what the clinical text says, over its whole truth table or all its pairs."""

import itertools
import random
from collections.abc import Iterator

import pytest

from clinic.library.places import content_dir
from clinic.library.rules import read_rules
from clinic.questionnaire.conditions import Kind, Known, Silence, Truth, evaluate
from clinic.questionnaire.values import Coding
from tests.triage.notation import RULES, ClinicalRule, codes_read, reader

RULE_SET = read_rules(content_dir())
WHOLE_TABLE_INPUTS = 8
NUMBERS = {"age", "pain-now", "first-age"}
SAMPLES_BEYOND_PAIRS = 400
MANY = {
    *("chest-kind", "faint-kind", "very-ill", "pee-kind", "poop-kind", "both-legs-kind"),
    *("weak-kind", "unsteady-kind", "pain-where", "infection-risk", "belly-signs"),
    *("bone-facts", "blood-thinner", "health-facts", "spine-device", "device-trouble"),
    *("pregnancy-signs", "inflam-facts"),
}


class Given:
    """Answers as they are, with nothing hidden: what is left out is blank."""

    def __init__(self, answers: dict[str, object]) -> None:
        self.answers = answers

    def known(self, kind: Kind, name: str) -> Known:
        value = self.answers.get("age" if kind is Kind.FACT else name)
        if value is None:
            return Silence.BLANK
        values = value if isinstance(value, list) else [value]
        return tuple(each if isinstance(each, int) else Coding(str(each)) for each in values)


def domain(link_id: str, codes: set[str]) -> list[object]:
    """A blank, every code or side of a limit that the rule tells apart, and one other."""
    if link_id in NUMBERS:
        limits = {int(code) for code in codes}
        return [None, *sorted({n for limit in limits for n in (limit - 1, limit, limit + 1)})]
    if link_id in MANY:
        singles = [[code] for code in sorted(codes)]
        some = [sorted(codes)[:count] for count in (2, 3) if count < len(codes)]
        return [None, ["something-else"], *singles, *some, sorted(codes)]
    return [None, "something-else", *sorted(codes)]


def cases(domains: dict[str, list[object]]) -> Iterator[dict[str, object]]:
    """The whole table up to eight inputs of moderate size; else every pair, and more at random."""
    names = sorted(domains)
    size = 1
    for name in names:
        size *= len(domains[name])
    if len(names) <= WHOLE_TABLE_INPUTS and size <= 60_000:
        for values in itertools.product(*(domains[name] for name in names)):
            yield dict(zip(names, values, strict=True))
        return
    yield from pairs(names, domains)


def pairs(names: list[str], domains: dict[str, list[object]]) -> Iterator[dict[str, object]]:
    """Every pair of values of every two inputs, the others drawn by a fixed seed."""
    draw = random.Random(20260501)  # noqa: S311
    met: set[tuple[str, int, str, int]] = set()
    for one, two in itertools.combinations(names, 2):
        for left, right in itertools.product(range(len(domains[one])), range(len(domains[two]))):
            if (one, left, two, right) in met:
                continue
            case = {name: draw.randrange(len(domains[name])) for name in names}
            case |= {one: left, two: right}
            met |= {(a, case[a], b, case[b]) for a, b in itertools.combinations(names, 2)}
            yield {name: domains[name][index] for name, index in case.items()}
    for _ in range(SAMPLES_BEYOND_PAIRS):
        yield {name: draw.choice(domains[name]) for name in names}
    for _ in range(SAMPLES_BEYOND_PAIRS):
        case = {name: draw.choice(domains[name]) for name in names}
        yes = {name: "yes" for name in names if "yes" in domains[name] and draw.random() < 0.6}
        yield {**case, **yes}
    yield {name: domains[name][1] for name in names}


@pytest.mark.parametrize("row", [row for row in RULES if row.id != "NS-2"], ids=lambda row: row.id)
def test_a_rule_says_what_the_clinical_text_says(row: ClinicalRule) -> None:
    rule = RULE_SET.rule(row.id)
    expected = reader(row.condition)
    names = {True: Truth.TRUE, False: Truth.FALSE, None: Truth.UNKNOWN}
    domains = {
        link_id: domain(link_id, codes) for link_id, codes in codes_read(row.condition).items()
    }
    seen = set()
    for case in cases(domains):
        truth = evaluate(rule.when, Given(case))
        wanted = names[expected(case).value]
        seen.add(truth)
        assert truth is wanted, case
    assert {Truth.TRUE, Truth.FALSE} <= seen, "the rule can fire and can stay silent"


@pytest.mark.parametrize("row", RULES, ids=lambda row: row.id)
def test_a_rule_has_the_level_and_flags_of_the_clinical_text(row: ClinicalRule) -> None:
    rule = RULE_SET.rule(row.id)

    assert (rule.urgency or "note only") == row.level
    assert ", ".join(rule.flags) == row.flag.replace("(note)", "")


def test_every_rule_of_the_clinical_text_is_there() -> None:
    said_in_words = {"CES-0", "INF-0", "INFL-1c"}

    assert {rule.id for rule in RULE_SET.rules} - said_in_words == {row.id for row in RULES}


def test_everything_left_out_on_purpose_is_said() -> None:
    assert {quiet.id for quiet in RULE_SET.quiet} == {"CES-00", "CA-0", "FX-0"}
