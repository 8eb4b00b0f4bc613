"""One patient's page, and what staff do there. Every act goes back to the page (303)."""

from uuid import UUID

from flask import Blueprint, Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as WebResponse

from clinic.actions import levels, review, staff_facts
from clinic.actions.documents import summary_pdf as make_summary_pdf
from clinic.errors import Refused, UnknownRecord
from clinic.pdf.render import Edition
from clinic.store.outcomes import OutcomeKind
from clinic.triage.rules import Urgency
from clinic.web import own
from clinic.web.languages import FIRST
from clinic.web.security import Audience, open_to
from clinic.web.staff.doors import place_after, reader
from clinic.web.staff.forms import ActForm, LevelForm, NoteForm, OutcomeForm, SettledForm
from clinic.web.staff.patient_page import Page, act, opened_page, shown, summary_of
from clinic.web.staff.room_sheet import room_sheet_of
from clinic.web.staff.typed_forms import SelfHarmForm
from clinic.web.visit import (
    database,
    house,
    now,
    questionnaires,
    rules,
    settings,
    zone,
)

blueprint = Blueprint("intakes", __name__, url_prefix="/intakes/<uuid:intake_id>")

PATIENT_ROLES = (Audience.FRONT_DESK, Audience.CLINICIAN)

ACTS = frozenset(
    {
        "acknowledge",
        "added/read",
        "emergency/refused",
        "emergency/step",
        "give-back",
        "level",
        "notes",
        "outcome",
        "reopen",
        "reviewed",
        "same-person/confirm",
        "same-person/part",
        "same-person/undo",
        "staff-question",
        "take",
        "totals",
        "totals/take-back",
        "visit",
        "visit/remove",
        "referrals/consent",
        "referrals/consent/withdraw",
    }
)
"""The addresses that only take posts."""


@blueprint.route("")
@open_to(*PATIENT_ROLES)
def page(intake_id: UUID) -> str:
    """Show one patient: all of it to a clinician, what a call needs to the front desk."""
    return shown(opened_page(intake_id))


@blueprint.route("/summary.pdf")
@open_to(Audience.CLINICIAN)
def summary_pdf(intake_id: UUID) -> WebResponse:
    """Give the clinic's edition of the summary."""
    pdf = make_summary_pdf(
        database(),
        house().pool,
        summary_of(opened_page(intake_id, "intake.pdf")),
        Edition.CLINIC,
        paper=settings().paper,
        now=now(),
    )
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="intake-summary.pdf"'
    return response


@blueprint.route("/patient.pdf")
@open_to(Audience.CLINICIAN)
def patient_pdf(intake_id: UUID) -> WebResponse:
    """Print the patient's own paper, in the patient's language: a tablet gives none out."""
    intake = opened_page(intake_id, "intake.patient_pdf").intake
    if not intake.submitted:
        raise Refused("The paper is ready once the answers are sent.")
    spoken = intake.response.language
    g.language = spoken if spoken in settings().languages else FIRST
    pdf = make_summary_pdf(
        database(),
        house().pool,
        own.provider_summary_of(intake),
        Edition.PATIENT,
        paper=settings().paper,
        now=now(),
        patient_summary=own.summary_of(intake),
    )
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="back-pain-summary.pdf"'
    return response


@blueprint.route("/room-sheet.pdf")
@open_to(Audience.CLINICIAN)
def room_sheet_pdf(intake_id: UUID) -> WebResponse:
    """Give one page for the room: what need not be asked again, and what is missing."""
    pdf = room_sheet_of(opened_page(intake_id, "intake.room_sheet"))
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="room-sheet.pdf"'
    return response


@blueprint.route("/take", methods=["POST"])
@open_to(*PATIENT_ROLES)
def take(intake_id: UUID) -> Page:
    """Make oneself the owner."""
    place = place_after(request.form.get("back", ""))
    back = f"{place}#row-{intake_id}" if place else ""
    return act(intake_id, ActForm(request.form), _take, "You have taken this patient.", back=back)


@blueprint.route("/give-back", methods=["POST"])
@open_to(*PATIENT_ROLES)
def give_back(intake_id: UUID) -> Page:
    """Leave the patient to anybody again."""
    return act(intake_id, ActForm(request.form), _give_back, "Anybody may take this patient now.")


@blueprint.route("/reviewed", methods=["POST"])
@open_to(Audience.CLINICIAN)
def reviewed(intake_id: UUID) -> Page:
    """Say that the answers were read."""
    return act(intake_id, ActForm(request.form), _mark_reviewed, "Marked as reviewed.")


@blueprint.route("/reopen", methods=["POST"])
@open_to(Audience.CLINICIAN)
def reopen(intake_id: UUID) -> Page:
    """Bring a reviewed patient back to the list."""
    return act(intake_id, ActForm(request.form), _reopen, "Open again, and back on the worklist.")


@blueprint.route("/outcome", methods=["POST"])
@open_to(*PATIENT_ROLES)
def outcome(intake_id: UUID) -> Page:
    """Record how a call ended, or what came of a finding."""
    settles = request.form.get("outcome") == OutcomeKind.FINDING_SETTLED
    form = SettledForm(request.form) if settles else OutcomeForm(request.form)
    return act(intake_id, form, _record_outcome, "Recorded what was done.")


@blueprint.route("/notes", methods=["POST"])
@open_to(Audience.CLINICIAN)
def note(intake_id: UUID) -> Page:
    """Add a note."""
    return act(intake_id, NoteForm(request.form), _add_note, "Note added.")


@blueprint.route("/level", methods=["POST"])
@open_to(Audience.CLINICIAN)
def level(intake_id: UUID) -> Page:
    """Set another level, with the reason."""
    return act(intake_id, LevelForm(request.form), _set_level, "Level set.")


@blueprint.route("/staff-question", methods=["POST"])
@open_to(Audience.CLINICIAN)
def staff_question(intake_id: UUID) -> Page:
    """Answer the question that is for staff alone."""
    return act(intake_id, SelfHarmForm(request.form), _state_self_harm, "Recorded your answer.")


@blueprint.route("/<path:act_name>")
@open_to(*PATIENT_ROLES)
def back_to_page(intake_id: UUID, act_name: str) -> WebResponse:
    """Lead somebody who loads the address of an act once more to the patient's page."""
    if act_name not in ACTS:
        raise UnknownRecord("page")
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
    levels.set_level(
        database(),
        intake_id,
        Urgency(form["urgency"].data),
        form["reason"].data,
        by=reader().member,
        version=version,
        now=now(),
        zone=zone(),
    )


def _state_self_harm(intake_id: UUID, form: ActForm, version: int) -> None:
    staff_facts.state_self_harm(
        database(),
        questionnaires(),
        rules(),
        intake_id,
        harm=form["harm"].data == staff_facts.YES,
        words=form["harm_words"].data,
        by=reader().member,
        version=version,
        now=now(),
        zone=zone(),
    )
