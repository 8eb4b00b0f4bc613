"""A patient who comes back with an invitation: the last stable facts, in the new form."""

from datetime import timedelta

import pytest

from clinic.actions.returning import start_from
from clinic.store import audit, intakes, same_person
from clinic.store.staff import Role
from tests.make import shipped_questionnaire
from tests.web.staff import BEFORE, Patients, hire

LATER = BEFORE + timedelta(days=42)


@pytest.fixture
def patients(database, shelf) -> Patients:
    return Patients(database, shelf)


def begun(tx, patient_id):
    draft = intakes.start(tx, shipped_questionnaire(), now=LATER).intake
    return draft, patient_id


def test_an_invited_patient_starts_from_the_last_sent_answers(database, shelf, patients):
    first = patients.sends({"phone": "555-555-0111", "fever": "no"})
    with database.writing() as tx:
        patient_id = intakes.facts(tx, first).patient_id
        draft, _ = begun(tx, patient_id)
        filled = start_from(
            tx, shelf.questionnaires, draft, patient_id, now=LATER, today=LATER.date()
        )
        again = intakes.load(tx, draft.id, shelf.questionnaires)
        acts = [row.action for row in audit.trail(tx, subject=("intake", first))]

    assert again.response.answers["phone"] == ("555-555-0111",)
    assert "fever" not in again.response.answers
    assert again.version == filled.version
    assert "intake.start_from" in acts


def test_another_persons_answers_are_never_filled_in(database, shelf, patients):
    mine = patients.sends({"phone": "555-555-0111"})
    patients.sends({"phone": "555-555-0111", "insurance": "Other plan"}, at=LATER)
    with database.writing() as tx:
        draft, patient_id = begun(tx, intakes.facts(tx, mine).patient_id)
        filled = start_from(
            tx, shelf.questionnaires, draft, patient_id, now=LATER, today=LATER.date()
        )

    assert "Other plan" not in str(dict(filled.response.answers))


def test_of_a_confirmed_person_the_newest_intake_counts(database, shelf, patients):
    by = hire(database, "clinician", Role.CLINICIAN)
    first = patients.sends({"insurance": "Old plan"})
    second = patients.sends({"insurance": "New plan"}, at=LATER)
    with database.writing() as tx:
        one, other = (intakes.facts(tx, each).patient_id for each in (first, second))
        same_person.confirm(tx, one, other, by=by.id, now=LATER)
        draft, _ = begun(tx, one)
        filled = start_from(tx, shelf.questionnaires, draft, one, now=LATER, today=LATER.date())

    assert filled.response.answers["insurance"] == ("New plan",)


def test_without_an_earlier_intake_the_draft_stays_as_it_was(database, shelf, patients):
    first = patients.sends()
    with database.writing() as tx:
        facts = intakes.facts(tx, first)
        only = intakes.load(tx, first, shelf.questionnaires)
        assert (
            start_from(
                tx, shelf.questionnaires, only, facts.patient_id, now=LATER, today=LATER.date()
            )
            is only
        )


def test_a_page_says_that_it_was_filled_in_last_time_until_it_is_left(
    database, shelf, patients, patient, clock
):
    sent = patients.sends({"phone": "555-555-0111"})
    patient.agrees()
    with database.writing() as tx:
        draft_id = intakes.listing(tx)[-1].id
        start_from(
            tx,
            shelf.questionnaires,
            intakes.load(tx, draft_id, shelf.questionnaires),
            intakes.facts(tx, sent).patient_id,
            now=clock.now,
            today=clock.now.date(),
        )

    page = patient.opens("contact")
    assert "From last time. Has anything changed?" in page.text
    assert page.select_one("#phone")["value"] == "555-555-0111"
    assert "From last time" not in patient.opens("right-now").text

    patient.answers_step("contact", phone="555-555-0111")
    assert "From last time" not in patient.opens("contact").text
