"""The visit of a patient, as staff note it once it is booked, and take it off again."""

from typing import cast
from uuid import UUID

from flask import Blueprint, request

from clinic.actions.visits import note_visit, remove_visit
from clinic.web.security import Audience, open_to
from clinic.web.staff.doors import reader
from clinic.web.staff.forms import ActForm
from clinic.web.staff.patient_page import Page, act
from clinic.web.staff.visit_form import VisitForm
from clinic.web.visit import database, now

blueprint = Blueprint("visits", __name__, url_prefix="/intakes/<uuid:intake_id>/visit")

PATIENT_ROLES = (Audience.FRONT_DESK, Audience.CLINICIAN)


@blueprint.route("", methods=["POST"])
@open_to(*PATIENT_ROLES)
def note(intake_id: UUID) -> Page:
    """Note when the patient comes."""
    return act(intake_id, VisitForm(request.form), _note, "Noted the visit.")


@blueprint.route("/remove", methods=["POST"])
@open_to(*PATIENT_ROLES)
def remove(intake_id: UUID) -> Page:
    """Take a visit off that is not to be."""
    return act(intake_id, ActForm(request.form), _remove, "Took the visit off.")


def _note(intake_id: UUID, form: ActForm, version: int) -> None:
    visit = cast("VisitForm", form)
    note_visit(
        database(),
        intake_id,
        visit.day,
        visit.at,
        by=reader().member,
        version=version,
        now=now(),
    )


def _remove(intake_id: UUID, _form: ActForm, version: int) -> None:
    remove_visit(database(), intake_id, by=reader().member, version=version, now=now())
