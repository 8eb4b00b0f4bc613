"""The figures of the loop over some days: read without a name, and audited."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clinic.referral.figures import ServiceFigures, Story, figures, figures_of_all
from clinic.store import audit, referrals
from clinic.store.audit import Actor
from clinic.store.database import Database
from clinic.store.staff import Member


@dataclass(frozen=True, slots=True)
class Days:
    """From the first day to the last, both included, on the clinic's clock."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of each service, and of all together."""

    services: tuple[ServiceFigures, ...]
    all: ServiceFigures


def open_figures(
    database: Database,
    days: Days,
    *,
    zone: ZoneInfo,
    by: Member,
    now: datetime,
    action: str = "figures.view",
) -> Figures:
    """Count the referrals that were sent on these days."""
    start = datetime.combine(days.first, time(), tzinfo=zone)
    end = datetime.combine(days.last + timedelta(days=1), time(), tzinfo=zone)
    with database.writing() as tx:
        audit.record(
            tx,
            actor=Actor("staff", by.id),
            action=action,
            subject=None,
            now=now,
            detail=f"{days.first} to {days.last}",
        )
        stories = [
            Story(kept.referral, tuple(referrals.history(tx, kept.referral)), kept.due_at)
            for kept in referrals.sent_between(tx, start, end)
        ]
    return Figures(figures(stories, now), figures_of_all(stories, now))
