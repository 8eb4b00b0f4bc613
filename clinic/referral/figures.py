"""Figures of the loop for the clinic, without names (referral.md, section 4)."""

from collections.abc import Iterable, Sequence
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
    """The referrals to one service. Shares are given as two whole numbers, never rounded."""

    service: str
    sent: int
    closed: int
    seen: int
    seen_in_time: int
    overdue: int
    reasons_missing: int
    median_days_to_seen: float | None


def figures(stories: Sequence[Story], now: datetime) -> tuple[ServiceFigures, ...]:
    """Give the figures of each service that something was sent to, in the order of its id."""
    services = sorted({story.referral.service for story in stories if story.sent_at})
    return tuple(_of_service(service, stories, now) for service in services)


def _of_service(service: str, stories: Iterable[Story], now: datetime) -> ServiceFigures:
    sent = [story for story in stories if story.referral.service == service and story.sent_at]
    waits = [
        (story.seen_at - story.sent_at) / timedelta(days=1)
        for story in sent
        if story.seen_at and story.sent_at
    ]
    return ServiceFigures(
        service=service,
        sent=len(sent),
        closed=sum(story.referral.state is State.REVIEWED_AND_PATIENT_TOLD for story in sent),
        seen=len(waits),
        seen_in_time=sum(
            story.seen_at is not None and story.seen_at <= story.referral.act_by for story in sent
        ),
        overdue=sum(story.due is not None and story.due <= now for story in sent),
        reasons_missing=sum(_reasons_missing(story.events) for story in sent),
        median_days_to_seen=round(median(waits), 1) if waits else None,
    )


def _reasons_missing(events: Iterable[Event]) -> int:
    """Count the moves that needed a reason and stand without one."""
    return sum(
        Needs.REASON in move_from(event.source, event.act, event.by).needs and not event.words
        for event in events
    )
