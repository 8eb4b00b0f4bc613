"""What staff do to an intake, and two of them at once."""

from datetime import timedelta
from uuid import uuid4

import pytest

from clinic.errors import Conflict, IllegalMove, UnknownRecord
from clinic.intake import IntakeState
from clinic.store import alerts, intakes, notes, outcomes
from clinic.store.outcomes import MISSED, NO_CALL_ABOUT_ANSWERS, OutcomeKind
from clinic.store.queues import Queue
from clinic.triage.rules import Urgency
from tests.make import NOW
from tests.store.kept import SHELF, alarmed_draft, begin, hire, make_assessment, send
from tests.store.threads import in_threads

LATER = NOW + timedelta(minutes=10)


def test_taking_an_intake_brings_it_in_review_and_giving_it_back_out_again(database):
    with database.writing() as tx:
        nina = hire(tx)
        intake = send(tx)
        taken = intakes.take(tx, intake.id, owner_id=nina.id, version=intake.version, now=LATER)
        back = intakes.take(tx, intake.id, owner_id=None, version=taken.version, now=LATER)

    assert (taken.state, taken.owner_id) == (IntakeState.IN_REVIEW, nina.id)
    assert (back.state, back.owner_id) == (IntakeState.SUBMITTED, None)
    assert back.version == intake.version + 2


def test_of_two_who_take_one_intake_the_second_meets_a_conflict(database):
    with database.writing() as tx:
        staff = [hire(tx).id, hire(tx, "omar").id]
        intake = send(tx)

    def take(place):
        with database.writing() as tx:
            return intakes.take(
                tx, intake.id, owner_id=staff[place], version=intake.version, now=LATER
            )

    found = in_threads(take, 2)

    (loser,) = [each for each in found if isinstance(each, Conflict)]
    (winner,) = [each for each in found if each is not loser]
    with database.reading() as tx:
        assert intakes.facts(tx, intake.id).owner_id == winner.owner_id


def test_a_draft_with_an_emergency_can_be_taken_and_stays_a_draft(database):
    with database.writing() as tx:
        nina = hire(tx)
        draft = alarmed_draft(tx)
        facts = intakes.take(tx, draft.id, owner_id=nina.id, version=draft.version, now=LATER)

    assert (facts.state, facts.queue) == (IntakeState.DRAFT, Queue.EMERGENCY)


def test_an_intake_goes_from_sent_to_reviewed_to_closed_and_back(database):
    with database.writing() as tx:
        intake = send(tx)
        reviewed = intakes.mark_reviewed(tx, intake.id, version=intake.version, now=LATER)
        closed = intakes.close(tx, intake.id, version=reviewed.version, now=LATER)
        again = intakes.reopen(tx, intake.id, version=closed.version, now=LATER)

    assert (reviewed.state, reviewed.reviewed_at) == (IntakeState.REVIEWED, LATER)
    assert reviewed.queue is None
    assert closed.state is IntakeState.CLOSED
    assert (again.state, again.queue) == (IntakeState.IN_REVIEW, Queue.ROUTINE)
    assert again.reviewed_at is None


def test_a_draft_is_neither_reviewed_nor_closed(database):
    with database.writing() as tx:
        draft = begin(tx).intake
        for move in (intakes.mark_reviewed, intakes.close, intakes.reopen):
            with pytest.raises(IllegalMove):
                move(tx, draft.id, version=draft.version, now=LATER)


def test_a_sent_intake_is_not_closed_before_it_was_reviewed(database):
    with database.writing() as tx:
        intake = send(tx)
        with pytest.raises(IllegalMove):
            intakes.close(tx, intake.id, version=intake.version, now=LATER)


def test_a_stale_page_changes_nothing(database):
    with database.writing() as tx:
        intake = send(tx)
        intakes.mark_reviewed(tx, intake.id, version=intake.version, now=LATER)
        for act in (intakes.mark_reviewed, intakes.close, intakes.reopen):
            with pytest.raises(Conflict):
                act(tx, intake.id, version=intake.version, now=LATER)


def test_an_intake_that_is_not_there_is_an_unknown_record(database):
    with database.reading() as tx:
        for read in (notes.all_of, outcomes.all_of, intakes.card):
            with pytest.raises(UnknownRecord):
                read(tx, uuid4())
        with pytest.raises(UnknownRecord):
            intakes.mark_reviewed(tx, uuid4(), version=1, now=LATER)


@pytest.mark.parametrize(
    ("urgency", "queue"),
    [
        (Urgency.EMERGENCY_NOW, Queue.EMERGENCY),
        (Urgency.SAME_DAY, Queue.SAME_DAY),
        (Urgency.URGENT_2WK, Queue.URGENT),
        (Urgency.SELF_CARE, Queue.SELF_CARE),
    ],
)
def test_a_clinician_sets_the_level_and_the_intake_moves(database, urgency, queue):
    with database.writing() as tx:
        intake = send(tx, Urgency.ROUTINE)
        facts = intakes.set_urgency(
            tx, intake.id, urgency, act_by=None, version=intake.version, now=LATER
        )

    assert (facts.urgency, facts.queue) == (urgency, queue)


def test_a_lowered_level_does_not_hide_an_emergency_without_an_outcome(database):
    with database.writing() as tx:
        intake = send(tx, Urgency.EMERGENCY_NOW)
        facts = intakes.set_urgency(
            tx, intake.id, Urgency.ROUTINE, act_by=None, version=intake.version, now=LATER
        )

    assert facts.queue is Queue.EMERGENCY


