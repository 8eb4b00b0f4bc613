"""Hand this device to a patient: the session of staff ends here, and a form opens."""

from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as WebResponse

from clinic.actions import tablets
from clinic.errors import BadInput
from clinic.web import sessions
from clinic.web.languages import front_of
from clinic.web.security import Audience, open_to
from clinic.web.staff.doors import reader
from clinic.web.staff.words import moment
from clinic.web.tablet import GO_ON_KEY, limits, mark
from clinic.web.visit import database, keep_permit, now, settings

blueprint = Blueprint("tablets", __name__, url_prefix="/tablet")

NOBODY = "Choose whom this device goes to, on the page Tablet."
DESK = (Audience.FRONT_DESK, Audience.CLINICIAN)


@blueprint.route("/")
@open_to(*DESK)
def choose() -> str:
    """Show whom this device may be handed to: somebody new, invited, or not done yet."""
    who = reader()
    found = tablets.waiting(database(), by=who.member, now=who.now, days=settings().resume_days)
    return render_template(
        "staff/tablets.html",
        invited=found.invited,
        unsent=[
            (
                each,
                moment(each.tablet_at, who.zone, who.now),
                moment(each.saved_at, who.zone, who.now),
            )
            for each in found.unsent
        ],
        limits=limits({}),
    )


@blueprint.route("/hand", methods=["POST"])
@open_to(*DESK)
def hand() -> WebResponse:
    """Bind this device to a patient, and open the form. Nobody is signed in on it any more."""
    if not {"new", "invitation", "intake"} & set(request.form):
        raise BadInput(NOBODY)
    handed = tablets.hand(
        database(),
        by=reader().member,
        now=now(),
        invitation_id=_id("invitation"),
        intake_id=_id("intake"),
        days=settings().resume_days,
    )
    session.clear()
    place = url_for("intake.start")
    if handed.permit is not None:
        keep_permit(handed.permit)
    if handed.intake_id is not None:
        session[GO_ON_KEY] = str(handed.intake_id)
        place = url_for("tablet.go_on")
    sessions.renew()
    response = make_response(redirect(f"{front_of(handed.language)}{place}", code=303))
    mark(response, handed.token, secure=settings().behind_tls)
    return response


def _id(name: str) -> UUID | None:
    text = request.form.get(name, "")
    try:
        return UUID(text) if text else None
    except ValueError:
        raise BadInput(NOBODY) from None
