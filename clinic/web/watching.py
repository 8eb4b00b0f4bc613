"""One line in the log and one count for every request: its route, its status, how long it took.

A route is the pattern of an address (`/i/<token>`), never the address: that may hold a token.
"""

import re
import time
from collections.abc import Callable, Iterable
from typing import Any
from uuid import uuid4

import structlog
from flask import Flask, Response, request

from clinic import metrics
from clinic.store.audit import ORIGIN, Origin

ROUTE = "clinic.route"
REQUEST_ID = "clinic.request"
REQUEST_ID_HEADER = "HTTP_X_REQUEST_ID"
OUR_PROXYS_ID = re.compile("[0-9a-f]{32}")
"""What nginx calls $request_id."""
QUIET = frozenset({"/static/<path:filename>", "/healthz", "/readyz"})
"""What is asked for all the time; it is counted, and told in the log only when it fails."""

Start = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], Start], Iterable[bytes]]

log = structlog.get_logger()


class Watched:
    """Times each request, whatever comes of it, and tells and counts it."""

    def __init__(self, app: Wsgi, *, believes_proxy: bool) -> None:
        self.app = app
        self.believes_proxy = believes_proxy

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        """Answer one request."""
        began = time.perf_counter()
        environ[REQUEST_ID] = self._id_of(environ)
        statuses: list[int] = []
        origin = ORIGIN.set(Origin(request_id=environ[REQUEST_ID]))

        def start(status: str, *rest: Any) -> Any:
            statuses[:] = [int(status[:3])]
            return start_response(status, *rest)

        try:
            return self.app(environ, start)
        finally:
            ORIGIN.reset(origin)
            _tell(environ, statuses[0] if statuses else 500, time.perf_counter() - began)

    def _id_of(self, environ: dict[str, Any]) -> str:
        given = str(environ.get(REQUEST_ID_HEADER, ""))
        if self.believes_proxy and OUR_PROXYS_ID.fullmatch(given):
            return given
        return uuid4().hex


def watch(app: Flask, *, behind_tls: bool) -> None:
    """Tell and count every request of an app. Call it last: it stands around all of it."""
    app.after_request(_note_route)
    app.wsgi_app = Watched(app.wsgi_app, believes_proxy=behind_tls)  # type: ignore[method-assign]


def route() -> str:
    """Give the pattern of this request's address."""
    return request.url_rule.rule if request.url_rule is not None else metrics.UNMATCHED


def request_id() -> str:
    """Give the number by which this request stands in the log, here and at the proxy."""
    return str(request.environ.get(REQUEST_ID, ""))


def _note_route(response: Response) -> Response:
    request.environ[ROUTE] = route()
    return response


def _tell(environ: dict[str, Any], status: int, seconds: float) -> None:
    place = environ.get(ROUTE, metrics.UNMATCHED)
    method = metrics.method_label(environ.get("REQUEST_METHOD", ""))
    metrics.requests_total.labels(place, method, str(status)).inc()
    metrics.request_seconds.labels(place).observe(seconds)
    if place not in QUIET or status >= 400:
        log.info(
            "request",
            request=environ[REQUEST_ID],
            route=place,
            method=method,
            status=status,
            ms=round(seconds * 1000, 1),
        )
