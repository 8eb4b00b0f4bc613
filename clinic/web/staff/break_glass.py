"""Break-glass: the front desk opens all of one intake for an hour, and says why."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WebResponse
from wtforms import Form, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from clinic.actions import break_glass
from clinic.store.case_access import AccessReason
from clinic.web.security import Audience, open_to
from clinic.web.staff.again import fresh_first
from clinic.web.staff.doors import reader, reader_of
from clinic.web.staff.forms import LONGEST_NOTE, errors_of, plain_text
from clinic.web.staff.patient_page import Page, opened_page
from clinic.web.staff.standing import standing
from clinic.web.staff.words import REASON_WORDS
from clinic.web.visit import database, now

blueprint = Blueprint("break_glass", __name__, url_prefix="/intakes/<uuid:intake_id>/open-now")

CHOOSE_REASON = "Choose why you cannot wait."


class ReasonForm(Form):
    """Why the answers are needed now."""

    kind = RadioField(
        "Why can it not wait for a clinician?",
        choices=[SelectChoice(kind.value, words) for kind, words in REASON_WORDS.items()],
        validators=[DataRequired(CHOOSE_REASON)],
        validate_choice=False,
    )
    reason = TextAreaField(
        "What happened",
        validators=[
            DataRequired("Type what happened."),
            Length(max=LONGEST_NOTE, message=f"Shorten this to {LONGEST_NOTE:,} characters."),
        ],
        filters=[plain_text],
    )

    def chosen(self) -> AccessReason | None:
        """Give the kind of reason, when it is one of ours."""
        known = {kind.value: kind for kind in AccessReason}
        return known.get(str(self.kind.data))


@blueprint.route("", methods=["GET", "POST"])
@fresh_first()
@open_to(Audience.FRONT_DESK)
def ask(intake_id: UUID) -> Page | str:
    """Ask for the reason, and open the page."""
    form = ReasonForm(request.form if request.method == "POST" else None)
    if request.method == "POST" and form.validate():
        kind = form.chosen()
        if kind is not None:
            words = form.reason.data
            break_glass.open_now(database(), intake_id, kind, words, by=reader().member, now=now())
            return _to_page(intake_id)
        form.kind.errors = [CHOOSE_REASON]
    opened = opened_page(intake_id)
    who = reader_of(opened)
    if who.broke_glass:
        return _to_page(intake_id)
    page = render_template(
        "staff/open_now.html",
        form=form,
        errors=list(errors_of(form)),
        standing=standing(opened, who),
        intake_id=intake_id,
    )
    return (page, 422) if form.errors else page


def _to_page(intake_id: UUID) -> WebResponse:
    return redirect(url_for("staff.intakes.page", intake_id=intake_id), code=303)
