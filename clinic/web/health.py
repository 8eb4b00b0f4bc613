"""Is the process up, and can it work? For whoever watches over the program."""

from flask import Blueprint, Flask, Response, current_app

from clinic.web.readiness import Readiness
from clinic.web.security import Audience, open_to
from clinic.web.visit import house_of

READINESS = "readiness"
RETRY_SECONDS = 5

blueprint = Blueprint("health", __name__)


@blueprint.route("/healthz")
@open_to(Audience.PUBLIC)
def healthz() -> Response:
    """Say that the process answers."""
    return _word("up")


@blueprint.route("/readyz")
@open_to(Audience.PUBLIC)
def readyz() -> Response:
    """Say that all is there that this process needs, or with 503 what is missing."""
    missing = current_app.extensions[READINESS].missing()
    if not missing:
        return _word("ready")
    answer = _word(" ".join(missing))
    answer.status_code = 503
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def look_after_readiness(app: Flask) -> None:
    """Let an app say whether it can work."""
    app.extensions[READINESS] = Readiness(house_of(app))


def _word(word: str) -> Response:
    return Response(word + "\n", mimetype="text/plain")
