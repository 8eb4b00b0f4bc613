"""Whether anybody is at the clinic now, and the words for when nobody is."""

from dataclasses import dataclass

from flask import g
from flask_babel import gettext

from clinic.library.article import Article
from clinic.opening import is_open, opens_later_today
from clinic.web.visit import articles, now, settings, zone


@dataclass(frozen=True, slots=True)
class Closed:
    """What a patient is told while the clinic is closed. `phone`: a line answered then, or ""."""

    words: Article
    hours: str
    phone: str
    opens_later_today: bool


def closed() -> Closed | None:
    """Give the words for a closed clinic, or None while it is open."""
    local = now().astimezone(zone())
    hours = settings().hours
    if is_open(hours, local):
        return None
    return Closed(
        words=articles().page("after-hours", g.language),
        hours=hours.words_in(gettext),
        phone=settings().after_hours_phone,
        opens_later_today=opens_later_today(hours, local),
    )
