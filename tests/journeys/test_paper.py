"""A helper at the front desk types a paper form: stops, goes on, meets an emergency, sends."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.journeys.conftest import Waiting
from tests.journeys.people import Patient, Staff

pytestmark = [pytest.mark.journey, pytest.mark.proof]

DESK = {"width": 1280, "height": 800}
EMERGENCY = {
    "saddle-numb": ["yes"],
    "saddle-touch": ["dull"],
    "saddle-numb-course": ["start-2-weeks"],
}


class Helper(Patient, Staff):
    """Somebody of the front desk with a paper form beside the keyboard."""

    def begins(self, name: str) -> None:
        """Say that the paper is signed, and by whom."""
        day = datetime.now(UTC).date() - timedelta(days=2)
        self.opens("/staff/paper/")
        self.page.locator("[name=language]").select_option("en")
        self.page.locator("[name=signed]").check()
        self.page.locator("[name=name]").fill(name)
        for field in ("signed_on", "answered_on"):
            self.page.locator(f"[name={field}]").fill(f"{day.month}/{day.day}/{day.year}")
        self.presses("Type in a paper form")

    @property
    def draft(self) -> str:
        """The address of the draft at hand, without its step."""
        return self.path.rsplit("/", 1)[0]


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_a_helper_types_a_paper_form(waiting_room: Waiting, javascript: bool) -> None:
    nina = waiting_room.device(Helper, javascript=javascript, viewport=DESK)
    nina.signs_in(*waiting_room.program.sign_in("front_desk"))
    nina.plans["full-name"] = ["Paulina Paper"]
    nina.begins("Paulina Paper")
    draft = nina.draft
    nina.sees("On paper:")
    nina.goes_on(until=f"{draft}/feeling")
    reference = nina.page.locator(".reference").inner_text()
    nina.presses("Stop here, and go on later")
    nina.presses(f"Go on typing {reference}")
    assert nina.path == f"{draft}/feeling"

    well = {name: nina.plans.get(name) for name in EMERGENCY}
    nina.plans |= EMERGENCY
    nina.goes_on(until=f"{draft}/urgent")
    assert nina.heading == "Stop typing. See or call this patient now"
    nina.sees("Call 911 or go to the emergency room now")
    nina.presses("Open the call script, and record what you did")
    nina.sees("Paulina Paper")
    nina.sees("Answered on paper on")

    nina.plans |= {name: answer for name, answer in well.items() if answer}
    nina.opens(f"{draft}/")
    nina.goes_on(until=f"{draft}/review")
    nina.sends()
    nina.sees("Write the reference on the paper")
    nina.sees("typed in by")
