"""Who may open what, what every answer is dressed in, and which requests are let in at all."""

import secrets
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Protocol, TypeVar, cast
from uuid import UUID

from flask import Flask, Response, current_app, g, redirect, request, url_for
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, Unauthorized
from werkzeug.wrappers import Response as WebResponse

from clinic.errors import Misconfigured, NotAllowed
from clinic.web.sessions import signed_in_member
from clinic.web.visit import settings

NONCE_BYTES = 24
HSTS_SECONDS = 2 * 365 * 24 * 3600
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_SITES = frozenset({"same-origin", "none"})
"""What Sec-Fetch-Site says of a request that a page of ours, or the address bar, made."""

STATIC_ENDPOINT = "static"
SIGN_IN_ENDPOINT = "staff.sign_in"

SAME_FOR_ALL: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    # Not `no-referrer`: browsers then send `Origin: null` with our own posts.
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
"""Headers of every answer that is not a static file."""
POLICY_OF_FILES = "script-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
"""For a drawing that is opened by its own address: it runs nothing, and stands in no frame."""


class Audience(StrEnum):
    """Everybody that a page can be meant for."""

    PUBLIC = "public"
    PATIENT = "patient"
    INVITED = "invited"
    RECEIVER = "receiver"
    FRONT_DESK = "front_desk"
    CLINICIAN = "clinician"
    ADMIN = "admin"


STAFF = frozenset({Audience.FRONT_DESK, Audience.CLINICIAN, Audience.ADMIN})

View = TypeVar("View", bound=Callable[..., Any])


class SignedIn(Protocol):
    """A member of staff, as far as doors are concerned."""

    @property
    def id(self) -> UUID:
        """Who it is."""

    @property
    def role(self) -> str:
        """One of the staff audiences."""


def open_to(*audiences: Audience) -> Callable[[View], View]:
    """Declare whom a view is for. A view without a declaration stops the start."""

    def declared(view: View) -> View:
        view.audiences = frozenset(audiences)  # type: ignore[attr-defined]
        return view

    return declared


def takes_up_to(most_bytes: int) -> Callable[[View], View]:
    """Declare that the body of a request to a view may be larger than that of all others."""

    def declared(view: View) -> View:
        view.most_bytes = most_bytes  # type: ignore[attr-defined]
        return view

    return declared


def without_token(view: View) -> View:
    """Declare that a post needs no token, since it changes nothing but how pages look.

    Whoever only reads then needs no session. A post that another site made is refused all the same.
    """
    view.without_token = True  # type: ignore[attr-defined]
    return view


def audiences(app: Flask, endpoint: str) -> frozenset[Audience]:
    """Whom an endpoint is open to; nobody when its view does not say."""
    found: frozenset[Audience] = getattr(
        app.view_functions[endpoint], "audiences", frozenset[Audience]()
    )
    return found


def require_declarations(app: Flask) -> None:
    """Refuse to start when some address does not say whom it is for. Raises Misconfigured."""
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()} - {STATIC_ENDPOINT}
    silent = sorted(endpoint for endpoint in endpoints if not audiences(app, endpoint))
    if silent:
        raise Misconfigured(f"These pages do not say who may open them: {', '.join(silent)}.")


def identify_staff_by(app: Flask, identify: Callable[[], SignedIn | None]) -> None:
    """Let the staff pages say who is signed in."""
    app.extensions["identify_staff"] = identify


def signed_in() -> SignedIn:
    """Give the member of staff behind this request. Raises NotAllowed."""
    staff: SignedIn | None = g.get("signed_in")
    if staff is None:
        raise NotAllowed("Sign in to open this page.")
    return staff


