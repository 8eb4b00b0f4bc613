"""Stopping and coming back: the code, the way out, and what became of the answers."""

from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as WebResponse

from clinic.actions.amendments import LONGEST
from clinic.actions.intakes import resume_intake
from clinic.store import amendments, assessments, intakes
from clinic.store.resume_codes import written_code
from clinic.web import sessions
from clinic.web.hours import closed
from clinic.web.intake.add_form import AddForm, may_add
from clinic.web.intake.answering import hold, keep, step_form
from clinic.web.intake.entry import KEPT, KEPT_STEP, ResumeForm
from clinic.web.intake.next_steps import next_steps_of
from clinic.web.intake.reading import printable
from clinic.web.intake.way import place_of, place_to_go_on
from clinic.web.own import advice_told
from clinic.web.security import Audience, open_to
from clinic.web.visit import (
    articles,
    current_intake,
    database,
    now,
    remote_address,
    settings,
    today,
)

blueprint = Blueprint("coming_back", __name__)

STATUS_KEY = "status"
KEPT_TEXT_KEY = "kept_text"
"""Where a text waits that was typed before the session ended."""


@blueprint.route("/intake/resume", methods=["GET", "POST"])
@open_to(Audience.PATIENT)
def resume() -> str | WebResponse:
    """Open a saved draft with its code and the birth date."""
    form = ResumeForm(request.form if request.method == "POST" else None, today())
    if request.method == "POST" and form.validate() and form.birth_date:
        found = resume_intake(
            database(), form.code, form.birth_date, address=remote_address(), now=now()
        )
        if found is not None and found.sent:
            return render_template("intake/sent_already.html")
        if found is not None:
            return redirect(_reopened(found.intake_id, form.code), code=303)
        form.refuse()
    return render_template(
        "intake/resume.html",
        form=form,
        kept=_waiting(request.form),
        kept_step=request.form.get(KEPT_STEP, ""),
        resume_days=settings().resume_days,
        closed=closed(),
    )


def _reopened(intake_id: UUID, code: str) -> str:
    """Hold a draft again, put in what was typed when time ran out, and give where to go on."""
    kept, step_id = _waiting(request.form), request.form.get(KEPT_STEP, "")
    hold(intake_id, written_code(code))
    g.pop("intake", None)
    intake = current_intake()
    if kept and any(step.id == step_id for step in intake.steps):
        page = intake.step(step_id)
        typed = MultiDict((name.removeprefix(KEPT), value) for name, value in kept)
        form = step_form(page, intake, typed)
        return keep(intake, page, form) or place_of(page)
    # Whoever was told to get help, and comes back, is told once more before anything else.
    return url_for("intake.urgent") if intake.alarms else place_to_go_on(intake)


def _waiting(posted: MultiDict[str, str]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in posted.items(multi=True) if name.startswith(KEPT)]


@blueprint.route("/intake/leave", methods=["GET", "POST"])
@open_to(Audience.PATIENT)
def leave() -> str | WebResponse:
    """Wipe what this device holds. What was saved stays with the clinic."""
    if sessions.on_tablet():
        return redirect(url_for("tablet.ready"), code=303)
    if request.method == "GET":
        return render_template("intake/leave.html")
    sessions.end()
    return redirect(url_for("education.home"), code=303)


@blueprint.route("/status", methods=["GET", "POST"])
@open_to(Audience.PATIENT)
def status() -> str | WebResponse:
    """Ask for code and birth date, then say once whether the answers were read."""
    form = ResumeForm(request.form if request.method == "POST" else None, today())
    if request.method == "POST" and form.validate() and _find(form):
        return redirect(url_for("coming_back.status"), code=303)
    known = session.pop(STATUS_KEY, None) if request.method == "GET" else None
    if known:
        intake_id, text = UUID(known), session.pop(KEPT_TEXT_KEY, "")
        return status_page(intake_id, may_add(intake_id, AddForm(text=text)))
    return render_template(
        "intake/status_ask.html", form=form, kept_text=printable(request.form.get("text", ""))
    )


def _find(form: ResumeForm) -> bool:
    if form.birth_date is None:
        return False
    found = resume_intake(
        database(), form.code, form.birth_date, address=remote_address(), now=now()
    )
    if found is None:
        form.refuse()
        return False
    session[STATUS_KEY] = str(found.intake_id)
    session[KEPT_TEXT_KEY] = printable(request.form.get("text", ""))[:LONGEST]
    return True


def status_page(intake_id: UUID, adding: AddForm) -> str:
    """Give what became of an intake; `adding` is the form for what was forgotten."""
    with database().reading() as reading:
        facts = intakes.facts(reading, intake_id)
        added = amendments.all_of(reading, intake_id)
        asked = next_steps_of(reading, intake_id)
        found = assessments.latest(reading, intake_id)
    return render_template(
        "intake/status.html",
        facts=facts,
        added=added,
        adding=adding,
        asked=asked,
        is_incomplete=found is not None and found.incomplete,
        told=advice_told(facts.urgency, found) if found and facts.urgency else (),
        advice=articles().page("advice", g.language),
        next_steps=articles().page("next-steps", g.language),
        signs=articles().page("safety-net", g.language),
        closed=closed(),
    )
