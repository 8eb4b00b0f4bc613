"""What a patient adds to sent answers: kept once, read by staff, told on /status, on paper."""

from datetime import timedelta

import pytest

from clinic.actions.amendments import ENOUGH, LONGEST, MOST, add_to_sent, mark_additions_read
from clinic.errors import BadInput, Conflict, Refused
from clinic.intake import IntakeState
from clinic.store import amendments, audit, intakes
from clinic.store.queues import Queue
from clinic.store.staff import Role
from tests.web.staff import BEFORE, ZONE, Patients, Worker, hire

FORGOT = "I forgot: I had the same pain in 2019."
LATER = BEFORE + timedelta(days=1)


@pytest.fixture
def patients(database, shelf) -> Patients:
    return Patients(database, shelf)


@pytest.fixture
def clinician(app, database) -> Worker:
    return Worker(app, hire(database, "clinician", Role.CLINICIAN, "Dr. Lee")).signs_in()


@pytest.fixture
def desk(app, database) -> Worker:
    return Worker(app, hire(database, "desk", Role.FRONT_DESK, "Dana Ortiz")).signs_in()


def adds(database, intake_id, text=FORGOT, once="a", now=LATER) -> bool:
    return add_to_sent(database, intake_id, text, once=once, now=now, zone=ZONE)


def facts(database, intake_id):
    with database.reading() as tx:
        return intakes.facts(tx, intake_id)


def kept(database, intake_id):
    with database.reading() as tx:
        return amendments.all_of(tx, intake_id)


# --- the action ----------------------------------------------------------------------


def test_what_was_sent_stays_as_it_was(database, shelf, patients):
    intake_id = patients.sends()
    with database.reading() as tx:
        before = intakes.load(tx, intake_id, shelf.questionnaires)

    assert adds(database, intake_id)

    with database.reading() as tx:
        after = intakes.load(tx, intake_id, shelf.questionnaires)
        acts = [row.action for row in audit.trail(tx, subject=("intake", intake_id))]
    assert (after.response, after.history) == (before.response, before.history)
    assert "intake.add" in acts


def test_a_page_that_is_sent_twice_adds_once(database, patients):
    intake_id = patients.sends()

    assert adds(database, intake_id)
    assert not adds(database, intake_id)
    assert len(kept(database, intake_id)) == 1


def test_a_reviewed_intake_waits_to_be_read_again_and_stays_reviewed_on_record(
    database, patients, clinician
):
    intake_id = patients.sends()
    clinician.opens(intake_id)
    clinician.does("reviewed")
    reviewed_at = facts(database, intake_id).reviewed_at
    assert facts(database, intake_id).queue is None

    adds(database, intake_id)

    after = facts(database, intake_id)
    assert (after.state, after.queue) == (IntakeState.SUBMITTED, Queue.SELF_CARE)
    assert after.act_by is not None
    assert after.act_by > LATER
    assert after.reviewed_at == reviewed_at is not None


def test_a_draft_is_changed_in_the_form_and_not_added_to(database, patients):
    draft = patients.drafts()
    with pytest.raises(Refused):
        adds(database, draft)


@pytest.mark.parametrize("text", ["", "x" * (LONGEST + 1)])
def test_neither_nothing_nor_too_much_is_kept(database, patients, text):
    intake_id = patients.sends()
    with pytest.raises(BadInput):
        adds(database, intake_id, text)
    assert kept(database, intake_id) == []


def test_after_twenty_additions_the_patient_is_asked_to_call(database, patients):
    intake_id = patients.sends()
    for n in range(MOST):
        adds(database, intake_id, once=str(n))

    with pytest.raises(Refused, match=ENOUGH):
        adds(database, intake_id, once="more")
    assert len(kept(database, intake_id)) == MOST


def test_whoever_marks_it_read_over_a_newer_addition_is_told(database, patients, clinician):
    intake_id = patients.sends()
    adds(database, intake_id)
    seen = facts(database, intake_id).version
    adds(database, intake_id, once="b")

    with pytest.raises(Conflict):
        mark_additions_read(
            database, intake_id, up_to=1, by=clinician.member, version=seen, now=LATER
        )
    assert [each.read_at for each in kept(database, intake_id)] == [None, None]


def test_marking_the_intake_reviewed_reads_what_was_added_too(database, patients, clinician):
    intake_id = patients.sends()
    adds(database, intake_id)
    clinician.opens(intake_id)
    clinician.does("reviewed")

    assert kept(database, intake_id)[0].read_by == clinician.member.id
