"""A flag is denied only when nobody was left unsure of it."""

import pytest

from clinic.questionnaire.conditions import Kind
from clinic.triage.assess import FlagState
from clinic.triage.derived import assessment_facts
from clinic.triage.rules import Urgency
from tests.triage.test_patients import INTAKE, PATIENTS, assessed, plain
from tests.triage.test_properties import RISKS

MAY_BE_UNSURE = [name for name in RISKS if INTAKE.by_link_id[name].option("not-sure")]
ALWAYS_ASKED = [name for name in MAY_BE_UNSURE if plain().get(name) == "no"]


@pytest.mark.parametrize("question", ALWAYS_ASKED)
def test_no_flag_that_a_yes_would_raise_is_denied_by_a_not_sure(question: str) -> None:
    with_yes = assessed({**plain(), question: "yes"}).flags
    unsure = assessed({**plain(), question: "not-sure"})

    raised = {flag for flag, state in with_yes.items() if state is FlagState.PRESENT}
    for flag in raised - {"incomplete_screen"}:
        assert unsure.flags[flag] is not FlagState.DENIED, flag


def test_a_not_sure_of_feeling_in_the_saddle_denies_nothing_that_hangs_on_it() -> None:
    patient = next(each for each in PATIENTS if each["id"] == "T12")

    found = assessed(patient["answers"])

    assert found.flags["cauda_equina"] is FlagState.NOT_ANSWERED
    assert found.flags["fracture"] is FlagState.DENIED
    assert "cauda_equina" in found.unsure
    assert not found.incomplete


def test_a_not_sure_on_which_nothing_hangs_leaves_a_flag_denied() -> None:
    # blood pressure counts only beside pain that came all at once
    found = assessed(plain(high_bp="not-sure"))

    assert found.flags["vascular"] is FlagState.DENIED
    assert found.unsure == ()


def test_a_flag_that_was_left_blank_is_not_called_unsure() -> None:
    answers = plain(cancer_ever="not-sure")
    del answers["weight-loss"]

    found = assessed(answers)

    assert found.flags["cancer"] is FlagState.NOT_ANSWERED
    assert "cancer" not in found.unsure


def test_other_rules_take_an_unsure_flag_as_one_that_no_rule_raised() -> None:
    found = assessed(plain(major_injury="not-sure"))
    facts = assessment_facts(found)

    assert found.flags["fracture"] is FlagState.NOT_ANSWERED
    assert facts[Kind.FLAG, "fracture"] == ("not_answered",)


def test_a_not_sure_changes_the_state_of_flags_and_never_the_level() -> None:
    levels = {assessed({**plain(), name: "not-sure"}).urgency for name in ALWAYS_ASKED}

    assert levels <= {Urgency.SELF_CARE, Urgency.ROUTINE, Urgency.SAME_DAY}
