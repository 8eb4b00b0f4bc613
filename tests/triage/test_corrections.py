"""An assessment says when its answers were given, and what was changed and when."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from clinic.intake import Intake
from clinic.triage.assess import assess_intake
from tests.make import NOW
from tests.triage.test_patients import INTAKE, RULES, TODAY, answered, coding, plain

LATER = NOW + timedelta(minutes=1)
YES = (coding(INTAKE.by_link_id["leg-cold"], "yes"),)
NO = (coding(INTAKE.by_link_id["leg-cold"], "no"),)


def answered_once(**changes: object) -> Intake:
    empty = Intake(id=UUID(int=1), reference="A", questionnaire=INTAKE, created_at=NOW)
    answers = answered(plain(**changes)).answers
    given = {key: answer for key, answer in answers.items() if key != "age-years"}
    return empty.recorded(given, offered=INTAKE.by_link_id, now=NOW, today=TODAY)


def changed(intake: Intake, answer: object) -> Intake:
    return intake.recorded({"leg-cold": answer}, offered=(), now=LATER, today=TODAY)


def test_a_finding_says_when_each_of_its_answers_was_given():
    intake = changed(answered_once(leg_swollen="yes", faint="yes"), YES)

    found = {finding.rule_id: finding for finding in assess_intake(RULES, intake, TODAY).findings}

    assert found["VA-7"].times == (("leg-cold", LATER),)
    assert dict(found["VA-6b"].times)["leg-swollen"] == NOW


def test_a_first_answer_is_no_correction():
    assert assess_intake(RULES, answered_once(), TODAY).corrections == ()


def test_a_changed_answer_is_kept_with_both_answers_and_both_times():
    intake = changed(answered_once(leg_cold="yes"), NO)

    (corrected,) = assess_intake(RULES, intake, TODAY).corrections

    assert (corrected.key, corrected.before, corrected.after) == ("leg-cold", YES, NO)
    assert (corrected.before_at, corrected.after_at) == (NOW, LATER)


def test_an_answer_that_was_taken_back_is_a_correction_to_nothing():
    intake = changed(answered_once(leg_cold="yes"), ())

    (corrected,) = assess_intake(RULES, intake, TODAY).corrections

    assert (corrected.before, corrected.after) == (YES, ())


def test_a_held_emergency_and_its_correction_stand_side_by_side():
    shown = answered_once(leg_cold="yes").alarmed(["VA-7"], NOW)

    assessment = assess_intake(RULES, changed(shown, NO), TODAY)

    assert [finding.rule_id for finding in assessment.emergencies] == ["VA-7"]
    assert assessment.emergencies[0].held
    assert [corrected.key for corrected in assessment.corrections] == ["leg-cold"]


def test_without_a_history_nothing_is_said_of_times():
    intake = replace(answered_once(leg_cold="yes"), history=())

    assessment = assess_intake(RULES, intake, TODAY)

    assert assessment.emergencies[0].times == ()
    assert assessment.corrections == ()
