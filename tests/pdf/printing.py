"""Renderers with the shipped templates, articles and fonts, made once; and ways to read a paper.

A whole paper takes seconds, its first page one, its HTML a hundredth: a test about words reads
the HTML, one about the first page lays out that page alone.
"""

import re
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from pypdf import PageObject, PdfReader

import clinic
from clinic.actions.handouts import read_handouts
from clinic.library.articles import read_articles
from clinic.library.drawings import read_drawings
from clinic.library.places import content_dir, templates_dir
from clinic.library.summaries import read_summary_plan
from clinic.pdf.fit import FITS, Fit
from clinic.pdf.handout import Handout
from clinic.pdf.paper import Paper, paper_html
from clinic.pdf.render import Edition, Renderer
from clinic.summary.model import Summary
from tests.summary.patients import CLINIC, EMERGENCY, LONG, PLAIN, summary_of

PATIENTS = {"empty": {}, "plain": PLAIN, "emergency": EMERGENCY, "long": LONG}
FONTS = Path(clinic.__file__).parent / "static" / "fonts"


@cache
def shipped_handouts() -> dict[str, Handout]:
    """The printed articles in English."""
    content = content_dir()
    cited = read_summary_plan(content).citations
    return read_handouts(read_articles(content), read_drawings(content), CLINIC, ["en"], cited)


@cache
def make_renderer(kind: type[Renderer] = Renderer) -> Renderer:
    """The renderer, made once: its fonts and style take a moment."""
    return kind(
        templates=templates_dir(),
        figures=content_dir() / "figures",
        fonts=FONTS,
        handouts=shipped_handouts(),
    )


class FaceAlone(Renderer):
    """Makes the first page as any renderer does, fitted in the same way, and no other page.

    A number of a page to turn to is told as 88.
    """

    def html(
        self,
        summary: Summary,
        edition: Edition,
        *,
        fit: Fit = FITS[0],
        face_only: bool = True,
        patient_summary: Summary | None = None,
    ) -> str:
        """Give the first page as HTML."""
        del face_only
        return super().html(
            summary, edition, fit=fit, face_only=True, patient_summary=patient_summary
        )


class WordsAlone:
    """In place of RenderPool: a paper's words as HTML behind the mark of a PDF, not laid out.

    Each says which it is, so that none can be taken for another of the same words.
    """

    def __init__(self) -> None:
        self.asked = 0

    def render_summary(
        self,
        summary: Summary,
        edition: Edition,
        *,
        paper: str = "letter",
        large: bool = False,
        patient_summary: Summary | None = None,
    ) -> bytes:
        """Give the words of a summary's paper."""
        del paper, large
        return self._numbered(
            make_renderer().html(summary, edition, patient_summary=patient_summary)
        )

    def render_paper(self, paper: Paper) -> bytes:
        """Give the words of a small paper."""
        return self._numbered(paper_html(make_renderer(), paper, paper.fits[0]))

    def _numbered(self, html: str) -> bytes:
        self.asked += 1
        return f"%PDF-1.7\n<!-- {self.asked} -->\n{html}".encode()


@cache
def face(name: str, edition: Edition) -> list[str]:
    """The first page of one of the believable patients, alone: the text of each page it takes."""
    return face_pages(summary_of(PATIENTS[name]), edition)


def face_pages(summary: Summary, edition: Edition, **how: Any) -> list[str]:
    """The text of each page that the first page of a paper takes: one, as it has to be."""
    return pages_of(make_renderer(FaceAlone).render_summary(summary, edition, **how))


@cache
def patient_words(name: str, edition: Edition) -> str:
    """All words of the paper of one of the believable patients, not laid out."""
    return words_of(make_renderer().html(summary_of(PATIENTS[name]), edition))


def words_of(html: str, part: str = "body") -> str:
    """The words of a paper that is not laid out, or of its parts that a selector names."""
    found = BeautifulSoup(html, "html.parser").select(part)
    words = " ".join(" ".join(each.get_text(" ") for each in found).split())
    return re.sub(r" (?=[,.;:)])", "", words)


@cache
def printed(name: str, edition: Edition) -> bytes:
    """The paper of one of the believable patients, made once."""
    return make_renderer().render_summary(summary_of(PATIENTS[name]), edition)


@cache
def printed_pages(name: str, edition: Edition) -> list[str]:
    """The text of each page of such a paper."""
    return pages_of(printed(name, edition))


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, white space as one blank."""
    return [_text_of(page) for page in PdfReader(BytesIO(pdf)).pages]


def first_page_of(pdf: bytes) -> str:
    """The text of the first page; all others take their time too."""
    return _text_of(PdfReader(BytesIO(pdf)).pages[0])


def _text_of(page: PageObject) -> str:
    return " ".join(page.extract_text().split())
