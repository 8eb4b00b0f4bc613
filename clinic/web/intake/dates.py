"""Dates and times as people type them: three boxes, month names in English and Spanish."""

import calendar
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, tzinfo

from clinic.catalogue import date_order
from clinic.marked import marked
from clinic.questionnaire.values import PartialDate
from clinic.web.intake.parts import Part
from clinic.web.intake.reading import Unreadable

ADD_YEAR = marked("Add the year.")
ADD_MONTH = marked("Add the month.")
ADD_DAY = marked("Add the day.")
DAY_IN_FIGURES = marked("Write the day as a number from 1 to 31.")
MONTH_WORDS = marked("Write the month as a number from 1 to 12, or its name.")
FOUR_FIGURES = marked("Write the year with 4 figures, such as 1958.")
NO_SUCH_DAY = marked("Check the day. {month} {year} has {days} days.")
FULL_DAY_FOR_TIME = marked("Add the full date, or take out the time.")
TIME_WORDS = marked("Write the time like this: 2:30 pm.")
NOT_BORN_YET = marked("Check the year. This date is still to come.")
TOO_OLD = marked("Check the year. This is more than {years} years ago.")

OLDEST_YEARS = 120

MONTHS = (
    (marked("January"), "enero"),
    (marked("February"), "febrero"),
    (marked("March"), "marzo"),
    (marked("April"), "abril"),
    (marked("May"), "mayo"),
    (marked("June"), "junio"),
    (marked("July"), "julio"),
    (marked("August"), "agosto"),
    (marked("September"), "septiembre"),
    (marked("October"), "octubre"),
    (marked("November"), "noviembre"),
    (marked("December"), "diciembre"),
)
_MONTH_OF_NAME: Mapping[str, int] = {
    name.casefold(): number for number, names in enumerate(MONTHS, start=1) for name in names
} | {"setiembre": 9, "sept": 9}

_TIME = re.compile(
    r"(\d{1,2})(?:[:.h](\d{2})(?::(\d{2})(\.\d{1,6})?)?)?\s*(a|p)?\.?\s*(?:m\.?)?", re.IGNORECASE
)

BIRTHDAY = {"month": "bday-month", "day": "bday-day", "year": "bday-year"}
"""What browsers call the parts of a birth date."""


def date_parts(
    key: str,
    texts: Mapping[str, str],
    say: Callable[[str], str] = str,
    *,
    language: str = "en",
    birthday: bool = False,
    wrong: str = "",
) -> list[Part]:
    """Give the boxes of a date outside a questionnaire, in the order of the language."""
    labels = {"month": marked("Month"), "day": marked("Day"), "year": marked("Year")}
    return [
        Part(
            name=f"{key}-{part}",
            id=f"{key}-{part}",
            label=say(labels[part]),
            text=texts.get(part, ""),
            width="10" if part == "month" else "4",
            inputmode="" if part == "month" else "numeric",
            autocomplete=BIRTHDAY[part] if birthday else "",
            wrong=part == wrong,
        )
        for part in date_order(language)
    ]


def in_order(boxes: Iterable[str], language: str) -> tuple[str, ...]:
    """Put the boxes of a date in the order of a language; other boxes stay as they are, behind."""
    order = date_order(language)
    return tuple(sorted(boxes, key=lambda box: order.index(box) if box in order else len(order)))


def read_date(year: str, month: str, day: str, *, full: bool = True) -> PartialDate | None:
    """Read a date from its parts; None when all are blank. Raises Unreadable.

    Unless `full`, the day may be left out, and the month with it.
    """
    year, month, day = (unicodedata.normalize("NFKC", part).strip() for part in (year, month, day))
    if not (year or month or day):
        return None
    the_month = _month(month) if month else None
    the_day = _day(day) if day else None
    if not month and (full or day):
        raise Unreadable(ADD_MONTH, "month")
    if not day and full:
        raise Unreadable(ADD_DAY, "day")
    if not year:
        raise Unreadable(ADD_YEAR, "year")
    return _real(_year(year), the_month, the_day)


def read_birth_date(year: str, month: str, day: str, today: date) -> PartialDate | None:
    """Read a birth date: a full day, not to come and not beyond a long life."""
    born = read_date(year, month, day)
    if born is None:
        return None
    if born.first_day > today:
        raise Unreadable(NOT_BORN_YET, "year")
    if born.year < today.year - OLDEST_YEARS:
        raise Unreadable(TOO_OLD, "year", years=OLDEST_YEARS)
    return born


def _year(text: str) -> int:
    if not (text.isdecimal() and len(text) == 4 and int(text) > 0):
        raise Unreadable(FOUR_FIGURES, "year")
    return int(text)


def _month(text: str) -> int:
    if text.isdecimal() and len(text) <= 2 and 1 <= int(text) <= 12:
        return int(text)
    name = text.casefold().rstrip(".")
    known = {number for full, number in _MONTH_OF_NAME.items() if full.startswith(name)}
    if len(name) < 3 or len(known) != 1:
        raise Unreadable(MONTH_WORDS, "month")
    return known.pop()


def _day(text: str) -> int:
    if not (text.isdecimal() and len(text) <= 2 and 1 <= int(text) <= 31):
        raise Unreadable(DAY_IN_FIGURES, "day")
    return int(text)


def _real(year: int, month: int | None, day: int | None) -> PartialDate:
    if month is not None and day is not None:
        days = calendar.monthrange(year, month)[1]
        if day > days:
            name = MONTHS[month - 1][0]
            raise Unreadable(NO_SUCH_DAY, "day", month=name, year=year, days=days)
    return PartialDate(year, month, day)


def read_time(text: str) -> time:
    """Read `14:30`, `2:30 pm` or `2 pm`, with seconds where they are given. Raises Unreadable."""
    match = _TIME.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not match:
        raise Unreadable(TIME_WORDS, "time")
    hours, minutes, seconds, fraction, half = match.groups()
    hour = int(hours)
    if minutes is None and half is None:
        raise Unreadable(TIME_WORDS, "time")
    if half is not None:
        if not 1 <= hour <= 12:
            raise Unreadable(TIME_WORDS, "time")
        hour = hour % 12 + (12 if half.casefold() == "p" else 0)
    try:
        micro = int((fraction or ".0")[1:].ljust(6, "0"))
        return time(hour, int(minutes or 0), int(seconds or 0), micro)
    except ValueError:
        raise Unreadable(TIME_WORDS, "time") from None


def read_moment(
    year: str, month: str, day: str, clock: str, zone: tzinfo = UTC
) -> datetime | PartialDate | None:
    """Read a date with a time; without a time it is the date alone. Raises Unreadable."""
    on = read_date(year, month, day, full=False)
    if not clock.strip():
        return on
    at = read_time(clock)
    if on is None or not on.is_full:
        raise Unreadable(FULL_DAY_FOR_TIME, "day" if on else "month")
    return datetime.combine(on.first_day, at, zone)


def time_words(at: time) -> str:
    """Give a time as people write it, such as 2:30 pm; seconds only where there are some."""
    text = f"{(at.hour - 1) % 12 + 1}:{at.minute:02d}"
    if at.second or at.microsecond:
        text += f":{at.second:02d}"
    if at.microsecond:
        text += f".{at.microsecond:06d}"
    return f"{text} {'am' if at.hour < 12 else 'pm'}"


def date_texts(on: PartialDate) -> dict[str, str]:
    """Give what stands in the boxes of a date."""
    return {
        "month": str(on.month or ""),
        "day": str(on.day or ""),
        "year": f"{on.year:04d}",
    }
