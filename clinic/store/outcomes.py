"""What came of an emergency: one row for each time staff acted on it, only ever added."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from clinic.store.database import Transaction
from clinic.store.ids import new_id
from clinic.store.opening import data_key_of
from clinic.store.review import outcome_recorded
from clinic.store.sealing import Cell, seal, unseal
from clinic.store.tables import outcome as table


class EmergencyOutcome(StrEnum):
    """What staff did about an emergency."""

    CALLED = "called"
    SENT_TO_EMERGENCY_CARE = "sent_to_emergency_care"
    COULD_NOT_REACH = "could_not_reach"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome: what, by whom, when, and a word about it."""

    id: UUID
    intake_id: UUID
    outcome: EmergencyOutcome
    by: UUID
    at: datetime
    note: str


def record(
    tx: Transaction,
    intake_id: UUID,
    outcome: EmergencyOutcome,
    *,
    by: UUID,
    now: datetime,
    note: str = "",
) -> UUID:
    """Record an outcome, which takes the intake out of the open emergencies.

    An alarm that comes later opens it again. Two people may both record what they did.
    Raises UnknownRecord.
    """
    row_id = new_id()
    tx.execute(
        table.insert().values(
            id=row_id,
            intake_id=intake_id,
            outcome=EmergencyOutcome(outcome).value,
            recorded_by=by,
            recorded_at=now,
            sealed_note=seal(data_key_of(tx, intake_id), note.encode(), _cell(row_id)),
        )
    )
    outcome_recorded(tx, intake_id, now=now)
    return row_id


def all_of(tx: Transaction, intake_id: UUID) -> list[Outcome]:
    """Give the outcomes of an intake, oldest first. Raises UnknownRecord."""
    key = data_key_of(tx, intake_id)
    statement = select(table).where(table.c.intake_id == intake_id).order_by(table.c.id)
    return [
        Outcome(
            row.id,
            row.intake_id,
            EmergencyOutcome(row.outcome),
            row.recorded_by,
            row.recorded_at,
            unseal(key, row.sealed_note, _cell(row.id)).decode(),
        )
        for row in tx.execute(statement)
    ]


def _cell(row_id: UUID) -> Cell:
    return Cell("outcome", "sealed_note", row_id)
