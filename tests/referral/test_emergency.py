"""The small loop of an emergency."""

from datetime import timedelta
from itertools import pairwise

import pytest

from clinic.errors import IllegalMove
from clinic.referral.emergency import (
    EmergencyStep,
    Reach,
    check_step,
    due,
    reach_next,
    refusal_words,
    this_loop,
)
from tests.referral.make import NOW


def test_the_loop_goes_from_the_advice_to_the_outcome():
    steps = [None, EmergencyStep.ADVISED, EmergencyStep.ARRIVED, EmergencyStep.OUTCOME_KNOWN]

    for last, step in pairwise(steps):
        check_step(last, step, by_clinician=False)


@pytest.mark.parametrize(
    ("last", "step"),
    [
        (None, EmergencyStep.OUTCOME_KNOWN),
        (EmergencyStep.ADVISED, EmergencyStep.OUTCOME_KNOWN),
        (EmergencyStep.NOT_REACHED, EmergencyStep.OUTCOME_KNOWN),
        (EmergencyStep.OUTCOME_KNOWN, EmergencyStep.ARRIVED),
    ],
)
def test_no_step_is_left_out(last, step):
    with pytest.raises(IllegalMove):
        check_step(last, step, by_clinician=True)


def test_only_a_clinician_records_that_somebody_refused():
    check_step(EmergencyStep.ADVISED, EmergencyStep.REFUSED, by_clinician=True)
    with pytest.raises(IllegalMove, match="clinician"):
        check_step(EmergencyStep.ADVISED, EmergencyStep.REFUSED, by_clinician=False)


@pytest.mark.parametrize("call", [EmergencyStep.ADVISED, EmergencyStep.REFUSED])
def test_after_a_call_that_spoke_with_somebody_it_is_said_whether_they_go(call):
    check_step(None, EmergencyStep.SPOKEN, by_clinician=False)
    check_step(EmergencyStep.SPOKEN, call, by_clinician=True)
    assert due(EmergencyStep.SPOKEN, NOW, NOW) == NOW + timedelta(hours=24)


def test_only_a_clinician_ends_an_emergency_without_an_arrival():
    check_step(EmergencyStep.SPOKEN, EmergencyStep.OUTCOME_KNOWN, by_clinician=True)
    with pytest.raises(IllegalMove, match="Only a clinician"):
        check_step(EmergencyStep.SPOKEN, EmergencyStep.OUTCOME_KNOWN, by_clinician=False)


def test_the_outcome_is_known_within_a_day():
    assert due(EmergencyStep.ARRIVED, NOW, NOW + timedelta(hours=2)) == NOW + timedelta(hours=24)


def test_somebody_who_was_not_reached_is_tried_again_in_five_minutes():
    assert due(EmergencyStep.NOT_REACHED, NOW, NOW) == NOW + timedelta(minutes=5)


def test_a_closed_loop_has_no_clock():
    assert due(EmergencyStep.OUTCOME_KNOWN, NOW, NOW) is None


@pytest.mark.parametrize(
    ("missed", "next_one"),
    [
        (0, None),
        (1, Reach.TRY_AGAIN),
        (2, Reach.TRY_AGAIN),
        (3, Reach.EMERGENCY_CONTACT),
        (4, Reach.WELFARE_CHECK),
        (5, Reach.STILL_OPEN),
    ],
)
def test_three_tries_then_the_contact_then_a_welfare_check(missed, next_one):
    assert reach_next([EmergencyStep.ADVISED] + [EmergencyStep.NOT_REACHED] * missed) is next_one


def test_an_emergency_that_comes_again_begins_a_loop_of_its_own():
    first = [EmergencyStep.ADVISED, EmergencyStep.ARRIVED, EmergencyStep.OUTCOME_KNOWN]
    second = [EmergencyStep.NOT_REACHED]

    assert this_loop(first, lambda step: step, again=False) == first
    assert this_loop(first, lambda step: step, again=True) == []
    assert this_loop(first + second, lambda step: step, again=False) == second
    assert this_loop(first + second + first, lambda step: step, again=False) == second + first


def test_a_refusal_is_kept_with_all_four_answers():
    words = refusal_words(can_decide=True, reason="Fears the bill", plan="Call at 6", beside="Son")

    assert words.splitlines() == [
        "Can decide for themselves: yes",
        "Reason: Fears the bill",
        "Plan: Call at 6",
        "With them: Son",
    ]
