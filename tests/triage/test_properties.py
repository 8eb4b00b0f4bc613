"""Properties of the whole rule set: no order matters, and one more risk never lowers the level."""

import random
from dataclasses import replace
from functools import cache
from types import MappingProxyType

import pytest

from clinic.questionnaire.conditions import comparisons
from clinic.questionnaire.model import Item
from clinic.questionnaire.response import Answer, Response, enabled_places
from clinic.questionnaire.values import Coding
from clinic.triage.assess import assess
from clinic.triage.rules import Urgency
from tests.triage.test_patients import INTAKE, PATIENTS, RULES, TODAY, answered, coding, plain

EXCUSED = {"pregnant": ("VI-3", "VI-3b")}
"""A yes that silences rules: it hides the missed period, and asks for the weeks in its place."""

HARSH = {
    "saddle-touch": ("dull",),
    "pee-kind": ("cant-start", "no-feel", "leak-unaware", "not-sure"),
    "poop-kind": ("leak-unaware", "no-feel", "not-sure"),
    "both-legs-kind": ("below-knees", "numb", "not-sure"),
    "weak-kind": ("cant-lift", "gives-way", "cant-rise", "not-sure"),
    "unsteady-kind": ("legs-wont-go", "not-sure"),
    "chest-kind": ("new", "not-sure"),
    "faint-kind": ("passed-out", "cold-sweat", "not-sure"),
    "sudden-kind": ("nothing", "not-sure"),
}
"""The second looks, and the answers that count as a sign (red_flags.md, 4.0)."""

COURSES = [item.link_id for item in INTAKE.walk() if item.link_id.endswith("-course")]
READ = frozenset().union(*(rule.reads for rule in RULES.rules))
RISKS = sorted(
    item.link_id
    for item in INTAKE.walk()
    if item.link_id in READ
    and {"yes", "no"} <= {o.value.code for o in item.options if isinstance(o.value, Coding)}
    and item.link_id not in EXCUSED
    and not item.hidden
)


def level(response: Response) -> Urgency:
    return assess(RULES, INTAKE, response, today=TODAY).urgency


@cache
def level_of(place: int) -> Urgency:
    """The level of a test patient, as the answers stand."""
    return level(answered(PATIENTS[place]["answers"]))


def some(number: int, apart: int) -> range:
    """The places of some test patients, other ones for each number; all of them when 1 apart."""
    return range(number % apart, len(PATIENTS), apart)


@pytest.mark.parametrize("apart", [16, pytest.param(1, marks=pytest.mark.proof)])
def test_one_more_risk_answered_yes_never_lowers_the_level(apart: int) -> None:
    met = set()
    for number, risk in enumerate(RISKS):
        item = INTAKE.by_link_id[risk]
        for place in some(number, apart):
            before = answered(PATIENTS[place]["answers"])
            shown = {each.item.link_id for each in enabled_places(INTAKE, before.answers)}
            if risk not in shown or before.answers.get(risk) != (coding(item, "no"),):
                continue
            met.add(risk)
            after = before.with_answers({risk: (coding(item, "yes"),)})

            assert level(after).rank <= level_of(place).rank, (PATIENTS[place]["id"], risk)
    assert met >= {risk for risk in RISKS if plain().get(risk) == "no"}


MILD_WORDS = frozenset(HARSH) | {"blood-thinner"}
"""Lists in which one box is a milder answer than another, and takes the place of "none"."""

BOXES = [
    (item, option)
    for item in INTAKE.walk()
    if item.repeats and item.option("none") is not None and item.link_id in READ - MILD_WORDS
    for option in item.options
    if not option.exclusive and option.code != "none"
]