def test_a_draft_has_no_level_to_set(database):
    with database.writing() as tx:
        draft = begin(tx).intake
        with pytest.raises(IllegalMove):
            intakes.set_urgency(
                tx, draft.id, Urgency.ROUTINE, act_by=None, version=draft.version, now=LATER
            )


def test_a_call_that_reached_nobody_keeps_an_emergency_and_its_alert_open(database):
    with database.writing() as tx:
        nina = hire(tx)
        intake = send(tx, Urgency.EMERGENCY_NOW)
        alerts.raise_alert(tx, intake.id, now=NOW)
        outcomes.record(tx, intake.id, OutcomeKind.COULD_NOT_REACH, by=nina.id, now=LATER)
        facts = intakes.facts(tx, intake.id)

        assert (facts.emergency_open, facts.queue) == (True, Queue.EMERGENCY)
        assert alerts.latest_of(tx, [intake.id])[intake.id].standing

        outcomes.record(tx, intake.id, OutcomeKind.WELFARE_CHECK, by=nina.id, now=LATER)
        assert not intakes.facts(tx, intake.id).emergency_open
        assert not alerts.latest_of(tx, [intake.id])[intake.id].standing


@pytest.mark.parametrize(
    "outcome", [kind for kind in OutcomeKind if kind not in MISSED | NO_CALL_ABOUT_ANSWERS]
)
def test_an_outcome_takes_an_emergency_off_the_top(database, outcome):
    with database.writing() as tx:
        nina = hire(tx)
        intake = send(tx, Urgency.EMERGENCY_NOW)
        outcomes.record(tx, intake.id, outcome, by=nina.id, now=LATER, note="Rang twice.")
        facts = intakes.facts(tx, intake.id)
        (kept,) = outcomes.all_of(tx, intake.id)

    assert not facts.emergency_open
    assert facts.queue is Queue.SAME_DAY
    assert (kept.outcome, kept.by, kept.at, kept.note) == (outcome, nina.id, LATER, "Rang twice.")


def test_an_outcome_takes_a_draft_off_the_list_until_a_new_alarm(database):
    with database.writing() as tx:
        nina = hire(tx)
        draft = alarmed_draft(tx)
        outcomes.record(tx, draft.id, OutcomeKind.CALLED, by=nina.id, now=LATER)
        assert intakes.facts(tx, draft.id).queue is None

        even_later = LATER + timedelta(minutes=1)
        draft = intakes.load(tx, draft.id, SHELF)
        unchanged = intakes.save(tx, draft, now=even_later)
        assert intakes.facts(tx, draft.id).queue is None
        intakes.save(tx, unchanged.alarmed(["INF-1"], even_later), now=even_later)
        facts = intakes.facts(tx, draft.id)

    assert facts.queue is Queue.EMERGENCY
    assert facts.queued_at == even_later


def test_an_emergency_met_as_a_draft_is_not_open_again_when_it_is_sent(database):
    with database.writing() as tx:
        nina = hire(tx)
        draft = alarmed_draft(tx, rule_id="CES-1")
        outcomes.record(tx, draft.id, OutcomeKind.CALLED, by=nina.id, now=LATER)
        draft = intakes.load(tx, draft.id, SHELF)

        def sent_with(rule_id):
            with tx.connection.begin_nested() as savepoint:
                intakes.submit(
                    tx,
                    draft.sent(LATER),
                    idempotency_key=intakes.idempotency_key(tx, draft.id),
                    assessment=make_assessment(Urgency.EMERGENCY_NOW, rule_id=rule_id),
                    card=intakes.Card(name=""),
                    act_by=None,
                    patient_id=None,
                    now=LATER,
                )
                queue = intakes.facts(tx, draft.id).queue
                savepoint.rollback()
            return queue

        assert sent_with("CES-1") is Queue.SAME_DAY
        assert sent_with("INF-1") is Queue.EMERGENCY


def test_notes_are_kept_in_order_and_sealed(database):
    with database.writing() as tx:
        nina, omar = hire(tx), hire(tx, "omar")
        intake = send(tx)
        notes.add(tx, intake.id, "Rang, no answer.", author_id=nina.id, now=NOW)
        notes.add(tx, intake.id, "Rang again \U0001f600", author_id=omar.id, now=LATER)
        kept = notes.all_of(tx, intake.id)

    assert [(note.text, note.author_id, note.at) for note in kept] == [
        ("Rang, no answer.", nina.id, NOW),
        ("Rang again \U0001f600", omar.id, LATER),
    ]


def test_a_page_adds_to_a_record_once(database):
    with database.writing() as tx:
        intake = send(tx)
        claimed = intakes.claim(tx, intake.id, version=intake.version, now=LATER)
        assert claimed.version == intake.version + 1
        with pytest.raises(Conflict):
            intakes.claim(tx, intake.id, version=intake.version, now=LATER)


def test_notes_of_two_at_once_are_both_kept(database):
    with database.writing() as tx:
        nina = hire(tx)
        intake = send(tx)

    def write(place):
        with database.writing() as tx:
            notes.add(tx, intake.id, str(place), author_id=nina.id, now=NOW)

    assert in_threads(write, 4) == [None] * 4
    with database.reading() as tx:
        assert sorted(note.text for note in notes.all_of(tx, intake.id)) == list("0123")
