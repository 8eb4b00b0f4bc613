"""Answers of staff to a question for staff alone: they count, and silence is no denial."""

from clinic.questionnaire.values import Coding
from clinic.triage.assess import FlagState, assess
from clinic.triage.rules import Urgency
from tests.make import TODAY, make_item, make_questionnaire, make_response, shipped_questionnaire
from tests.summary.patients import shipped_rules

FORM = shipped_questionnaire()
RULES = shipped_rules()
SELF_HARM = "staff-self-harm"


def said(stated=None, held=()):
    return assess(
        RULES, FORM, make_response({}, questionnaire=FORM), today=TODAY, stated=stated, held=held
    )


def test_a_yes_of_staff_is_an_emergency_that_rests_on_it():
    found = said({SELF_HARM: (Coding("yes"),)})

    assert found.urgency is Urgency.EMERGENCY_NOW
    (finding,) = [each for each in found.emergencies if each.rule_id == "MO-1"]
    assert finding.answers == ((SELF_HARM, (Coding("yes"),)),)
    assert not finding.held


def test_a_no_after_a_yes_keeps_the_finding_as_held():
    found = said({SELF_HARM: (Coding("no"),)}, held=["MO-1"])

    (finding,) = [each for each in found.emergencies if each.rule_id == "MO-1"]
    assert finding.held


def test_what_staff_were_never_asked_is_not_denied():
    assert said().flags["mood_safety"] is FlagState.NOT_ANSWERED
    assert said({SELF_HARM: (Coding("no"),)}).flags["mood_safety"] is FlagState.DENIED
    assert SELF_HARM not in said().unanswered


def test_an_emergency_stated_by_staff_counts_on_a_form_that_lacks_the_question():
    bare = make_questionnaire(make_item("name"))

    found = assess(
        RULES,
        bare,
        make_response({}, questionnaire=bare),
        today=TODAY,
        stated={SELF_HARM: (Coding("yes"),)},
    )

    assert "MO-1" in {each.rule_id for each in found.emergencies}
