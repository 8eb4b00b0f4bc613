"""Whatever is typed, the paper is made, nothing is lost, and page 1 is one page."""

import re
from dataclasses import replace
from io import BytesIO

import pikepdf
import pytest
from bs4 import BeautifulSoup

from clinic.pdf.printable import NO_GLYPH
from clinic.pdf.render import Edition
from clinic.summary.model import Said, StepAnswers
from tests.pdf.printing import face_pages, make_renderer, pages_of
from tests.summary.patients import EMERGENCY, PLAIN, summary_of

MARKUP = (
    "<script>alert(1)</script><link rel=attachment href=file:///etc/passwd>"
    "<img src=file:///etc/passwd><style>*{display:none}</style></body>{{ 7*7 }}{% raw %}"
)
TEXTS = {
    "markup": MARKUP,
    "one word of 10,000 characters": "supercalifragilistic" * 500,
    "20,000 characters": "It hurts more in the morning than at night. " * 455,
    "emoji": "Pain 😀😭🦴👨‍👩‍👧 every day ❤️",
    "right to left": "الألم شديد في أسفل الظهر כאב גב תחתון",
    "Chinese": "我的腰很痛 since May",
    "controls": "before\x00\x01\x1f\x7fafter\u202e\ufeff\ud7ff",
    "lines": "one\n\n\n\ntwo\r\nthree\tfour" + "\n" * 200 + "end",
    "accents": "Ñandú, Łódź, Nguyễn, Ḥassan, naïve",
}


END_OF_PAGE_ONE = "Every question with its answer: page"


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


FIELDS = (
    *("full-name", "email", "address-street", "primary-care", "insurance", "goals", "phone"),
    *("pain-story", "worries", "question-1", "question-2", "question-3", "job"),
    *("thinner-name", "cancer-kind", "allergy-details", "other-conditions"),
    *("medicines.0.medicine-name", "medicines.1.medicine-dose", "helper-name"),
)


def typed_everywhere(start: int) -> dict[str, object]:
    """Every text in some field; which one in which turns with `start`."""
    texts = list(TEXTS.values())
    return {
        **EMERGENCY,
        **{key: texts[(n + start) % len(texts)] for n, key in enumerate(FIELDS)},
    }


@pytest.mark.parametrize(("start", "edition"), [(0, Edition.PATIENT), (4, Edition.CLINIC)])
def test_any_text_in_any_field_is_in_the_paper_as_words_and_page_one_stays_one(start, edition):
    summary = summary_of(typed_everywhere(start))
    page = BeautifulSoup(make_renderer().html(summary, edition), "html.parser")
    text = squeezed(page.get_text())

    assert squeezed(MARKUP) in text
    assert squeezed("[bone]") in text
    assert not page.select("script, link, style, iframe, object, [src*=passwd]")
    (first,) = face_pages(summary, edition)
    assert END_OF_PAGE_ONE in first


@pytest.mark.proof
@pytest.mark.parametrize(("start", "edition"), [(0, Edition.PATIENT), (4, Edition.CLINIC)])
def test_any_text_in_any_field_is_printed_and_page_one_stays_one(start, edition):
    """In each run the test before holds it by the words of the paper and by page one alone."""
    pdf = make_renderer().render_summary(summary_of(typed_everywhere(start)), edition)
    pages = pages_of(pdf)

    assert [END_OF_PAGE_ONE in page for page in pages] == [True] + [False] * (len(pages) - 1)
    text = squeezed(" ".join(pages))
    assert squeezed("<script>alert(1)</script>") in text
    assert squeezed("[bone]") in text
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert not opened.attachments
        assert "/JavaScript" not in opened.Root.get("/Names", {})


@pytest.mark.proof
def test_hundreds_of_long_answers_are_all_there():
    summary = summary_of({})
    many = tuple(
        Said(f"extra-{n}", f"extra-{n}", f"Question number {n}?", (f"answer {n} " + "word " * 40,))
        for n in range(300)
    )
    long = replace(summary, steps=(*summary.steps, StepAnswers("extra", "Extra", many)))
    pages = pages_of(make_renderer().render_summary(long, Edition.CLINIC))
    text = squeezed(" ".join(pages))

    assert END_OF_PAGE_ONE in pages[0]
    for n in range(300):
        assert squeezed(f"Question number {n}?") in text
        assert squeezed(f"answer {n} word") in text


def test_letters_that_no_shipped_font_has_are_marked_and_the_reader_is_told():
    html = make_renderer().html(summary_of({**PLAIN, "goals": TEXTS["Chinese"]}), Edition.PATIENT)

    assert NO_GLYPH * 5 in html
    assert "stands for a letter that cannot be printed here" in html


def test_the_note_on_letters_is_left_out_where_all_can_be_printed():
    html = make_renderer().html(summary_of(PLAIN), Edition.CLINIC)

    assert "cannot be printed here" not in html


@pytest.mark.parametrize("typed", [TEXTS["accents"], "כאב גב", "Ελληνικά", "Боль в спине", "😀"])
def test_letters_of_the_shipped_fonts_come_out_as_they_were_typed(typed):
    printable = make_renderer().printable

    assert printable.text(typed) == typed


def test_a_picture_sign_that_no_font_has_is_told_by_its_name():
    assert make_renderer().printable.text("a 🦴") == "a [bone]"


def test_control_characters_are_left_out():
    assert make_renderer().printable.text("a\x00b\x1f\ufeffc") == "abc"
