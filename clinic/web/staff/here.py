"""An open page says that somebody is there, or asks how long the session still lasts."""

from flask import Blueprint, jsonify, request
from flask import Response as JsonResponse
from flask_wtf.csrf import generate_csrf

from clinic.store.sessions import STAFF_IDLE
from clinic.web import sessions
from clinic.web.security import Audience, open_to, signed_in

blueprint = Blueprint("here", __name__, url_prefix="/here")

WARNING_SECONDS = 120
"""So long before the end a page warns."""


@blueprint.route("")
@open_to(Audience.FRONT_DESK, Audience.CLINICIAN, Audience.ADMIN)
def ask() -> JsonResponse:
    """Note that somebody is there, unless a page only asks; give what is left, in seconds.

    The token is of the session as it is now: a page that outlived one goes on with it.
    """
    if request.args.get("unseen"):
        sessions.unseen()
    left = sessions.left()
    return jsonify(
        idle=left.idle_seconds,
        life=left.life_seconds,
        who=str(signed_in().id),
        token=generate_csrf(),
    )


def limits() -> dict[str, object]:
    """Give what the script of an open page starts from."""
    left = sessions.left()
    return {
        "idle_seconds": int(STAFF_IDLE.total_seconds()),
        "warning_seconds": WARNING_SECONDS,
        "life_seconds": left.life_seconds,
        "who": str(signed_in().id),
    }
