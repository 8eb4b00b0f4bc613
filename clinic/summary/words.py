"""Values and fixed words as a reader meets them. Dates are always long, times have a zone."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, tzinfo
from decimal import Decimal

from clinic.marked import marked, said
from clinic.opening import AM, PM
from clinic.questionnaire.model import Item, Option
from clinic.questionnaire.response import Answer
from clinic.questionnaire.values import Coding, PartialDate, Quantity, Value
from clinic.triage.rules import Urgency

WORDS: Mapping[str, str] = {
    "yes": marked("Yes"),
    "no": marked("No"),
    "not_answered": marked("Not answered"),
    "taken_back": marked("no answer"),
    "was_changed": marked("{before} at {before_at}, changed to {after} at {after_at}"),
    "now": marked("Act now"),
    "now_closed": marked("Act now: sent on {day} when the clinic was closed for the day"),
    "today_by": marked("Act today, {day}, by {hour}"),
    "by_day": marked("Act by {day}"),
    "check_by": marked("Check again by {day}"),
    "consent": marked("Agreed by {name} on {at}"),
    "no_consent": marked("No agreement is on record"),
    "emergency_now": marked("Emergency now"),
    "same_day": marked("Same day"),
    "urgent_2wk": marked("Within 2 weeks"),
    "routine": marked("Routine"),
    "self_care": marked("Self-care"),
    "note": marked("Note"),
    "range": marked("{lowest} to {highest}"),
    "higher_worse": marked("higher = worse"),
    "higher_better": marked("higher = better"),
    "band_official": marked("official band"),
    "band_informal": marked("informal band"),
    "counted": marked("{counted} of {of} answered"),
    "activity": marked("{counted} activity rated"),
    "activities": marked("{counted} activities rated"),
    "typed": marked("Typed in by {name}, {day}"),
    "moved_better": marked("Better by {difference} since {since}"),
    "moved_worse": marked("Worse by {difference} since {since}"),
    "moved_same": marked("Moved by {difference} since {since}"),
    "unchanged": marked("No change since {since}"),
    "was_now": marked("It was {before} and is {now}."),
    "points_test": marked("Test by points ({limit} or more): {met}."),
    "percent_test": marked("Test by percent ({percent}; {limit}% or more): {met}."),
    "no_percent": marked("Test by percent ({limit}% or more): not possible from 0."),
    "meaningful": marked("Meaningful."),
    "too_small": marked("Too small to be sure."),
    "no_limit": marked("No limit is known for a change that matters."),
    "met": marked("met"),
    "not_met": marked("not met"),
    "verdict_suitable": marked("Suitable"),
    "verdict_modify": marked("Modify"),
    "verdict_ask_first": marked("Ask first"),
    "verdict_avoid": marked("Avoid"),
    "heading_suitable": marked("You may try this stretch."),
    "heading_modify": marked("You may try this stretch in an easier way."),
    "heading_ask_first": marked("Ask your provider before you try this stretch."),
    "heading_avoid": marked("Leave this stretch out for now."),
    "why_suitable": marked("Fine because {because}."),
    "why_modify": marked("Made easier because {because}."),
    "why_care": marked("It needs care too because {because}."),
    "why_ask_first": marked("Ask first because {because}."),
    "why_avoid": marked("Left out because {because}."),
    "gate_hard_stop": marked("Hard stop"),
    "gate_not_now": marked("Not now"),
    "gate_caution": marked("Caution"),
    "gate_talk_first": marked("Talk first"),
    "override_none": marked("Nobody may override this"),
    "override_clinician_with_reason": marked("A clinician may override this with a reason"),
    "level_set": marked("Rules: {computed}. Set to {level} by {by} (clinician) on {at}: {reason}"),
}
"""Words of the house itself, in English."""

YES_OR_NO = re.compile(r"(yes|no|s\u00ed)\b", re.IGNORECASE)
SENTENCE_END = re.compile(r"(?<=[.?!])\s+")

MONTHS = (
    marked("January"),
    marked("February"),
    marked("March"),
    marked("April"),
    marked("May"),
    marked("June"),
    marked("July"),
    marked("August"),
    marked("September"),
    marked("October"),
    marked("November"),
    marked("December"),
)
LONG_DATE = marked("{month} {day}, {year}")
MONTH_ALONE = marked("{month} {year}")
UNITS = (marked("years"),)
"""The units of the shipped questionnaire; another's stand as it writes them."""


