"""Files that the other side attached to a report: sealed with the intake, given out whole."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from clinic.errors import UnknownRecord
from clinic.referral.attachment import AttachedFile, MediaType
from clinic.referral.model import Referral
from clinic.referral.states import By
from clinic.store.database import Transaction
from clinic.store.ids import new_id
from clinic.store.keys import Key
from clinic.store.opening import data_key_of
from clinic.store.referral_tables import attachment as table
from clinic.store.sealing import Cell, seal, unseal

FACTS = (
    table.c.id,
    table.c.media_type,
    table.c.size_bytes,
    table.c.made_at,
    table.c.made_by,
    table.c.sealed_name,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """What is known of a file without opening it. `name` is theirs, made fit to be shown."""

    id: UUID
    name: str
    media_type: MediaType
    size_bytes: int
    made_at: datetime
    made_by: By


def add(tx: Transaction, referral: Referral, file: AttachedFile, *, by: By, now: datetime) -> UUID:
    """Keep a file that was looked at, and give its id. Raises UnknownRecord."""
    row_id = new_id()
    key = data_key_of(tx, referral.intake_id)
    tx.execute(
        table.insert().values(
            id=row_id,
            referral_id=referral.id,
            media_type=file.media_type.value,
            size_bytes=len(file.content),
            made_at=now,
            made_by=by.value,
            sealed_name=seal(key, file.name.encode(), _cell("sealed_name", row_id)),
            sealed_content=seal(key, file.content, _cell("sealed_content", row_id)),
        )
    )
    return row_id


def all_of(tx: Transaction, referral: Referral) -> list[Attachment]:
    """Give the files of a referral, oldest first, without what is in them."""
    key = data_key_of(tx, referral.intake_id)
    statement = select(*FACTS).where(table.c.referral_id == referral.id).order_by(table.c.id)
    return [_read(key, row) for row in tx.execute(statement)]


def get(tx: Transaction, referral: Referral, attachment_id: UUID) -> tuple[Attachment, bytes]:
    """Give a file of this referral with its bytes. Raises UnknownRecord."""
    statement = select(*FACTS, table.c.sealed_content).where(
        table.c.id == attachment_id, table.c.referral_id == referral.id
    )
    row = tx.execute(statement).one_or_none()
    if row is None:
        raise UnknownRecord("attachment")
    key = data_key_of(tx, referral.intake_id)
    return _read(key, row), unseal(key, row.sealed_content, _cell("sealed_content", row.id))


def _read(key: Key, row: Row[Any]) -> Attachment:
    return Attachment(
        id=row.id,
        name=unseal(key, row.sealed_name, _cell("sealed_name", row.id)).decode(),
        media_type=MediaType(row.media_type),
        size_bytes=row.size_bytes,
        made_at=row.made_at,
        made_by=By(row.made_by),
    )


def _cell(column: str, row_id: UUID) -> Cell:
    return Cell("attachment", column, row_id)
