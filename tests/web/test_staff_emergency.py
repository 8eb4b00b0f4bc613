"""The small loop of an emergency on a patient's page: who may record what, and what comes next."""

import pytest

from clinic.referral.emergency import EmergencyStep
from clinic.store import emergency_steps
from clinic.store.staff import Role
from tests.web.staff import EMERGENCY, Patients, Worker, hire

SENT = {"outcome": "sent_to_emergency_care", "words": "Her son drives her."}
MISSED = {"outcome": "could_not_reach", "words": "Voicemail."}


@pytest.fixture
def patients(database, shelf) -> Patients:
    return Patients(database, shelf)


@pytest.fixture
def desk(app, database) -> Worker:
    return Worker(app, hire(database, "desk", Role.FRONT_DESK, "Dana Ortiz")).signs_in()


@pytest.fixture
def clinician(app, database) -> Worker:
    return Worker(app, hire(database, "clinician", Role.CLINICIAN, "Dr. Lee")).signs_in()


def steps(database, intake_id):
    with database.reading() as tx:
        return [each.step for each in emergency_steps.all_of(tx, intake_id)]


def test_the_call_is_the_first_step_so_that_nothing_is_recorded_twice(database, desk, patients):
    intake_id = patients.sends(EMERGENCY)
    assert "Emergency, step by step" not in desk.opens(intake_id).text

    desk.does("outcome", **SENT)

    page = desk.opens(intake_id)
    assert steps(database, intake_id) == [EmergencyStep.ADVISED]
    assert "Told to get emergency care, and will go, 10:30 am." in page.text
    assert "Find out whether they arrived. By March 18, 10:30 am." in page.text
    assert "You need to talk to a clinician today." not in page.text


def test_the_loop_ends_when_the_outcome_is_known(database, desk, patients):
    intake_id = patients.sends(EMERGENCY)
    desk.opens(intake_id)
    desk.does("outcome", **SENT)
    desk.opens(intake_id)
    desk.does("emergency/step", step="arrived", step_words="St. Mary's, by car.")
    desk.opens(intake_id)
    desk.does("emergency/step", 422, step="outcome_known", step_words="")
    desk.does("emergency/step", step="outcome_known", step_words="Scan was clear. Home.")

    page = desk.opens(intake_id)
    assert "We know what came of it, 10:30 am." in page.text
    assert not page.has('form[action$="/emergency/step"]')
    assert steps(database, intake_id)[-1] is EmergencyStep.OUTCOME_KNOWN


def test_a_call_that_only_spoke_with_somebody_is_followed_until_they_have_arrived(
    database, desk, clinician, patients
):
    intake_id = patients.sends(EMERGENCY)
    desk.opens(intake_id)
    desk.does("outcome", outcome="called", words="")

    page = desk.opens(intake_id)
    assert "Say whether the patient goes to emergency care. By March 18, 10:30 am." in page.text
    assert "Ask if they go, by March 18, 10:30 am" in desk.browser.get("/staff/").text
    desk.opens(intake_id)
    desk.does("emergency/step", 409, step="outcome_known", step_words="All is well.")
    clinician.opens(intake_id)
    clinician.does("outcome", outcome="normal_visit", words="Numb for ten years, a known scar.")

    assert steps(database, intake_id) == [EmergencyStep.SPOKEN, EmergencyStep.OUTCOME_KNOWN]


def test_three_tries_then_the_contact_then_a_welfare_check(desk, patients, clock):
    intake_id = patients.sends(
        {**EMERGENCY, "emergency-name": "Luis", "emergency-phone": "555-555-0199"}
    )
    desk.opens(intake_id)
    desk.does("outcome", **MISSED)
    page = desk.opens(intake_id)
    assert "Try again. Three tries in 15 minutes. By 10:35 am." in page.text
    for words in (
        "Try again. Three tries in 15 minutes.",
        "Three tries were made. Now call the emergency contact.",
        "Ask for a welfare check now.",
    ):
        clock.forward(minutes=5)
        desk.opens(intake_id)
        desk.does("emergency/step", step="not_reached", step_words="")
        loop = desk.opens(intake_id).select_one(".emergency_loop").get_text(" ")
        assert words in loop


def test_a_step_that_is_late_is_told_late(desk, patients, clock):
    intake_id = patients.sends(EMERGENCY)
    desk.opens(intake_id)
    desk.does("outcome", **SENT)
    clock.forward(hours=24)
    desk.signs_in()

    page = desk.opens(intake_id)
    assert "10:30 am: late." in " ".join(page.text.split())
    act = page.select_one(".standing_line__late").text
    assert act.startswith("Ask if they arrived: late since")
    assert act.count("late") == 1


def test_a_row_of_the_list_names_one_time_for_who_was_sent_to_care(desk, patients, clock):
    intake_id = patients.sends(EMERGENCY)
    desk.opens(intake_id)
    desk.does("outcome", **SENT)
    clock.forward(hours=1)
    desk.signs_in()

    row = " ".join(desk.browser.get("/staff/").select_one(".patient_row").text.split())
    assert "Ask if they arrived, by" in row
    assert "late" not in row
    act = desk.opens(intake_id).select_one(".standing_line dd").text
    assert act == "Ask if they arrived, by March 18, 10:30 am"


def test_only_a_clinician_records_a_refusal_and_all_of_it(database, desk, clinician, patients):
    intake_id = patients.sends(EMERGENCY)
    desk.opens(intake_id)
    desk.does("outcome", **SENT)
    page = desk.opens(intake_id)
    assert "Hand the phone to a clinician at once." in page.text
    assert not page.has('form[action$="/emergency/refused"]')
    desk.does("emergency/step", 422, step="refused", step_words="She says no.")

    clinician.opens(intake_id)
    told = {"can_decide": "yes", "refusal_reason": "Fears the bill.", "plan": "Call at six."}
    page = clinician.does("emergency/refused", 422, **told)
    assert "Fears the bill." in page.text
    clinician.does("emergency/refused", **told, beside="Her son.")

    assert steps(database, intake_id) == [EmergencyStep.ADVISED, EmergencyStep.REFUSED]
    assert "With them: Her son." in clinician.opens(intake_id).text
    assert "Fears the bill." not in desk.opens(intake_id).text


def test_two_staff_on_one_step_the_second_sees_both(database, desk, clinician, patients):
    intake_id = patients.sends(EMERGENCY)
    desk.opens(intake_id)
    desk.does("outcome", **SENT)
    desk.opens(intake_id)
    clinician.opens(intake_id)
    clinician.does("emergency/step", step="arrived", step_words="Seen at the door.")

    page = desk.does("emergency/step", 409, step="not_reached", step_words="Tried at ten.")

    assert "Tried at ten." in page.select_one(".not_saved__kept").text
    assert steps(database, intake_id) == [EmergencyStep.ADVISED, EmergencyStep.ARRIVED]


def test_no_loop_stands_beside_a_patient_who_is_no_emergency(database, clinician, patients):
    page = clinician.opens(patients.sends())

    assert not page.has(".emergency_loop")
