"""Sessions kept on the server: the browser holds an opaque token, the table its hash.

A row is made only when something has to be kept, so that somebody who only reads gets no
cookie. How long a session lives is said in `clinic/store/sessions.py`.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast
from uuid import UUID

from flask import Flask, Request, Response, request, session
from flask.sessions import SessionInterface, SessionMixin

from clinic.errors import Unavailable
from clinic.store import limits, tablets
from clinic.store import sessions as rows
from clinic.store.audit import ORIGIN
from clinic.store.database import Transaction
from clinic.store.sessions import STAFF_IDLE, STAFF_LIFE, Session
from clinic.store.staff import Member
from clinic.web import tablet
from clinic.web.visit import house, now, remote_address

PLAIN_NAME = "clinic"
SECURE_NAME = "__Host-clinic"
"""Browsers take a cookie of this name only over TLS, for one host and the whole of it."""

STAFF_ID = "staff_id"
FORGOTTEN_BY_PATIENTS = '"cache", "storage"'
FORGOTTEN_BY_STAFF = '"cache"'
"""What a browser drops when a session ends: docs/decisions/0019-what-a-browser-forgets.md."""
TOUCH_AFTER = timedelta(seconds=60)
TOUCH_STAFF_AFTER = timedelta(seconds=5)
"""A page counts down what is left, and says so."""
TOUCH_TABLET_AFTER = timedelta(seconds=1)
"""On a tablet the minutes of one who left count, so each press is noted."""
ONLY_READ = frozenset({"GET", "HEAD", "OPTIONS"})
WITHOUT_SESSION = ("/static/", "/healthz", "/readyz")


class StoredSession(dict[str, Any], SessionMixin):
    """What is kept for one browser. JSON values only."""

    def __init__(
        self,
        data: dict[str, Any] | None = None,
        *,
        token: str | None = None,
        staff: Member | None = None,
        seen_at: datetime | None = None,
        expires_at: datetime | None = None,
        tablet: str = "",
    ) -> None:
        super().__init__(data or {})
        self.token = token
        self.staff = staff
        self.seen_at = seen_at
        self.expires_at = expires_at
        self.tablet = tablet
        self.before = dict(self)
        self.renewing = False
        self.same_end = False
        self.ending = False
        self.unseen = False
        self.away: Unavailable | None = None

    @property
    def changed(self) -> bool:
        """True when there is something to write."""
        return self.renewing or dict(self) != self.before

    @property
    def touch_after(self) -> timedelta:
        """For how long it is not noted anew that somebody is there."""
        if self.tablet:
            return TOUCH_TABLET_AFTER
        return TOUCH_AFTER if self.staff is None else TOUCH_STAFF_AFTER


class Left(NamedTuple):
    """How long a session of staff still lasts: without a press, and however busy."""

    idle_seconds: int
    life_seconds: int


class StoredSessions(SessionInterface):
    """Flask's sessions on the table of sessions."""

    def __init__(self, *, secure: bool) -> None:
        self.secure = secure
        self.name = SECURE_NAME if secure else PLAIN_NAME

    def open_session(self, app: Flask, request: Request) -> StoredSession:  # noqa: ARG002
        """Give the session that the cookie names, or an empty one."""
        token = request.cookies.get(self.name, "")
        bound = tablet.token_of(request, secure=self.secure)
        if not (token or bound) or request.path.startswith(WITHOUT_SESSION):
            return StoredSession()
        try:
            with house().database.reading() as reading:
                if bound and not tablets.is_bound(reading, bound):
                    bound = ""
                return _opened(reading, token, bound)
        except Unavailable as away:
            # Raised once the address is known and its language chosen, so that a page tells of it.
            return _unknown(away)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:  # noqa: ARG002
        """Write what changed, and give or take the cookie."""
        stored = cast("StoredSession", session)
        if stored.away is not None:
            return
        if stored.ending:
            self._end(stored, response)
        elif stored.changed:
            self._write(stored, response)
        elif stored.unseen:
            return
        elif stored.token and stored.seen_at and now() - stored.seen_at > stored.touch_after:
            # The page is made: it is not held back because nobody could note that it was read.
            with suppress(Unavailable), house().database.writing() as writing:
                rows.touch(writing, stored.token, now())

    def _end(self, stored: StoredSession, response: Response) -> None:
        if stored.token:
            with house().database.writing() as writing:
                rows.end(writing, stored.token)
        forgotten = FORGOTTEN_BY_STAFF if stored.staff else FORGOTTEN_BY_PATIENTS
        response.headers["Clear-Site-Data"] = forgotten
        response.delete_cookie(
            self.name, path="/", secure=self.secure, httponly=True, samesite="Lax"
        )

    def _write(self, stored: StoredSession, response: Response) -> None:
        with house().database.writing() as writing:
            if stored.token and not stored.renewing:
                rows.save(writing, stored.token, dict(stored), now())
                return
            if stored.token:
                rows.end(writing, stored.token)
            if not stored or (not stored.token and _are_too_many(writing)):
                return
            staff = stored.get(STAFF_ID)
            token = rows.open_session(
                writing,
                now=now(),
                data=dict(stored),
                staff_id=UUID(staff) if staff else None,
                expires_at=stored.expires_at if stored.same_end else None,
            )
        response.set_cookie(
            self.name, token, path="/", secure=self.secure, httponly=True, samesite="Lax"
        )


