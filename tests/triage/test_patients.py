"""The test patients of the clinical draft, answered in the shipped questionnaire."""

import json
from datetime import date
from pathlib import Path

import pytest

from clinic.intake import derived_answers
from clinic.library.places import content_dir
from clinic.library.questionnaires import read_questionnaire
from clinic.library.rules import read_rules
from clinic.questionnaire.model import Item
from clinic.questionnaire.response import Answer, Response
from clinic.questionnaire.values import Coding, PartialDate
from clinic.triage.assess import Assessment, FlagState, assess
from clinic.triage.rules import Urgency

TODAY = date(2026, 11, 23)
RULES = read_rules(content_dir())
INTAKE = read_questionnaire(content_dir() / "questionnaires" / "low-back-intake.yaml")
PATIENTS = json.loads(
    (Path(__file__).parent / "clinical" / "patients.json").read_text(encoding="utf-8")
)["patients"]


def answered(answers: dict[str, object]) -> Response:
    """Give the response of one test patient."""
    plain = {link_id: value for link_id, value in answers.items() if link_id != "age"}
    given = {
        link_id: as_answer(INTAKE.by_link_id[link_id], value) for link_id, value in plain.items()
    }
    if "age" in answers:
        given["birth-date"] = (PartialDate(TODAY.year - int(str(answers["age"])), 3, 17),)
    response = Response().with_answers(given)
    return response.with_answers(derived_answers(INTAKE, response, TODAY))


def as_answer(item: Item, value: object) -> Answer:
    """Give the answer that posts these codes."""
    values = value if isinstance(value, list) else [value]
    if not item.options:
        return tuple(each if isinstance(each, int) else str(each) for each in values)
    return tuple(coding(item, str(each)) for each in values)


def coding(item: Item, code: str) -> Coding:
    option = item.option(code)
    assert option is not None, f"{item.link_id} has no option {code}"
    assert isinstance(option.value, Coding)
    return option.value


def assessed(answers: dict[str, object]) -> Assessment:
    return assess(RULES, INTAKE, answered(answers), today=TODAY)


@pytest.mark.parametrize("patient", PATIENTS, ids=lambda patient: patient["id"])
def test_a_patient_gets_the_level_of_the_clinical_draft(patient: dict) -> None:
    assessment = assessed(patient["answers"])
    expected = patient["expect"]

    assert assessment.urgency == expected["urgency"], [f.rule_id for f in assessment.leading]
    deciding = {finding.rule_id for finding in assessment.leading}
    deciding |= {finding.rule_id for finding in assessment.findings if finding.urgency is None}
    assert expected["rule"] in deciding | ({"SELF"} if not assessment.leading else set())


def plain(**changes: object) -> dict[str, object]:
    """The answers of a well adult with plain back pain, with some changed."""
    return {**PATIENTS[0]["answers"], **{k.replace("_", "-"): v for k, v in changes.items()}}


def without(link_id: str) -> dict[str, object]:
    return {key: value for key, value in plain().items() if key != link_id}


def test_a_complete_screen_without_a_sign_denies_every_flag() -> None:
    assessment = assessed(plain())

    assert not assessment.incomplete
    assert assessment.urgency is Urgency.SELF_CARE
    assert set(assessment.flags.values()) <= {FlagState.DENIED, FlagState.NOT_ANSWERED}
    assert assessment.flags["cauda_equina"] is FlagState.DENIED


@pytest.mark.parametrize(
    "link_id", ["saddle-numb", "chest-now", "walk-now", "very-ill", "leg-cold"]
)
def test_a_blank_emergency_question_leaves_the_screen_incomplete(link_id: str) -> None:
    assessment = assessed(without(link_id))

    assert assessment.incomplete
    assert link_id in assessment.unanswered
    assert assessment.urgency is Urgency.ROUTINE


def test_a_man_is_not_incomplete_because_of_the_pregnancy_rules() -> None:
    assessment = assessed(plain(sex_at_birth="male"))

    assert not assessment.incomplete


def test_a_woman_who_skips_the_pregnancy_questions_is_incomplete() -> None:
    assessment = assessed(plain(sex_at_birth="female", age=30))

    assert assessment.incomplete
    assert "pregnant" in assessment.unanswered
    assert assessment.flags["pregnancy_danger"] is FlagState.NOT_ANSWERED


def test_a_rule_that_hangs_on_a_page_still_to_come_does_not_fire_yet() -> None:
    answers = plain(
        saddle_numb="yes", saddle_touch="normal", **{"saddle-numb-course": "start-2-weeks"}
    )
    del answers["leg-pain"]
    response = answered(answers)
    offered = set(response.answers)

    early = assess(RULES, INTAKE, response, today=TODAY, offered=offered)
    left_blank = assess(RULES, INTAKE, response, today=TODAY, offered=offered | {"leg-pain"})

    assert not early.is_emergency
    assert "CES-1b" in {finding.rule_id for finding in left_blank.emergencies}


def test_a_second_look_that_was_not_offered_calls_nobody() -> None:
    response = answered(plain(chest_now="yes"))
    offered = set(response.answers)

    early = assess(RULES, INTAKE, response, today=TODAY, offered=offered)
    left_blank = assess(RULES, INTAKE, response, today=TODAY, offered=offered | {"chest-kind"})

    assert not early.is_emergency
    assert early.incomplete
    assert left_blank.is_emergency


def test_a_certain_emergency_does_not_wait_for_a_second_look_beside_it() -> None:
    response = answered(plain(chest_now="yes", leg_cold="yes"))

    assessment = assess(RULES, INTAKE, response, today=TODAY, offered=set(response.answers))

    assert [finding.rule_id for finding in assessment.emergencies] == ["VA-7"]


def test_a_held_emergency_stays_after_the_answer_was_changed() -> None:
    assessment = assess(RULES, INTAKE, answered(plain()), today=TODAY, held={"VA-7"})

    assert assessment.is_emergency
    assert [finding.held for finding in assessment.emergencies] == [True]


def test_an_answer_to_a_question_that_is_hidden_again_counts_as_absent() -> None:
    assessment = assessed(plain(chest_now="no", chest_kind=["new"]))

    assert assessment.urgency is Urgency.SELF_CARE


def test_the_findings_carry_the_answers_they_rest_on() -> None:
    assessment = assessed(plain(leg_cold="yes"))

    finding = assessment.emergencies[0]
    assert finding.rule_id == "VA-7"
    assert finding.answers == (("leg-cold", (coding(INTAKE.by_link_id["leg-cold"], "yes"),)),)


def test_upper_back_ticked_on_the_body_map_counts_as_a_place_of_pain() -> None:
    body_map = INTAKE.by_link_id["body-map"]
    region = next(o.code for o in body_map.options if o.code.startswith("upper_back"))

    response = answered(plain(body_map=[region]))

    codes = [value.code for value in response.answers["pain-where"] if isinstance(value, Coding)]
    assert codes == ["low-back", "upper-back"]
