"""A patient stops, and goes on later on another device with the code."""

import pytest

from tests.journeys.conftest import Waiting

pytestmark = pytest.mark.journey


def test_a_patient_goes_on_at_the_library(waiting_room: Waiting) -> None:
    at_home = waiting_room.patient()
    at_home.agrees()
    at_home.starts_answering()
    at_home.goes_on(until="/intake/right-now")

    at_the_library = waiting_room.patient(javascript=False)
    at_the_library.opens("/intake/resume")
    at_the_library.page.locator("[name=code]").fill(at_home.code.lower().replace("-", " "))
    for part in ("year", "month", "day"):
        value = at_home.plans[f"birth-date-{part}"][0]
        at_the_library.page.locator(f"[name=born-{part}]").fill(value)
    at_the_library.page.locator("main form button[type=submit]").first.click()
    at_the_library.page.wait_for_load_state()

    assert at_the_library.path == "/intake/right-now"
    at_the_library.opens("/intake/about-you")
    name = at_the_library.page.locator("[name=full-name]").input_value()
    assert name == at_home.plans["full-name"][0]


def test_a_wrong_birth_date_opens_nothing(waiting_room: Waiting) -> None:
    patient = waiting_room.patient()
    patient.agrees()
    patient.starts_answering()
    patient.fills_in()
    patient.continues()

    stranger = waiting_room.patient()
    stranger.opens("/intake/resume")
    stranger.page.locator("[name=code]").fill(patient.code)
    for part, value in (("year", "1950"), ("month", "1"), ("day", "1")):
        stranger.page.locator(f"[name=born-{part}]").fill(value)
    stranger.page.locator("main form button[type=submit]").first.click()
    stranger.page.wait_for_load_state()
    stranger.looks()

    assert stranger.path == "/intake/resume"
    assert patient.plans["full-name"][0] not in stranger.words


def test_leaving_wipes_the_device(waiting_room: Waiting) -> None:
    patient = waiting_room.patient()
    patient.agrees()
    patient.starts_answering()
    patient.fills_in()
    patient.continues()

    patient.opens("/intake/leave")
    patient.page.locator("main form button[type=submit]").first.click()
    patient.page.wait_for_load_state()
    patient.opens("/intake/about-you")

    assert patient.plans["full-name"][0] not in patient.page.content()


def test_who_was_told_to_get_help_is_told_again_on_coming_back(waiting_room: Waiting) -> None:
    at_home = waiting_room.patient(javascript=False)
    at_home.plans["walk-now"] = ["no-legs"]
    at_home.agrees()
    at_home.starts_answering()
    at_home.goes_on(until="/intake/urgent")

    later = waiting_room.patient(javascript=False)
    later.opens("/intake/resume")
    later.page.locator("[name=code]").fill(at_home.code)
    for part in ("year", "month", "day"):
        later.page.locator(f"[name=born-{part}]").fill(at_home.plans[f"birth-date-{part}"][0])
    later.page.locator("main form button[type=submit]").first.click()
    later.page.wait_for_load_state()

    assert later.path == "/intake/urgent"
    assert "911" in later.heading
