"""A day and a time as people at work type them, or as a browser or a spreadsheet writes them.

3/17/2026 or 2026-03-17; 2:30 pm or 14:30.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from clinic.errors import BadInput
from clinic.marked import marked

DAY_WORDS = marked("Write the day like this: 3/17/2026.")
NO_SUCH_DAY = marked("Check the day. There is no such day.")
TIME_WORDS = marked("Write the time like this: 2:30 pm.")
FAR_AHEAD = marked("This day is more than two years away. Check the year.")
FAR_BACK = marked("This day is more than a year ago. Check the year.")
MOST_AHEAD = timedelta(days=2 * 365 + 1)
MOST_BACK = timedelta(days=366)

US_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(?:\s*([ap])\.?\s?m\.?)?", re.ASCII | re.IGNORECASE)


def day_of(text: str) -> date:
    """Give the day that was typed, month first. Raises BadInput."""
    typed = text.strip()
    if found := US_DAY.fullmatch(typed):
        month, day, year = (int(part) for part in found.groups())
    elif found := ISO_DAY.fullmatch(typed):
        year, month, day = (int(part) for part in found.groups())
    else:
        raise BadInput(DAY_WORDS)
    try:
        return date(year, month, day)
    except ValueError:
        raise BadInput(NO_SUCH_DAY) from None


def time_of(text: str) -> time:
    """Give the time of day that was typed. Raises BadInput."""
    found = CLOCK.fullmatch(text.strip())
    if found is None or not (found[2] or found[3]):
        raise BadInput(TIME_WORDS)
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= 12:
            raise BadInput(TIME_WORDS)
        hour = hour % 12 + (12 if found[3].lower() == "p" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        raise BadInput(TIME_WORDS) from None


def moment_of(day: str, clock: str, zone: tzinfo) -> datetime:
    """Give the moment, in UTC, of a day and a time in a zone. Raises BadInput."""
    try:
        return datetime.combine(day_of(day), time_of(clock), tzinfo=zone).astimezone(UTC)
    except OverflowError:  # the first and the last day that there is, elsewhere on earth
        raise BadInput(NO_SUCH_DAY) from None


def check_year(day: date, today: date) -> None:
    """Refuse a day that only a slip in the year explains: its clock would run for ever.

    Raises BadInput.
    """
    if day - today > MOST_AHEAD:
        raise BadInput(FAR_AHEAD)
    if today - day > MOST_BACK:
        raise BadInput(FAR_BACK)
