"""A staff page that nobody touches: it warns, is covered, and keeps what was typed."""

import json
import mimetypes

import pytest
from playwright.sync_api import Page, Route, expect

from clinic.library.places import PACKAGE, content_dir
from clinic.store.staff import Role
from tests.web.staff import Worker, hire

ORIGIN = "http://localhost"
WORDS = "A long note,\nnot saved yet"


@pytest.fixture
def desk(app, database) -> Worker:
    return Worker(app, hire(database, "desk", Role.FRONT_DESK)).signs_in()


def left(worker: Worker, path: str = "/staff/here") -> dict[str, object]:
    return json.loads(worker.browser.get(path).body)


def test_an_open_page_stays_signed_in_by_saying_so_and_not_by_asking(desk, clock):
    desk.browser.get("/staff/")
    clock.forward(minutes=14)
    assert left(desk, "/staff/here?unseen=1")["idle"] == 60
    clock.forward(seconds=30)
    assert left(desk)["idle"] == 900
    clock.forward(minutes=14)
    assert left(desk, "/staff/here?unseen=1")["idle"] == 60
    clock.forward(minutes=1)

    assert desk.browser.get("/staff/here", 303).location.startswith("/staff/sign-in")


def test_the_end_of_the_day_is_told_however_busy(desk, clock):
    for _ in range(71):
        clock.forward(minutes=10)
        assert left(desk)["idle"]

    assert (left(desk)["life"], left(desk)["idle"]) == (600, 600)
    page = desk.browser.get("/staff/")
    assert page.select_one("#idle-warning")["data-life"] == "600"
    assert "15 minutes" in str(page.select_one("noscript"))


@pytest.fixture
def shown(app, database, desk, chromium, clock):
    """A page of staff in a real browser, whose clock is moved by hand; the app answers it."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.clock.install()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.route("**/*", lambda route: answer(route, desk))
    page.goto(f"{ORIGIN}/staff/password")
    page.evaluate(
        "words => { const box = document.createElement('textarea'); box.id = 'note';"
        " document.querySelector('main form').append(box); box.value = words; }",
        WORDS,
    )
    yield page
    context.close()


def answer(route: Route, worker: Worker) -> None:
    path = route.request.url.removeprefix(ORIGIN)
    if path.startswith("/static/"):
        name = path.removeprefix("/static/").partition("?")[0]
        folder = content_dir() if name.startswith("figures/") else PACKAGE / "static"
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        route.fulfill(body=(folder / name).read_bytes(), content_type=kind)
        return
    found = worker.browser.client.get(path)
    route.fulfill(
        status=401 if found.status_code == 303 else found.status_code,
        body=found.data,
        content_type=found.content_type,
    )


def goes_by(page: Page, clock, minutes: float) -> None:
    clock.forward(minutes=minutes)
    page.clock.run_for(int(minutes * 60_000))


def test_it_warns_at_thirteen_minutes_goes_on_by_one_press_and_is_covered_at_fifteen(
    shown, desk, clock
):
    goes_by(shown, clock, 12.9)
    expect(shown.locator("#idle-warning")).to_be_hidden()
    goes_by(shown, clock, 0.2)
    expect(shown.get_by_role("alertdialog", name="Are you still there?")).to_be_visible()
    expect(shown.get_by_role("button", name="Stay signed in")).to_be_focused()
    shown.keyboard.press("Enter")
    expect(shown.locator("#idle-warning")).to_be_hidden()
    assert left(desk, "/staff/here?unseen=1")["idle"] == 900

    goes_by(shown, clock, 13.1)
    expect(shown.get_by_role("button", name="Stay signed in")).to_be_visible()
    goes_by(shown, clock, 2)
    cover = shown.get_by_role("alertdialog", name="You are signed out")
    expect(cover).to_be_visible()
    shown.keyboard.press("Escape")
    cover.get_by_role("button").click()
    expect(cover).to_contain_text("You are not signed in yet")

    desk.signs_in()
    cover.get_by_role("button").click()
    expect(cover).to_be_hidden()
    assert shown.locator("#note").input_value() == WORDS
    token = shown.locator('main [name="csrf_token"]').first.input_value()
    assert desk.browser.post("/staff/sessions/end-others", {"csrf_token": token}).status == 303


@pytest.mark.proof
def test_somebody_busy_elsewhere_is_not_warned_and_a_typing_one_stays_signed_in(shown, desk, clock):
    goes_by(shown, clock, 12)
    left(desk)
    goes_by(shown, clock, 1.2)
    expect(shown.locator("#idle-warning")).to_be_hidden()

    for _ in range(4):
        goes_by(shown, clock, 5)
        shown.locator("#note").press_sequentially("x")
        goes_by(shown, clock, 0.1)
    assert left(desk, "/staff/here?unseen=1")["idle"] > 880
    expect(shown.locator("#idle-warning")).to_be_hidden()


@pytest.mark.proof
def test_another_person_does_not_take_the_page_over(app, database, shown, desk, clock):
    goes_by(shown, clock, 13.1)
    expect(shown.get_by_role("button", name="Stay signed in")).to_be_visible()
    goes_by(shown, clock, 2)
    other = Worker(app, hire(database, "other", Role.FRONT_DESK)).signs_in()
    desk.browser.client.set_cookie("clinic", other.browser.client.get_cookie("clinic").value)
    cover = shown.get_by_role("alertdialog", name="You are signed out")

    cover.get_by_role("button").click()

    expect(cover).to_contain_text("somebody else is")
