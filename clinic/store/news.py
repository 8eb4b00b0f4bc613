"""What came to the list since a page was shown, in numbers alone."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, union_all

from clinic.errors import BadInput
from clinic.store import alerts
from clinic.store.database import Transaction
from clinic.store.tables import alert, intake

LONGEST_TURN = timedelta(minutes=2)
"""A time is taken before its row is committed: so far back rows may still come to light."""


@dataclass(frozen=True, slots=True)
class News:
    """How many intakes and how many emergencies came, and how many nobody acknowledged."""

    new: int
    emergencies: int
    standing: int


def mark(tx: Transaction, now: datetime) -> str:
    """Give the place that `since` counts from. Take it before the list is read."""
    start = now - LONGEST_TURN
    return "~".join((start.isoformat(), *(str(number) for number in _counts(tx, start))))


def since(tx: Transaction, place: str) -> News:
    """Give what came after a place. Raises BadInput for a strange one.

    Rows are counted, and not compared by time: one that was slow to be committed counts too.
    """
    start, intakes_then, alerts_then = _read(place)
    intakes_now, alerts_now = _counts(tx, start)
    standing = alerts.standing(tx).number
    return News(
        new=max(0, intakes_now - intakes_then),
        emergencies=min(standing, max(0, alerts_now - alerts_then)),
        standing=standing,
    )


def _counts(tx: Transaction, start: datetime) -> tuple[int, int]:
    """How many intakes were sent or raised an alert after a moment, and how many alerts."""
    sent = select(intake.c.id).where(intake.c.submitted_at > start)
    raised = select(alert.c.intake_id).where(alert.c.raised_at > start)
    # Not UNION: to merge in order SQLite would walk through every intake by its id.
    both = union_all(sent, raised).subquery()
    intakes = select(func.count(both.c.id.distinct())).scalar_subquery()
    of_alerts = select(func.count()).select_from(alert).where(alert.c.raised_at > start)
    row = tx.execute(
        select(intakes.label("intakes"), of_alerts.scalar_subquery().label("alerts"))
    ).one()
    return int(row.intakes), int(row.alerts)


def _read(place: str) -> tuple[datetime, int, int]:
    try:
        start, intakes, raised = place.split("~")
        return datetime.fromisoformat(start).astimezone(UTC), int(intakes), int(raised)
    except (ValueError, OverflowError):
        raise BadInput("This page is too old. Load it again.") from None
