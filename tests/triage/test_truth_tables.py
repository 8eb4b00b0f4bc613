"""Every rule says what the clinical text says, over its whole truth table or all its pairs."""

import itertools
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from clinic.library.places import content_dir
from clinic.library.questionnaires import read_questionnaire
from clinic.library.rule_links import questions_of
from clinic.library.rulebook import read_rulebook
from clinic.library.rules import read_rules
from clinic.questionnaire.conditions import (
    Condition,
    Kind,
    Known,
    Named,
    Silence,
    Truth,
    comparisons,
    evaluate,
)
from clinic.questionnaire.values import Coding
from tests.triage.notation import RULES, ClinicalRule, codes_read, reader, spelt_out

RULE_SET = read_rules(content_dir())
INPUTS = Path(__file__).parents[1] / "house" / "inputs.yaml"
PRINTED_ONLY = {"birth-date", "cancer-kind", "thinner-name"}
"""What is asked for the paper; of the birth date the rules read the age."""

WHOLE_TABLE_INPUTS = 8
WHOLE_TABLE_ROWS = 30_000
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


def cases(domains: dict[str, list[object]], when: Condition) -> Iterator[dict[str, object]]:
    """The whole table up to eight inputs; else every pair, and more at random.

    Where the whole table is too long to run, it has one answer for each that the rule tells
    apart, and every pair of all the answers comes on top.
    """
    names = sorted(domains)
    if len(names) > WHOLE_TABLE_INPUTS:
        yield from pairs(names, domains)
        return
    told_apart = domains
    if rows_of(domains) > WHOLE_TABLE_ROWS:
        yield from pairs(names, domains)
        told_apart = {name: classes(name, domains[name], when) for name in names}
    assert rows_of(told_apart) <= WHOLE_TABLE_ROWS
    for values in itertools.product(*(told_apart[name] for name in names)):
        yield dict(zip(names, values, strict=True))


def rows_of(domains: dict[str, list[object]]) -> int:
    """How many rows a whole table has."""
    size = 1
    for values in domains.values():
        size *= len(values)
    return size


def classes(name: str, values: list[object], when: Condition) -> list[object]:
    """One value for each way in which what a rule asks of this input alone can come out."""
    own = list(parts_about("age-years" if name == "age" else name, when))
    first: dict[tuple[Truth, ...], object] = {}
    for value in values:
        first.setdefault(tuple(evaluate(part, Given({name: value})) for part in own), value)
    return list(first.values())


def parts_about(name: str, when: Condition) -> Iterator[Condition]:
    """The largest parts of a condition that read one input and nothing else."""
    read = {part.name for part in comparisons(when)}
    if read == {name}:
        yield when
    elif name in read:
        inner = (when.condition,) if isinstance(when, Named) else when.parts
        for part in inner:
            yield from parts_about(name, part)


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
    expected = reader(condition)
    names = {True: Truth.TRUE, False: Truth.FALSE, None: Truth.UNKNOWN}
    domains = {link_id: domain(link_id, codes) for link_id, codes in codes_read(condition).items()}
    if not blanks:
        domains = {link_id: values[1:] for link_id, values in domains.items()}
    seen = set()
    for case in cases(domains, when):
        truth = evaluate(when, Given(case))
        wanted = names[expected(case).value]
        seen.add(truth)
        assert truth is wanted, case
    assert {Truth.TRUE, Truth.FALSE} <= seen, "the rule can fire and can stay silent"


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
    form = read_questionnaire(content_dir() / "questionnaires" / "low-back-intake.yaml")
    may_be_unsure = {item.link_id for item in form.walk() if item.option("not-sure")}
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
