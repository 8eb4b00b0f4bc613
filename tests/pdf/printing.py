"""A renderer with the shipped templates, articles and fonts, made once; and ways to read a PDF."""

from functools import cache
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

import clinic
from clinic.actions.handouts import read_handouts
from clinic.library.articles import read_articles
from clinic.library.drawings import read_drawings
from clinic.library.places import content_dir, templates_dir
from clinic.library.summaries import read_summary_plan
from clinic.pdf.handout import Handout
from clinic.pdf.render import Edition, Renderer
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
    reader = PdfReader(BytesIO(pdf))
    return [" ".join(page.extract_text().split()) for page in reader.pages]
