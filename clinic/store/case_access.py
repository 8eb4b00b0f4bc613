"""Break-glass: the front desk opens all of one intake for an hour, for a reason that is kept.

The reason is sealed with the intake's own key. An admin marks each use as looked at.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, update

from clinic.fhir.text import dumps, loads
from clinic.store.database import Transaction
from clinic.store.ids import new_id
from clinic.store.opening import data_key_of
from clinic.store.referral_tables import case_access as table
from clinic.store.sealing import Cell, seal, unseal

ACCESS_LIFE = timedelta(minutes=60)


class AccessReason(StrEnum):
    """Why somebody could not wait for a clinician. It says nothing about the patient."""

    WORSE = "worse"
    ON_THE_PHONE = "on_the_phone"
    EMERGENCY_CARE_ASKS = "emergency_care_asks"
    CLINICIAN_ASKED = "clinician_asked"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAccess:
    """Who opened which intake, why, and until when; `told_at` is when an admin looked at it."""

    id: UUID
    intake_id: UUID
    staff_id: UUID
    opened_at: datetime
    ends_at: datetime
    reason: AccessReason
    words: str
    told_at: datetime | None
    told_by: UUID | None

    def stands_for(self, staff_id: UUID, now: datetime) -> bool:
        """True while it opens the intake to this person."""
        return self.staff_id == staff_id and self.opened_at <= now < self.ends_at


def open_for(
    tx: Transaction,
    intake_id: UUID,
    staff_id: UUID,
    *,
    reason: AccessReason,
    words: str,
    now: datetime,
) -> UUID:
    """Open an intake to somebody for an hour. Raises UnknownRecord."""
    row_id = new_id()
    sealed = dumps({"reason": reason.value, "words": words}).encode()
    tx.execute(
        table.insert().values(
            id=row_id,
            intake_id=intake_id,
            staff_id=staff_id,
            opened_at=now,
            ends_at=now + ACCESS_LIFE,
            sealed_reason=seal(data_key_of(tx, intake_id), sealed, _cell(row_id)),
        )
    )
    return row_id


def all_of(tx: Transaction, intake_id: UUID) -> list[CaseAccess]:
    """Give every use on an intake, oldest first. Raises UnknownRecord."""
    rows = tx.execute(select(table).where(table.c.intake_id == intake_id).order_by(table.c.id))
    return [_read(tx, row) for row in rows]


def not_looked_at(tx: Transaction, limit: int = 100) -> list[CaseAccess]:
    """Give the uses that no admin has looked at, oldest first."""
    waiting = select(table).where(table.c.told_at.is_(None)).order_by(table.c.id).limit(limit)
    return [_read(tx, row) for row in tx.execute(waiting)]


def overlooked(tx: Transaction, before: datetime) -> int:
    """How many uses from before a moment no admin has looked at."""
    waiting = table.c.told_at.is_(None) & (table.c.opened_at <= before)
    return int(tx.scalar(select(func.count()).where(waiting)))


def get(tx: Transaction, access_id: UUID) -> CaseAccess | None:
    """Give one use, or None when it or its intake is gone."""
    row = tx.execute(select(table).where(table.c.id == access_id)).one_or_none()
    return None if row is None else _read(tx, row)


def look_at(tx: Transaction, access_id: UUID, *, by: UUID, now: datetime) -> bool:
    """Note that an admin looked at a use; False when somebody had already."""
    waiting = (table.c.id == access_id) & table.c.told_at.is_(None)
    return tx.execute(update(table).where(waiting).values(told_at=now, told_by=by)).rowcount == 1


def _read(tx: Transaction, row: Row[Any]) -> CaseAccess:
    said = loads(unseal(data_key_of(tx, row.intake_id), row.sealed_reason, _cell(row.id)))
    return CaseAccess(
        id=row.id,
        intake_id=row.intake_id,
        staff_id=row.staff_id,
        opened_at=row.opened_at,
        ends_at=row.ends_at,
        reason=AccessReason(said["reason"]),
        words=said["words"],
        told_at=row.told_at,
        told_by=row.told_by,
    )


def _cell(row_id: UUID) -> Cell:
    return Cell("case_access", "sealed_reason", row_id)
