"""Papers without a server: what a renderer is made of, and the paper of a response in a file."""

from dataclasses import replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TypedDict
from uuid import UUID

import clinic as package
from clinic.actions.handouts import read_handouts
from clinic.catalogue import tongue
from clinic.intake import Intake, IntakeState, derived_answers
from clinic.library.overlays import FIRST_LANGUAGE
from clinic.library.places import content_dir, templates_dir
from clinic.library.shelf import Shelf
from clinic.pdf.handout import Handout
from clinic.pdf.render import Edition, Renderer
from clinic.questionnaire.model import Questionnaire
from clinic.questionnaire.response import Response
from clinic.questionnaire.speaking import asked_in
from clinic.summary.build import build_summary
from clinic.summary.model import ClinicDetails, Summary
from clinic.triage.assess import assess_intake

NO_NUMBER = UUID(int=0)
NO_REFERENCE = "from a file"


class PrintingKit(TypedDict):
    """The arguments of Renderer and of RenderPool."""

    templates: Path
    figures: Path
    fonts: Path
    handouts: dict[str, Handout]
    logo: tuple[str, bytes] | None


def printing_kit(
    shelf: Shelf, clinic: ClinicDetails, languages: tuple[str, ...] = ("en",)
) -> PrintingKit:
    """Give what a renderer is made of: the shipped templates, drawings, fonts and articles."""
    handouts = read_handouts(
        shelf.articles, shelf.drawings, clinic, languages, shelf.summary_plan.citations
    )
    return PrintingKit(
        templates=templates_dir(),
        figures=content_dir() / "figures",
        fonts=Path(package.__file__).parent / "static" / "fonts",
        handouts={
            code: replace(handout, stand_ins=shelf.stand_ins.get(code, ()))
            for code, handout in handouts.items()
        },
        logo=(shelf.logo.name, shelf.logo.content) if shelf.logo else None,
    )


def paper_of_response(
    questionnaire: Questionnaire,
    response: Response,
    *,
    shelf: Shelf,
    clinic: ClinicDetails,
    zone: tzinfo,
    edition: Edition,
    language: str,
    paper: str,
    large: bool,
    now: datetime,
) -> bytes:
    """Give the paper of a response that no database holds; it counts as sent when authored.

    `language` is the patient's. The page for the provider stays in the clinic's.
    """
    sent_at = response.authored or now
    today = sent_at.astimezone(zone).date()
    spoken = dict.fromkeys((FIRST_LANGUAGE, language))
    kit = printing_kit(shelf, clinic, tuple(spoken))
    intake = Intake(
        id=NO_NUMBER,
        reference=NO_REFERENCE,
        questionnaire=asked_in(questionnaire, response.language, response.answers),
        created_at=sent_at,
        response=response.with_answers(derived_answers(questionnaire, response, today)),
        state=IntakeState.SUBMITTED,
        submitted_at=sent_at,
    )
    assessment = assess_intake(shelf.rules, intake, today)

    def summary_in(code: str) -> Summary:
        return build_summary(
            intake,
            assessment,
            book=shelf.spoken[code].book,
            plan=shelf.spoken[code].summary_plan,
            clinic=clinic,
            zone=zone,
            today=today,
            language=tongue(code),
            overdue=kit["handouts"][code].overdue_on(now.astimezone(zone).date()),
        )

    return Renderer(**kit).render_summary(
        summary_in(FIRST_LANGUAGE),
        edition,
        paper=paper,
        large=large,
        patient_summary=None if language == FIRST_LANGUAGE else summary_in(language),
    )
