"""What anybody may read."""

from datetime import UTC, datetime

import pytest

from tests.web.browser import Browser

PAGES = [
    "/",
    "/stretches/",
    "/stretches/childs-pose",
    "/stretches/knee-to-chest",
    "/stretches/sphinx",
    "/stretches/childs-pose/sheet",
    "/stretches/knee-to-chest/sheet",
    "/stretches/sphinx/sheet",
    "/options/",
    "/options/stem-cell-therapy",
    "/options/platelet-rich-plasma",
    "/options/choosing-a-facility",
    "/how-we-decide",
    "/privacy",
    "/accessibility",
]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_read_without_a_cookie(browser, path):
    page = browser.get(path)

    assert "Set-Cookie" not in page.headers
    assert page.soup.html["lang"] == "en"


@pytest.mark.parametrize("path", PAGES)
def test_every_page_holds_the_numbers_that_help(browser, path):
    words = browser.get(path).soup.text

    for number in ("911", "988", "1-800-799-7233"):
        assert number in words


@pytest.mark.parametrize("stretch", ["childs-pose", "knee-to-chest", "sphinx"])
def test_a_stretch_shows_start_and_end_together_and_an_easier_form(browser, stretch):
    page = browser.get(f"/stretches/{stretch}")

    first = page.select(".drawings")[0]
    assert len(first.select("svg")) == 2
    assert [caption.text for caption in first.select("figcaption")] == ["Start", "End"]
    assert "Easier" in page.text
    assert len(page.select("#steps ~ ol li")) >= 3


@pytest.mark.parametrize("stretch", ["childs-pose", "knee-to-chest", "sphinx"])
def test_the_words_of_the_timer_stand_there_without_a_script(browser, stretch):
    page = browser.get(f"/stretches/{stretch}")

    assert "Breathe in" in page.select_one(".hold_timer").text


def test_drawings_have_words_for_those_who_do_not_see_them(browser):
    for drawing in browser.get("/stretches/sphinx").select("main svg"):
        assert drawing.select_one("title").text
        assert drawing.select_one("desc").text


def test_every_text_says_that_no_clinician_has_signed_it(browser):
    for path in PAGES:
        assert "Awaiting clinical review." in browser.get(path).text


def test_a_text_past_its_review_date_says_so(browser, clock):
    before = browser.get("/stretches/sphinx").text
    clock.forward(days=800)
    after = browser.get("/stretches/sphinx").text

    assert "was due for a new check" not in before
    assert "This page was due for a new check by May 1, 2027." in after


LABEL = [
    "Where it stands", "How sure we are", "What it may do", "What can go wrong", "What it costs",
    "Other choices", "What to ask", "Sources", "Checked on",
]  # fmt: skip
NOT_CHECKED = "We have not checked this since November 23, 2026. Ask your provider."


@pytest.mark.parametrize("option", ["stem-cell-therapy", "platelet-rich-plasma"])
def test_every_option_has_the_same_label_with_its_sources(browser, option):
    page = browser.get(f"/options/{option}")

    assert [name.text for name in page.select(".fact_label dt")] == LABEL
    for row in page.select(".fact_label__sources"):
        assert row.select("a[href^='#source-']")
    assert page.select(".fact_label dd")[-1].text == "November 23, 2026"


@pytest.mark.parametrize("option", ["stem-cell-therapy", "platelet-rich-plasma"])
@pytest.mark.parametrize(
    ("day", "overdue"), [("2027-04-30", False), ("2027-05-01", False), ("2027-05-02", True)]
)
def test_every_claim_past_its_review_date_says_so(browser, clock, option, day, overdue):
    clock.now = datetime.fromisoformat(f"{day}T23:00:00-04:00")
    page = browser.get(f"/options/{option}")

    assert page.text.count(NOT_CHECKED) == (7 if overdue else 0)
    assert ("We have not checked this page since November 23, 2026." in page.text) is overdue


@pytest.mark.parametrize(
    "path", ["/stretches/", "/stretches/sphinx", "/stretches/sphinx/sheet", "/options/"]
)
def test_a_page_past_its_review_date_says_so_at_the_top(browser, clock, path):
    clock.now = datetime(2027, 5, 1, 16, tzinfo=UTC)
    on_the_day = browser.get(path)
    clock.forward(days=1)
    after = browser.get(path)

    assert "We have not checked this page" not in on_the_day.text
    told = after.select_one("h1 ~ .alert")
    assert "We have not checked this page since November 23, 2026." in told.text


def test_facts_name_their_sources_with_the_day_they_were_looked_at(browser):
    page = browser.get("/options/platelet-rich-plasma")

    sources = page.select(".source_list li")
    assert len(sources) > 5
    assert all("Looked at on" in source.text for source in sources)


def test_a_sheet_to_print_has_steps_drawings_and_a_diary(browser):
    page = browser.get("/stretches/knee-to-chest/sheet")

    assert len(page.select("main svg")) == 3
    assert page.has("table.diary")
    assert "Stop and call 911" in page.text


def test_a_stretch_that_does_not_exist_is_not_found(browser):
    page = browser.get("/stretches/handstand", status=404)

    assert page.heading == "This page is not here"
    assert page.link("Go to the first page") == "/"


def test_every_link_inside_the_site_leads_somewhere(browser: Browser):
    seen, todo = set(), list(PAGES)
    while todo:
        path = todo.pop()
        page = browser.get(path)
        for link in page.select("a[href^='/']"):
            target = str(link["href"]).partition("#")[0]
            if target not in seen and not target.startswith(("/staff", "/intake", "/status")):
                seen.add(target)
                todo.append(target)

    assert "/options/choosing-a-facility" in seen


def test_the_clinics_own_numbers_stand_where_the_text_leaves_room(browser):
    for path in PAGES:
        assert "{" not in browser.get(path).text
