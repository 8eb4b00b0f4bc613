"""Is the process up, and can it work? For whoever watches over the program."""

from flask import Blueprint, Response

from clinic.web.security import Audience, open_to
from clinic.web.visit import database

blueprint = Blueprint("health", __name__)


@blueprint.route("/healthz")
@open_to(Audience.PUBLIC)
def healthz() -> Response:
    """Say that the process answers."""
    return _word("up")


@blueprint.route("/readyz")
@open_to(Audience.PUBLIC)
def readyz() -> Response:
    """Say that the database and its keys are there; 503 when not. Content is read at the start."""
    database().ready()
    return _word("ready")


def _word(word: str) -> Response:
    return Response(word + "\n", mimetype="text/plain")
