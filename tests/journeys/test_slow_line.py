"""A phone on a slow line: 400 kbit/s and 400 ms, as Chromium emulates them; and a line that goes.

bench/README.md has the figures; the bounds here leave room for a busy machine.
"""

from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from bench.line import visit
from tests.journeys.conftest import Waiting
from tests.journeys.people import Patient

pytestmark = [pytest.mark.journey, pytest.mark.proof]

FIRST_BYTES, LATER_BYTES = 60_000, 15_000
FIRST_DRAWN_MS, LATER_MS = 3_000, 3_000


def test_a_slow_line_is_usable(waiting_room: Waiting) -> None:
    phone = waiting_room.patient()

    first, *later = visit(phone.page, phone.base)

    assert first.got_bytes < FIRST_BYTES
    assert 0 < first.drawn_ms < FIRST_DRAWN_MS
    assert [step for step in later if step.got_bytes >= LATER_BYTES] == []
    assert [step for step in later if step.took_ms >= LATER_MS] == []


def begun(patient: Patient) -> None:
    """Stand before Continue, with the first questions answered and not sent."""
    patient.agrees()
    patient.starts_answering()
    patient.fills_in()


def presses_in_vain(patient: Patient) -> None:
    """Press Continue, and stand before the browser's own page of a line that is lost."""
    with patient.page.expect_event("requestfailed"):
        patient.page.get_by_role("button", name="Continue").last.click(no_wait_after=True)
    patient.page.wait_for_timeout(500)


def test_a_line_lost_at_continue_keeps_what_was_typed_and_says_so(waiting_room: Waiting) -> None:
    patient = waiting_room.patient()
    begun(patient)
    patient.context.set_offline(True)
    patient.page.get_by_role("button", name="Continue").last.click()

    expect(patient.page.locator("#line-lost")).to_be_focused()
    expect(patient.page.locator("#line-lost")).to_contain_text("If you can't wait, call 911.")
    assert patient.page.locator("[name=full-name]").input_value() == patient.plans["full-name"][0]
    patient.context.set_offline(False)
    patient.continues()
    assert patient.path == "/intake/contact"
    patient.faults = [fault for fault in patient.faults if "ERR_INTERNET_DISCONNECTED" not in fault]


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_a_post_that_breaks_off_is_sent_again_by_the_browser(
    waiting_room: Waiting, javascript: bool
) -> None:
    patient = waiting_room.patient(javascript=javascript)
    begun(patient)
    broken: list[str] = []

    def breaks(route) -> None:  # type: ignore[no-untyped-def]
        if route.request.method == "POST" and not broken:
            broken.append(route.request.post_data or "")
            route.abort("connectionreset")
        else:
            route.continue_()

    patient.page.route("**/intake/about-you", breaks)
    presses_in_vain(patient)
    patient.page.reload()

    assert urlencode({"full-name": patient.plans["full-name"][0]}) in broken[0]
    assert patient.path == "/intake/contact"
    patient.faults = [fault for fault in patient.faults if "ERR_CONNECTION_RESET" not in fault]