def word(name: str, language: str) -> str:
    """Give a fixed word in a language; a bare code gives it in English."""
    return said(WORDS[name], language)


def urgency_word(urgency: Urgency | None, language: str) -> str:
    """Give the word that staff know an urgency by."""
    return word(urgency.value if urgency else "note", language)


def long_date(day: date, language: str) -> str:
    """Give a day such as November 23, 2026."""
    month = said(MONTHS[day.month - 1], language)
    return said(LONG_DATE, language).format(month=month, day=day.day, year=day.year)


def clock(at: time | datetime, language: str = "en") -> str:
    """Give a time such as 8:42 am."""
    hour = at.hour % 12 or 12
    return f"{hour}:{at.minute:02d} {said(AM if at.hour < 12 else PM, language)}"


def moment(at: datetime, zone: tzinfo, language: str) -> str:
    """Give a day and a time on the clinic's clock."""
    local = at.astimezone(zone)
    return f"{long_date(local.date(), language)}, {clock(local, language)}"


def answer_words(item: Item, answer: Answer, language: str, zone: tzinfo) -> tuple[str, ...]:
    """Give each value of an answer as the reader would say it."""
    return tuple(value_words(item, value, language, zone) for value in answer)


def value_words(item: Item, value: Value, language: str, zone: tzinfo) -> str:
    """Give one value as the reader would say it: the option's own words where it has one."""
    option = _option(item, value)
    if option is not None and option.text.words:
        return option.text.within(language)
    match value:
        case bool():
            return word("yes" if value else "no", language)
        case Coding():
            return value.display or value.code
        case PartialDate():
            return _partial_date(value, language)
        case datetime():
            return moment(value, zone, language)
        case time():
            return clock(value, language)
        case Quantity() | int() | Decimal():
            return _measured(item, value, language)
        case _:
            return value


def is_typed(item: Item, answer: Answer) -> bool:
    """True when some part of the answer is in the patient's own words."""
    return any(isinstance(value, str) and _option(item, value) is None for value in answer)


def codes(answer: Answer) -> frozenset[str]:
    """Give the codes of an answer; yes and no for a boolean."""
    found: set[str] = set()
    for value in answer:
        if isinstance(value, bool):
            found.add("yes" if value else "no")
        elif isinstance(value, Coding):
            found.add(value.code)
        else:
            found.add(str(value))
    return frozenset(found)


def _option(item: Item, value: Value) -> Option | None:
    for option in item.options:
        if isinstance(option.value, Coding) and isinstance(value, Coding):
            if option.value.same_code(value):
                return option
        elif type(option.value) is type(value) and option.value == value:
            return option
    return None


def _partial_date(value: PartialDate, language: str) -> str:
    if value.is_full:
        return long_date(value.first_day, language)
    if value.month is None:
        return str(value.year)
    month = said(MONTHS[value.month - 1], language)
    return said(MONTH_ALONE, language).format(month=month, year=value.year)


def _measured(item: Item, value: Quantity | int | Decimal, language: str) -> str:
    if isinstance(value, Quantity):
        return f"{_plain(value.value)} {said(value.unit or value.code or '', language)}".strip()
    unit = (item.unit.display or item.unit.code) if item.unit else ""
    return f"{_plain(value)} {said(unit, language)}".strip()


def _plain(number: int | Decimal) -> str:
    return f"{number:f}" if isinstance(number, Decimal) else str(number)


def with_what_was_asked(question: str, answer: str) -> str:
    """Give an answer; one that begins with yes or no stands behind what was asked.

    A "No, it feels numb" alone, behind the name of a sign, would read as if it were denied.
    """
    if not YES_OR_NO.match(answer):
        return answer
    asked = SENTENCE_END.split(question.strip())[-1]
    return f"{asked} {answer}"
