"""The keys of the worklist, in a real browser, with the app behind it."""

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from clinic.store.staff import Role
from clinic.web.sessions import PLAIN_NAME
from tests.web.staff import SAME_DAY, TWO_WEEKS, Patients, Worker, hire


@pytest.fixture
def page(chromium: Chromium, app, database, shelf) -> Iterator[Page]:
    """The worklist with two patients in Chromium; served on loopback."""
    desk = Worker(app, hire(database, "desk", Role.FRONT_DESK)).signs_in()
    patients = Patients(database, shelf)
    patients.sends({**SAME_DAY, "full-name": "Ana First"})
    patients.sends({**TWO_WEEKS, "full-name": "Ben Second"})

    server = make_server("127.0.0.1", 0, app)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    home = f"http://127.0.0.1:{server.server_port}"
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    context.add_cookies([{"name": PLAIN_NAME, "value": token_of(desk), "url": home}])
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(f"{home}/staff/")
    yield page
    context.close()
    server.shutdown()


def token_of(worker: Worker) -> str:
    """What the browser of somebody who signed in holds."""
    cookie = worker.browser.client.get_cookie(PLAIN_NAME)
    assert cookie
    return cookie.value


def has_focus(page: Page, name: str) -> None:
    expect(page.locator(".patient_row__name a", has_text=name)).to_be_focused()


def test_j_and_k_go_from_patient_to_patient_and_stop_at_the_ends(page):
    page.keyboard.press("j")
    has_focus(page, "Ana First")
    page.keyboard.press("j")
    page.keyboard.press("j")
    has_focus(page, "Ben Second")
    page.keyboard.press("k")
    page.keyboard.press("k")
    has_focus(page, "Ana First")


def test_enter_opens_the_patient_and_c_goes_to_the_record_of_the_call(page):
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ana First")
    page.go_back()
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.wait_for_url("**/staff/intakes/*#record")


def test_r_goes_to_a_new_referral(page):
    page.keyboard.press("j")
    page.keyboard.press("r")
    page.wait_for_url("**/referrals/new")


def test_a_takes_the_patient_and_comes_back_to_the_row(page):
    page.keyboard.press("j")
    page.keyboard.press("a")
    page.wait_for_url("**/staff/*#row-*")
    has_focus(page, "Ana First")
    expect(page.locator(".patient_row", has_text="Ana First")).to_contain_text("You")


def test_keys_wait_while_somebody_types_and_with_modifiers(page):
    page.locator("#who").focus()
    page.keyboard.type("jack?")
    expect(page.locator("#who")).to_have_value("jack?")
    expect(page.locator("#who")).to_be_focused()

    page.locator("h1").click()
    page.keyboard.press("Control+j")
    page.keyboard.press("Alt+j")
    expect(page.locator(".patient_row__name a:focus")).to_have_count(0)


def test_the_question_mark_leads_to_the_keys_and_they_stay_off_once_turned_off(page):
    page.keyboard.press("?")
    expect(page.locator("#keys-help")).to_be_focused()
    page.get_by_role("button", name="Turn keys off").click()
    expect(page.get_by_text("Keys are off.")).to_be_visible()

    page.reload()

    expect(page.get_by_text("Keys are off.")).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator(".patient_row__name a:focus")).to_have_count(0)
    page.get_by_role("button", name="Turn keys on").click()
    page.locator("h1").click()
    page.keyboard.press("j")
    has_focus(page, "Ana First")
