"""The answers that this device holds, assessed and in words: what a patient is told of them.

Only a session that began the form, or opened it with its code, holds an intake.
"""

from typing import cast
from uuid import UUID

from flask import g

from clinic.catalogue import tongue
from clinic.errors import NotFound
from clinic.intake import Intake
from clinic.library.overlays import FIRST_LANGUAGE
from clinic.store import amendments, assessments, intakes, levels
from clinic.summary.build import build_summary
from clinic.summary.given import AddedLater, LevelSet
from clinic.summary.model import StretchWords, Summary
from clinic.triage.advice import advice_ids
from clinic.triage.assess import Assessment, assess_intake
from clinic.triage.rules import Urgency
from clinic.triage.stretches import Verdict
from clinic.web.visit import (
    clinic_details,
    current_intake,
    database,
    drawings,
    has_intake,
    house,
    rules,
    today,
    zone,
)


def own_answers() -> Intake | None:
    """Give the intake of this device once it holds answers, sent or not; else None."""
    if not has_intake():
        return None
    try:
        intake = current_intake()
    except NotFound:  # deleted by policy, while the browser still holds its session
        return None
    return intake if intake.response.answers else None


def own_summary() -> Summary | None:
    """Give the summary of the answers of this device, or None where there are none."""
    intake = own_answers()
    return summary_of(intake) if intake else None


def summary_of(intake: Intake) -> Summary:
    """Give the summary of an intake: one value for pages and paper, made once a request."""
    if "own_summary" not in g:
        g.own_summary = _summary_in(intake, g.language)
    return cast("Summary", g.own_summary)


def provider_summary_of(intake: Intake) -> Summary:
    """Give the same in the clinic's language, for the provider's page of a patient's paper."""
    if g.language == FIRST_LANGUAGE:
        return summary_of(intake)
    return _summary_in(intake, FIRST_LANGUAGE)


def _summary_in(intake: Intake, language: str) -> Summary:
    tables = house().spoken.get(language, house().spoken[FIRST_LANGUAGE])
    return build_summary(
        intake,
        assessment_of(intake),
        book=tables.book,
        plan=tables.summary_plan,
        clinic=clinic_details(),
        zone=zone(),
        today=today(),
        language=tongue(language),
        level=_level_of(intake.id),
        added=_added_to(intake.id),
        overdue=house().handouts[language].overdue_on(today()),
    )


def assessment_of(intake: Intake) -> Assessment:
    """Give what was kept with the answers; of a draft, what they say as they stand."""
    if intake.submitted:
        with database().reading() as reading:
            kept = assessments.latest(reading, intake.id)
        if kept is not None:
            return kept
    return assess_intake(rules(), intake, today())


def advice_told(urgency: Urgency, assessment: Assessment) -> tuple[str, ...]:
    """Give the ids of the extra advice on what decides the level.

    There is none once a clinician has set a lower level.
    """
    if urgency.or_sooner(assessment.urgency) is not urgency:
        return ()
    return advice_ids(assessment.leading, incomplete=assessment.incomplete)


def advice_on(summary: Summary, stretch_id: str) -> StretchWords | None:
    """Give what a summary says of one stretch; None for one that no rule speaks of."""
    return next((each for each in summary.stretches if each.id == stretch_id), None)


def drawing_words(name: str) -> str:
    """Give the words for a drawing, for those who do not see it."""
    return drawings().get(name, g.language).alt


def hold_seconds(stretch: StretchWords) -> int | None:
    """Give how long a stretch may be held at most, by its verdict; None: it may not be done."""
    if not stretch.allowed:
        return None
    forms = next(each for each in house().book.stretches.stretches if each.id == stretch.id)
    return forms.holds[Verdict(stretch.verdict)].seconds


def _level_of(intake_id: UUID) -> LevelSet | None:
    """The level that a clinician set, without the name and the reason: those are for staff.

    None where it stands no more: an emergency that staff met later takes its place.
    """
    with database().reading() as reading:
        kept = levels.all_of(reading, intake_id)
        stands = intakes.facts(reading, intake_id).urgency
    if not kept or kept[-1].level is not stands:
        return None
    last = kept[-1]
    return LevelSet(computed=last.computed, level=last.level, reason="", by="", at=last.at)


def _added_to(intake_id: UUID) -> tuple[AddedLater, ...]:
    """What the patient added once the answers were sent."""
    with database().reading() as reading:
        kept = amendments.all_of(reading, intake_id)
    return tuple(AddedLater(each.text, each.at) for each in kept)