def nonce() -> str:
    """Give the nonce of this answer, which its own scripts carry."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(NONCE_BYTES)
    return cast("str", g.nonce)


def guard(app: Flask, *, behind_tls: bool, max_fields: int) -> None:
    """Put the doors and the headers on an app."""
    app.before_request(_allow_larger_body)
    app.before_request(lambda: _refuse_too_many_fields(max_fields))
    app.before_request(_refuse_nameless_fields)
    app.before_request(_refuse_foreign_posts)
    app.before_request(_refuse_strangers)
    app.after_request(lambda response: _dressed(response, behind_tls=behind_tls))
    tokens = CSRFProtect(app)
    for view in app.view_functions.values():
        if getattr(view, "without_token", False):
            tokens.exempt(view)


def _allow_larger_body() -> None:
    """Raise the limit for a view that declares one; the body has not been read yet."""
    view = current_app.view_functions.get(request.endpoint or "")
    most: int | None = getattr(view, "most_bytes", None)
    if most is not None:
        request.max_content_length = most


def _refuse_too_many_fields(most: int) -> None:
    """Refuse a post with more fields than any form of ours has."""
    if sum(len(values) for _, values in request.form.lists()) > most:
        raise RequestEntityTooLarge


def _refuse_nameless_fields() -> None:
    """Refuse a part without a name: no browser sends one, and no code of ours expects it."""
    if None in request.form or None in request.files:
        raise BadRequest


def _refuse_foreign_posts() -> None:
    """Refuse a post that another site made, whatever token it carries."""
    if request.method not in SAFE_METHODS and is_foreign():
        g.foreign = True
        raise CSRFError("This was sent from another site.")


def is_foreign() -> bool:
    """True when a browser says that a page of another site sent this."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    return site not in OWN_SITES or (origin is not None and not _is_own(origin))


def _is_own(origin: str) -> bool:
    """True when an Origin header names this host, and TLS where browsers reach us by it alone.

    The scheme of the request itself is not asked: not every proxy tells it.
    """
    scheme, _, host = origin.partition("://")
    return host == request.host and (scheme == "https" or not settings().behind_tls)


def _refuse_strangers() -> WebResponse | None:
    """Open a staff page to the signed-in roles that it names, and to nobody else."""
    if request.endpoint is None or request.endpoint == STATIC_ENDPOINT:
        return None
    wanted = audiences(current_app, request.endpoint)
    if not wanted:
        raise NotAllowed("This page is open to nobody.")
    if not wanted <= STAFF:
        return None
    identify = current_app.extensions.get("identify_staff", signed_in_member)
    staff: SignedIn | None = identify()
    if staff is None:
        return _to_sign_in()
    if Audience(staff.role) not in wanted:
        raise NotAllowed("Your role does not open this page.")
    g.signed_in = staff
    return None


def _to_sign_in() -> WebResponse:
    if request.method in SAFE_METHODS and SIGN_IN_ENDPOINT in current_app.view_functions:
        return redirect(url_for(SIGN_IN_ENDPOINT, next=request.path), code=303)
    raise Unauthorized


def _dressed(response: Response, *, behind_tls: bool) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    _stay_on_this_host(response)
    if behind_tls:
        response.headers["Strict-Transport-Security"] = f"max-age={HSTS_SECONDS}; includeSubDomains"
    if request.endpoint == STATIC_ENDPOINT and response.status_code < 400:
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers.setdefault("Content-Security-Policy", POLICY_OF_FILES)
        return response
    for name, value in SAME_FOR_ALL.items():
        response.headers[name] = value
    response.headers["Content-Security-Policy"] = content_policy(nonce())
    return response


def _stay_on_this_host(response: Response) -> None:
    """Name no host where an answer leads on: the one in the request, and its port, may be made up.

    Flask does so where it adds a slash to an address.
    """
    whole = response.headers.get("Location", "")
    if whole.startswith(("http://", "https://")):
        _, _, path = whole.partition("://")[2].partition("/")
        response.headers["Location"] = "/" + path.lstrip("/\\")
        response.set_data(b"")


def content_policy(token: str) -> str:
    """Give the Content-Security-Policy: this origin, our own scripts, nothing inline."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{token}'",
            "style-src 'self'",
            "img-src 'self'",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        )
    )
