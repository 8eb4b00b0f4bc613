"""Large print: asked for in one press, remembered by the browser, and nothing typed is lost."""

import pytest

from clinic.app import create_app
from clinic.web import look
from tests.web.browser import Browser, Page
from tests.web.patient import Patient


def is_large(page: Page) -> bool:
    return page.has('link[href*="large.css"]')


def press(browser: Browser, wanted: str, back: str) -> Page:
    return browser.post_raw("/look", [("back", back), ("_look", wanted)], 303)


def test_large_print_is_remembered_until_it_is_taken_back_and_begins_no_session(browser):
    page = browser.get("/es/stretches/?a=b")
    form = page.select_one("header form")
    back = str(form.select_one("[name=back]")["value"])
    assert not is_large(page)
    assert (form["action"], back) == ("/es/look", "/es/stretches/?a=b")

    answer = press(browser, "large", back)

    assert answer.location == back
    (kept,) = answer.headers.getlist("Set-Cookie")
    assert kept.startswith(f"{look.PLAIN_NAME}=large;")
    assert "HttpOnly" in kept
    assert "SameSite=Lax" in kept
    assert is_large(browser.get("/"))
    assert is_large(browser.get("/no-such-page", 404))
    press(browser, "plain", "/")
    assert not is_large(browser.get("/"))


@pytest.mark.parametrize(
    "back",
    [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "/\t/evil.example",
        "//[",
        "http://[evil.example/",
        "",
    ],
)
def test_the_switch_leads_to_no_other_site(browser, back):
    assert press(browser, "large", back).location == "/"


def test_another_site_cannot_press_the_switch(browser):
    browser.post_raw("/look", [("_look", "large")], 400, headers={"Sec-Fetch-Site": "cross-site"})

    assert browser.client.get_cookie(look.PLAIN_NAME) is None


def test_the_switch_within_a_step_keeps_what_was_typed_and_changes_to_large_at_once(patient):
    patient.agrees()
    browser = patient.browser
    page = browser.get("/intake/about-you")
    assert not page.has("header form")
    assert page.select_one('[form="step"]').text == "Continue"  # what the Enter key presses
    assert page.select_one("[name=_look]")["form"] == "step"

    page = browser.submit({"full-name": "Rosalind", "_look": "large"}, 200)

    assert is_large(page)
    assert page.select_one("[name=full-name]")["value"] == "Rosalind"
    assert not page.errors
    assert browser.get("/intake/about-you").select_one("[value=Rosalind]")


def test_a_paper_in_large_print_is_offered_where_the_page_is_in_large_print(patient):
    patient.answers_everything()
    patient.sends()
    browser = patient.browser
    assert "large=1" not in browser.get("/intake/done").body.decode()

    press(browser, "large", "/intake/done")

    assert browser.get("/intake/done").link("large print") == "/intake/summary.pdf?large=1"


class Printer:
    """In place of WeasyPrint, which takes half a minute for a large paper: notes what is asked."""

    def __init__(self) -> None:
        self.large: list[bool] = []

    def render_summary(self, _summary: object, _edition: object, **how: object) -> bytes:
        self.large.append(bool(how["large"]))
        return b"%PDF"


def test_the_paper_is_printed_as_its_address_asks(settings, database, shelf, clock):
    printer = Printer()
    app = create_app(settings, database=database, shelf=shelf, pool=printer, clock=clock)
    patient = Patient(Browser(app))
    patient.answers_everything()
    patient.sends()

    for address in ("/intake/summary.pdf?large=1", "/intake/summary.pdf"):
        patient.browser.get(address)

    assert printer.large == [True, False]
