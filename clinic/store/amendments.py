"""What a patient adds to sent answers ("I forgot ..."). It is only ever added, never changed."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update

from clinic.store.database import Transaction
from clinic.store.ids import new_id
from clinic.store.opening import data_key_of
from clinic.store.referral_tables import amendment as table
from clinic.store.sealing import Cell, seal, unseal
from clinic.store.tables import intake


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """One addition: its number in the intake, the patient's words, and who read it when."""

    id: UUID
    intake_id: UUID
    number: int
    text: str
    at: datetime
    read_at: datetime | None = None
    read_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """An addition; `first` is False when the same page had added it before."""

    number: int
    first: bool


def add(tx: Transaction, intake_id: UUID, text: str, *, once: str, now: datetime) -> Added:
    """Add to a sent intake. The same `once` adds nothing again. Raises UnknownRecord.

    Others who add to this intake wait for the row until the transaction ends.
    """
    key = data_key_of(tx, intake_id)
    tx.execute(select(intake.c.id).where(intake.c.id == intake_id).with_for_update())
    mark = hashlib.sha256(f"{intake_id} {once}".encode()).hexdigest()
    kept = tx.scalar(select(table.c.number).where(table.c.once == mark))
    if kept is not None:
        return Added(kept, first=False)
    row_id, number = new_id(), count(tx, intake_id) + 1
    tx.execute(
        table.insert().values(
            id=row_id,
            intake_id=intake_id,
            number=number,
            once=mark,
            made_at=now,
            sealed_text=seal(key, text.encode("utf-8"), _cell(row_id)),
        )
    )
    return Added(number, first=True)


def count(tx: Transaction, intake_id: UUID) -> int:
    """Give how often something was added to an intake."""
    statement = select(func.count()).select_from(table).where(table.c.intake_id == intake_id)
    return int(tx.scalar(statement) or 0)


def all_of(tx: Transaction, intake_id: UUID) -> list[Amendment]:
    """Give everything that was added to an intake, oldest first. Raises UnknownRecord."""
    key = data_key_of(tx, intake_id)
    statement = select(table).where(table.c.intake_id == intake_id).order_by(table.c.number)
    return [
        Amendment(
            id=row.id,
            intake_id=row.intake_id,
            number=row.number,
            text=unseal(key, row.sealed_text, _cell(row.id)).decode(),
            at=row.made_at,
            read_at=row.read_at,
            read_by=row.read_by,
        )
        for row in tx.execute(statement)
    ]


def mark_read(tx: Transaction, intake_id: UUID, *, up_to: int, by: UUID, now: datetime) -> int:
    """Note who read what the page showed, up to a number; give how many were read only now."""
    changed = tx.execute(
        update(table)
        .where(table.c.intake_id == intake_id, table.c.number <= up_to, table.c.read_at.is_(None))
        .values(read_at=now, read_by=by)
    )
    return int(changed.rowcount)


def unread_of(tx: Transaction, intake_ids: Collection[UUID]) -> dict[UUID, int]:
    """Give how much nobody has read, of the intakes that have such. Opens nothing sealed."""
    statement = (
        select(table.c.intake_id, func.count().label("unread"))
        .where(table.c.intake_id.in_(intake_ids), table.c.read_at.is_(None))
        .group_by(table.c.intake_id)
    )
    return {row.intake_id: int(row.unread) for row in tx.execute(statement)}


def _cell(row_id: UUID) -> Cell:
    return Cell("amendment", "sealed_text", row_id)
