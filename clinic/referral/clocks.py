"""By when a referral has to have moved on, state by state (referral.md, section 4).

The spans are the clinic's to change. They are written as 30m, 1h, 2d, 1wd (a working day)
or 0d (before this day ends in the clinic).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum

from clinic.errors import BadInput
from clinic.referral.states import State
from clinic.triage.rules import Urgency

SATURDAY = 5
SPAN = re.compile(r"(\d{1,3})(m|h|d|wd)")
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
HOW_TO_WRITE = "write a span such as 30m, 1h, 2d, 1wd (working days) or 0d (the same day)"


class Pace(StrEnum):
    """How fast a referral has to go."""

    SAME_DAY = "same_day"
    URGENT = "urgent"
    ROUTINE = "routine"

    @classmethod
    def of(cls, urgency: Urgency) -> "Pace":
        """Give the pace of an urgency; nothing waits longer than routine."""
        if urgency in (Urgency.EMERGENCY_NOW, Urgency.SAME_DAY):
            return cls.SAME_DAY
        return cls.URGENT if urgency is Urgency.URGENT_2WK else cls.ROUTINE


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: of the clock, of whole days, or of working days."""

    number: int
    unit: str

    @classmethod
    def read(cls, text: str) -> "Span":
        """Read 30m, 1h, 2d, 1wd or 0d. Raises BadInput."""
        found = SPAN.fullmatch(text.strip())
        if found is None:
            raise BadInput(f"{text.strip()!r} is no span: {HOW_TO_WRITE}.")
        return cls(int(found[1]), found[2])

    def after(self, moment: datetime, zone: tzinfo) -> datetime:
        """Give the moment, in UTC, that lies this far after another."""
        if self.unit == "wd":
            return _working_days(moment.astimezone(zone), self.number).astimezone(UTC)
        if self.unit == "d" and self.number == 0:
            day = moment.astimezone(zone).date()
            return datetime.combine(day, time(23, 59), tzinfo=zone).astimezone(UTC)
        return (moment + self.number * UNITS[self.unit]).astimezone(UTC)


def _working_days(moment: datetime, number: int) -> datetime:
    """Go on by days from Monday to Friday; holidays are not known here."""
    while number:
        moment += timedelta(days=1)
        number -= moment.weekday() < SATURDAY
    return moment


def _paces(same_day: str, urgent: str, routine: str) -> Mapping[Pace, Span]:
    return {
        Pace.SAME_DAY: Span.read(same_day),
        Pace.URGENT: Span.read(urgent),
        Pace.ROUTINE: Span.read(routine),
    }


SPANS: Mapping[State, Mapping[Pace, Span]] = {
    State.DRAFT: _paces("1wd", "1wd", "1wd"),
    State.READY_FOR_SIGNOFF: _paces("1h", "1d", "3d"),
    State.SENT: _paces("1h", "1d", "3d"),
    State.RECEIVED: _paces("0d", "2d", "5d"),
    State.NEEDS_INFO: _paces("1d", "1d", "1d"),
    State.ACCEPTED: _paces("0d", "3d", "10d"),
    State.DECLINED: _paces("1d", "1d", "1d"),
    State.SCHEDULED: _paces("2d", "2d", "2d"),
    State.PATIENT_NOTIFIED: _paces("1d", "1d", "1d"),
    State.RESCHEDULED: _paces("0d", "0d", "1d"),
    State.NO_SHOW: _paces("0d", "0d", "1d"),
    State.SEEN: _paces("1d", "7d", "7d"),
    State.REPORT_RECEIVED: _paces("2d", "2d", "2d"),
    State.CANCEL_REQUESTED: _paces("1d", "1d", "1d"),
    State.FAILED: _paces("0m", "0m", "0m"),
}
"""How long a referral may stay in a state. An end state has no clock."""

