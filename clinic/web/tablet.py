"""A clinic tablet: how it is marked, and for how long a patient may press nothing on it.

The cookie names a device that staff bound to patients, and nobody. Until it is taken back no
page of staff is reachable from it, and each patient's session ends soon after the last press.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Request, request
from werkzeug.wrappers import Response

from clinic.store.tablets import MARK_LIFE
from clinic.web.visit import INTAKE_KEY, settings

PLAIN_NAME = "clinic-tablet"
SECURE_NAME = "__Host-clinic-tablet"
MORE_TIME_KEY = "more_time"
"""Where a patient's session keeps that the patient asked for more time."""
GO_ON_KEY = "go_on"
"""Where it keeps which form staff handed over, until its owner opens it."""
MORE_TIMES = 10
"""WCAG 2.2.1: a limit can be set to ten times as much before it is met."""
WARNING_SECONDS = 30
"""How long the warning stands before the tablet clears itself; WCAG 2.2.1 asks for 20."""
SLACK_SECONDS = 15
"""So late may the browser's word come that somebody still types."""


@dataclass(frozen=True, slots=True)
class TabletLimits:
    """What a page on a tablet says and does about the time."""

    idle_seconds: int
    holds_form: bool
    more_time: bool
    warning_seconds: int = WARNING_SECONDS

    @property
    def in_all(self) -> int:
        """After so many seconds without a press the tablet clears itself."""
        return self.idle_seconds + self.warning_seconds


def limits(session: Mapping[str, Any]) -> TabletLimits:
    """Give the limits for a patient's session on a tablet."""
    more_time = bool(session.get(MORE_TIME_KEY))
    times = MORE_TIMES if more_time else 1
    return TabletLimits(
        idle_seconds=settings().kiosk_idle_seconds * times,
        holds_form=INTAKE_KEY in session,
        more_time=more_time,
    )


def idle_limit(session: Mapping[str, Any]) -> timedelta:
    """Give after how long without a request the server ends a patient's session on a tablet."""
    return timedelta(seconds=limits(session).in_all + SLACK_SECONDS)


def token_of(asked: Request, *, secure: bool) -> str:
    """Give the token that the cookie of a tablet holds, or ""."""
    return asked.cookies.get(SECURE_NAME if secure else PLAIN_NAME, "")


def mark(response: Response, token: str, *, secure: bool) -> None:
    """Mark the device that is answered as a tablet of the clinic."""
    response.set_cookie(
        SECURE_NAME if secure else PLAIN_NAME,
        token,
        max_age=MARK_LIFE,  # it is made anew each time staff hand the tablet over
        path="/",
        secure=secure,
        httponly=True,
        samesite="Lax",
    )


def unmark(response: Response, *, secure: bool) -> None:
    """Take the mark off the device that is answered."""
    name = SECURE_NAME if secure else PLAIN_NAME
    response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="Lax")


def wipe(response: Response) -> None:
    """Have the browser forget every cookie of ours, but that it is a tablet of the clinic.

    The end of the session drops all that is no cookie.
    """
    for name in request.cookies:
        if name not in (PLAIN_NAME, SECURE_NAME):
            secure = name.startswith("__Host-")
            response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="Lax")
