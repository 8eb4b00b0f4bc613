"""The pictures of the figures page: bars of counts on one scale, each with its table."""

from collections.abc import Callable
from dataclasses import dataclass

from clinic.actions.referral_figures import Figures
from clinic.referral.figures import ServiceFigures
from clinic.web.visit import destinations

ENOUGH_FOR_PERCENT = 20
"""Of fewer referrals no percentage is given: one patient would move it by more than 5."""
ALL = "All services"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a bar: how many, where it begins and ends (0 to 1), and its pattern."""

    number: int
    start: float
    end: float
    look: str


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar of one service, and its line of the table."""

    name: str
    parts: tuple[Part, ...]
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """One picture: its parts in words with their patterns, its bars, its table."""

    id: str
    title: str
    text: str
    legend: tuple[tuple[str, str], ...]
    bars: tuple[Bar, ...]
    columns: tuple[str, ...]
    most: int


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a chart counts: each part by name and pattern, and the cells of its table."""

    id: str
    title: str
    says: Callable[[ServiceFigures], str]
    parts: tuple[tuple[str, str, Callable[[ServiceFigures], int]], ...]
    columns: tuple[tuple[str, Callable[[ServiceFigures], str]], ...]


PLANS = (
    _Plan(
        "closed",
        "Share closed",
        lambda each: f"Closed: {share(each.closed, each.sent)}.",
        (
            ("Closed: reviewed, and the patient told", "done", lambda each: each.closed),
            ("Open", "open", lambda each: each.open),
            ("Called off", "off", lambda each: each.ended),
        ),
        (
            ("Sent", lambda each: str(each.sent)),
            ("Closed", lambda each: share(each.closed, each.sent)),
            ("Open", lambda each: str(each.open)),
            ("Called off", lambda each: str(each.ended)),
        ),
    ),
    _Plan(
        "seen",
        "Days to seen against the day to be seen by",
        lambda each: (
            f"Seen by their day: {share(each.seen_in_time, each.seen)} who were seen."
            f" Past their day and not seen: {each.not_seen_late}."
        ),
        (
            ("Seen by their day", "done", lambda each: each.seen_in_time),
            ("Seen later", "late", lambda each: each.seen_late),
            ("Not seen, and past their day", "bad", lambda each: each.not_seen_late),
            ("Not seen yet, with time left", "open", lambda each: each.not_seen_yet),
        ),
        (
            ("Seen by their day", lambda each: share(each.seen_in_time, each.seen)),
            ("Seen later", lambda each: str(each.seen_late)),
            ("Not seen, past their day", lambda each: str(each.not_seen_late)),
            ("Days to seen, the middle one", lambda each: days(each.median_days_to_seen)),
            ("Days allowed, the middle one", lambda each: days(each.median_days_allowed)),
        ),
    ),
    _Plan(
        "overdue",
        "Overdue by service",
        lambda each: f"Over the time of their step now: {each.overdue} of {each.open} open.",
        (
            ("Overdue", "bad", lambda each: each.overdue),
            ("Open, and in time", "open", lambda each: each.open - each.overdue),
        ),
        (
            ("Overdue", lambda each: f"{each.overdue} of {each.open} open"),
            ("Sent", lambda each: str(each.sent)),
        ),
    ),
    _Plan(
        "reasons",
        "Reasons missing",
        lambda each: (
            f"Steps that need a reason and have none: {each.reasons_missing}"
            f" of {each.reasons_asked}."
        ),
        (
            ("No reason given", "bad", lambda each: each.reasons_missing),
            (
                "Reason given",
                "done",
                lambda each: each.reasons_asked - each.reasons_missing,
            ),
        ),
        (
            ("No reason given", lambda each: str(each.reasons_missing)),
            ("Steps that need one", lambda each: str(each.reasons_asked)),
        ),
    ),
)


def charts(found: Figures) -> tuple[Chart, ...]:
    """Give the pictures of what was found; none when nothing was sent."""
    if not found.all.sent:
        return ()
    return tuple(_chart(plan, found) for plan in PLANS)


def share(part: int, whole: int) -> str:
    """Give two whole numbers, and a percentage where there are enough of them."""
    if not whole:
        return "0 of 0"
    percent = f" ({round(100 * part / whole)}%)" if whole >= ENOUGH_FOR_PERCENT else ""
    return f"{part} of {whole}{percent}"


def days(number: float | None) -> str:
    """Give a number of days, or that there is none."""
    return "None yet" if number is None else f"{number:g}"


def name_of(each: ServiceFigures) -> str:
    """Give the name of a service."""
    return destinations().service(each.service).name if each.service else ALL


def _chart(plan: _Plan, found: Figures) -> Chart:
    rows = found.services if len(found.services) == 1 else (*found.services, found.all)
    most = max(sum(count(each) for _, _, count in plan.parts) for each in found.services)
    return Chart(
        plan.id,
        plan.title,
        plan.says(found.all),
        tuple((words, look) for words, look, _ in plan.parts),
        tuple(_bar(plan, each, most) for each in rows),
        tuple(words for words, _ in plan.columns),
        most,
    )


def _bar(plan: _Plan, each: ServiceFigures, most: int) -> Bar:
    """One bar; that of all services would dwarf the others, and stands in the table alone."""
    parts, start = [], 0
    for _, look, count in plan.parts if each.service else ():
        number = count(each)
        if number:
            parts.append(Part(number, start / most, (start + number) / most, look))
        start += number
    return Bar(name_of(each), tuple(parts), tuple(cell(each) for _, cell in plan.columns))
