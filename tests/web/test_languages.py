"""Every page for patients has an address in each language, and the answers go along."""

import pytest

from clinic.store import intakes
from clinic.web.languages import locale_of, own_name
from tests.web.browser import Browser

SCALE = "back-today"
"""A step of which Spanish asks nothing: its scale has no official text in Spanish here."""


@pytest.fixture
def kept(database, shelf):
    """Give the one intake that was begun, as it is kept."""

    def read():
        with database.reading() as tx:
            (facts,) = intakes.listing(tx)
            return intakes.load(tx, facts.id, shelf.questionnaires)

    return read


def switch(browser: Browser, code: str, **typed: object):
    """Press the button of the other language on a page of questions."""
    page = browser.page
    button = page.select_one(f'button[name="_language"][lang="{code}"]')
    fields = dict(page.fields()) | {"_language": button["value"]} | typed
    return browser.post(button["formaction"], fields, status=None)


@pytest.mark.parametrize(
    "path",
    ["/", "/stretches/", "/stretches/sphinx", "/options/", "/privacy", "/intake/", "/status"],
)
def test_a_page_leads_to_itself_in_the_other_language(browser, path):
    page = browser.get(f"/es{path}")
    link = page.select_one("a.banner__language")
    back = browser.get(path).select_one("a.banner__language")

    assert page.select_one("html")["lang"] == "es"
    assert (link["href"], link["lang"], link.text) == (path, "en", "English")
    assert (back["href"], back["lang"], back.text) == (f"/es{path}", "es", "Español")
    own = [str(a["href"]) for a in page.select("a[href^='/']") if a is not link]
    assert all(each.startswith(("/es/", "/staff/")) for each in own)


def test_what_stands_behind_the_question_mark_goes_along(browser):
    page = browser.get("/es/intake/resume?later=1")

    assert page.select_one("a.banner__language")["href"] == "/intake/resume?later=1"


def test_a_page_to_read_names_its_other_languages_for_search_engines(browser):
    page = browser.get("/es/stretches/")
    named = {link["hreflang"]: link["href"] for link in page.select("link[rel=alternate]")}

    assert named == {
        "en": "http://localhost/stretches/",
        "es": "http://localhost/es/stretches/",
    }
    assert not browser.get("/es/intake/").select("link[rel=alternate]")


@pytest.mark.parametrize("path", ["/staff/", "/healthz", "/staff/sign-in?next=/staff/audit/"])
def test_what_staff_read_has_one_address(browser, path):
    page = browser.get(f"/es{path}", status=303)

    assert page.location == path


def test_a_language_that_is_not_offered_has_no_pages(browser):
    browser.get("/fr/", status=404)
    browser.get("/es", status=200)
    browser.get("/estretches", status=404)


def test_words_that_are_typed_and_not_saved_go_along(browser, patient, kept):
    patient.agrees()
    patient.opens("contact")
    page = switch(browser, "es", phone="not a number yet", email="pat@example.org")

    assert page.status == 200
    assert page.path == "/es/intake/contact"
    assert page.select_one("#phone")["value"] == "not a number yet"
    assert page.errors == []
    assert page.select_one("html")["lang"] == "es"
    (entry,) = kept().entries("email")
    assert entry.language == "en"


def test_each_answer_keeps_the_language_that_it_was_given_in(browser, patient, kept):
    patient.agrees()
    patient.answers_step("about-you")
    browser.get("/es/intake/contact")
    patient.fills(browser.page)

    intake = kept()
    assert {entry.language for entry in intake.entries("full-name")} == {"en"}
    assert {entry.language for entry in intake.entries("phone")} == {"es"}
    assert intake.response.language == "es"


def test_an_emergency_interrupts_in_the_language_that_was_asked_for(browser, patient):
    patient.agrees()
    patient.opens("right-now")
    page = switch(browser, "es", **{"walk-now": "no-legs"})

    assert page.status == 303
    assert page.location.startswith("/es/intake/urgent")


def test_a_page_of_which_the_language_asks_nothing_is_passed_over(browser, patient):
    patient.agrees()
    page = browser.get(f"/es/intake/{SCALE}", status=303)

    assert page.location.startswith("/es/intake/")
    browser.get(f"/intake/{SCALE}", status=200)


def test_an_answer_to_a_scale_is_shown_in_english_and_says_so(browser, patient):
    patient.agrees()
    patient.opens("function")
    page = switch(browser, "es", **{"peg-enjoyment": "7"})

    assert page.status == 200
    known = page.select_one(".known")
    assert known["lang"] == "en"
    assert "enjoyment of life" in known.text
    assert "Este texto todavía no está en su idioma." in page.text
    assert not browser.get("/es/intake/contact").has("main form [lang]")


def test_answers_to_a_scale_stay_when_the_language_does_not_ask_it(browser, patient, kept):
    patient.agrees()
    patient.opens(SCALE)
    switch(browser, "es", rmdq=["item-1", "item-2"])

    assert len(kept().response.answers["rmdq"]) == 2
    assert "rmdq" in kept().in_language("es").questionnaire.by_link_id


def test_a_form_is_sent_whole_in_spanish_without_the_scales(browser, patient, kept):
    patient.answers_everything()
    with_scale = kept()
    del patient.answers["rmdq"]
    browser.get("/es/intake/review")
    patient.sends()

    intake = kept()
    assert intake.submitted
    assert (with_scale.response.language, intake.response.language) == ("en", "es")


def test_every_language_has_a_locale_and_a_name_of_its_own():
    assert (locale_of("en"), locale_of("es"), locale_of("ar")) == ("en_US", "es_US", "ar")
    assert (own_name("en"), own_name("es"), own_name("ar")) == ("English", "Español", "العربية")
