"""An answer that is changed after the emergency page lowers nothing; staff read both answers."""

import re
from datetime import datetime, timedelta

import pytest

from tests.journeys.conftest import Waiting

pytestmark = pytest.mark.journey

CHANGED = re.compile(
    r"yes at (\d{1,2}:\d\d [ap]\.?m\.?), changed to no at (\d{1,2}:\d\d [ap]\.?m\.?)", re.IGNORECASE
)


def clock(text: str) -> datetime:
    return datetime.strptime(text.replace(".", "").upper(), "%I:%M %p")  # noqa: DTZ007


@pytest.mark.proof
def test_a_yes_taken_back_stays_an_emergency_until_an_outcome_is_recorded(
    waiting_room: Waiting,
) -> None:
    """Each run: `test_a_corrected_answer_does_not_lower_the_level` in tests/web/test_intake.py,
    `test_an_answer_changed_after_the_emergency_page_shows_both_and_holds_the_level` and
    `test_an_emergency_leaves_the_top_only_by_its_outcome` in tests/web/test_staff_patient.py.
    """
    patient = waiting_room.patient()
    patient.arrives_at("vessels", "Chiara Changed")
    patient.plans["leg-cold"] = ["yes"]
    patient.fills_in()
    patient.continues()
    assert patient.path == "/intake/urgent"

    patient.opens("/intake/vessels")
    patient.plans["leg-cold"] = ["no"]
    patient.answers("leg-cold", "no")
    patient.continues()
    patient.hurries()
    patient.sends()
    assert patient.path == "/intake/done"
    assert "911" in patient.heading

    clinician = waiting_room.staff("clinician")
    clinician.finds("Chiara Changed", "Emergency")
    clinician.reads("Chiara Changed")
    finding = clinician.page.locator("li.red_flag").filter(has_text="Rule VA-7")
    both = CHANGED.search(finding.inner_text())
    assert both is not None, finding.inner_text()
    assert "The level stays until you decide." in finding.inner_text()

    clinician.page.get_by_label("Called and spoke with the patient").check()
    clinician.presses("Record it")
    assert "Emergency" in clinician.heading
    clinician.opens("/staff/?scope=all")
    clinician.finds("Chiara Changed", "Call today")


def test_staff_read_when_the_answer_was_given_and_when_it_was_changed(
    waiting_room: Waiting,
) -> None:
    clinician = waiting_room.staff("clinician")
    clinician.reads("Walter Brandt")
    found = CHANGED.search(clinician.words)

    assert found is not None
    passed = clock(found[2]) - clock(found[1])
    assert timedelta(minutes=1) <= passed % timedelta(days=1) <= timedelta(hours=1)
