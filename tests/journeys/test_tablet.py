"""The front desk hands the tablet to one patient after another; none sees anything of the last."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Waiting
from tests.journeys.people import Patient

pytestmark = [pytest.mark.journey, pytest.mark.proof]

STORED = """async () => JSON.stringify([{ ...localStorage }, { ...sessionStorage },
  (await indexedDB.databases()).map(each => each.name), await caches.keys()])"""
IDLE_MS = 121_000
EXTENSIONS = 11


class Tablet(Patient):
    """The tablet of the front desk, in one pair of hands after another."""

    def is_signed_in_on(self, username: str, password: str) -> None:
        self.page.locator("[name=username]").fill(username)
        self.page.locator("[name=password]").fill(password)
        self.page.locator("main form button[type=submit]").first.click()
        self.page.wait_for_url(re.compile(r"/staff/(invitations/)?$"))

    def lies_there(self, milliseconds: int = IDLE_MS) -> None:
        """Nobody presses anything for so long."""
        self.page.clock.fast_forward(milliseconds)

    def warns(self) -> None:
        """The warning stands, alone, with the button in focus; axe reads it too."""
        warning = self.page.locator("#tablet-warning")
        expect(warning).to_be_visible()
        expect(warning.get_by_role("button", name="I need more time")).to_be_focused()
        self.looks()

    def is_clear_of(self, *words: str) -> None:
        """Neither the page, nor Back and Forward, nor what the browser keeps says any of it."""
        for step in range(8):
            content = self.page.content() + json.dumps(
                self.page.locator("input, textarea, select").evaluate_all(
                    "fields => fields.map(field => field.value)"
                )
            )
            for each in words:
                assert each not in content, f"{self.page.url}, {step} times Back: {each}"
            self.page.go_back(wait_until="load")
            if self.page.url == "about:blank":
                break
        self.opens("/tablet/")
        kept = self.page.evaluate(STORED) + json.dumps(self.context.cookies())
        for each in words:
            assert each not in kept


def test_the_front_desk_hands_the_tablet_to_one_patient_after_another(
    waiting_room: Waiting,
) -> None:
    tablet = waiting_room.device(Tablet)
    nina = waiting_room.program.sign_in("front_desk")
    tablet.page.clock.install()
    tablet.opens("/staff/sign-in")
    tablet.is_signed_in_on(*nina)

    tablet.opens("/staff/tablet/")
    tablet.presses("New patient on this device")
    tablet.plans["full-name"] = ["Ottoline Canary"]
    tablet.consents("Ottoline Canary")
    tablet.presses("Start with the first question")
    tablet.goes_on(until="/intake/right-now")
    tablet.hurries()
    tablet.sends()
    expect(tablet.page.get_by_role("link", name="Get your paper (PDF)")).to_have_count(0)
    tablet.presses("Finish and clear this tablet")
    assert tablet.heading == "Hand the tablet back to staff"
    tablet.is_clear_of("Ottoline", tablet.code)

    tablet.presses("Next patient: start here")
    tablet.plans["full-name"] = ["Barnaby Wren"]
    tablet.consents("Barnaby Wren")
    second_code = tablet.code
    tablet.presses("Start with the first question")
    tablet.fills_in()
    for _ in range(EXTENSIONS):
        tablet.lies_there()
        tablet.warns()
        tablet.page.keyboard.press("Enter")
        expect(tablet.page.locator("#tablet-warning")).to_be_hidden()
    assert tablet.page.locator("[name=full-name]").input_value() == "Barnaby Wren"
    tablet.continues()
    tablet.lies_there()
    tablet.warns()
    tablet.lies_there(31_000)
    tablet.page.wait_for_url(re.compile(r"/tablet/"))
    tablet.looks()
    reference = tablet.page.locator(".reference").inner_text()
    tablet.is_clear_of("Barnaby", second_code)

    tablet.opens("/staff/invitations/")
    assert tablet.heading == "Sign in to take this tablet back"
    tablet.is_signed_in_on(*nina)
    tablet.opens("/staff/tablet/")
    tablet.presses(f"Go on here {reference}")
    for part in ("year", "month", "day"):
        born = tablet.plans[f"birth-date-{part}"][0]
        tablet.page.locator(f"[name=born-{part}]").fill(born)
    tablet.presses("Open my form")
    assert tablet.path == "/intake/contact"
    tablet.presses("Back")
    assert tablet.page.locator("[name=full-name]").input_value() == "Barnaby Wren"
