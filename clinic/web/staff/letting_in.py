"""What the session of staff holds: who is in, who is half in, and when they proved it last."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from flask import redirect, session, url_for
from werkzeug.wrappers import Response as WebResponse

from clinic.actions import tablets as tablet_acts
from clinic.store.sessions import MARK
from clinic.store.staff import Member
from clinic.web import sessions
from clinic.web.tablet import unmark
from clinic.web.visit import database, now, settings

FRESH = "fresh_at"
HALF = "half_in"
HALF_IN_FOR = timedelta(minutes=10)
FRESH_FOR = timedelta(minutes=5)
"""For so long after signing in nobody is asked again."""


class HalfIn(NamedTuple):
    """Somebody whose password was right, and who has to pass the second step."""

    staff_id: UUID
    mark: str
    place: str


def let_in(member: Member, place: str = "") -> WebResponse:
    """Give a session of its own, with nothing of what this browser did before."""
    session.clear()
    session[sessions.STAFF_ID] = str(member.id)
    session[MARK] = member.mark
    keep_fresh()
    sessions.renew()
    answer = redirect(place or url_for("staff.worklist"), code=303)
    if sessions.on_tablet():
        tablet_acts.take_back(database(), sessions.tablet_token(), by=member, now=now())
        unmark(answer, secure=settings().behind_tls)
    return answer


def ask_for_second(member: Member, place: str) -> WebResponse:
    """Keep who gave the right password, and lead to the second step. Nobody is signed in yet."""
    session.clear()
    session[HALF] = [str(member.id), member.mark, place, now().isoformat()]
    sessions.renew()
    return redirect(url_for("staff.second_step.ask"), code=303)


def half_in() -> HalfIn | None:
    """Give who is half in, or None when nobody is or it took too long."""
    kept = session.get(HALF)
    if kept is None or not is_within(kept[3], HALF_IN_FOR):
        return None
    return HalfIn(UUID(kept[0]), kept[1], kept[2])


def keep_fresh() -> None:
    """Note that somebody proved just now who they are."""
    session[FRESH] = now().isoformat()


def is_fresh() -> bool:
    """True when somebody proved a short time ago who they are."""
    kept = session.get(FRESH)
    return kept is not None and is_within(kept, FRESH_FOR)


def is_within(then: str, time: timedelta) -> bool:
    """True when a moment is near enough. One to come was noted before the clock was set back."""
    return abs(now() - datetime.fromisoformat(then)) < time