def _are_too_many(tx: Transaction) -> bool:
    """True when an address began more sessions of late than people do: their rows fill a disk."""
    return limits.hit(tx, limits.SESSIONS_OF_ADDRESS, remote_address(), now()) is not None


def wait_for_one() -> int:
    """Give for how many seconds this address gets no session, where that is why no cookie came."""
    if came_with_cookie():
        return 0
    with house().database.reading() as reading:
        return limits.wait(reading, limits.SESSIONS_OF_ADDRESS, remote_address(), now()) or 0


def _opened(reading: Transaction, token: str, bound: str) -> StoredSession:
    found = rows.load(reading, token, now()) if token else None
    if found is None:
        return StoredSession(tablet=bound)
    ORIGIN.set(replace(ORIGIN.get(), session=rows.handle_of(reading, token)))
    if bound and _is_over_on_tablet(found):
        over = StoredSession(token=token, tablet=bound)
        over.renewing = True
        return over
    return StoredSession(
        dict(found.data),
        token=token,
        staff=found.staff,
        seen_at=found.seen_at,
        expires_at=found.expires_at,
        tablet=bound,
    )


def _unknown(away: Unavailable) -> StoredSession:
    """Give what stands for a session that cannot be read now. Nothing of it is ever written."""
    session = StoredSession()
    session.away = away
    return session


def _is_over_on_tablet(found: Session) -> bool:
    """True for a patient who went, and for staff: they take the tablet back to sign in on it."""
    idle = tablet.idle_limit(found.data)
    return found.staff is not None or now() - found.seen_at >= idle


def away() -> Unavailable | None:
    """Give why the session could not be read, if it could not."""
    return _current().away


def write_nothing(why: Unavailable) -> None:
    """Leave the session as it is kept: the database is away, and the answer only says so."""
    _current().away = why


def renew(*, same_end: bool = False) -> None:
    """Give the session a new token, so that one known before is worth nothing.

    With `same_end` it is the same person's still, and ends when it would have.
    """
    stored = _current()
    stored.renewing, stored.same_end = True, same_end


def unseen() -> None:
    """Do not count this request as being seen: nobody pressed anything."""
    _current().unseen = True


def end() -> None:
    """Forget the session, here and in the browser."""
    stored = _current()
    stored.clear()
    stored.ending = True


def token() -> str:
    """Give the token of this session, or ""."""
    return _current().token or ""


def left() -> Left:
    """Give how long this session of staff still lasts once the request is answered."""
    stored = _current()
    seen = stored.seen_at or now()
    if not stored.unseen and now() - seen > stored.touch_after:
        seen = now()
    ends = stored.expires_at or now() + STAFF_LIFE
    idle = min(seen + STAFF_IDLE, ends) - now()
    return Left(int(idle.total_seconds()), int((ends - now()).total_seconds()))


def signed_in_member() -> Member | None:
    """Give the member of staff whose session this is.

    An act looks once more: its body may have come long after its head, whose session this was.
    """
    stored = _current()
    if stored.staff is None or request.method in ONLY_READ:
        return stored.staff
    with house().database.reading() as reading:
        found = rows.load(reading, stored.token or "", now())
    return found.staff if found else None


def tablet_token() -> str:
    """Give the token of the tablet of the clinic that asks, or "" for any other device."""
    return _current().tablet


def on_tablet() -> bool:
    """True on a tablet of the clinic that staff handed to patients."""
    return bool(_current().tablet)


def came_from_tablet() -> bool:
    """True when the browser sent the cookie of a tablet, be it bound any more or not."""
    return bool(tablet.token_of(request, secure=house().settings.behind_tls))


def came_with_cookie() -> bool:
    """True when the browser sent our cookie, even one that is worth nothing any more."""
    return PLAIN_NAME in request.cookies or SECURE_NAME in request.cookies


def _current() -> StoredSession:
    return cast("StoredSession", session._get_current_object())  # type: ignore[attr-defined]
