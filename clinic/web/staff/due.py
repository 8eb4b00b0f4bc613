"""By when somebody has to act for a patient, and whether the visit on record is soon enough."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from clinic.store.records import Card, Facts
from clinic.summary.findings import DAYS_TO_ACT
from clinic.summary.words import long_date
from clinic.web.staff.reader import Reader
from clinic.web.staff.words import day


def act_by_words(facts: Facts, reader: Reader) -> str:
    """Give by when to act, such as Now, Today or By December 11; "" when nobody has to."""
    if facts.emergency_open:
        return "Now"
    if facts.act_by is None or facts.queue is None:
        return ""
    local = facts.act_by.astimezone(reader.zone).date()
    if local == reader.now.astimezone(reader.zone).date():
        return "Today"
    return f"By {day(facts.act_by, reader.zone, reader.now)}"


def is_late(facts: Facts, reader: Reader) -> bool:
    """True of what waits although its time to act is over."""
    return facts.queue is not None and facts.act_by is not None and facts.act_by <= reader.now


def visit_by(facts: Facts, zone: ZoneInfo) -> date | None:
    """Give the last day for a visit, or None where none is asked for.

    Words that a patient added have to be read sooner; that moves no visit.
    """
    days = DAYS_TO_ACT.get(facts.urgency) if facts.urgency else None
    if days is None or facts.submitted_at is None:
        return None
    last = facts.submitted_at.astimezone(zone).date() + timedelta(days=days)
    return last if facts.act_by is None else max(last, facts.act_by.astimezone(zone).date())


def visit_too_late(facts: Facts, card: Card, reader: Reader) -> str:
    """Say so when the visit on record comes after the last day for it; "" when it does not."""
    last = visit_by(facts, reader.zone)
    if card.visit_on is None or last is None or card.visit_on <= last:
        return ""
    return f"Too late: it should be by {long_date(last, 'en')}."
