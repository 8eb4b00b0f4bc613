"""PDFs of what was sent: made once, sealed, and given out from here afterwards."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.dialects import postgresql, sqlite

from clinic.store.database import Transaction
from clinic.store.ids import new_id
from clinic.store.opening import data_key_of
from clinic.store.sealing import Cell, seal, unseal
from clinic.store.tables import document as table


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One PDF. `version` is the intake's when it was made."""

    id: UUID
    intake_id: UUID
    kind: str
    edition: str
    language: str
    version: int
    made_at: datetime
    pdf: bytes


def put(
    tx: Transaction,
    intake_id: UUID,
    *,
    kind: str,
    edition: str,
    language: str,
    version: int,
    content_hash: str,
    pdf: bytes,
    now: datetime,
) -> UUID:
    """Keep a PDF and give its id. Of one content the first PDF stays. Raises UnknownRecord."""
    row_id = new_id()
    insert = sqlite.insert if tx.is_sqlite else postgresql.insert
    statement = insert(table).values(
        id=row_id,
        intake_id=intake_id,
        kind=kind,
        edition=edition,
        language=language,
        version=version,
        content_hash=_hash(tx, intake_id, content_hash),
        made_at=now,
        sealed_pdf=seal(data_key_of(tx, intake_id), pdf, _cell(row_id)),
    )
    tx.execute(statement.on_conflict_do_nothing())
    wanted = _wanted(tx, intake_id, kind, edition, language, content_hash)
    return UUID(str(tx.execute(wanted).one().id))


def find(
    tx: Transaction, intake_id: UUID, *, kind: str, edition: str, language: str, content_hash: str
) -> Document | None:
    """Give the PDF of this content, or None when it was not made yet."""
    row = tx.execute(_wanted(tx, intake_id, kind, edition, language, content_hash)).one_or_none()
    return None if row is None else _read(tx, row)


def _wanted(
    tx: Transaction, intake_id: UUID, kind: str, edition: str, language: str, content_hash: str
) -> Select[Any]:
    return select(table).where(
        table.c.intake_id == intake_id,
        table.c.kind == kind,
        table.c.edition == edition,
        table.c.language == language,
        table.c.content_hash == _hash(tx, intake_id, content_hash),
    )


def _read(tx: Transaction, row: Row[Any]) -> Document:
    return Document(
        id=row.id,
        intake_id=row.intake_id,
        kind=row.kind,
        edition=row.edition,
        language=row.language,
        version=row.version,
        made_at=row.made_at,
        pdf=unseal(data_key_of(tx, row.intake_id), row.sealed_pdf, _cell(row.id)),
    )


def _hash(tx: Transaction, intake_id: UUID, content_hash: str) -> bytes:
    """A plain hash of what a patient said would let others test a guess."""
    return tx.vault.digest("document content", f"{intake_id} {content_hash}")


def _cell(row_id: UUID) -> Cell:
    return Cell("document", "sealed_pdf", row_id)
