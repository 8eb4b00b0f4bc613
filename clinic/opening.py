"""When somebody is at the clinic: opening hours, read from one line of text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from clinic.marked import Say, marked

DAYS = (
    marked("Monday"),
    marked("Tuesday"),
    marked("Wednesday"),
    marked("Thursday"),
    marked("Friday"),
    marked("Saturday"),
    marked("Sunday"),
)
HOURS = marked("{days}, {opens} to {closes}")
FIRST_TO_LAST = marked("{first} to {last}")
ONE_AND_ANOTHER = marked("{one} and {another}")
AND_ALSO = marked(", and ")
NOON, MIDNIGHT = marked("noon"), marked("midnight")
AM, PM = marked("am"), marked("pm")

CLOCK_OF_ONE = marked("1{minutes} {half}")
CLOCK = marked("{hour}{minutes} {half}")
"""A time after a word such as "by". In Spanish an article goes with it: la 1 p.m., las 5 p.m."""
TIME = re.compile(r"(?P<hour>[0-9]{1,2})(?::(?P<minutes>[0-9]{2}))? *(?P<half>[ap]\.?m\.?)?")
TIME_EXAMPLE = "5 pm, 12:30 pm, noon or 17:00"

SHORT = tuple(day[:3].lower() for day in DAYS)
MINUTES_OF_DAY = 24 * 60
ENTRY = re.compile(r"(?P<days>[A-Za-z,\s-]+?)\s+(?P<opens>\d\d:\d\d)\s*-\s*(?P<closes>\d\d:\d\d)")
EXAMPLE = "Mon-Fri 08:00-17:00; Sat 09:00-12:00"


@dataclass(frozen=True, slots=True)
class Span:
    """The same hours on some days: days from 0 for Monday, minutes from midnight.

    Open from the minute of `opens` until, and not at, the minute of `closes`.
    """

    days: tuple[int, ...]
    opens: int
    closes: int

    @property
    def words(self) -> str:
        """Such as "Monday to Friday, 8 am to 5 pm"."""
        return self.words_in(str)

    def words_in(self, say: Say) -> str:
        """The same in another language: `say` gives English words in it."""
        return say(HOURS).format(
            days=_days_in_words(self.days, say),
            opens=_clock(self.opens, say),
            closes=_clock(self.closes, say),
        )


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """A week of opening hours, as the clinic's own clocks show them. Holidays are not known."""

    spans: tuple[Span, ...]

    @property
    def words(self) -> str:
        """All of it in one phrase."""
        return self.words_in(str)

    def words_in(self, say: Say) -> str:
        """All of it in another language: `say` gives English words in it."""
        return say(AND_ALSO).join(span.words_in(say) for span in self.spans)


def read_opening_hours(text: str) -> OpeningHours:
    """Read hours such as EXAMPLE. Raises ValueError with a sentence that says how to write them."""
    entries = [entry.strip() for entry in text.split(";") if entry.strip()]
    if not entries:
        raise ValueError(f"write days and hours, such as {EXAMPLE}")
    return OpeningHours(tuple(_span(entry) for entry in entries))


def is_open(hours: OpeningHours, local: datetime) -> bool:
    """True when the clinic is open at a moment, given as its own wall clock shows it."""
    minute = local.hour * 60 + local.minute
    return any(
        local.weekday() in span.days and span.opens <= minute < span.closes for span in hours.spans
    )


def opens_later_today(hours: OpeningHours, local: datetime) -> bool:
    """True when the clinic is still to open on the same day."""
    minute = local.hour * 60 + local.minute
    return any(local.weekday() in span.days and minute < span.opens for span in hours.spans)


