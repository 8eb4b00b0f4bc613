"""The audit as an admin reads it: searched by person, act, subject and days, and saved as CSV."""

from uuid import UUID

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as WebResponse

from clinic.actions import audit_trail
from clinic.errors import BadInput, Refused
from clinic.store.audit import Sought
from clinic.web.security import Audience, open_to
from clinic.web.staff.again import fresh_first
from clinic.web.staff.doors import reader
from clinic.web.staff.trail_form import TrailForm
from clinic.web.staff.trail_lines import sheet_of, trail_words
from clinic.web.staff.words import ACT_WORDS
from clinic.web.visit import database, now, zone

blueprint = Blueprint("trail", __name__, url_prefix="/audit")

Page = str | tuple[str, int]

MARK = "\ufeff"
"""Without it Excel takes the file for Windows-1252, and breaks accents."""


@blueprint.route("/")
@open_to(Audience.ADMIN)
def page() -> Page:
    """List who saw or did what, newest first. It holds ids and no patient data."""
    form = _form()
    if not form.validate():
        return _page(form), 422
    return _page(form, form.sought(zone()))


@blueprint.route("/audit.csv")
@fresh_first(reading=True)
@open_to(Audience.ADMIN)
def csv_out() -> Page | WebResponse:
    """Give what was looked for as CSV."""
    form = _form()
    if not form.validate():
        return _page(form), 422
    sought = form.sought(zone())
    try:
        found = audit_trail.export(database(), sought, by=reader().member, now=now())
    except Refused as refused:
        return _page(form, sought, refused=str(refused)), 409
    response = Response(MARK + sheet_of(found), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return response


def _form() -> TrailForm:
    return TrailForm(
        request.args,
        people=audit_trail.everyone(database()),
        acts=ACT_WORDS,
        intake_of=lambda reference: audit_trail.intake_of(database(), reference),
    )


def _page(form: TrailForm, sought: Sought | None = None, *, refused: str = "") -> str:
    who, after = reader(), request.args.get("after")
    found: dict[str, object] = {"acts": [], "next": None}
    if sought is not None:
        trail = audit_trail.open_audit(
            database(), sought, by=who.member, after=_id(after) if after else None, now=now()
        )
        found = trail_words(trail, who)
    return render_template(
        "staff/audit.html",
        form=form,
        asked=form.asked,
        errors=form.found_errors(),
        refused=refused,
        after=after,
        **found,
    )


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadInput("This page of the list is not there. Go back to its start.") from None
