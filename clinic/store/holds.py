"""Legal holds: an intake that is held is deleted by no policy until somebody lifts the hold.

The reasons may name people, and are sealed with the intake.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, update

from clinic.errors import Refused, UnknownRecord
from clinic.store.database import Transaction
from clinic.store.ids import new_id
from clinic.store.opening import data_key_of
from clinic.store.retention_tables import legal_hold as table
from clinic.store.sealing import Cell, seal, unseal
from clinic.store.tables import intake, staff

HELD_ALREADY = "This intake is held already."
LIFTED_ALREADY = "This hold was lifted already."


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold that stands: on which intake, since when, by whom, and why."""

    id: UUID
    intake_id: UUID
    reference: str
    set_at: datetime
    set_by: str
    reason: str


def hold(tx: Transaction, intake_id: UUID, reason: str, *, by: UUID, now: datetime) -> UUID:
    """Hold an intake. Raises UnknownRecord, and Refused when it is held already."""
    _lock(tx, intake_id)
    if is_held(tx, intake_id):
        raise Refused(HELD_ALREADY)
    row_id = new_id()
    tx.execute(
        table.insert().values(
            id=row_id,
            intake_id=intake_id,
            set_by=by,
            set_at=now,
            sealed_reason=_sealed(tx, intake_id, row_id, "sealed_reason", reason),
        )
    )
    return row_id


def lift(tx: Transaction, hold_id: UUID, reason: str, *, by: UUID, now: datetime) -> UUID:
    """Lift a hold, and give its intake. Raises UnknownRecord, and Refused when it was lifted."""
    intake_id: UUID | None = tx.scalar(select(table.c.intake_id).where(table.c.id == hold_id))
    if intake_id is None:
        raise UnknownRecord("hold")
    sealed = _sealed(tx, intake_id, hold_id, "sealed_lift_reason", reason)
    changed = tx.execute(
        update(table)
        .where(table.c.id == hold_id, table.c.lifted_at.is_(None))
        .values(lifted_by=by, lifted_at=now, sealed_lift_reason=sealed)
    )
    if changed.rowcount != 1:
        raise Refused(LIFTED_ALREADY)
    return intake_id


def is_held(tx: Transaction, intake_id: UUID) -> bool:
    """True while an intake is held."""
    stands = select(table.c.id).where(table.c.intake_id == intake_id, table.c.lifted_at.is_(None))
    return tx.scalar(stands) is not None


def held_since(tx: Transaction, intake_id: UUID) -> datetime | None:
    """Since when an intake is held; None when it is not."""
    found: datetime | None = tx.scalar(
        select(table.c.set_at).where(table.c.intake_id == intake_id, table.c.lifted_at.is_(None))
    )
    return found


def number_standing(tx: Transaction) -> int:
    """How many intakes are held."""
    return int(tx.scalar(select(func.count()).where(table.c.lifted_at.is_(None))))


def standing(tx: Transaction, *, limit: int = 500) -> list[Hold]:
    """Give the holds that stand, newest first."""
    statement = (
        select(table, intake.c.reference, staff.c.name.label("staff_name"))
        .join(intake, intake.c.id == table.c.intake_id)
        .join(staff, staff.c.id == table.c.set_by)
        .where(table.c.lifted_at.is_(None))
        .order_by(table.c.id.desc())
        .limit(limit)
    )
    return [_read(tx, row) for row in tx.execute(statement).all()]


def _read(tx: Transaction, row: Row[Any]) -> Hold:
    key = data_key_of(tx, row.intake_id)
    reason = unseal(key, row.sealed_reason, Cell(table.name, "sealed_reason", row.id)).decode()
    return Hold(row.id, row.intake_id, row.reference, row.set_at, row.staff_name, reason)


def _lock(tx: Transaction, intake_id: UUID) -> None:
    """Keep the intake from being deleted while it is being held."""
    row = select(intake.c.id).where(intake.c.id == intake_id).with_for_update()
    if tx.scalar(row) is None:
        raise UnknownRecord("intake")


def _sealed(tx: Transaction, intake_id: UUID, row_id: UUID, column: str, words: str) -> bytes:
    plain = words.encode("utf-8", "surrogatepass")
    return seal(data_key_of(tx, intake_id), plain, Cell(table.name, column, row_id))
