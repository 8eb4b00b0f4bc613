"""A small paper, such as a letter, a room sheet or a slip: a template with plain values.

Its template stands in templates/pdf and extends paper.html, which gives it the language, the
title and the running lines; print.css gives page x of y and the line with whom to call.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from weasyprint.document import Document
from weasyprint.urls import FatalURLFetchingError

from clinic.catalogue import Phrases
from clinic.errors import Unavailable
from clinic.pdf.conformance import VARIANT, claim_both
from clinic.pdf.render import NO_ASSET, OF, PAGE, Renderer, help_line
from clinic.summary.model import ClinicDetails


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One paper to make.

    `template` is the name within templates/pdf, without ending; it reads `values`, which have
    to survive pickling. `who` and `made` are the two lines at the foot of each page. `fits` are
    further values, roomy first: the first under which the paper is one page is taken, else the
    last.
    """

    template: str
    values: Mapping[str, Any]
    title: str
    who: str
    made: str
    clinic: ClinicDetails
    language: str = "en"
    size: str = "letter"
    large: bool = False
    fits: tuple[Mapping[str, Any], ...] = field(default=({},))


def render_paper(renderer: Renderer, paper: Paper) -> bytes:
    """Give the PDF of a paper. Raises Unavailable when it asks for what it may not have."""
    try:
        document = _fitting(renderer, paper)
        return bytes(document.write_pdf(pdf_variant=VARIANT, finisher=claim_both))
    except FatalURLFetchingError:
        raise Unavailable(NO_ASSET) from None
    finally:
        renderer.forget_patient()


def paper_html(renderer: Renderer, paper: Paper, fit: Mapping[str, Any]) -> str:
    """Give a paper as HTML, fitted so."""
    template = renderer.environment.get_template(f"pdf/{paper.template}.html")
    phrases = Phrases(paper.language)
    return template.render(
        paper=paper,
        clinic=paper.clinic,
        help=help_line(paper.clinic, paper.language),
        page=phrases.gettext(PAGE),
        of=phrases.gettext(OF),
        _=phrases.gettext,
        **paper.values,
        **fit,
    )


def _fitting(renderer: Renderer, paper: Paper) -> Document:
    """Lay out under each of the fits in turn, until the paper is one page."""
    sheet = renderer.sheet(paper.size, paper.large)
    documents = (renderer.layout(paper_html(renderer, paper, fit), sheet) for fit in paper.fits)
    last = next(documents)
    for document in documents:
        if len(last.pages) == 1:
            break
        last = document
    return last
