"""The steps of an emergency, as staff record them on a patient's page."""

from uuid import UUID

from flask import Blueprint, request

from clinic.actions.emergencies import record_step
from clinic.referral.emergency import EmergencyStep
from clinic.web.security import Audience, open_to
from clinic.web.staff.doors import reader
from clinic.web.staff.emergency import RefusalForm, StepForm
from clinic.web.staff.forms import ActForm
from clinic.web.staff.patient_page import Page, act
from clinic.web.visit import database, now

blueprint = Blueprint("emergencies", __name__, url_prefix="/intakes/<uuid:intake_id>/emergency")

PATIENT_ROLES = (Audience.FRONT_DESK, Audience.CLINICIAN)


@blueprint.route("/step", methods=["POST"])
@open_to(*PATIENT_ROLES)
def step(intake_id: UUID) -> Page:
    """Record what happened next."""
    return act(intake_id, StepForm(request.form), _step, "Recorded what happened.")


@blueprint.route("/refused", methods=["POST"])
@open_to(Audience.CLINICIAN)
def refused(intake_id: UUID) -> Page:
    """Record that the patient will not go, and what was agreed instead."""
    return act(intake_id, RefusalForm(request.form), _refused, "Recorded the refusal.")


def _step(intake_id: UUID, form: ActForm, version: int) -> None:
    _record(intake_id, EmergencyStep(form["step"].data), form["step_words"].data, version)


def _refused(intake_id: UUID, form: ActForm, version: int) -> None:
    words = form.words if isinstance(form, RefusalForm) else ""
    _record(intake_id, EmergencyStep.REFUSED, words, version)


def _record(intake_id: UUID, step: EmergencyStep, words: str, version: int) -> None:
    record_step(database(), intake_id, step, words, by=reader().member, version=version, now=now())
