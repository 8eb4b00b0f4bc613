"""Words of patients on pages that others read: words they stay, in the place that is theirs."""

import re

import pytest
from bs4 import PageElement

from clinic.store.staff import Role
from clinic.web.intake.reading import tidy
from clinic.web.turned import TURNING, as_it_runs
from tests.web.staff import EMERGENCY, Patients, Worker, hire

TURNS = "\u202egnissim \u2069\u2066Sam\u202c\u2069"
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>'\"--></style>{{7*7}}{%raw%}${7*7}"
JOINED = "👨‍👩‍👧 كاظم کریمی न\u200dम"
"""Joiners stand in names of many scripts, and in pictures: they are no marks that turn text."""


def is_apart(words: PageElement) -> bool:
    """True of words that run in a frame of their own, or that nobody sees beside others."""
    return any(
        tag.name in ("bdi", "q", "title", "option", "textarea")
        or tag.get("dir") == "auto"
        or "visually-hidden" in tag.get("class", [])
        for tag in words.parents
    )


@pytest.fixture
def clinician(app, database) -> Worker:
    return Worker(app, hire(database, "lee", Role.CLINICIAN, "Lee Park")).signs_in()


def test_a_name_cannot_turn_round_what_stands_beside_it_nor_be_markup(clinician, database, shelf):
    name = f"{TURNS} {MARKUP} {JOINED}"
    typed = {"full-name": name, "worries": name, "pain-story": name, "job": name}
    intake_id = Patients(database, shelf).sends(EMERGENCY | typed)
    for path in ("/staff/", f"/staff/intakes/{intake_id}"):
        page = clinician.browser.get(path)
        html = page.body.decode()

        assert not TURNING.search(html)
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "gnissim Sam" in page.text
        assert JOINED in page.text
        assert "{{7*7}}" in page.text
        for words in page.soup.find_all(string=re.compile("gnissim")):
            assert is_apart(words), f"{path}: {words.parent}"


def test_patients_get_their_words_back_as_they_typed_them(app):
    with app.test_request_context("/intake/visit"):
        assert as_it_runs(TURNS) == TURNS
    with app.test_request_context("/staff/"):
        assert as_it_runs(TURNS) == "gnissim Sam"


@pytest.mark.parametrize("text", ["\u200b\u2060", "\u3164", "\u202e \u00a0\u2003", "\u00ad\ufeff"])
def test_what_cannot_be_seen_is_no_answer(text):
    assert tidy(text) == ""


@pytest.mark.parametrize("text", ["०", "👋🏽", "א", "é", "e\u0301", "\U0001fae9", "﷽", "-"])
def test_what_can_be_seen_is_kept_whole(text):
    assert tidy(f" {text}\u200d") == f"{text}\u200d"


def test_a_name_that_cannot_be_seen_is_asked_for(patient, browser):
    browser.get("/intake/")
    assert browser.submit({"agree": "yes", "name": "\u3164"}, 200).errors == [
        "Type your full name."
    ]
    patient.agrees()
    page = patient.answers_step("about-you", status=200, full_name="\u200b")
    assert page.errors
