"""A patient who is asked back starts from the last answers, and staff see what is different.

Each run: tests/web/test_invited.py opens an invitation with the last answers, and
tests/web/test_staff_record.py reads what is different since last time, with its trends.
"""

import pytest

from tests.journeys.conftest import Waiting

pytestmark = [pytest.mark.journey, pytest.mark.proof]

NAME = "Ivan Example-Marsh"


def test_a_patient_comes_back_after_six_weeks(waiting_room: Waiting) -> None:
    desk = waiting_room.staff("front_desk")
    desk.looks_up(NAME)
    desk.presses("All intakes of this patient")
    desk.presses("Invite to the next visit")
    assert desk.page.locator("[name=name]").input_value() == NAME
    desk.presses("Make the invitation")
    desk.sees("Print the slip now.")
    link = desk.page.locator(".invitation__link").inner_text().strip()

    patient = waiting_room.patient()
    patient.plans |= {
        "full-name": [NAME],
        "birth-date-year": ["1981"],
        "birth-date-month": ["4"],
        "birth-date-day": ["17"],
        "phone": ["555-010-0185"],
        "allergies": ["antibiotic"],
        "allergy-details": ["Penicillin, a rash"],
        "pain-now": ["2"],
        "peg-pain": ["2"],
        "peg-enjoyment": ["2"],
        "peg-activity": ["2"],
        "body-map": ["low_back_left"],
    }
    patient.opens(link.removeprefix(patient.base))
    patient.presses("Start")
    patient.consents(NAME)
    patient.starts_answering()
    patient.sees("last time")
    assert patient.page.locator("[name=full-name]").input_value() == NAME
    patient.hurries(until="/intake/pain")
    assert not patient.page.locator("[name=pain-now]:checked").count()
    patient.hurries()
    patient.sends()

    clinician = waiting_room.staff("clinician")
    clinician.looks_up(NAME)
    clinician.presses("Confirm: same person")
    clinician.presses("All intakes of this patient")
    clinician.sees("Since last time")
    clinician.sees("8 to 2")
    trends = clinician.page.locator(".trends svg")
    assert trends.count()
