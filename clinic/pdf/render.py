"""Turns a summary into the bytes of a PDF, in one process and one document at a time."""

import gc
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from weasyprint import CSS, HTML
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError

from clinic.catalogue import Phrases, say_in, tongue, with_english_marked
from clinic.errors import Unavailable
from clinic.marked import marked
from clinic.pdf.assets import OF_ANSWERS, Assets, bar_address
from clinic.pdf.conformance import VARIANT, claim_both
from clinic.pdf.estimate import NEAR_PX, ROOM_PX, estimated_px
from clinic.pdf.fit import FACE_END, FITS, Fit, is_short, lower_first, shortened, within
from clinic.pdf.handout import Handout
from clinic.pdf.printable import Printable
from clinic.pdf.qr import qr_address
from clinic.pdf.style import written_out
from clinic.summary.model import ClinicDetails, Summary
from clinic.summary.words import long_date
from clinic.triage.advice import advice_ids
from clinic.triage.rules import Urgency

FALLBACK_FONT = Path(__file__).parent / "fonts" / "DejaVuSans.woff2"
TEXT_FONTS = ("public-sans-regular.woff2", "public-sans-bold.woff2")
PAPERS = {"letter": "Letter", "a4": "A4"}
SEEN_FIRST = frozenset({Urgency.EMERGENCY_NOW, Urgency.SAME_DAY})
"""With these nobody stretches before a clinician has talked with them."""


GARBAGE_THRESHOLD = (100_000, 20, 20)
HELP = marked(
    "In danger: call {clinic.emergency_number}. Thoughts of suicide: call or text"
    " {clinic.crisis_line}. The clinic: {clinic.phone}"
)
"""Stands at the top of every page of both papers."""
MADE = marked("Reported by the patient, not examined · {form} · rules {rules}")
PROGRAM, PAGE, OF = marked("program"), marked("Page"), marked("of")
NO_ASSET = "The paper could not be made: a picture or a font is missing."


class Edition(StrEnum):
    """For whom a paper is made."""

    PATIENT = "patient"
    CLINIC = "clinic"


@dataclass(frozen=True, slots=True)
class Running:
    """What stands on every page of the part for the patient, in the patient's language."""

    help: str
    made: str
    page: str
    of: str
    direction: str

    @classmethod
    def words(cls, mine: Summary) -> "Running":
        """Give the running words of a summary."""
        say = say_in(mine.language)
        return cls(
            help=help_line(mine.clinic, mine.language),
            made=_made(mine),
            page=say(PAGE),
            of=say(OF),
            direction=Locale.parse(mine.language).text_direction,
        )


