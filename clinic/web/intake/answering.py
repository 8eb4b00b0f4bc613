"""What becomes of a page that was answered, and of a device that holds an intake."""

from datetime import datetime
from typing import cast
from uuid import UUID

from flask import g, request, session, url_for
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from clinic.actions import intakes as actions
from clinic.intake import Intake
from clinic.questionnaire.model import Step
from clinic.store.sessions import PATIENT_IDLE
from clinic.web import sessions
from clinic.web.intake.forms import StepForm
from clinic.web.intake.posted import LANGUAGE
from clinic.web.intake.way import place_after
from clinic.web.visit import (
    CODE_KEY,
    INTAKE_KEY,
    database,
    now,
    questionnaires,
    rules,
    settings,
    today,
    zone,
)

CONFIRMED_KEY = "confirmed"


def hold(intake_id: UUID, code: str) -> None:
    """Let this device, and no session known before, hold an intake."""
    session.clear()
    session[INTAKE_KEY] = str(intake_id)
    session[CODE_KEY] = code
    sessions.renew()


def step_form(page: Step, intake: Intake, posted: MultiDict[str, str] | None) -> StepForm:
    """Give a step as a form, in the language of the request."""
    return StepForm(
        page,
        intake,
        posted,
        g.language,
        today=today(),
        zone=zone(),
        translate=gettext,
    )


def keep(intake: Intake, page: Step, form: StepForm) -> str | None:
    """Save what is right on a page, then assess; give where to go, or None to show it again."""
    kept = actions.record_answers(
        database(),
        questionnaires(),
        rules(),
        intake,
        form.valid_answers(),
        offered=form.offered,
        now=now(),
        today=today(),
    )
    g.intake = kept.intake
    changing = is_changing()
    answered = not form.rearranged and form.validate()
    if answered and actions.is_confirmed_by(kept.intake, page, confirmed(), now()):
        session[CONFIRMED_KEY] = {**session.get(CONFIRMED_KEY, {}), page.id: now().isoformat()}
    if kept.alarming:
        return url_for("intake.urgent", after=page.id, change=1 if changing else None)
    if not answered:
        return None
    return place_after(kept.intake, page, changing=changing)


def typed_in() -> str:
    """Give the language in which a page was answered that is now asked for in another."""
    given = request.form.get(LANGUAGE, "")
    return given if given in settings().languages else str(g.language)


def hear(intake: Intake) -> Intake:
    """Give an intake as it goes on in the language of the request."""
    g.intake = intake.in_language(g.language)
    return cast("Intake", g.intake)


def is_changing() -> bool:
    """True when the page was opened from the review, to change an answer."""
    return "change" in request.args or "_change" in request.form


def confirmed() -> dict[str, datetime]:
    """When the steps that are asked again were last left on this device, by step id."""
    kept: dict[str, str] = session.get(CONFIRMED_KEY, {})
    return {step_id: datetime.fromisoformat(at) for step_id, at in kept.items()}


def saving() -> dict[str, object]:
    """What the words about stopping and coming back need; a tablet tells its own time limit."""
    return {
        "resume_code": session.get(CODE_KEY),
        "resume_days": settings().resume_days,
        "idle_minutes": 0 if sessions.on_tablet() else int(PATIENT_IDLE.total_seconds() // 60),
    }
