"""What a patient adds to sent answers: kept once, read by staff, told on /status, on paper."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from clinic.actions.amendments import ENOUGH, LONGEST, MOST, add_to_sent, mark_additions_read
from clinic.errors import BadInput, Conflict, Refused
from clinic.intake import IntakeState
from clinic.store import amendments, audit, intakes
from clinic.store.queues import Queue
from clinic.store.staff import Role
from tests.pdf.printing import WordsAlone, words_of
from tests.web.browser import Browser
from tests.web.staff import BEFORE, ZONE, Patients, Worker, hire

FORGOT = "I forgot: I had the same pain in 2019."
LATER = BEFORE + timedelta(days=1)


@pytest.fixture
def pool() -> WordsAlone:
    """Papers are read for their words here; tests of papers lay an addition out."""
    return WordsAlone()


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


def test_what_is_added_has_to_be_read_the_same_day_whatever_the_level(database, patients):
    """No rule reads typed words: they may say that it got worse."""
    intake_id = patients.sends()
    before = facts(database, intake_id)

    adds(database, intake_id)

    after = facts(database, intake_id)
    assert before.act_by > LATER + timedelta(days=7)
    assert after.act_by.astimezone(ZONE).date() == LATER.astimezone(ZONE).date()


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


# --- what the patient sees -----------------------------------------------------------


def sends_and_asks(patient):
    """Send everything, then look at /status on another device."""
    patient.answers_everything()
    patient.sends()
    code = patient.code_and_birth_date()
    patient.browser = Browser(patient.browser.app)
    return asks(patient, code), code


def asks(patient, code):
    patient.browser.get("/status")
    patient.browser.submit(code)
    return patient.browser.get("/status")


def only(database):
    with database.reading() as tx:
        return intakes.listing(tx)[-1].id


def test_beside_the_box_stands_what_must_not_be_written_there(patient):
    page, _ = sends_and_asks(patient)

    words = page.select_one("#forgot").get_text(" ")
    for each in ("Do not write here what cannot wait", "Call 911", "Call or text 988"):
        assert each in words


def test_a_patient_adds_on_the_status_page_and_is_told_when_it_was_read(
    patient, database, clinician
):
    page, code = sends_and_asks(patient)

    patient.browser.submit({"text": FORGOT})
    page = patient.browser.get("/status")
    assert "You added something on March 17, 2026" in page.text
    assert page.text.count("Not read yet.") == 2
    assert FORGOT not in page.text

    clinician.opens(only(database))
    clinician.does("reviewed")
    page = asks(patient, code)
    assert "Read by a clinician on March 17, 2026." in page.text
    assert "It was read on March 17, 2026." in page.text


def test_a_blank_addition_is_asked_for_again(patient, database):
    sends_and_asks(patient)

    page = patient.browser.submit({"text": " "}, 422)

    assert page.select_one("#text-error").text == "Type what you want to add."
    assert kept(database, only(database)) == []


def test_too_long_a_text_is_given_back_and_not_cut(patient, database):
    sends_and_asks(patient)
    long = "word " * 401

    page = patient.browser.submit({"text": long}, 422)

    assert page.select_one("textarea").text.strip() == long.strip()


def test_without_the_page_of_status_nothing_can_be_added(patient, database):
    page, _ = sends_and_asks(patient)
    form = {tag["name"]: tag["value"] for tag in page.select("#forgot [type=hidden]")}

    page = patient.browser.post(
        "/status/add", {**form, "once": "made up", "text": FORGOT}, status=400
    )

    assert page.select_one('input[name="text"]')["value"] == FORGOT
    assert kept(database, only(database)) == []


def test_what_was_typed_before_the_session_ended_is_put_in_again(patient, database):
    page, code = sends_and_asks(patient)
    patient.browser = Browser(patient.browser.app)
    patient.browser.get("/status")
    patient.browser.post("/status/add", {"once": "old", "text": FORGOT}, status=400)
    patient.browser.submit(code)
    page = patient.browser.get("/status")

    assert page.select_one("textarea").text.strip() == FORGOT


def test_the_page_after_sending_takes_an_addition_and_the_paper_holds_it(patient, database):
    patient.answers_everything()
    patient.sends()
    patient.browser.get("/intake/done")

    patient.browser.submit({"text": FORGOT})

    assert "You added to your answers once." in patient.browser.get("/intake/done").text
    words = patient.browser.get("/intake/summary.pdf").body.decode()
    assert FORGOT in words
    assert "Added after sending" in words


# --- what staff see ------------------------------------------------------------------


def test_a_clinician_reads_what_was_added_and_says_so(database, patients, clinician):
    intake_id = patients.sends()
    adds(database, intake_id)
    page = clinician.opens(intake_id)
    assert "Added since, not read: 1" in page.text
    assert FORGOT in page.text

    clinician.does("added/read")

    page = clinician.opens(intake_id)
    assert "Added since" not in page.text
    assert "Read by Dr. Lee, 10:30 am" in page.text
    assert FORGOT in page.text


def test_the_front_desk_learns_that_something_was_added_and_not_what(database, patients, desk):
    intake_id = patients.sends()
    adds(database, intake_id)

    page = desk.opens(intake_id)

    assert "Added since, not read: 1" in page.text
    assert FORGOT not in page.body.decode()
    assert not page.has('form[action$="/added/read"]')


def test_the_clinics_paper_says_on_its_face_that_something_was_added(database, patients, clinician):
    intake_id = patients.sends()
    adds(database, intake_id)

    paper = clinician.browser.get(f"/staff/intakes/{intake_id}/summary.pdf").body.decode()

    assert "The patient added to this after sending" in words_of(paper, "#face")


def test_a_paper_made_before_does_not_stand_for_one_made_after(patient, database):
    patient.answers_everything()
    patient.sends()
    before = patient.browser.get("/intake/summary.pdf").body
    adds(database, only(database))

    after = patient.browser.get("/intake/summary.pdf").body

    assert FORGOT in after.decode()
    assert FORGOT not in before.decode()


def test_the_words_stand_in_no_row_and_in_no_message(database, patients, clinician, desk):
    intake_id = patients.sends()
    adds(database, intake_id)

    for worker in (clinician, desk):
        assert FORGOT not in worker.browser.get("/staff/?scope=all").body.decode()
    with database.reading() as tx:
        rows = tx.execute(sa.text("select * from outbox")).all()
        trail = audit.trail(tx, subject=("intake", intake_id))
    assert FORGOT not in str(rows)
    assert FORGOT not in str(trail)