class Renderer:
    """Templates, fonts, style and pictures, read once and used for every document.

    `fonts` is the folder with the two Public Sans files. `handouts` are the printed
    articles by language; English must be there. `logo` is the clinic's own, by the name of its
    file and its content. Not to be shared between threads.
    """

    def __init__(
        self,
        *,
        templates: Path,
        figures: Path,
        fonts: Path,
        handouts: Mapping[str, Handout],
        logo: tuple[str, bytes] | None = None,
    ) -> None:
        files = [*(fonts / name for name in TEXT_FONTS), FALLBACK_FONT]
        self.assets = Assets(figures, files, logo)
        self.printable = Printable([file.read_bytes() for file in files])
        self.handouts = handouts
        logging.getLogger("weasyprint").setLevel(logging.CRITICAL)  # it may quote the document
        self.fonts = FontConfiguration()
        self.pictures: dict[str, object] = {}
        self.style = (templates / "pdf" / "print.css").read_text(encoding="utf-8")
        self.sheet = cache(self._sheet)
        self.environment = Environment(
            loader=FileSystemLoader(templates),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=self.printable,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            extensions=["jinja2.ext.do"],
        )
        self.environment.globals["logo"] = self.assets.logo
        self.environment.filters.update(
            shortened=shortened,
            is_short=is_short,
            within=within,
            lower_first=lower_first,
            bar_address=bar_address,
            qr_address=qr_address,
            mark_english=with_english_marked,
            long_date=lambda day, code: long_date(day, tongue(code)),
        )

    def render_summary(
        self,
        summary: Summary,
        edition: Edition,
        *,
        paper: str = "letter",
        large: bool = False,
        patient_summary: Summary | None = None,
    ) -> bytes:
        """Give the PDF of a summary.

        `patient_summary` is the same intake in the patient's language, where that is not the
        clinic's. Raises Unavailable when the document asks for something it may not have.
        """
        try:
            document = self._fitting(summary, edition, paper, large, patient_summary or summary)
            return bytes(document.write_pdf(pdf_variant=VARIANT, finisher=claim_both))
        except FatalURLFetchingError:
            raise Unavailable(NO_ASSET) from None
        finally:
            self.forget_patient()

    def warm(self) -> None:
        """Load the fonts and the style sheet by printing a page that nobody sees."""
        page = "<html lang=en><title>-</title><p>Warm <b>up</b>: \u05d0</p>"
        self.layout(page, self.sheet("letter", False)).write_pdf(pdf_variant=VARIANT)

    def html(
        self,
        summary: Summary,
        edition: Edition,
        *,
        fit: Fit = FITS[0],
        face_only: bool = False,
        patient_summary: Summary | None = None,
    ) -> str:
        """Give the document as HTML, its first page fitted so."""
        mine = patient_summary or summary
        phrases = Phrases(mine.language)
        template = self.environment.get_template("pdf/summary.html")
        return template.render(
            summary=summary,
            mine=mine,
            edition=edition.value,
            fit=fit,
            roomy=FITS[2],
            face_only=face_only,
            sections={section.id: section for section in summary.sections},
            mine_sections={section.id: section for section in mine.sections},
            anchors={said.key: f"answer-{n}" for n, said in enumerate(summary.said(), 1)},
            handout=self.handouts.get(mine.language, self.handouts["en"]),
            told=_told(mine),
            stretch_now=summary.urgency not in SEEN_FIRST,
            said_once=_said_once(mine),
            body_address=self.assets.body.address(summary.body_map.regions),
            squares=any(self._lacks_letters(summary)),
            title=_title(summary, edition),
            who=_who(summary),
            made=_made(summary),
            help=help_line(summary.clinic, summary.language),
            running=Running.words(mine),
            _=phrases.gettext,
            pgettext=phrases.pgettext,
            dated=mine.sent or mine.started,
        )

    def _fitting(
        self, summary: Summary, edition: Edition, paper: str, large: bool, mine: Summary
    ) -> Document:
        """Lay out with the roomiest limits under which the first page is one page.

        Where they lie is estimated, so that most documents are laid out once.
        """
        sheet = self.sheet(paper, large)

        def whole(fit: Fit) -> Document:
            return self.layout(self.html(summary, edition, fit=fit, patient_summary=mine), sheet)

        first, *others = self._likely(summary, edition, ROOM_PX[paper], sheet)
        document = whole(first)
        if FACE_END in document.pages[0].anchors or not others:
            return document
        fitting = (fit for fit in others if self._fits(summary, edition, fit, sheet))
        return whole(next(fitting, others[-1]))

    def _likely(
        self, summary: Summary, edition: Edition, room_px: float, sheet: CSS
    ) -> Sequence[Fit]:
        """The limits from the first on that are guessed to fit; a near guess is tried."""
        for place, fit in enumerate(FITS):
            face = self.html(summary, edition, fit=fit, face_only=True)
            over_px = estimated_px(face, fit) - room_px
            if over_px <= 0 or (over_px <= NEAR_PX and self._is_one_page(face, sheet)):
                return FITS[place:]
        return FITS[-1:]

    def _fits(self, summary: Summary, edition: Edition, fit: Fit, sheet: CSS) -> bool:
        return self._is_one_page(self.html(summary, edition, fit=fit, face_only=True), sheet)

    def _is_one_page(self, face: str, sheet: CSS) -> bool:
        return len(self.layout(face, sheet).pages) == 1

    def layout(self, html: str, sheet: CSS) -> Document:
        """Lay a document out, with the assets and nothing else."""
        source = HTML(string=html, url_fetcher=self.assets)
        return source.render(stylesheets=[sheet], font_config=self.fonts, cache=self.pictures)

    def _sheet(self, paper: str, large: bool) -> CSS:
        return CSS(
            string=f"{written_out(self.style, large)}\n@page {{ size: {PAPERS[paper]} }}",
            font_config=self.fonts,
            url_fetcher=self.assets,
        )

    def _lacks_letters(self, summary: Summary) -> list[bool]:
        return [self.printable.lacks(answer) for said in summary.said() for answer in said.answers]

    def forget_patient(self) -> None:
        """Drop the pictures that are made of answers."""
        for address in [each for each in self.pictures if str(each).startswith(OF_ANSWERS)]:
            del self.pictures[address]


def help_line(clinic: ClinicDetails, language: str) -> str:
    """Give whom to call in danger, as it stands on every page."""
    return say_in(language)(HELP).format(clinic=clinic)


def warmed(renderer: Renderer) -> Renderer:
    """Give a renderer that has printed something, for a process that does nothing else.

    What lives as long as the process is set aside, and garbage is looked for less often:
    laying out makes many small objects that die together.
    """
    renderer.warm()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLD)
    return renderer


def _told(summary: Summary) -> tuple[str, ...]:
    """The extra words for the patient, as the page had them after sending."""
    deciding = [each for each in summary.findings if each.urgency is summary.urgency]
    return advice_ids(deciding, incomplete=summary.incomplete)


def _said_once(summary: Summary) -> bool:
    """True when no stretch may be done now, for the same reasons: then they are told once."""
    reasons = {(stretch.why, stretch.changes) for stretch in summary.stretches}
    return len(reasons) == 1 and not any(stretch.allowed for stretch in summary.stretches)


def _title(summary: Summary, edition: Edition) -> str:
    kind = "Summary for your provider" if edition is Edition.PATIENT else "Face sheet"
    return f"{kind}, {summary.reference}"


def _who(summary: Summary) -> str:
    return f"{shortened(summary.person.name or 'No name', 60)} · {summary.reference}"


def _made(summary: Summary) -> str:
    made, say = summary.versions, say_in(summary.language)
    words = say(MADE).format(
        form=f"{made.questionnaire} {made.questionnaire_version}",
        rules=f"{made.rules_version} {made.rules_hash[:12]}",
    )
    return f"{words} · {say(PROGRAM)} {made.program}" if made.program else words
