"""Legal holds: an admin keeps an intake from being deleted, and lets go of it, each with a reason.

An admin reads no answers. An intake is named by its reference alone.
"""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WebResponse
from wtforms import Form, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from clinic.actions import holds
from clinic.config import Settings
from clinic.errors import BadInput, Refused
from clinic.web.security import Audience, open_to
from clinic.web.staff.doors import reader
from clinic.web.staff.forms import errors_of, plain_text
from clinic.web.staff.words import moment
from clinic.web.visit import database, now, settings

blueprint = Blueprint("holds", __name__, url_prefix="/holds")

Page = str | tuple[str, int] | WebResponse

LONGEST_REASON = 1000
LONGEST_REFERENCE = 20
NO_REASON = "Type the reason, such as a letter of a court and its date."
NO_REFERENCE = "Type the reference of the intake, such as K7QM-2R9D."
HELD = "Held. No policy deletes this intake now."
LIFTED = "Lifted. The intake is deleted when it is old enough."


class LiftForm(Form):
    """Why a hold ends."""

    reason = TextAreaField(
        "Reason",
        validators=[
            DataRequired(NO_REASON),
            Length(max=LONGEST_REASON, message=f"Shorten this to {LONGEST_REASON:,} characters."),
        ],
        filters=[plain_text],
    )


class HoldForm(LiftForm):
    """Which intake is held, and why."""

    reference = StringField(
        "Reference",
        validators=[
            DataRequired(NO_REFERENCE),
            Length(max=LONGEST_REFERENCE, message=NO_REFERENCE),
        ],
        filters=[plain_text, lambda text: (text or "").upper()],
    )


@blueprint.route("/")
@open_to(Audience.ADMIN)
def page() -> str:
    """List the holds that stand, with a form to hold another intake."""
    return _page(HoldForm())


@blueprint.route("/hold", methods=["POST"])
@open_to(Audience.ADMIN)
def hold() -> Page:
    """Hold an intake."""
    form = HoldForm(request.form)
    if not form.validate():
        return _page(form), 422
    try:
        holds.hold(
            database(),
            str(form.reference.data),
            str(form.reason.data),
            by=reader().member,
            now=now(),
        )
    except (BadInput, Refused) as fault:
        form.reference.errors = [str(fault)]
        return _page(form), 422
    flash(HELD, "success")
    return redirect(url_for("staff.holds.page"), code=303)


@blueprint.route("/<uuid:hold_id>/lift", methods=["GET", "POST"])
@open_to(Audience.ADMIN)
def lift(hold_id: UUID) -> Page:
    """Ask why a hold ends, and lift it."""
    form = LiftForm(request.form if request.method == "POST" else None)
    if request.method == "POST" and form.validate():
        holds.lift(database(), hold_id, str(form.reason.data), by=reader().member, now=now())
        flash(LIFTED, "success")
        return redirect(url_for("staff.holds.page"), code=303)
    page = render_template(
        "staff/hold_lift.html", form=form, errors=list(errors_of(form)), hold_id=hold_id
    )
    return (page, 422) if form.errors else page


def _page(form: HoldForm) -> str:
    who = reader()
    found = holds.standing(database(), by=who.member, now=who.now)
    return render_template(
        "staff/holds.html",
        form=form,
        errors=list(errors_of(form)),
        holds=[(each, moment(each.set_at, who.zone, who.now)) for each in found],
        policy=policy_words(settings()),
    )


def policy_words(chosen: Settings) -> tuple[str, ...]:
    """Say how long things are kept, and how long a backup may hold what was deleted."""
    days = chosen.retention_days
    kept = f"deleted {days} days after the last change" if days else "kept"
    unsent = (
        f"A form that was never sent is deleted after {chosen.resume_days} days or more, once no "
        "code opens it."
    )
    backups = (
        f"Backups are kept for {chosen.backup_days} days: for so long after a deletion one of "
        "them may still hold what was deleted."
    )
    return unsent, f"An intake that is reviewed, with nothing open, is {kept}.", backups
