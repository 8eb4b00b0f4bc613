"""What has to be on record before an intake may be marked as reviewed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from clinic.actions.closing import (
    CALL_FIRST,
    EMERGENCY_FIRST,
    NOBODY_YET,
    STILL_TO_ASK,
    lacks,
)
from clinic.actions.review import needs_no_call, outcomes_for
from clinic.intake import IntakeState
from clinic.store.levels import SetLevel
from clinic.store.outcomes import MISSED, NO_CALL_ABOUT_ANSWERS, Outcome, OutcomeKind
from clinic.store.queues import Queue
from clinic.store.records import Facts
from clinic.store.staff import Role
from clinic.triage.rules import Urgency

SENT = datetime(2026, 3, 17, 12, 40, tzinfo=UTC)
SOMEBODY = UUID(int=1)
ROUTINE = Urgency.ROUTINE
REACHED = {kind for kind in OutcomeKind if kind not in MISSED | NO_CALL_ABOUT_ANSWERS}
CALLED_TODAY = Facts(
    id=SOMEBODY,
    reference="LB-1",
    state=IntakeState.SUBMITTED,
    urgency=Urgency.SAME_DAY,
    incomplete=False,
    emergency_open=False,
    queue=Queue.SAME_DAY,
    owner_id=None,
    patient_id=SOMEBODY,
    language="en",
    questionnaire_id="low-back-intake",
    questionnaire_version="1",
    created_at=SENT,
    updated_at=SENT,
    submitted_at=SENT,
    reviewed_at=None,
    queued_at=SENT,
    outcome_at=None,
    raised_at=None,
    act_by=None,
    version=1,
)
NOT_COMPLETE = replace(
    CALLED_TODAY, urgency=Urgency.ROUTINE, incomplete=True, queue=Queue.INCOMPLETE
)


def ended(*kinds: OutcomeKind, after: timedelta = timedelta(minutes=5)) -> list[Outcome]:
    return [Outcome(SOMEBODY, SOMEBODY, kind, SOMEBODY, SENT + after, "") for kind in kinds]


def level(urgency: Urgency, after: timedelta = timedelta(minutes=5)) -> list[SetLevel]:
    return [
        SetLevel(
            id=SOMEBODY,
            intake_id=SOMEBODY,
            computed=Urgency.ROUTINE,
            level=urgency,
            reason="Seen yesterday.",
            by=SOMEBODY,
            at=SENT + after,
        )
    ]


def test_an_emergency_closes_by_its_outcome_first():
    assert lacks(replace(CALLED_TODAY, emergency_open=True), (), ()) == EMERGENCY_FIRST


@pytest.mark.parametrize("facts", [CALLED_TODAY, NOT_COMPLETE], ids=["today", "not complete"])
def test_a_row_of_the_call_list_closes_after_a_call_that_reached_somebody(facts):
    assert lacks(facts, (), ()) == CALL_FIRST
    open_still = STILL_TO_ASK if facts.incomplete else NOBODY_YET
    assert lacks(facts, ended(OutcomeKind.COULD_NOT_REACH), ()) == open_still
    assert lacks(facts, ended(*[OutcomeKind.COULD_NOT_REACH] * 3), ()) == open_still
    for kind in REACHED:
        assert lacks(facts, ended(OutcomeKind.COULD_NOT_REACH, kind), ()) == ""


def test_a_call_to_book_and_a_call_before_the_answers_close_nothing():
    assert lacks(CALLED_TODAY, ended(OutcomeKind.BOOKING_MISSED), ()) == CALL_FIRST
    early = ended(OutcomeKind.CALLED, after=timedelta(minutes=-5))
    assert lacks(CALLED_TODAY, early, ()) == CALL_FIRST


def test_a_level_of_a_clinician_closes_a_row_only_where_it_can_wait():
    missed, lowered = ended(OutcomeKind.COULD_NOT_REACH), replace(CALLED_TODAY, urgency=ROUTINE)

    assert lacks(lowered, missed, level(ROUTINE)) == ""
    assert lacks(lowered, missed, level(Urgency.SELF_CARE)) == NOBODY_YET
    assert lacks(lowered, missed, level(ROUTINE, timedelta(-1))) == NOBODY_YET
    assert lacks(CALLED_TODAY, missed, level(Urgency.SAME_DAY, timedelta())) == NOBODY_YET


@pytest.mark.parametrize("urgency", [ROUTINE, Urgency.URGENT_2WK])
def test_no_level_answers_the_safety_questions_of_an_incomplete_screen(urgency):
    facts, missed = replace(NOT_COMPLETE, urgency=urgency), ended(OutcomeKind.COULD_NOT_REACH)

    assert lacks(facts, (), level(urgency)) == CALL_FIRST
    assert lacks(facts, missed, level(urgency)) == STILL_TO_ASK
    assert lacks(facts, ended(OutcomeKind.CALLED), level(urgency)) == ""


@pytest.mark.parametrize("urgency", [Urgency.SAME_DAY, Urgency.EMERGENCY_NOW])
def test_a_level_that_asks_for_a_call_is_not_closed_by_a_call_before_it(urgency):
    facts, asked = replace(CALLED_TODAY, urgency=urgency), level(urgency, timedelta(hours=3))

    assert lacks(facts, ended(OutcomeKind.CALLED), asked) == CALL_FIRST
    assert lacks(facts, ended(OutcomeKind.CALLED, after=timedelta(hours=4)), asked) == ""


def test_every_other_row_closes_without_a_call():
    for queue in (Queue.OVERDUE, Queue.URGENT, Queue.ROUTINE, Queue.SELF_CARE):
        assert lacks(replace(CALLED_TODAY, queue=queue), (), ()) == ""


@pytest.mark.parametrize(("tries", "offered"), [(0, False), (2, False), (3, True), (4, True)])
def test_that_every_try_was_made_can_be_said_after_three(tries, offered):
    kinds = outcomes_for(
        CALLED_TODAY, Role.FRONT_DESK, ended(*[OutcomeKind.COULD_NOT_REACH] * tries)
    )

    assert (OutcomeKind.EVERY_TRY_MADE in kinds) is offered


def test_a_call_to_book_is_noted_where_no_other_call_is_due():
    assert needs_no_call(replace(CALLED_TODAY, queue=Queue.ROUTINE))
    assert needs_no_call(replace(CALLED_TODAY, queue=None, state=IntakeState.REVIEWED))
    assert not needs_no_call(CALLED_TODAY)
    assert not needs_no_call(replace(CALLED_TODAY, queue=None, submitted_at=None))