@pytest.mark.parametrize("apart", [16, pytest.param(1, marks=pytest.mark.proof)])
def test_one_more_box_ticked_never_lowers_the_level(apart: int) -> None:
    met = set()
    for number, (item, option) in enumerate(BOXES):
        for place in some(number, apart):
            before = answered(PATIENTS[place]["answers"])
            if item.link_id not in before.answers:
                continue
            met.add(item.link_id)
            kept = tuple(
                value
                for value in before.answers[item.link_id]
                if isinstance(value, Coding) and value.code != "none" and value != option.value
            )
            after = before.with_answers({item.link_id: (*kept, option.value)})

            assert level(after).rank <= level_of(place).rank, (PATIENTS[place]["id"], option.code)
    assert met >= {"belly-signs", "very-ill", "infection-risk", "bone-facts", "health-facts"}


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_rules_and_answers_does_not_matter(seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311
    mixed = list(RULES.rules)
    draw.shuffle(mixed)
    rules = replace(RULES, rules=tuple(mixed))
    for patient in draw.sample(PATIENTS, 20):
        response = answered(patient["answers"])
        keys = list(response.answers)
        draw.shuffle(keys)
        shuffled = replace(
            response, answers=MappingProxyType({key: response.answers[key] for key in keys})
        )

        one = assess(RULES, INTAKE, response, today=TODAY)
        other = assess(rules, INTAKE, shuffled, today=TODAY)

        assert one.urgency is other.urgency
        assert one.flags == other.flags
        assert {f.rule_id for f in one.findings} == {f.rule_id for f in other.findings}


def test_a_pregnancy_excuses_only_until_its_weeks_are_told() -> None:
    early = plain(sex_at_birth="female", age=30, pregnant="no", birth_recent="no")
    early |= {"missed-period": "yes", "pregnancy-signs": ["pelvic-pain", "bleeding"]}
    told = {**early, "pregnant": "yes", "heavy-bleeding": "no", "pregnancy-signs": ["pelvic-pain"]}
    told = {key: value for key, value in told.items() if key != "missed-period"}

    assert fired(early) >= set(EXCUSED["pregnant"])
    assert not fired(told) & set(EXCUSED["pregnant"])
    assert "VI-3" in fired({**told, "pregnancy-weeks": "13-or-less"})


@pytest.mark.parametrize("second_look", HARSH)
def test_a_second_look_left_blank_never_lowers_the_level(second_look: str) -> None:
    seen = 0
    for patient in PATIENTS:
        before = answered(patient["answers"])
        if second_look not in before.answers or unsure_above(second_look, before):
            continue
        seen += 1
        after = before.with_answers({second_look: None})
        assert level(after).rank <= level(before).rank, patient["id"]
    assert seen


@pytest.mark.parametrize("second_look", HARSH)
def test_one_harsh_answer_among_mild_ones_never_lowers_the_level(second_look: str) -> None:
    item = INTAKE.by_link_id[second_look]
    seen = 0
    for patient in PATIENTS:
        before = answered(patient["answers"])
        if second_look not in before.answers or unsure_above(second_look, before):
            continue
        seen += 1
        for code in HARSH[second_look]:
            after = before.with_answers({second_look: with_tick(item, before, code)})
            assert level(after).rank <= level(before).rank, (patient["id"], code)
    assert seen


@pytest.mark.parametrize("course", COURSES)
def test_a_newer_sign_or_one_without_a_time_never_lowers_the_level(course: str) -> None:
    item = INTAKE.by_link_id[course]
    newest = "worse-days" if course == "leg-weak-course" else "worse-2-weeks"
    base = plain(**{course.removesuffix("-course"): "yes"})
    for old in [option.code for option in item.options]:
        before = answered({**base, course: old})
        newer = before.with_answers({course: (coding(item, newest),)})
        untimed = before.with_answers({course: None})

        assert level(newer).rank <= level(before).rank, old
        if old != newest:
            assert level(untimed).rank <= level(before).rank, old


def fired(answers: dict[str, object]) -> set[str]:
    assessment = assess(RULES, INTAKE, answered(answers), today=TODAY)
    return {finding.rule_id for finding in assessment.findings}


def unsure_above(second_look: str, response: Response) -> bool:
    """True when the first question was answered "not sure": a harsh second look then counts."""
    conditions = INTAKE.by_link_id[second_look].enable_when
    assert conditions is not None
    first = {part.name for part in comparisons(conditions)}
    answers = [value for name in first for value in response.answers.get(name, ())]
    return any(isinstance(value, Coding) and value.code == "not-sure" for value in answers)


def with_tick(item: Item, response: Response, code: str) -> Answer:
    """The answer with one more box; of a single choice, that choice."""
    new = coding(item, code)
    if not item.repeats or code == "not-sure":
        return (new,)
    kept = (v for v in response.answers[item.link_id] if isinstance(v, Coding))
    return (*(v for v in kept if v.code not in ("none", "not-sure") and v != new), new)