def read_clock(text: str) -> int:
    """Read a time of day such as TIME_EXAMPLE, in minutes from midnight. Raises ValueError."""
    plain = text.strip().lower()
    if plain in (NOON, MIDNIGHT):
        return 0 if plain == MIDNIGHT else MINUTES_OF_DAY // 2
    found = TIME.fullmatch(plain)
    if found is None or (found["half"] is None and found["minutes"] is None):
        raise ValueError(f"write a time such as {TIME_EXAMPLE}")
    hour, minutes = int(found["hour"]), int(found["minutes"] or 0)
    if found["half"] is not None:
        if not 1 <= hour <= 12:
            raise ValueError(f"write a time such as {TIME_EXAMPLE}")
        hour = hour % 12 + (12 if found["half"].startswith("p") else 0)
    if minutes > 59 or hour > 23:
        raise ValueError(f"write a time such as {TIME_EXAMPLE}")
    return hour * 60 + minutes


def clock_after_by(text: str, say: Say) -> str:
    """Give a time of day as it stands after "by" in a language: 5 pm; las 5 p.m., la 1 p.m."""
    of_day = read_clock(text)
    if of_day % (MINUTES_OF_DAY // 2) == 0:
        return say(NOON if of_day else MIDNIGHT)
    hour, minutes = divmod(of_day, 60)
    shown = (hour - 1) % 12 + 1
    return say(CLOCK_OF_ONE if shown == 1 else CLOCK).format(
        hour=shown,
        minutes=f":{minutes:02}" if minutes else "",
        half=say(AM if hour < 12 else PM),
    )


def _span(entry: str) -> Span:
    found = ENTRY.fullmatch(entry)
    if found is None:
        raise ValueError(f"{entry!r} cannot be read; write days and hours, such as {EXAMPLE}")
    opens, closes = _minutes(found["opens"]), _minutes(found["closes"])
    if opens >= closes:
        raise ValueError(
            f"{entry!r} must close after it opens; write hours past midnight as two entries"
        )
    days = sorted({day for part in found["days"].split(",") for day in _days(part)})
    return Span(tuple(days), opens, closes)


def _minutes(text: str) -> int:
    hour, minute = (int(part) for part in text.split(":"))
    if minute > 59 or hour * 60 + minute > MINUTES_OF_DAY:
        raise ValueError(f"there is no time {text}; write hours from 00:00 to 24:00")
    return hour * 60 + minute


def _days(part: str) -> Iterator[int]:
    """The days of "Mon" or of "Fri-Mon", which goes round the end of the week."""
    names = part.split("-")
    if len(names) > 2:
        raise ValueError(f"{part.strip()!r} is no day; write days such as Mon or Mon-Fri")
    first, last = _day(names[0]), _day(names[-1])
    for step in range((last - first) % 7 + 1):
        yield (first + step) % 7


def _day(name: str) -> int:
    short = name.strip().lower()
    for number, day in enumerate(DAYS):
        if short in (SHORT[number], day.lower()):
            return number
    raise ValueError(f"{name.strip()!r} is no day; write Mon, Tue, Wed, Thu, Fri, Sat or Sun")


def _days_in_words(days: tuple[int, ...], say: Say) -> str:
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    said = [_run_in_words(run, say) for run in runs]
    if len(said) == 1:
        return said[0]
    return say(ONE_AND_ANOTHER).format(one=", ".join(said[:-1]), another=said[-1])


def _run_in_words(run: list[int], say: Say) -> str:
    first, last = say(DAYS[run[0]]), say(DAYS[run[-1]])
    if len(run) == 1:
        return first
    if len(run) == 2:
        return say(ONE_AND_ANOTHER).format(one=first, another=last)
    return say(FIRST_TO_LAST).format(first=first, last=last)


def _clock(minutes: int, say: Say) -> str:
    """The time as it is spoken: 8 am, 12:30 pm, noon, midnight."""
    if minutes in (0, MINUTES_OF_DAY):
        return say(MIDNIGHT)
    if minutes == MINUTES_OF_DAY // 2:
        return say(NOON)
    hour, minute = divmod(minutes, 60)
    half = say(AM if hour < 12 else PM)
    return f"{(hour - 1) % 12 + 1}{f':{minute:02}' if minute else ''} {half}"
