"""The steps of an emergency: advised, arrived, the outcome known. Only ever added, in order."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from clinic.errors import Conflict
from clinic.referral.emergency import EmergencyStep
from clinic.store.database import Transaction
from clinic.store.ids import new_id
from clinic.store.opening import data_key_of
from clinic.store.referral_tables import emergency_step as table
from clinic.store.sealing import Cell, seal, unseal
from clinic.store.tables import alert, intake

CHANGED = "Somebody else recorded a step of this emergency since the page was opened."

LOOKED_BACK = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptStep:
    """One step: its number in the intake, what, in which words, by whom, and what is due when."""

    id: UUID
    intake_id: UUID
    number: int
    step: EmergencyStep
    words: str
    by: UUID
    at: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class LastStep:
    """Where an emergency stands: the last step, when, and by when the next is due."""

    step: EmergencyStep
    at: datetime
    due_at: datetime | None


def add(
    tx: Transaction,
    intake_id: UUID,
    step: EmergencyStep,
    *,
    number: int,
    words: str,
    due_at: datetime | None,
    by: UUID,
    now: datetime,
) -> UUID:
    """Add the step with a number, counted from 1. Raises UnknownRecord.

    Raises Conflict when somebody else added that number first.
    """
    row_id = new_id()
    values = {
        "id": row_id,
        "intake_id": intake_id,
        "number": number,
        "step": step.value,
        "made_by": by,
        "made_at": now,
        "due_at": due_at,
        "sealed_words": seal(data_key_of(tx, intake_id), words.encode("utf-8"), _cell(row_id)),
    }
    try:
        tx.execute(table.insert().values(**values))
    except IntegrityError:
        raise Conflict(CHANGED) from None
    return row_id


def all_of(tx: Transaction, intake_id: UUID) -> list[KeptStep]:
    """Give the steps of an intake, in order. Raises UnknownRecord."""
    key = data_key_of(tx, intake_id)
    statement = select(table).where(table.c.intake_id == intake_id).order_by(table.c.number)
    return [
        KeptStep(
            id=row.id,
            intake_id=row.intake_id,
            number=row.number,
            step=EmergencyStep(row.step),
            words=unseal(key, row.sealed_words, _cell(row.id)).decode(),
            by=row.made_by,
            at=row.made_at,
            due_at=row.due_at,
        )
        for row in tx.execute(statement)
    ]


def latest_of(tx: Transaction, intake_ids: Collection[UUID]) -> dict[UUID, LastStep]:
    """Give where each emergency stands, of those that have steps. Opens nothing sealed."""
    statement = (
        select(table.c.intake_id, table.c.step, table.c.made_at, table.c.due_at)
        .where(table.c.intake_id.in_(intake_ids))
        .order_by(table.c.intake_id, table.c.number)
    )
    return {
        row.intake_id: LastStep(EmergencyStep(row.step), row.made_at, row.due_at)
        for row in tx.execute(statement)
    }


def overdue(tx: Transaction, now: datetime, *, limit: int = 100) -> list[UUID]:
    """Give intakes whose next step is late, the longest first; at most `limit`."""
    last = (
        select(table.c.intake_id, func.max(table.c.number).label("number"))
        .group_by(table.c.intake_id)
        .subquery()
    )
    statement = (
        select(table.c.intake_id)
        .join(last, (last.c.intake_id == table.c.intake_id) & (last.c.number == table.c.number))
        .where(table.c.due_at <= now)
        .order_by(table.c.due_at)
        .limit(limit)
    )
    return [row.intake_id for row in tx.execute(statement)]


def late(tx: Transaction, now: datetime, *, limit: int = 100) -> list[UUID]:
    """Give the same as `overdue`, of emergencies that rang in the last LOOKED_BACK.

    It is read at every look at the worklist, and so reads nothing of older years: for each
    emergency the last step alone, by its index.
    """
    rang = select(alert.c.intake_id).where(alert.c.raised_at > now - LOOKED_BACK)
    last = (
        select(table.c.due_at)
        .where(table.c.intake_id == intake.c.id)
        .order_by(table.c.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    stand = select(intake.c.id, last.label("due_at")).where(intake.c.id.in_(rang)).subquery()
    due = select(stand.c.id).where(stand.c.due_at <= now).order_by(stand.c.due_at).limit(limit)
    return [row.id for row in tx.execute(due)]


def _cell(row_id: UUID) -> Cell:
    return Cell("emergency_step", "sealed_words", row_id)
