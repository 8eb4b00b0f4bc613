"""Where one is signed in oneself, and how to end it. No address and no device is kept."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WebResponse

from clinic.actions import staff_access
from clinic.web import sessions
from clinic.web.security import Audience, open_to
from clinic.web.staff.again import fresh_first
from clinic.web.staff.doors import reader
from clinic.web.staff.words import moment
from clinic.web.visit import database, now

blueprint = Blueprint("own_sessions", __name__, url_prefix="/sessions")

EVERYBODY = (Audience.FRONT_DESK, Audience.CLINICIAN, Audience.ADMIN)


@blueprint.route("")
@open_to(*EVERYBODY)
def listing() -> str:
    """List one's own sessions, last used first."""
    who = reader()
    found = staff_access.own_sessions(database(), who.member, token=sessions.token(), now=now())
    lines = [
        {
            "handle": each.handle,
            "begun": moment(each.created_at, who.zone, who.now),
            "used": moment(each.seen_at, who.zone, who.now),
            "is_this": each.is_this,
        }
        for each in found
    ]
    return render_template("staff/sessions.html", lines=lines)


@blueprint.route("/end", methods=["POST"])
@open_to(*EVERYBODY)
@fresh_first()
def end() -> WebResponse:
    """End one of one's own sessions."""
    handle = request.form.get("handle", "")
    ended = staff_access.end_session(database(), reader().member, handle, now=now())
    flash("Signed out there." if ended else "That one had ended already.", "success")
    return redirect(url_for("staff.own_sessions.listing"), code=303)


@blueprint.route("/end-others", methods=["POST"])
@open_to(*EVERYBODY)
@fresh_first()
def end_others() -> WebResponse:
    """End all of one's own sessions but this one."""
    who = reader().member
    staff_access.end_other_sessions(database(), who, token=sessions.token(), now=now())
    flash("Signed out everywhere else.", "success")
    return redirect(url_for("staff.own_sessions.listing"), code=303)
