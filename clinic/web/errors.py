"""What a person sees when something does not go: a number, plain words, and a way on.

The core raises meaning; this module alone gives it a status. No answer of a patient and no
word of an unexpected error goes into a page or a log.
"""

import re
import secrets

import structlog
from flask import Flask, g, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response as WebResponse

from clinic import metrics
from clinic.errors import (
    BadInput,
    ClinicError,
    NotAllowed,
    NotFound,
    Refused,
    TooManyAttempts,
    Unavailable,
)
from clinic.logs import place_of
from clinic.store.resume_codes import CROCKFORD
from clinic.web import sessions
from clinic.web.intake.beginning import START, begun_already
from clinic.web.intake.entry import BIRTH, KEPT, KEPT_STEP, ResumeForm
from clinic.web.security import is_foreign
from clinic.web.visit import INTAKE_KEY, NoIntake, today
from clinic.web.watching import request_id, route

log = structlog.get_logger(__name__)

Answer = tuple[str, int, dict[str, str]]

NOT_ANSWERS = frozenset({"csrf_token", "code", "key", KEPT_STEP})
SECRET = re.compile("password|code|secret|credential")
"""What the names of fields have in common that are not put into a page."""
RETRY_SECONDS = 10
INCIDENT_LETTERS = 8

PAGE_OF_STATUS = {
    400: "bad_request",
    401: "not_signed_in",
    403: "not_allowed",
    404: "not_found",
    405: "not_found",
    413: "too_large",
    503: "unavailable",
}
"""The template for each status that the web library itself answers with."""


def answer_errors(app: Flask) -> None:
    """Give an app a page for every error."""
    app.register_error_handler(NoIntake, _no_intake)
    app.register_error_handler(NotFound, lambda error: _page("not_found", 404, error))
    app.register_error_handler(NotAllowed, lambda error: _page("not_allowed", 403, error))
    app.register_error_handler(TooManyAttempts, _too_many)
    app.register_error_handler(Refused, lambda error: _page("refused", 409, error))
    app.register_error_handler(BadInput, lambda error: _page("bad_input", 400, error))
    app.register_error_handler(Unavailable, _unavailable)
    app.register_error_handler(CSRFError, _no_token)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(InternalServerError, _unexpected)


def _page(name: str, status: int, error: Exception | None = None, **more: object) -> Answer:
    words = str(error) if isinstance(error, ClinicError) else ""
    words = gettext(words) if words else ""
    headers = more.pop("headers", None) or {}
    text = render_template(f"errors/{name}.html", words=words, **more)
    return text, status, dict(headers)  # type: ignore[call-overload]


def _no_intake(error: NoIntake) -> Answer | WebResponse:
    if sessions.on_tablet():
        return redirect(url_for("tablet.ready", over=1), code=303)
    status = 404 if request.method == "GET" else 400
    return _page("no_intake", status, error, cookies_seen=sessions.came_with_cookie())


def _no_token(error: CSRFError) -> Answer | WebResponse:
    """Say why a post was refused. What was typed is kept, unless another site sent it.

    While the form is still open here it can be sent once more; else the code and the birth
    date open it, and what was typed is put in then.
    """
    foreign = bool(g.get("foreign"))
    if not foreign and begun_already():
        return redirect(url_for(START), code=303)
    if sessions.on_tablet() and not foreign and INTAKE_KEY not in session:
        # What was typed may be of somebody who went: it is put into no form of the next.
        return redirect(url_for("tablet.ready", over=1), code=303)
    if request.endpoint == "adding.add" and not foreign and sessions.came_with_cookie():
        text = request.form.get("text", "")
        page = render_template(
            "intake/status_ask.html", form=ResumeForm(None, today()), kept_text=text
        )
        return page, 400, {}
    kept = [] if foreign else _typed()
    is_open = INTAKE_KEY in session
    step_id = (request.view_args or {}).get("step_id") or request.form.get(KEPT_STEP)
    if not (foreign or step_id) and (wait := sessions.wait_for_one()):
        return _too_many(TooManyAttempts(wait))
    return _page(
        "no_token",
        400,
        error,
        kept=kept,
        foreign=foreign,
        again=bool(kept) and is_open,
        entry=ResumeForm(None, today()) if kept and step_id and not is_open else None,
        step_id=step_id,
        cookies_seen=sessions.came_with_cookie(),
    )


def _typed() -> list[tuple[str, str]]:
    """What the person had typed on the page of a step, so that it can be sent again."""
    if request.blueprint not in ("intake", "coming_back"):
        return []
    return [
        (name.removeprefix(KEPT), value)
        for name, value in request.form.items(multi=True)
        if name not in NOT_ANSWERS and not name.startswith(f"{BIRTH}-")
    ]


def _too_many(error: TooManyAttempts) -> Answer:
    minutes = max(1, -(-error.wait_seconds // 60))
    headers = {"Retry-After": str(error.wait_seconds)}
    return _page("too_many", 429, error, minutes=minutes, headers=headers)


def want_session() -> None:
    """Refuse, in words, what needs a session that cannot be read now. Raises Unavailable.

    What there is to read about stretches and treatments needs none. On a tablet nothing is
    shown: whether it is one of the clinic's cannot be looked up.
    """
    away = sessions.away()
    if away is not None and (request.blueprint != "education" or sessions.came_from_tablet()):
        raise away


def _unavailable(error: Exception) -> Answer:
    """Say that the database or another part is away, and keep what was typed for another try."""
    headers = {"Retry-After": str(RETRY_SECONDS)}
    return _page("unavailable", 503, error, kept=_typed_for_again(), headers=headers)


def _typed_for_again() -> list[tuple[str, str]]:
    """Give all that a post held, with its token, so that it can be sent just as it was.

    Not what another site sent, nor a secret, nor a file; nor on a tablet, whose browser would
    keep it. There the page can be loaded again: the browser then sends it once more.
    """
    if request.method != "POST" or is_foreign() or sessions.came_from_tablet() or request.files:
        return []
    if any(SECRET.search(name) for name in request.form):
        return []
    return list(request.form.items(multi=True))


def _http(error: HTTPException) -> Answer | HTTPException:
    status = error.code or 500
    if status < 400:
        return error
    name = PAGE_OF_STATUS.get(status, "bad_request" if status < 500 else "unavailable")
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    return _page(name, status, headers=headers)


def note_incident(error: BaseException | None) -> None:
    """Log that something broke, and where: never what was in it."""
    g.incident = "".join(secrets.choice(CROCKFORD) for _ in range(INCIDENT_LETTERS))
    metrics.incidents_total.inc()
    log.error(
        "incident",
        incident=g.incident,
        kind=type(error).__name__,
        place=place_of(error),
        route=route(),
        request=request_id(),
    )


def _unexpected(_: InternalServerError) -> Answer:
    return _page("unexpected", 500, incident=g.get("incident", ""))
