"""The made-up week of `make bench`: valid answers of every class, and the same again."""

from dataclasses import asdict

import pytest

from bench.made_up import TODAY, Clinic, Person, read_assumptions
from bench.week import PEOPLE, RuleCount, Week, assessed, faults, made_up_week, wilson, with_levels
from clinic.library.places import content_dir
from clinic.library.rules import read_rules
from clinic.questionnaire.checks import response_problems
from clinic.questionnaire.response import enabled_response
from clinic.triage.rules import Urgency
from tests.make import shipped_questionnaire

RULES = read_rules(content_dir())
CLINIC = Clinic(shipped_questionnaire(), read_assumptions())
RARE = 0.2
"""Percent. A class below it may be missing from one week."""


def codes(person: Person) -> dict[str, list[str]]:
    answers = person.response.answers.items()
    return {key: [getattr(one, "code", str(one)) for one in answer] for key, answer in answers}


def test_forty_people_answer_as_the_questionnaire_allows() -> None:
    clinic, people = made_up_week(40, seed=7)

    assert faults(clinic, people) == []
    for person in people:
        shown = enabled_response(clinic.questionnaire, person.response)
        assert shown.answers == person.response.answers


@pytest.mark.parametrize("kind", CLINIC.kinds)
def test_everybody_of_a_class_answers_as_the_questionnaire_allows(kind: str) -> None:
    answers = CLINIC.person(kind, "test").response.answers

    assert response_problems(CLINIC.questionnaire, answers, (), TODAY) == []


def test_every_class_that_is_not_rare_comes_in_a_week() -> None:
    total = sum(kind["share"] for kind in CLINIC.kinds.values())
    common = {name for name, kind in CLINIC.kinds.items() if kind["share"] / total * 100 > RARE}
    week = list(CLINIC.turns(PEOPLE, seed=1))

    assert len(week) == PEOPLE
    assert common <= set(week)
    assert sum(kind["share"] for kind in CLINIC.kinds.values() if kind.get("serious")) < 2


def test_the_same_seed_gives_the_same_numbers() -> None:
    weeks = []
    for seed in (3, 3, 4):
        clinic, people = made_up_week(12, seed)
        weeks.append((asdict(assessed(clinic, RULES, people)[0]), [codes(one) for one in people]))

    assert weeks[0] == weeks[1]
    assert weeks[0] != weeks[2]


def test_who_ticks_more_readily_ticks_more() -> None:
    def ticks(habit: float) -> int:
        _, people = made_up_week(40, 5, habit)
        return sum(codes(one)["pee-change"] == ["yes"] for one in people)

    assert ticks(8) > ticks(1)


def test_a_rule_cries_wolf_only_when_it_is_loud_often_false_and_alone() -> None:
    def cries(rule_id: str, fired: int, alone: int) -> bool:
        counts = RuleCount(fired_falsely=fired, alone_falsely=alone)
        return Week(people=1000, rules={rule_id: counts}).cries_wolf(RULES, rule_id)

    assert cries("CES-1c", fired=21, alone=6)
    assert not cries("CES-1c", fired=20, alone=6)
    assert not cries("CES-1c", fired=21, alone=5)
    assert not cries("CA-2", fired=500, alone=500)


def test_the_interval_of_a_small_share_stays_within_reason() -> None:
    low, high = wilson(0, 500)
    assert low == 0
    assert 0.007 < high < 0.008
    low, high = wilson(250, 500)
    assert (round(low, 3), round(high, 3)) == (0.456, 0.544)


def test_most_of_a_foot_drop_that_gets_worse_is_told_today_or_now() -> None:
    people = [CLINIC.person("fast-foot-drop", f"drop/{number}") for number in range(20)]
    week, _ = assessed(CLINIC, RULES, people)

    loud = week.levels[Urgency.EMERGENCY_NOW] + week.levels[Urgency.SAME_DAY]
    assert loud >= 17, week.missed


def test_a_rule_can_be_tried_at_another_level() -> None:
    clinic, people = made_up_week(40, 1)
    before, _ = assessed(clinic, RULES, people)
    after, _ = assessed(clinic, with_levels(RULES, ["PE-1=urgent_2wk"]), people)

    assert after.levels[Urgency.URGENT_2WK] > before.levels[Urgency.URGENT_2WK]
    assert after.rules["PE-1"].fired == before.rules["PE-1"].fired
    with pytest.raises(StopIteration):
        with_levels(RULES, ["NOBODY-1=routine"])
