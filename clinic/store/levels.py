"""The levels that clinicians set, each beside what the rules had said. They are only ever added."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from clinic.store.database import Transaction
from clinic.store.ids import new_id
from clinic.store.opening import data_key_of
from clinic.store.sealing import Cell, seal, unseal
from clinic.store.tables import set_level as table
from clinic.triage.rules import Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLevel:
    """A level that somebody set, what the rules said then, and why."""

    id: UUID
    intake_id: UUID
    computed: Urgency
    level: Urgency
    reason: str
    by: UUID
    at: datetime


def add(
    tx: Transaction,
    intake_id: UUID,
    *,
    computed: Urgency,
    level: Urgency,
    reason: str,
    by: UUID,
    now: datetime,
) -> UUID:
    """Keep a level that was set. Raises UnknownRecord."""
    row_id = new_id()
    tx.execute(
        table.insert().values(
            id=row_id,
            intake_id=intake_id,
            computed=computed.value,
            level=level.value,
            set_by=by,
            set_at=now,
            sealed_reason=seal(data_key_of(tx, intake_id), reason.encode(), _cell(row_id)),
        )
    )
    return row_id


def all_of(tx: Transaction, intake_id: UUID) -> list[SetLevel]:
    """Give every level that was set on an intake, oldest first. Raises UnknownRecord."""
    key = data_key_of(tx, intake_id)
    statement = select(table).where(table.c.intake_id == intake_id).order_by(table.c.id)
    return [
        SetLevel(
            id=row.id,
            intake_id=row.intake_id,
            computed=Urgency(row.computed),
            level=Urgency(row.level),
            reason=unseal(key, row.sealed_reason, _cell(row.id)).decode(),
            by=row.set_by,
            at=row.set_at,
        )
        for row in tx.execute(statement)
    ]


def _cell(row_id: UUID) -> Cell:
    return Cell("set_level", "sealed_reason", row_id)
