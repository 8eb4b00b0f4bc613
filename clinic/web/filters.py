"""How values read on a page: dates in the long form, times, telephone links."""

from datetime import date, datetime

from flask_babel import format_date, format_time, gettext, pgettext
from jinja2 import Environment

from clinic.opening import OpeningHours
from clinic.questionnaire.values import PartialDate


def long_date(value: date | datetime | PartialDate) -> str:
    """Give a date in the long form of the language, as far as it is known.

    Short forms swap day and month between languages, so they are never used.
    """
    if not isinstance(value, PartialDate):
        return str(format_date(value, "long"))
    if value.is_full:
        return str(format_date(value.first_day, "long"))
    if value.month is not None:
        return str(format_date(value.first_day, "MMMM y"))
    return str(value.year)


def clock_time(value: datetime) -> str:
    """Give the time of day at the clinic, such as 2:30 pm."""
    return str(format_time(value, "h:mm a")).replace("\u202f", " ").lower()


def tel_href(number: str) -> str:
    """Give a telephone number as the address of a link."""
    digits = "".join(c for c in number if c.isdigit())
    return f"tel:{'+' if number.strip().startswith('+') else ''}{digits}"


def hours_words(hours: OpeningHours | None) -> str:
    """Give opening hours in the reader's language; nothing where none are known."""
    return hours.words_in(gettext) if hours else ""


def register_filters(environment: Environment) -> None:
    """Let templates use them by name, and words that mean one thing here and another elsewhere."""
    environment.globals["pgettext"] = pgettext
    environment.filters.update(
        long_date=long_date,
        clock_time=clock_time,
        tel_href=tel_href,
        hours_words=hours_words,
        said=gettext,
    )
