"""The word that stands for how urgent an intake is, wherever staff meet it."""

from dataclasses import replace

import pytest

from clinic.store.queues import Queue
from clinic.triage.rules import Urgency
from clinic.web.staff.words import level_code, level_of
from tests.actions.test_closing import CALLED_TODAY, NOT_COMPLETE


@pytest.mark.parametrize("urgency", [Urgency.URGENT_2WK, Urgency.ROUTINE, Urgency.SELF_CARE])
def test_an_incomplete_screen_is_called_so_and_never_by_a_level(urgency):
    facts = replace(NOT_COMPLETE, urgency=urgency)

    assert (level_of(facts), level_code(facts)) == ("Incomplete screen", "incomplete")


def test_an_incomplete_screen_with_a_finding_of_today_goes_by_that():
    facts = replace(CALLED_TODAY, incomplete=True)

    assert (level_of(facts), level_code(facts)) == ("Same day", "same_day")


def test_a_screen_that_was_reviewed_goes_by_its_level():
    facts = replace(NOT_COMPLETE, queue=None)

    assert level_of(facts) == "Routine"
    assert level_of(replace(facts, queue=Queue.ROUTINE, urgency=None)) == ""
