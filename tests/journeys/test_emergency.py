"""A patient whose answer cannot wait is stopped at once, and staff see it."""

import pytest

from tests.journeys.conftest import Waiting
from tests.journeys.people import Patient

pytestmark = pytest.mark.journey


def stands_before_right_now(patient: Patient, name: str = "Pat Sample") -> None:
    patient.plans["full-name"] = [name]
    patient.agrees(name)
    patient.starts_answering()
    patient.goes_on(until="/intake/right-now")


def test_a_cold_pale_leg_stops_the_patient_at_once(waiting_room: Waiting) -> None:
    patient = waiting_room.patient()
    stands_before_right_now(patient)
    patient.plans["leg-cold"] = ["yes"]
    patient.goes_on(until="/intake/urgent")

    assert "911" in patient.heading


def test_without_script_the_second_look_is_offered_before_any_alarm(waiting_room: Waiting) -> None:
    patient = waiting_room.patient(javascript=False)
    stands_before_right_now(patient)
    patient.plans["chest-now"] = ["yes"]
    patient.fills_in()
    patient.continues()

    assert patient.path == "/intake/right-now"
    assert patient.page.locator('[name="chest-kind"]').first.is_visible()

    patient.continues()
    assert patient.path == "/intake/urgent"


def test_a_mild_second_look_raises_no_alarm(waiting_room: Waiting) -> None:
    patient = waiting_room.patient()
    stands_before_right_now(patient)
    patient.plans |= {"chest-now": ["yes"], "chest-kind": ["usual"]}
    patient.fills_in()
    patient.continues()

    assert patient.path not in ("/intake/urgent", "/intake/right-now")


@pytest.mark.proof
def test_an_answer_changed_after_the_alarm_does_not_take_it_back(waiting_room: Waiting) -> None:
    """Each run: `test_a_corrected_answer_does_not_lower_the_level` in tests/web/test_intake.py, and
    `test_an_answer_changed_after_the_emergency_page_shows_both_and_holds_the_level` in
    tests/web/test_staff_patient.py.
    """
    patient = waiting_room.patient()
    stands_before_right_now(patient, "Corinne Changed")
    patient.answers("walk-now", "no-legs")
    patient.fills_in()
    patient.answers("walk-now", "no-legs")
    patient.continues()
    assert patient.path == "/intake/urgent"

    patient.opens("/intake/right-now")
    patient.answers("walk-now", "yes")
    patient.continues()

    staff = waiting_room.staff("clinician")
    staff.sees("Corinne Changed")
    staff.page.get_by_role("link", name="Corinne Changed").first.click()
    staff.page.wait_for_load_state()
    staff.looks()
    staff.sees("changed to")


def test_the_front_desk_records_the_call(waiting_room: Waiting) -> None:
    patient = waiting_room.patient()
    stands_before_right_now(patient, "Edmund Emergency")
    patient.plans["walk-now"] = ["no-legs"]
    patient.goes_on(until="/intake/urgent")

    desk = waiting_room.staff("front_desk")
    desk.page.get_by_role("link", name="Edmund Emergency").first.click()
    desk.page.wait_for_load_state()
    desk.looks()
    assert "911" in desk.words or "call" in desk.words.lower()
