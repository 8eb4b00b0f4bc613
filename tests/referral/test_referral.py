"""A referral on its way: moves, history, and what holds it back."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from clinic.errors import BadInput, IllegalMove
from clinic.referral.holds import holds
from clinic.referral.model import Said, is_doubled
from clinic.referral.states import MOVES, Act, By, Needs, State
from clinic.triage.regenerative import GateResult
from tests.referral.make import NOW, make_gate, make_referral, make_signature, words


def hold_ids(referral, **changes):
    given = {
        "letter_hash": "a1",
        "has_consent": True,
        "provider_is_there": True,
        "gate": make_gate(),
    }
    return [hold.id for hold in holds(referral, **{**given, **changes})]


def signed(**changes):
    return make_referral(signature=make_signature(), **changes)


def test_a_signed_letter_with_consent_may_leave():
    assert hold_ids(signed()) == []


@pytest.mark.parametrize(
    ("changes", "held"),
    [
        ({"has_consent": False}, ["consent"]),
        ({"provider_is_there": False}, ["provider"]),
        ({"letter_hash": "b2"}, ["changed"]),
        ({"doubled": True}, ["doubled"]),
    ],
)
def test_what_is_missing_holds_it_back(changes, held):
    assert hold_ids(signed(), **changes) == held


@pytest.mark.parametrize(("reason", "held"), [(" ", ["doubled"]), ("A second opinion.", [])])
def test_a_doubled_referral_needs_a_reason(reason, held):
    assert hold_ids(signed(doubled_reason=reason), doubled=True) == held


@pytest.mark.parametrize(
    ("service", "held"), [("regenerative-consult", ["elsewhere"]), ("physical-therapy", [])]
)
def test_an_open_finding_of_other_answers_stops_a_regenerative_consult_alone(service, held):
    referral = signed(service=service, gate_reason="I insist.")

    assert hold_ids(referral, open_elsewhere=True) == held


def test_a_financial_tie_has_to_be_told_in_the_letter():
    assert hold_ids(signed(), tie_is_told=False) == ["tie"]


def test_somebody_has_to_be_chosen():
    assert "provider" in hold_ids(signed(provider_id=None))


def test_an_unsigned_letter_never_leaves():
    assert hold_ids(make_referral()) == ["signature"]


def test_a_draft_is_held_back_too():
    assert "state" in hold_ids(signed(state=State.DRAFT))


@pytest.mark.parametrize(
    ("result", "reason", "held"),
    [
        (GateResult.HARD_STOP, "", ["gate"]),
        (GateResult.HARD_STOP, "The patient insists.", ["gate"]),
        (GateResult.NOT_NOW, "", ["gate"]),
        (GateResult.NOT_NOW, "The fever was checked and is gone.", []),
        (GateResult.CAUTION, "", []),
        (GateResult.TALK_FIRST, "", []),
    ],
)
def test_the_gate_holds_back_a_regenerative_consult(result, reason, held):
    referral = signed(service="regenerative-consult", gate_reason=reason)

    assert hold_ids(referral, gate=make_gate(result)) == held


@pytest.mark.parametrize("result", GateResult)
def test_the_gate_holds_back_nothing_else(result):
    assert hold_ids(signed(), gate=make_gate(result)) == []


def test_a_move_is_kept_as_a_line_of_the_history():
    referral, event = signed(state=State.SENT).moved(
        Act.DECLINE, By.RECEIVER, words(" We do not take this plan. "), now=NOW
    )

    assert (referral.state, referral.entered_at) == (State.DECLINED, NOW)
    assert (event.source, event.target, event.words) == (
        State.SENT,
        State.DECLINED,
        "We do not take this plan.",
    )


@pytest.mark.parametrize(
    ("move", "need"),
    [pytest.param(move, need, id=f"{move.act}-{need}") for move in MOVES for need in move.needs],
)
def test_what_a_move_needs_has_to_be_said(move, need):
    by = min(move.by)
    said = Said(words="" if need is not Needs.DATE else "Some words")

    with pytest.raises(BadInput):
        make_referral(state=move.sources[0]).moved(move.act, by, said, now=NOW)


def test_a_report_may_be_words_or_a_paper():
    seen = make_referral(state=State.SEEN)

    for said in (Said(words="No operation is needed."), Said(has_report=True)):
        assert seen.moved(Act.REPORT, By.RECEIVER, said, now=NOW)[0].state is State.REPORT_RECEIVED


def test_an_answer_after_the_end_is_refused():
    with pytest.raises(IllegalMove):
        make_referral(state=State.CANCELLED).moved(Act.ACCEPT, By.RECEIVER, Said(), now=NOW)


def test_a_revised_letter_is_not_signed_any_more():
    revised, _ = signed().moved(Act.REVISE, By.STAFF, Said(), now=NOW)

    assert revised.signature is None


def test_a_missed_visit_is_no_longer_booked():
    visit = NOW + timedelta(days=3)
    booked, _ = signed(state=State.ACCEPTED).moved(
        Act.BOOK, By.RECEIVER, Said(visit_at=visit), now=NOW
    )
    told, _ = booked.moved(Act.TELL_PATIENT, By.STAFF, Said(), now=NOW)
    missed, _ = told.moved(Act.MISS, By.STAFF, Said(), now=visit)

    assert told.visit_at == visit
    assert missed.visit_at is None


def test_a_clock_that_was_set_back_never_turns_the_history_round():
    early = NOW - timedelta(days=1)

    moved, event = make_referral(entered_at=NOW).moved(Act.REVISE, By.STAFF, Said(), now=early)

    assert moved.entered_at == event.at > NOW


def test_a_signature_is_a_line_of_the_history_and_moves_no_clock():
    ready = make_referral(state=State.READY_FOR_SIGNOFF, signature=None, entered_at=NOW)
    signature = replace(make_signature(), at=NOW + timedelta(hours=2))

    after, event = ready.signed(signature)

    assert (event.act, event.source, event.target) == (Act.SIGN, ready.state, ready.state)
    assert (event.at, event.actor_id) == (signature.at, signature.staff_id)
    assert signature.letter_hash.startswith(event.words.removeprefix("Hash "))
    assert (after.signature, after.entered_at) == (signature, NOW)


def test_a_draft_is_not_signed():
    with pytest.raises(IllegalMove):
        make_referral(state=State.DRAFT).signed(make_signature())


def test_a_visit_that_is_declined_after_all_is_no_longer_booked():
    booked = make_referral(state=State.PATIENT_NOTIFIED, visit_at=NOW + timedelta(days=3))

    declined, _ = booked.moved(Act.DECLINE, By.RECEIVER, Said(words="We moved."), now=NOW)

    assert declined.state is State.DECLINED
    assert declined.visit_at is None


@pytest.mark.parametrize(("days", "doubled"), [(0, True), (30, True), (31, False)])
def test_the_same_service_within_thirty_days_is_doubled(days, doubled):
    other = make_referral(
        id=UUID(int=9), state=State.SENT, created_at=NOW - timedelta(days=days, hours=2)
    )

    assert is_doubled(make_referral(), other) is doubled


def test_another_service_or_patient_is_not():
    other = make_referral(id=UUID(int=9), state=State.SENT)

    assert not is_doubled(make_referral(service="rheumatology"), other)
    assert not is_doubled(make_referral(patient_id=UUID(int=8)), other)
    assert not is_doubled(make_referral(), make_referral())


@pytest.mark.parametrize("state", [State.CANCELLED, State.ENTERED_IN_ERROR, State.PATIENT_DECLINED])
def test_one_that_ended_without_a_visit_does_not_count(state):
    assert not is_doubled(make_referral(), make_referral(id=UUID(int=9), state=state))
