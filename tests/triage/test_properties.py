"""Properties of the whole rule set: no order matters, and one more risk never lowers the level."""

import random
from dataclasses import replace
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
RISKS = sorted(
    item.link_id
    for item in INTAKE.walk()
    if item.link_id in frozenset().union(*(rule.reads for rule in RULES.rules))
    and {"yes", "no"} <= {o.value.code for o in item.options if isinstance(o.value, Coding)}
    and item.link_id not in EXCUSED
    and not item.hidden
)


def level(response: Response) -> Urgency:
    return assess(RULES, INTAKE, response, today=TODAY).urgency


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.sampled_from(PATIENTS), st.sampled_from(RISKS))
def test_one_more_risk_answered_yes_never_lowers_the_level(patient: dict, risk: str) -> None:
    before = answered(patient["answers"])
    item = INTAKE.by_link_id[risk]
    shown = {place.item.link_id for place in enabled_places(INTAKE, before.answers)}
    if risk not in shown or before.answers.get(risk) != (coding(item, "no"),):
        return
    after = before.with_answers({risk: (coding(item, "yes"),)})

    assert level(after).rank <= level(before).rank


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.sampled_from(PATIENTS), st.data())
def test_one_more_box_ticked_never_lowers_the_level(patient: dict, data: st.DataObject) -> None:
    before = answered(patient["answers"])
    lists = [
        item
        for item in INTAKE.walk()
        if item.repeats and item.link_id in before.answers and item.option("none") is not None
    ]
    mild_words = {"chest-kind", "faint-kind", "pee-kind", "poop-kind", "weak-kind"}
    mild_words |= {"both-legs-kind", "unsteady-kind", "saddle-touch", "blood-thinner"}
    item = data.draw(st.sampled_from([each for each in lists if each.link_id not in mild_words]))
    option = data.draw(
        st.sampled_from([o for o in item.options if not o.exclusive and o.code != "none"])
    )
    kept = tuple(
        value
        for value in before.answers[item.link_id]
        if isinstance(value, Coding) and value.code != "none" and value != option.value
    )
    after = before.with_answers({item.link_id: (*kept, option.value)})

    assert level(after).rank <= level(before).rank


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
