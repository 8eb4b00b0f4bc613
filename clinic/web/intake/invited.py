"""The link of an invitation: looking at it changes nothing, and only pressing Start spends it."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as WebResponse

from clinic.actions import invitations as actions
from clinic.store.invitations import Invitation, Permit, can_start
from clinic.web import sessions
from clinic.web.hours import closed
from clinic.web.security import Audience, open_to
from clinic.web.visit import INTAKE_KEY, PERMIT_KEY, database, keep_permit, now, remote_address

blueprint = Blueprint("invited", __name__)

Page = str | WebResponse | tuple[str, int]


@blueprint.route("/i/<token>", methods=["GET", "POST"])
@open_to(Audience.INVITED)
def link(token: str) -> Page:
    """Show a Start button and nothing about anybody; its press spends the link."""
    if request.method == "POST":
        permit = actions.press_start(database(), token, address=remote_address(), now=now())
        if permit is not None:
            return _let_in(permit)
    found = actions.look(database(), token, address=remote_address(), now=now())
    if found is not None and _is_ours(found):
        return redirect(url_for("intake.start"), code=303)
    if found is None:
        actions.count_miss(database(), address=remote_address(), now=now())
    if found is None or not can_start(found, now()):
        return render_template("intake/invited_not.html"), 404
    return render_template("intake/invited.html", token=token, closed=closed())


def permit_of_device() -> Permit | None:
    """Give what pressing Start on this device gave, while no form was begun with it."""
    kept = session.get(PERMIT_KEY)
    return Permit(UUID(kept[0]), datetime.fromisoformat(kept[1])) if kept else None


def _let_in(permit: Permit) -> WebResponse:
    """Let this device, with nothing of what it did before, agree and begin."""
    session.clear()
    keep_permit(permit)
    sessions.renew()
    return redirect(url_for("intake.start"), code=303)


def _is_ours(found: Invitation) -> bool:
    """True on the device on which the link was started, or on which its form is open."""
    if found.intake_id is not None:
        return session.get(INTAKE_KEY) == str(found.intake_id)
    permit = permit_of_device()
    return permit == Permit(found.id, found.spent_at) if found.spent_at else False
