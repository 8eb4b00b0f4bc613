"""The questionnaire as a paper form: tagged, in reading order, safe on the first page, not long."""

import re
from io import BytesIO

import pikepdf
import pytest
from pypdf import PdfReader

from clinic.actions.paper_forms import WantedForm, paper_form
from clinic.catalogue import date_order
from clinic.library.places import content_dir
from clinic.library.shelf import read_shelf
from clinic.pdf.paper import render_paper
from clinic.summary.paper_form import codes_of, paper_steps
from tests.make import make_item, make_questionnaire
from tests.pdf.printing import make_renderer, pages_of
from tests.summary.patients import CLINIC

SMALL = make_questionnaire(
    make_item("saddle-numb", "choice", options=["Yes", "No"], text="Newly numb?"),
    make_item("since", "date", text="Since when?", when=("saddle-numb", "exists", True)),
    make_item(
        "medicines", "group", make_item("name", text="Name of it"), repeats=True, text="Each pill"
    ),
    make_item("story", "text", text="Tell us more."),
)
MOST_PAGES = 12


@pytest.fixture(scope="module")
def shelf():
    return read_shelf(content_dir())


def printed(shelf, form, language="en", *, large=False):
    wanted = WantedForm(form, language, large=large)
    paper = paper_form(wanted, rules=shelf.rules, articles=shelf.articles, clinic=CLINIC)
    return render_paper(make_renderer(), paper)


def test_a_small_form_is_tagged_titled_and_says_first_what_cannot_wait(shelf):
    pdf = printed(shelf, SMALL)
    first, *others = pages_of(pdf)
    codes = codes_of(SMALL)

    assert first.index("Do not wait: tell the front desk now, or call 911") < first.index("Signa")
    assert CLINIC.phone in first
    for page in (first, *others):
        assert "Name: ____" in page
        assert f"rules {shelf.rules.version} {shelf.rules.hash[:12]}" in page
    words = " ".join(others)
    places = [words.index(codes[link_id]) for link_id in ("saddle-numb", "since", "name", "story")]
    assert places == sorted(places)
    assert f"Only if you answered {codes['saddle-numb']}." in words
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert opened.Root.MarkInfo.Marked
        assert str(opened.Root.Lang) == "en"
    assert PdfReader(BytesIO(pdf)).outline


def test_a_date_is_written_in_the_order_of_the_language():
    assert date_order("en") == ("month", "day", "year")
    assert date_order("es") == ("day", "month", "year")


@pytest.mark.proof
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_shipped_form_is_short_and_in_order(shelf, language):
    form = shelf.questionnaires.current("low-back-intake")
    pages = pages_of(printed(shelf, form, language))
    words = " ".join(pages)

    assert len(pages) <= MOST_PAGES
    asked = [line.code for step in paper_steps(form, language) for line in step.asked()]
    assert set(asked) <= set(re.findall(r"\b[2-9A-Z]{4}\b", words))
