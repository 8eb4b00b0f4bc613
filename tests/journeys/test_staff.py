"""Staff see who needs them first, read a patient, note, record, and mark reviewed."""

import re

import pytest

from tests.journeys.conftest import Waiting
from tests.journeys.people import Staff

pytestmark = pytest.mark.journey


def opens(staff: Staff, name: str) -> None:
    staff.page.get_by_role("link", name=name).first.click()
    staff.page.wait_for_load_state()
    staff.looks()


@pytest.mark.proof
def test_the_front_desk_calls_back_an_emergency(waiting_room: Waiting) -> None:
    """Each run: tests/web/test_staff_emergency.py takes every step of the loop, and
    tests/web/test_staff_patient.py has `test_an_emergency_leaves_the_top_only_by_its_outcome`.
    """
    patient = waiting_room.patient(javascript=False)
    patient.plans |= {"full-name": ["Colin Calledback"], "walk-now": ["no-legs"]}
    patient.agrees("Colin Calledback")
    patient.starts_answering()
    patient.goes_on(until="/intake/urgent")

    desk = waiting_room.staff("front_desk")
    assert desk.page.locator("main h2").first.inner_text().startswith("Emergency")
    row = desk.finds("Colin Calledback", "Emergency")
    row.get_by_role("button", name=re.compile("^Acknowledge")).click()
    desk.sees("It stays on top until you record what was done.")
    desk.finds("Colin Calledback", "Emergency")

    desk.reads("Colin Calledback")
    record = desk.path
    desk.sees("Call now")
    desk.sees("Call 911 or go to the emergency room now. Do not drive yourself.")
    assert "PHQ" not in desk.words
    desk.records("could_not_reach", "Voicemail, first try.")
    desk.opens("/staff/")
    desk.finds("Colin Calledback", "Emergency")

    desk.opens(record)
    desk.records("sent_to_emergency_care", "Spoke with Colin. A neighbor drives him in.")
    desk.opens("/staff/")
    emergencies = desk.page.locator("main section").filter(
        has=desk.page.get_by_role("heading", level=2, name=re.compile("^Emergency"))
    )
    assert not emergencies.filter(has_text="Colin Calledback").count()

    desk.opens(record)
    desk.page.get_by_label("Arrived there").check()
    desk.presses("Record this step")
    desk.sees("Find out what came of it.")
    clinician = waiting_room.staff("clinician")
    clinician.opens(record)
    clinician.sees("A neighbor drives him in.")


def test_a_clinician_reads_notes_and_signs_off_a_patient(waiting_room: Waiting) -> None:
    patient = waiting_room.patient(javascript=False)
    patient.plans["full-name"] = ["Rita Reviewed"]
    patient.agrees("Rita Reviewed")
    patient.starts_answering()
    patient.hurries()
    patient.sends()

    clinician = waiting_room.staff("clinician")
    opens(clinician, "Rita Reviewed")
    clinician.sees("not examined")
    clinician.writes("Call in May.", before="Add note")
    clinician.presses("Add note")
    clinician.sees("Call in May.")
    clinician.presses("Mark reviewed")
    clinician.sees("eviewed")

    number = clinician.path.rsplit("/", 1)[-1]
    place = f"{clinician.base}/staff/intakes/{number}/summary.pdf"
    paper = clinician.context.request.get(place, timeout=30_000)  # a busy machine prints slowly
    assert paper.status == 200
    assert paper.body().startswith(b"%PDF-")


def test_signing_out_ends_it_on_the_server(waiting_room: Waiting) -> None:
    clinician = waiting_room.staff("clinician")
    clinician.presses("Sign out")
    clinician.opens("/staff/")

    assert clinician.path == "/staff/sign-in"
