"""What a patient added after sending, as staff see it, and that a clinician read it."""

from uuid import UUID

from flask import Blueprint, request

from clinic.actions.amendments import mark_additions_read
from clinic.errors import BadInput
from clinic.web.security import Audience, open_to
from clinic.web.staff.doors import reader
from clinic.web.staff.forms import ActForm
from clinic.web.staff.patient_page import Page, act
from clinic.web.visit import database, now

blueprint = Blueprint("additions", __name__, url_prefix="/intakes/<uuid:intake_id>/added")


@blueprint.route("/read", methods=["POST"])
@open_to(Audience.CLINICIAN)
def read(intake_id: UUID) -> Page:
    """Say that what the page showed was read."""
    return act(intake_id, ActForm(request.form), _mark_read, "Marked as read.")


def _mark_read(intake_id: UUID, _form: ActForm, version: int) -> None:
    text = request.form.get("up_to", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise BadInput("Open the patient's page again, then try once more.")
    mark_additions_read(
        database(), intake_id, up_to=int(text), by=reader().member, version=version, now=now()
    )
