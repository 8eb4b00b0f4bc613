"""One patient's page, and what staff do there. Every act goes back to the page (303)."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WebResponse

from clinic.actions import review
from clinic.actions.documents import summary_pdf as make_summary_pdf
from clinic.actions.review import Opened
from clinic.errors import Conflict, IllegalMove
from clinic.pdf.render import Edition
from clinic.store.outcomes import OutcomeKind
from clinic.summary.build import build_summary
from clinic.summary.model import Summary
from clinic.triage.rules import Urgency
from clinic.web.security import Audience, open_to
from clinic.web.staff.chart import chart_view, with_level
from clinic.web.staff.desk import desk_view
from clinic.web.staff.doors import reader
from clinic.web.staff.forms import (
    ActForm,
    LevelForm,
    NoteForm,
    OutcomeForm,
    errors_of,
    seen_version,
)
from clinic.web.staff.standing import standing
from clinic.web.visit import (
    clinic_details,
    database,
    house,
    now,
    questionnaires,
    rules,
    settings,
    today,
    zone,
)

blueprint = Blueprint("intakes", __name__, url_prefix="/intakes/<uuid:intake_id>")

PATIENT_ROLES = (Audience.FRONT_DESK, Audience.CLINICIAN)

Page = WebResponse | tuple[str, int]
F = TypeVar("F", bound=ActForm)


@blueprint.route("")
@open_to(*PATIENT_ROLES)
def page(intake_id: UUID) -> str:
    """Show one patient: all of it to a clinician, what a call needs to the front desk."""
    return _shown(_open(intake_id))


@blueprint.route("/summary.pdf")
@open_to(Audience.CLINICIAN)
def summary_pdf(intake_id: UUID) -> WebResponse:
    """Give the clinic's edition of the summary."""
    pdf = make_summary_pdf(
        database(),
        house().pool,
        _summary(_open(intake_id, "intake.pdf")),
        Edition.CLINIC,
        paper=settings().paper,
        now=now(),
    )
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="intake-summary.pdf"'
    return response


@blueprint.route("/take", methods=["POST"])
@open_to(*PATIENT_ROLES)
def take(intake_id: UUID) -> Page:
    """Make oneself the owner."""
    return _act(intake_id, ActForm(request.form), _take, "You have taken this patient.")


@blueprint.route("/give-back", methods=["POST"])
@open_to(*PATIENT_ROLES)
def give_back(intake_id: UUID) -> Page:
    """Leave the patient to anybody again."""
    return _act(intake_id, ActForm(request.form), _give_back, "Anybody may take this patient now.")


@blueprint.route("/reviewed", methods=["POST"])
@open_to(Audience.CLINICIAN)
def reviewed(intake_id: UUID) -> Page:
    """Say that the answers were read."""
    return _act(intake_id, ActForm(request.form), _mark_reviewed, "Marked as reviewed.")


@blueprint.route("/reopen", methods=["POST"])
@open_to(Audience.CLINICIAN)
def reopen(intake_id: UUID) -> Page:
    """Bring a reviewed patient back to the list."""
    return _act(intake_id, ActForm(request.form), _reopen, "Open again, and back on the worklist.")


@blueprint.route("/outcome", methods=["POST"])
@open_to(*PATIENT_ROLES)
def outcome(intake_id: UUID) -> Page:
    """Record how a call ended."""
    return _act(intake_id, OutcomeForm(request.form), _record_outcome, "Recorded what was done.")


@blueprint.route("/notes", methods=["POST"])
@open_to(Audience.CLINICIAN)
def note(intake_id: UUID) -> Page:
    """Add a note."""
    return _act(intake_id, NoteForm(request.form), _add_note, "Note added.")


@blueprint.route("/level", methods=["POST"])
@open_to(Audience.CLINICIAN)
def level(intake_id: UUID) -> Page:
    """Set another level, with the reason."""
    return _act(intake_id, LevelForm(request.form), _set_level, "Level set.")


def _act(
    intake_id: UUID, form: ActForm, act: Callable[[UUID, ActForm, int], object], words: str
) -> Page:
    """Do it and go back. When somebody else was first, show both, and keep what was typed."""
    version = seen_version(request.form)
    if not form.validate():
        return _shown(_open(intake_id), tried=form), 422
    try:
        act(intake_id, form, version)
    except (Conflict, IllegalMove) as refused:
        return _shown(_open(intake_id), tried=form, refused=str(refused)), 409
    flash(words, "success")
    return redirect(url_for("staff.intakes.page", intake_id=intake_id), code=303)


def _take(intake_id: UUID, _form: ActForm, version: int) -> None:
    review.take(database(), intake_id, by=reader().member, version=version, now=now())


def _give_back(intake_id: UUID, _form: ActForm, version: int) -> None:
    review.give_back(database(), intake_id, by=reader().member, version=version, now=now())


def _mark_reviewed(intake_id: UUID, _form: ActForm, version: int) -> None:
    review.mark_reviewed(database(), intake_id, by=reader().member, version=version, now=now())


def _reopen(intake_id: UUID, _form: ActForm, version: int) -> None:
    review.reopen(database(), intake_id, by=reader().member, version=version, now=now())


def _record_outcome(intake_id: UUID, form: ActForm, version: int) -> None:
    review.record_outcome(
        database(),
        intake_id,
        OutcomeKind(form["outcome"].data),
        form["words"].data,
        by=reader().member,
        version=version,
        now=now(),
        zone=zone(),
    )


def _add_note(intake_id: UUID, form: ActForm, version: int) -> None:
    review.add_note(
        database(), intake_id, form["text"].data, by=reader().member, version=version, now=now()
    )


def _set_level(intake_id: UUID, form: ActForm, version: int) -> None:
    review.set_level(
        database(),
        intake_id,
        Urgency(form["urgency"].data),
        form["reason"].data,
        by=reader().member,
        version=version,
        now=now(),
        zone=zone(),
    )


def _open(intake_id: UUID, action: str = "intake.view") -> Opened:
    return review.open_intake(
        database(),
        questionnaires(),
        rules(),
        intake_id,
        by=reader().member,
        now=now(),
        today=today(),
        action=action,
    )


def _shown(opened: Opened, *, tried: ActForm | None = None, refused: str = "") -> str:
    """Give the page; `tried` is a form that was posted and not done, with what was typed."""
    stands = standing(opened, reader())
    shown = {
        "standing": stands,
        "desk": desk_view(opened, rules(), stands),
        "refused": refused,
        "errors": list(errors_of(tried)) if tried else [],
        "kept": tried.typed if tried else "",
        "outcome": _form(OutcomeForm, tried).offering(stands.kinds),
    }
    if reader().is_desk:
        return render_template("staff/desk.html", **shown)
    return render_template(
        "staff/intake.html",
        chart=chart_view(opened, _summary(opened), stands, zone()),
        note=_form(NoteForm, tried),
        level=_form(LevelForm, tried).without(opened.facts.urgency),
        **shown,
    )


def _form(kind: type[F], tried: ActForm | None) -> F:
    return tried if isinstance(tried, kind) else kind()


def _summary(opened: Opened) -> Summary:
    return build_summary(
        opened.intake,
        with_level(opened),
        book=house().book,
        plan=house().summary_plan,
        clinic=clinic_details(),
        zone=zone(),
        today=today(),
    )
