"""The one table of legal moves."""

import pytest

from clinic.errors import IllegalMove
from clinic.referral.states import (
    END_STATES,
    MOVES,
    OPEN,
    STANDARD,
    Act,
    By,
    State,
    move_from,
    moves_from,
)

R4_TASK_STATUS = {
    *("draft", "requested", "received", "accepted", "rejected", "ready", "cancelled"),
    *("in-progress", "on-hold", "failed", "completed", "entered-in-error"),
}


def _reachable(start, allowed=MOVES):
    found, front = {start}, [start]
    while front:
        state = front.pop()
        for move in allowed:
            if state in move.sources and move.target not in found:
                found.add(move.target)
                front.append(move.target)
    return found


def test_every_state_can_be_reached_from_a_draft():
    assert _reachable(State.DRAFT) == set(State)


@pytest.mark.parametrize("state", sorted(END_STATES))
def test_nothing_leads_out_of_an_end_state(state):
    assert not [move for move in MOVES if state in move.sources]


@pytest.mark.parametrize("state", OPEN)
def test_an_open_referral_can_always_be_brought_to_an_end(state):
    assert _reachable(state) & END_STATES


def test_only_a_report_that_was_read_and_told_closes_the_loop():
    closing = [move for move in MOVES if move.target is State.REVIEWED_AND_PATIENT_TOLD]

    assert [move.sources for move in closing] == [(State.REPORT_RECEIVED,)]
    assert closing[0].by == {By.CLINICIAN}


def test_nothing_leaves_unsigned_by_a_clinician():
    sending = [move for move in MOVES if move.target is State.SENT]

    assert [(move.sources, move.by) for move in sending] == [
        ((State.READY_FOR_SIGNOFF,), {By.CLINICIAN})
    ]


def test_the_other_side_can_only_answer():
    acts = {move.act for state in State for move in moves_from(state, By.RECEIVER)}

    assert acts == {
        *(Act.ACKNOWLEDGE, Act.ASK, Act.ACCEPT, Act.DECLINE, Act.BOOK),
        *(Act.RESCHEDULE, Act.MISS, Act.REPORT_SEEN, Act.REPORT, Act.REQUEST_CANCEL),
    }


@pytest.mark.parametrize("state", [*sorted(END_STATES), State.DRAFT, State.READY_FOR_SIGNOFF])
def test_the_other_side_has_nothing_to_say_before_the_sending_or_after_the_end(state):
    assert not list(moves_from(state, By.RECEIVER))


def test_a_move_that_the_table_lacks_is_refused():
    with pytest.raises(IllegalMove):
        move_from(State.DRAFT, Act.SEND, By.CLINICIAN)
    with pytest.raises(IllegalMove):
        move_from(State.READY_FOR_SIGNOFF, Act.SEND, By.STAFF)


def test_no_state_has_two_moves_of_one_act():
    pairs = [(source, move.act) for move in MOVES for source in move.sources]

    assert len(pairs) == len(set(pairs))


def test_every_state_has_a_task_status_of_fhir_r4():
    assert set(STANDARD) == set(State)
    assert {standard.task for standard in STANDARD.values()} <= R4_TASK_STATUS
