"""Properties of the whole rule set: no order matters, and one more risk never lowers the level."""

import random
from dataclasses import replace
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.questionnaire.response import Response, enabled_places
from clinic.questionnaire.values import Coding
from clinic.triage.assess import assess
from clinic.triage.rules import Urgency
from tests.triage.test_patients import INTAKE, PATIENTS, RULES, TODAY, answered, coding

EXCUSED = {
    "pregnant": "yes hides the question on a missed period, which says the same",
}
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


def test_every_rule_that_excuses_is_listed_with_its_reason() -> None:
    assert all(INTAKE.by_link_id[link_id] and reason for link_id, reason in EXCUSED.items())
