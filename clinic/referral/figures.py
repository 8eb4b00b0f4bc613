"""Figures of the loop for the clinic, without names (referral.md, section 4)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from clinic.referral.model import Event, Referral
from clinic.referral.states import Act, Needs, State, move_from

SEEN_BY = (Act.REPORT_SEEN, Act.REPORT)


@dataclass(frozen=True, slots=True)
class Story:
    """A referral with its history, and when its clock runs out (None when it has ended)."""

    referral: Referral
    events: tuple[Event, ...]
    due: datetime | None = None

    @property
    def sent_at(self) -> datetime | None:
        """When it was first sent."""
        return next((event.at for event in self.events if event.act is Act.SEND), None)

    @property
    def seen_at(self) -> datetime | None:
        """When the patient was seen: the day that was given, or when it was reported."""
        seen = (event for event in self.events if event.act in SEEN_BY)
        return next((event.visit_at or event.at for event in seen), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFigures:
    """The referrals to one service, "" for all. Shares are two whole numbers, never rounded.

    Closed: reviewed, and the patient told. Ended: called off before that. Overdue: over the
    clock of its state. Not seen late: open, not seen, and past the day to be seen by.
    """

    service: str
    sent: int
    closed: int
    ended: int
    overdue: int
    seen: int
    seen_in_time: int
    not_seen_late: int
    not_seen_yet: int
    reasons_asked: int
    reasons_missing: int
    median_days_to_seen: float | None
    median_days_allowed: float | None

    @property
    def open(self) -> int:
        """How many still wait for something."""
        return self.sent - self.closed - self.ended

    @property
    def seen_late(self) -> int:
        """How many were seen after the day by which they had to be."""
        return self.seen - self.seen_in_time


def figures(stories: Sequence[Story], now: datetime) -> tuple[ServiceFigures, ...]:
    """Give the figures of each service that something was sent to, in the order of its id."""
    services = sorted({story.referral.service for story in _counted(stories)})
    return tuple(
        _figures(
            service,
            [story for story in _counted(stories) if story.referral.service == service],
            now,
        )
        for service in services
    )


def figures_of_all(stories: Sequence[Story], now: datetime) -> ServiceFigures:
    """Give the figures of all services together."""
    return _figures("", list(_counted(stories)), now)


def _counted(stories: Iterable[Story]) -> Iterator[Story]:
    """Those that were sent, without what was entered in error."""
    return (
        story
        for story in stories
        if story.sent_at and story.referral.state is not State.ENTERED_IN_ERROR
    )


def _figures(service: str, sent: Sequence[Story], now: datetime) -> ServiceFigures:
    waits = [_days(story.sent_at, story.seen_at) for story in sent if story.seen_at]
    allowed = [_days(story.sent_at, story.referral.act_by) for story in sent]
    unseen = [story for story in sent if not story.seen_at and not story.referral.state.is_end]
    late = sum(story.referral.act_by <= now for story in unseen)
    asked = [event for story in sent for event in story.events if _needs_reason(event)]
    closed = sum(story.referral.state is State.REVIEWED_AND_PATIENT_TOLD for story in sent)
    return ServiceFigures(
        service=service,
        sent=len(sent),
        closed=closed,
        ended=sum(story.referral.state.is_end for story in sent) - closed,
        overdue=sum(story.due is not None and story.due <= now for story in sent),
        seen=len(waits),
        seen_in_time=sum(
            story.seen_at is not None and story.seen_at <= story.referral.act_by for story in sent
        ),
        not_seen_late=late,
        not_seen_yet=len(unseen) - late,
        reasons_asked=len(asked),
        reasons_missing=sum(not event.words.strip() for event in asked),
        median_days_to_seen=round(median(waits), 1) if waits else None,
        median_days_allowed=round(median(allowed), 1) if allowed else None,
    )


def _days(start: datetime | None, end: datetime | None) -> float:
    """Give the days between two moments; a visit before the letter counts as none."""
    return max((end - start) / timedelta(days=1), 0.0) if start and end else 0.0


def _needs_reason(event: Event) -> bool:
    return Needs.REASON in move_from(event.source, event.act, event.by).needs
