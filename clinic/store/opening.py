"""The data key of an intake, which seals everything that belongs to it."""

from uuid import UUID

from sqlalchemy import select

from clinic.errors import UnknownRecord
from clinic.store.database import Transaction
from clinic.store.keys import Key
from clinic.store.sealing import Cell
from clinic.store.tables import intake


def data_key_of(tx: Transaction, intake_id: UUID) -> Key:
    """Open the data key of an intake, once in a transaction. Raises UnknownRecord."""
    if intake_id not in tx.data_keys:
        wrapped = tx.scalar(select(intake.c.data_key).where(intake.c.id == intake_id))
        if wrapped is None:
            raise UnknownRecord("intake")
        cell = Cell("intake", "data_key", intake_id)
        tx.data_keys[intake_id] = tx.vault.unwrap(wrapped, cell)
    return tx.data_keys[intake_id]
