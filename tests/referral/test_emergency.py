"""The small loop of an emergency."""

from datetime import timedelta
from itertools import pairwise

import pytest

from clinic.errors import IllegalMove
from clinic.referral.emergency import EmergencyStep, check_step, due
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


def test_the_outcome_is_known_within_a_day():
    assert due(EmergencyStep.ARRIVED, NOW, NOW + timedelta(hours=2)) == NOW + timedelta(hours=24)


def test_somebody_who_was_not_reached_is_tried_again_in_five_minutes():
    assert due(EmergencyStep.NOT_REACHED, NOW, NOW) == NOW + timedelta(minutes=5)


def test_a_closed_loop_has_no_clock():
    assert due(EmergencyStep.OUTCOME_KNOWN, NOW, NOW) is None
