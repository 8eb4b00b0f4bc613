"""What an open staff page says and rings, in a real browser, with the app behind it."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Route, expect

from clinic.store.staff import Role
from tests.web.staff import EMERGENCY, TWO_WEEKS, Patients, Worker, hire

HOME = "http://localhost"
ASKS = 21_000
"""A little more than the time between two askings, in milliseconds."""


@pytest.fixture
def desk(app, database) -> Worker:
    return Worker(app, hire(database, "desk", Role.FRONT_DESK)).signs_in()


@pytest.fixture
def patients(database, shelf) -> Patients:
    return Patients(database, shelf)


@pytest.fixture
def page(chromium: Chromium, desk: Worker) -> Iterator[Page]:
    """The worklist in Chromium; every request is answered by the app, with its headers."""

    def answer(route: Route) -> None:
        parts = urlsplit(route.request.url)
        with desk.browser.client.get(f"{parts.path}?{parts.query}") as found:
            route.fulfill(status=found.status_code, headers=dict(found.headers), body=found.data)

    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.route("**/*", answer)
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.clock.install()
    page.goto(f"{HOME}/staff/")
    yield page
    context.close()


def rung(page: Page) -> int:
    return int(page.locator("[data-watch]").get_attribute("data-rung") or 0)


def test_the_page_tells_of_new_intakes_and_moves_no_row(page, patients, clock):
    expect(page.get_by_text("Nobody waits here.")).to_be_visible()
    patients.sends(TWO_WEEKS, at=clock.now)
    patients.sends({**TWO_WEEKS, "full-name": "Second"}, at=clock.now)

    page.clock.run_for(ASKS)

    expect(page.locator("[data-watch-new]")).to_have_text("2 new, reload")
    assert page.title().startswith("(2 new) Worklist")
    expect(page.locator(".patient_row")).to_have_count(0)
    page.get_by_role("link", name="reload", exact=True).click()
    expect(page.locator(".patient_row")).to_have_count(2)


def test_a_new_emergency_is_told_in_words_in_the_title_and_by_a_sound_that_was_turned_on(
    page, patients, clock
):
    expect(page.get_by_text("Sound is off until you press Turn sound on.")).to_be_visible()
    page.get_by_role("button", name="Turn sound on").click()
    expect(page.get_by_text("Sound is on: a new emergency rings.")).to_be_visible()
    assert rung(page) == 1

    patients.drafts(EMERGENCY, at=clock.now)
    page.clock.run_for(ASKS)

    expect(page.get_by_role("alert")).to_contain_text(
        "1 new emergency. Nobody has acknowledged it yet."
    )
    assert page.title().startswith("(1 emergency) Worklist")
    assert rung(page) == 2


def test_a_sound_that_was_turned_off_stays_off(page, patients, clock):
    page.get_by_role("button", name="Turn sound on").click()
    page.get_by_role("button", name="Turn sound off").click()
    page.reload()
    expect(page.get_by_text("Sound is off until you press Turn sound on.")).to_be_visible()

    patients.drafts(EMERGENCY, at=clock.now)
    page.clock.run_for(ASKS)

    expect(page.get_by_role("alert")).to_contain_text("1 new emergency.")
    assert rung(page) == 0


def test_a_page_that_was_signed_out_says_that_it_sees_nothing_more(page, clock):
    clock.forward(minutes=16)

    page.clock.run_for(ASKS)

    expect(page.get_by_role("alert")).to_contain_text("You are signed out.")
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
