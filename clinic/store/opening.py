"""The data key of an intake, which seals everything that belongs to it."""

from uuid import UUID

from sqlalchemy import select

from clinic.errors import UnknownRecord
from clinic.store.database import Transaction
from clinic.store.keys import Key
from clinic.store.sealing import Cell
from clinic.store.tables import intake


def data_key_of(tx: Transaction, intake_id: UUID) -> Key:
    """Open the data key of an intake. Raises UnknownRecord."""
    wrapped = tx.scalar(select(intake.c.data_key).where(intake.c.id == intake_id))
    if wrapped is None:
        raise UnknownRecord("intake")
    return tx.vault.unwrap(wrapped, Cell("intake", "data_key", intake_id))
