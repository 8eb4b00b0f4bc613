"""Whether patients are the same person, as staff decide it on a patient's page."""

from uuid import UUID

from flask import Blueprint, request

from clinic.actions.last_time import Comparing
from clinic.actions.same_person import confirm_same_person, part_from_person, undo_same_person
from clinic.errors import BadInput
from clinic.web.security import Audience, open_to
from clinic.web.staff.doors import reader
from clinic.web.staff.forms import ActForm
from clinic.web.staff.patient_page import Page, act
from clinic.web.visit import database, house, now, questionnaires, zone

blueprint = Blueprint("same_person", __name__, url_prefix="/intakes/<uuid:intake_id>/same-person")

CONFIRMED = "confirmed"
"""Posted where the page showed two records as one person."""

PATIENT_ROLES = (Audience.FRONT_DESK, Audience.CLINICIAN)


@blueprint.route("/confirm", methods=["POST"])
@open_to(*PATIENT_ROLES)
def confirm(intake_id: UUID) -> Page:
    """Say that a proposed patient is the same person."""
    return act(intake_id, ActForm(request.form), _confirm, "Confirmed as the same person.")


@blueprint.route("/part", methods=["POST"])
@open_to(*PATIENT_ROLES)
def part(intake_id: UUID) -> Page:
    """Say that it is not the same person."""
    return act(intake_id, ActForm(request.form), _part, "Kept apart: not the same person.")


@blueprint.route("/undo", methods=["POST"])
@open_to(*PATIENT_ROLES)
def undo(intake_id: UUID) -> Page:
    """Take the last decision back."""
    return act(intake_id, ActForm(request.form), _undo, "Undone.")


def _confirm(intake_id: UUID, _form: ActForm, version: int) -> None:
    confirm_same_person(
        database(),
        intake_id,
        _posted("other"),
        by=reader().member,
        version=version,
        comparing=_comparing(),
        now=now(),
    )


def _part(intake_id: UUID, _form: ActForm, version: int) -> None:
    part_from_person(
        database(),
        intake_id,
        _posted("other"),
        confirmed=request.form.get("shown") == CONFIRMED,
        by=reader().member,
        version=version,
        comparing=_comparing(),
        now=now(),
    )


def _undo(intake_id: UUID, _form: ActForm, version: int) -> None:
    undo_same_person(
        database(),
        intake_id,
        _posted("decision"),
        by=reader().member,
        version=version,
        comparing=_comparing(),
        now=now(),
    )


def _comparing() -> Comparing:
    return Comparing(questionnaires(), house().book.scores, zone())


def _posted(name: str) -> UUID:
    try:
        return UUID(request.form.get(name, ""))
    except ValueError:
        raise BadInput("Open the patient's page again, then try once more.") from None
