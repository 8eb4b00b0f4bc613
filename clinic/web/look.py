"""Large print: text half as large again, one column, strong contrast, for those who ask for it.

A cookie of its own remembers the choice on one browser. It says nothing of who made it, so no
session is begun for somebody who only reads.
"""

from datetime import timedelta

from flask import Blueprint, Flask, Response, g, redirect, request
from werkzeug.wrappers import Response as WebResponse

from clinic.web.languages import at, own_address
from clinic.web.security import Audience, open_to, without_token
from clinic.web.visit import settings

PLAIN_NAME = "clinic-look"
SECURE_NAME = "__Host-clinic-look"
LIFE = timedelta(days=400)
"""The longest that browsers keep a cookie."""

LOOK = "_look"
"""Posted by the switch: LARGE or PLAIN. Within a step what was typed goes along and is kept."""
LARGE = "large"
PLAIN = "plain"
BACK = "back"

blueprint = Blueprint("look", __name__)


@blueprint.route("/look", methods=["POST"])
@open_to(Audience.PUBLIC)
@without_token
def choose() -> WebResponse:
    """Change how pages look on this browser, and go back to the page at hand."""
    return redirect(own_address(request.form.get(BACK, "")) or at("/"), code=303)


def remember_look(app: Flask) -> None:
    """Let every page be shown as was asked for. Call it after the doors are on."""
    app.before_request(_hear)
    app.after_request(_remember)


def _hear() -> None:
    asked = request.form.get(LOOK) if request.method == "POST" else None
    if asked in (LARGE, PLAIN):
        g.look = asked


def is_large() -> bool:
    """True when the page is to be in large print."""
    return bool(g.get("look", request.cookies.get(_name())) == LARGE)


def _remember(response: Response) -> Response:
    asked = g.get("look")
    if asked is not None:
        response.set_cookie(
            _name(),
            asked,
            max_age=LIFE if asked == LARGE else 0,
            path="/",
            secure=settings().behind_tls,
            httponly=True,
            samesite="Lax",
        )
    return response


def _name() -> str:
    return SECURE_NAME if settings().behind_tls else PLAIN_NAME
