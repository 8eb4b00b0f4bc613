"""Every rule says what the clinical text says, where it turns, and over its table or its pairs."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from clinic.library.places import content_dir
from clinic.library.questionnaires import read_questionnaire
from clinic.library.rule_links import questions_of
from clinic.library.rulebook import read_rulebook
from clinic.library.rules import read_rules
from clinic.questionnaire.conditions import (
    AnyOf,
    Comparison,
    Condition,
    Kind,
    Known,
    Named,
    Silence,
    Truth,
    evaluate,
)
from clinic.questionnaire.values import Coding
from tests.triage.notation import (
    NAMES,
    RULES,
    Answers,
    ClinicalRule,
    codes_read,
    reader,
    spelt_out,
)
from tests.triage.pivots import (
    COURSES,
    Formula,
    alone,
    condition_id,
    formula,
    outcome,
    turning_points,
)

RULE_SET = read_rules(content_dir())
FORM = read_questionnaire(content_dir() / "questionnaires" / "low-back-intake.yaml")
INPUTS = Path(__file__).parents[1] / "house" / "inputs.yaml"
PRINTED_ONLY = {"birth-date", "cancer-kind", "thinner-name"}
"""What is asked for the paper; of the birth date the rules read the age."""

WHOLE_TABLE_INPUTS = 8
WHOLE_TABLE_ROWS = 13_000
SAID_IN_WORDS = {
    "CES-0": (
        "saddle-numb = no and ((pee-change = yes and pee-change-course = years-known) or "
        "(poop-change = yes and poop-change-course = years-known) or "
        "(sex-change = yes and sex-change-course = years-known))"
    ),
    "INF-0": ("LOW_TEMP and not (INF_RISK or PROC3 or age >= 65 or health-facts has diabetes)"),
    "INFL-1c": (
        "INFL_GATE and inflam-facts has {psoriasis, bowel-disease, eye-disease} "
        "and not (INFL_COUNT >= 3)"
    ),
}
"""Notes that the clinical text tells in a sentence, in its own notation."""

SELF = (
    "age >= 18 and age <= 69 and pain-duration in {under-2-weeks, 2-to-4-weeks, 4-to-6-weeks} and "
    "pain-change in {better, same} and pain-now < 8 and not who-answers = for-someone-else"
)
"""Self-care, as section 4.0 of the clinical text has it; what else it asks is in `assess`."""

SPELT_OUT = {
    "not-long-same": "not LONG_SAME",
    "infl-three": spelt_out("INFL_COUNT >= 3"),
    "infl-four": spelt_out("INFL_COUNT >= 4"),
}
"""Named conditions of the file for what the clinical text has no name for."""

NUMBERS = {"age", "pain-now", "first-age"}
SAMPLES_BEYOND_PAIRS = 100
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


def cases(domains: dict[str, list[object]], text: Formula) -> Iterator[dict[str, object]]:
    """The whole table up to eight inputs; else every pair, and more at random.

    Where the whole table is too long to run, it has one answer for each that the clinical text
    tells apart, and every pair of all the answers comes on top.
    """
    names = sorted(domains)
    if len(names) > WHOLE_TABLE_INPUTS:
        yield from pairs(names, domains)
        return
    told_apart = domains
    if rows_of(domains) > WHOLE_TABLE_ROWS:
        yield from pairs(names, domains)
        told_apart = {name: classes(name, domains[name], text) for name in names}
    assert rows_of(told_apart) <= WHOLE_TABLE_ROWS
    for values in itertools.product(*(told_apart[name] for name in names)):
        yield dict(zip(names, values, strict=True))


def rows_of(domains: dict[str, list[object]]) -> int:
    """How many rows a whole table has."""
    size = 1
    for values in domains.values():
        size *= len(values)
    return size


def classes(name: str, values: list[object], text: Formula) -> list[object]:
    """One value for each way in which what a rule asks of this input alone can come out."""
    own = list(alone(name, text))
    first: dict[tuple[bool | None, ...], object] = {}
    for value in values:
        first.setdefault(tuple(outcome(part, {name: value}).value for part in own), value)
    return list(first.values())


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


def compare(when: Condition, condition: str, *, blanks: bool = True) -> None:
    """Fail on the first answers of which the file and the clinical text say different things."""
    differs, outcomes = compared(when, condition, blanks=blanks)
    assert differs is None
    assert {True, False} <= outcomes, "the rule can fire and can stay silent"


def compared(
    when: Condition, condition: str, *, blanks: bool = True
) -> tuple[Answers | None, set[bool | None]]:
    """Give the first answers on which the two differ, if any, and what the text said till then."""
    said = reader(condition)
    truths = {True: Truth.TRUE, False: Truth.FALSE, None: Truth.UNKNOWN}
    domains = {link_id: domain(link_id, codes) for link_id, codes in codes_read(condition).items()}
    if not blanks:
        domains = {link_id: values[1:] for link_id, values in domains.items()}
    outcomes: set[bool | None] = set()
    for case in itertools.chain(
        turning_points(condition, domains, RULE_SET.named), cases(domains, formula(condition))
    ):
        value = said(case).value
        outcomes.add(value)
        if evaluate(when, Given(case)) is not truths[value]:
            return case, outcomes
    return None, outcomes


def text_of(name: str) -> str:
    """What the clinical text says of a named condition of the file."""
    if name in SPELT_OUT:
        return SPELT_OUT[name]
    how, _, symptom = name.partition("-")
    if how in COURSES and f"{symptom}-course" in FORM.by_link_id:
        return f"{how.upper()}({symptom})"
    return next(text for text in NAMES if condition_id(text) == name)


@pytest.mark.parametrize("name", RULE_SET.named)
def test_a_named_condition_says_what_the_clinical_text_says(name: str) -> None:
    compare(RULE_SET.named[name].condition, text_of(name))


def one_part_lost(when: Condition) -> Iterator[Condition]:
    """The same condition, each time with one comparison or named part that never holds."""
    if isinstance(when, Comparison | Named):
        yield AnyOf(())
        return
    for place, part in enumerate(when.parts):
        for lost in one_part_lost(part):
            yield replace(when, parts=(*when.parts[:place], lost, *when.parts[place + 1 :]))


@pytest.mark.proof
@pytest.mark.parametrize("rule_id", ["MOT-1", "CORD-1", "INF-1", "VA-3"])
def test_the_tables_notice_every_part_that_a_long_rule_loses(rule_id: str) -> None:
    condition = next(row.condition for row in RULES if row.id == rule_id)
    faulty = list(one_part_lost(RULE_SET.rule(rule_id).when))

    assert len(faulty) > WHOLE_TABLE_INPUTS
    for when in faulty:
        assert compared(when, condition)[0] is not None, when


def test_every_named_condition_of_the_clinical_text_is_there() -> None:
    assert {condition_id(name) for name in NAMES} - RULE_SET.named.keys() == {"long-same"}


@pytest.mark.parametrize("row", [row for row in RULES if row.id != "NS-2"], ids=lambda row: row.id)
def test_a_rule_says_what_the_clinical_text_says(row: ClinicalRule) -> None:
    compare(RULE_SET.rule(row.id).when, row.condition)


@pytest.mark.parametrize("rule_id", SAID_IN_WORDS)
def test_a_note_says_what_the_clinical_text_tells_in_words(rule_id: str) -> None:
    # of a blank the sentences say nothing: the notes then stay silent
    compare(RULE_SET.rule(rule_id).when, spelt_out(SAID_IN_WORDS[rule_id]), blanks=False)


def test_self_care_asks_what_the_clinical_text_asks() -> None:
    compare(RULE_SET.self_care, SELF)


def test_any_other_answer_of_not_sure_is_a_note_of_its_own() -> None:
    may_be_unsure = {item.link_id for item in FORM.walk() if item.option("not-sure")}
    read = frozenset().union(*(rule.reads for rule in RULE_SET.rules))
    of_ns1 = next(row.condition for row in RULES if row.id == "NS-1")
    asked_by_ns1 = {name for name, codes in codes_read(of_ns1).items() if "not-sure" in codes}
    follow_ups = {name for name in may_be_unsure if name.endswith(("-course", "-kind"))}
    others = (may_be_unsure & read) - asked_by_ns1 - follow_ups

    assert others == RULE_SET.rule("NS-2").reads
    for link_id in others:
        truth = evaluate(RULE_SET.rule("NS-2").when, Given({link_id: "not-sure"}))
        assert truth is Truth.TRUE, link_id


@pytest.mark.parametrize("row", [row for row in RULES if row.id != "NS-2"], ids=lambda row: row.id)
def test_a_rule_reads_no_more_and_no_less_than_the_clinical_text(row: ClinicalRule) -> None:
    assert RULE_SET.rule(row.id).reads == codes_read(row.condition).keys() - {"age"}


@pytest.mark.parametrize("row", RULES, ids=lambda row: row.id)
def test_a_rule_has_the_level_and_flags_of_the_clinical_text(row: ClinicalRule) -> None:
    rule = RULE_SET.rule(row.id)

    assert (rule.urgency or "note only") == row.level
    assert ", ".join(rule.flags) == row.flag.replace("(note)", "")


def test_every_rule_of_the_clinical_text_is_there() -> None:
    assert {rule.id for rule in RULE_SET.rules} - SAID_IN_WORDS.keys() == {row.id for row in RULES}


def test_everything_left_out_on_purpose_is_said() -> None:
    assert {quiet.id for quiet in RULE_SET.quiet} == {"CES-00", "CA-0", "FX-0", "YE-1"}


def test_every_question_of_the_screen_is_read_by_some_rule() -> None:
    inputs = YAML(typ="safe").load(INPUTS.read_text(encoding="utf-8"))
    read = questions_of(read_rulebook(content_dir()))

    assert {wanted["link_id"] for wanted in inputs} - read == PRINTED_ONLY
