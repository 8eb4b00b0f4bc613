"""Notes of staff on an intake. They are only ever added."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from clinic.store.database import Transaction
from clinic.store.ids import new_id
from clinic.store.opening import data_key_of
from clinic.store.sealing import Cell, seal, unseal
from clinic.store.tables import note as table


@dataclass(frozen=True, slots=True)
class Note:
    """What a member of staff wrote, and when."""

    id: UUID
    intake_id: UUID
    author_id: UUID
    at: datetime
    text: str


def add(tx: Transaction, intake_id: UUID, text: str, *, author_id: UUID, now: datetime) -> UUID:
    """Add a note. Raises UnknownRecord."""
    row_id = new_id()
    tx.execute(
        table.insert().values(
            id=row_id,
            intake_id=intake_id,
            author_id=author_id,
            made_at=now,
            sealed_text=seal(data_key_of(tx, intake_id), text.encode(), _cell(row_id)),
        )
    )
    return row_id


def all_of(tx: Transaction, intake_id: UUID) -> list[Note]:
    """Give the notes on an intake, oldest first. Raises UnknownRecord."""
    key = data_key_of(tx, intake_id)
    statement = select(table).where(table.c.intake_id == intake_id).order_by(table.c.id)
    return [
        Note(
            row.id,
            row.intake_id,
            row.author_id,
            row.made_at,
            unseal(key, row.sealed_text, _cell(row.id)).decode(),
        )
        for row in tx.execute(statement)
    ]


def _cell(row_id: UUID) -> Cell:
    return Cell("note", "sealed_text", row_id)
