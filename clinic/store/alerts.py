"""Alerts: an emergency that somebody has to acknowledge, told again until it is.

At most one alert of an intake stands, which is: nobody acknowledged it and no outcome came.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from clinic.store.database import Transaction
from clinic.store.ids import new_id
from clinic.store.queues import Queue
from clinic.store.skew import CLOCKS_APART
from clinic.store.tables import alert as table
from clinic.store.tables import intake

AT_ONCE = 50
"""How many emergencies without an alert one round gives one; the next takes the others."""
LONGEST_EVERY = timedelta(hours=1)
"""The longest that the settings let lie between two tellings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An emergency that was raised, how often it was told, and who acknowledged it."""

    id: UUID
    intake_id: UUID
    raised_at: datetime
    repeats: int
    acknowledged_at: datetime | None
    acknowledged_by: UUID | None
    ended_at: datetime | None

    @property
    def standing(self) -> bool:
        """True while nobody has acknowledged it and nothing was recorded."""
        return self.acknowledged_at is None and self.ended_at is None


def raise_alert(tx: Transaction, intake_id: UUID, *, now: datetime) -> None:
    """Have somebody told of an emergency at once, also when its alert stands already.

    One that was acknowledged stays so: what comes after it is a new alert.
    """
    again = update(table).where(table.c.intake_id == intake_id, _standing()).values(next_at=now)
    if tx.execute(again).rowcount:
        return
    insert = sqlite.insert if tx.is_sqlite else postgresql.insert
    tx.execute(
        insert(table)
        .values(id=new_id(), intake_id=intake_id, raised_at=now, next_at=now, repeats=0)
        .on_conflict_do_nothing(index_elements=[table.c.intake_id], index_where=_standing())
    )


def acknowledge(tx: Transaction, alert_id: UUID, *, by: UUID, now: datetime) -> bool:
    """Say that somebody has seen it; False when it was acknowledged, or over, before."""
    changed = tx.execute(
        update(table)
        .where(table.c.id == alert_id, _standing())
        .values(acknowledged_at=now, acknowledged_by=by)
    )
    return changed.rowcount == 1


def end(tx: Transaction, intake_id: UUID, *, now: datetime) -> None:
    """End the alerts of an intake: what was done is recorded."""
    of_intake = update(table).where(table.c.intake_id == intake_id, table.c.ended_at.is_(None))
    tx.execute(of_intake.values(ended_at=now))


def tend(tx: Transaction, now: datetime) -> None:
    """Make the alerts fit the list: none for what left it, one for every emergency on it.

    So a level that a clinician set, and an emergency from before there were alerts, is told too.
    """
    open_ids = select(intake.c.id).where(intake.c.queue == Queue.EMERGENCY.value)
    over = table.c.ended_at.is_(None) & table.c.intake_id.not_in(open_ids)
    tx.execute(update(table).where(over).values(ended_at=now))
    has_one = exists().where(table.c.intake_id == intake.c.id, table.c.ended_at.is_(None))
    for intake_id in tx.execute(open_ids.where(~has_one).limit(AT_ONCE)).scalars().all():
        raise_alert(tx, intake_id, now=now)


def due(tx: Transaction, now: datetime, *, every: timedelta = LONGEST_EVERY) -> list[Alert]:
    """Give every alert that stands, oldest first, once one has to be told; none before that.

    So one mail tells of all of them. Others skip them meanwhile. One that is to be told later
    than `every` from now saw the clock set back, and is due.
    """
    strange = now + every + CLOCKS_APART
    statement = (
        select(table).where(_standing()).order_by(table.c.raised_at, table.c.id)
    ).with_for_update(skip_locked=True)
    rows = tx.execute(statement).all()
    if not any(row.next_at <= now or row.next_at > strange for row in rows):
        return []
    return [_alert(row) for row in rows]


def told(tx: Transaction, together: Collection[Alert], *, next_at: datetime) -> None:
    """Count one more telling of each, and say when the next is due."""
    tx.execute(
        update(table)
        .where(table.c.id.in_([alert.id for alert in together]))
        .values(repeats=table.c.repeats + 1, next_at=next_at)
    )


def stand_until(tx: Transaction, next_at: datetime) -> bool:
    """True while an alert stands that was last told with word of `next_at`."""
    found = select(table.c.id).where(_standing(), table.c.next_at == next_at).limit(1)
    return tx.scalar(found) is not None


def get(tx: Transaction, alert_id: UUID) -> Alert | None:
    """Give an alert, or None when it went with its intake."""
    row = tx.execute(select(table).where(table.c.id == alert_id)).one_or_none()
    return None if row is None else _alert(row)


def latest_of(tx: Transaction, intake_ids: Collection[UUID]) -> dict[UUID, Alert]:
    """Give the newest alert of each intake that ever had one."""
    statement = select(table).where(table.c.intake_id.in_(intake_ids)).order_by(table.c.id)
    return {row.intake_id: _alert(row) for row in tx.execute(statement)}


@dataclass(frozen=True, slots=True)
class Standing:
    """How many alerts stand, since when the oldest does, and when the first is to be told."""

    number: int
    since: datetime | None
    next_at: datetime | None


def standing(tx: Transaction, *, besides: UUID | None = None) -> Standing:
    """Give the alerts that nobody acknowledged, without the one of an intake."""
    chosen = _standing() if besides is None else _standing() & (table.c.intake_id != besides)
    row = tx.execute(
        select(
            func.count().label("number"),
            func.min(table.c.raised_at).label("since"),
            func.min(table.c.next_at).label("next_at"),
        ).where(chosen)
    ).one()
    return Standing(int(row.number), row.since, row.next_at)


def _standing() -> ColumnElement[bool]:
    return table.c.acknowledged_at.is_(None) & table.c.ended_at.is_(None)


def _alert(row: Row[Any]) -> Alert:
    return Alert(**{name: getattr(row, name) for name in Alert.__slots__})