FROM_THE_VISIT = frozenset({State.PATIENT_NOTIFIED})
"""States whose clock starts with the day of the visit, which comes first."""
UNTIL_THE_VISIT = frozenset({State.SCHEDULED})
"""States that have to be left before the visit: the patient has to know of it."""
AFTER_THE_VISIT = frozenset({State.SEEN, State.REPORT_RECEIVED})
"""States in which the day to be seen by is kept or gone, and moves no clock any more."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clocks of a clinic: the defaults, and what it changed."""

    changed: Mapping[tuple[State, Pace], Span] = field(default_factory=dict, hash=False)

    @classmethod
    def read(cls, text: str) -> "Clocks":
        """Read changes such as `sent.same_day=30m, declined=2d`. Raises BadInput."""
        changed: dict[tuple[State, Pace], Span] = {}
        for part in filter(None, re.split(r"[,\s]+", text)):
            name, equals, span = part.partition("=")
            state, _, pace = name.partition(".")
            if not equals or state not in SPANS or pace not in ("", *Pace):
                raise BadInput(
                    f"{part!r} names no clock: write <state>=<span> or <state>.<pace>=<span>, "
                    f"with a state out of {', '.join(SPANS)} and a pace out of {', '.join(Pace)}."
                )
            for each in (Pace(pace),) if pace else Pace:
                changed[State(state), each] = Span.read(span)
        return cls(changed)

    def due(
        self,
        state: State,
        urgency: Urgency,
        since: datetime,
        zone: tzinfo,
        *,
        visit_at: datetime | None = None,
        act_by: datetime | None = None,
    ) -> datetime | None:
        """Give the moment by which the state has to be left, in UTC; None for an end state.

        `since` is when it was entered, `visit_at` the booked visit, if there is one, and
        `act_by` the moment by which the patient has to be seen: no clock runs past it while
        no visit comes before it.
        """
        if state not in SPANS:
            return None
        pace = Pace.of(urgency)
        span = self.changed.get((state, pace)) or SPANS[state][pace]
        start = max(since, visit_at) if visit_at and state in FROM_THE_VISIT else since
        early = (end.astimezone(UTC) for end in _ends(state, visit_at, act_by) if end > since)
        return min((span.after(start, zone), *early))


def _ends(state: State, visit_at: datetime | None, act_by: datetime | None) -> Iterator[datetime]:
    """The moments that end a state early, whatever its span."""
    if visit_at is not None and state in UNTIL_THE_VISIT:
        yield visit_at
    in_time = visit_at is not None and not is_booked_too_late(visit_at, act_by)
    if act_by is not None and not in_time and state not in AFTER_THE_VISIT:
        yield act_by


ESCALATE_AFTER = _paces("1h", "1wd", "1wd")
"""How long after its time somebody higher is told of a referral."""


@dataclass(frozen=True, slots=True)
class Escalation:
    """How long over its time a referral may be before somebody higher is told."""

    after: Mapping[Pace, Span] = field(default_factory=lambda: ESCALATE_AFTER, hash=False)

    @classmethod
    def read(cls, text: str) -> "Escalation":
        """Read changes such as `same_day=30m, routine=2wd`. Raises BadInput."""
        after = dict(ESCALATE_AFTER)
        for part in filter(None, re.split(r"[,\s]+", text)):
            name, equals, span = part.partition("=")
            if not equals or name not in list(Pace):
                raise BadInput(
                    f"{part!r} names no pace: write <pace>=<span>, "
                    f"with a pace out of {', '.join(Pace)}."
                )
            after[Pace(name)] = Span.read(span)
        return cls(after)

    def is_due(self, pace: Pace, due_at: datetime, now: datetime, zone: tzinfo) -> bool:
        """True when a referral whose time ran out at `due_at` has to be told by now."""
        return self.after[pace].after(due_at, zone) <= now


def is_booked_too_late(visit_at: datetime, act_by: datetime | None) -> bool:
    """True when the visit comes after the moment by which the patient has to be seen."""
    return act_by is not None and visit_at > act_by
