"""Totals of licensed instruments, as a clinician types them on a patient's page."""

from uuid import UUID

from flask import Blueprint, request

from clinic.actions import totals
from clinic.errors import BadInput
from clinic.web.security import Audience, open_to
from clinic.web.staff.doors import reader
from clinic.web.staff.forms import ActForm
from clinic.web.staff.patient_page import Page, act
from clinic.web.staff.typed_forms import TotalForm
from clinic.web.visit import database, house, now, today

blueprint = Blueprint("totals", __name__, url_prefix="/intakes/<uuid:intake_id>/totals")


@blueprint.route("", methods=["POST"])
@open_to(Audience.CLINICIAN)
def keep(intake_id: UUID) -> Page:
    """Keep a total, or the correction of one."""
    form = TotalForm(request.form, table=house().book.scores, today=today())
    return act(intake_id, form, _keep, "Score kept.")


@blueprint.route("/take-back", methods=["POST"])
@open_to(Audience.CLINICIAN)
def take_back(intake_id: UUID) -> Page:
    """Say that a total should not have been typed here."""
    return act(intake_id, ActForm(request.form), _take_back, "Taken back. It stays on record.")


def _keep(intake_id: UUID, form: ActForm, version: int) -> None:
    if not isinstance(form, TotalForm) or form.taken_on is None:
        raise BadInput("Type the total and its day.")
    totals.type_total(
        database(),
        house().book.scores,
        intake_id,
        form.total_id.data,
        form.parts,
        taken_on=form.taken_on,
        today=today(),
        by=reader().member,
        version=version,
        now=now(),
        replaces=form.corrected,
    )


def _take_back(intake_id: UUID, _form: ActForm, version: int) -> None:
    totals.take_total_back(
        database(), intake_id, _posted("kept"), by=reader().member, version=version, now=now()
    )


def _posted(name: str) -> UUID:
    try:
        return UUID(request.form.get(name, ""))
    except ValueError:
        raise BadInput("Open the patient's page again, then try once more.") from None
