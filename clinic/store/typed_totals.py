"""Totals of licensed instruments that staff typed. A wrong one is replaced, never changed."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from clinic.errors import Conflict
from clinic.store.database import Transaction
from clinic.store.ids import new_id
from clinic.store.keys import Key
from clinic.store.opening import data_key_of
from clinic.store.sealing import Cell, seal, unseal
from clinic.store.tables import typed_total as table


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTotal:
    """One typed total: a number for each part, the day it was measured, by whom and when.

    Without parts it takes back the one that it replaces.
    """

    id: UUID
    intake_id: UUID
    total_id: str
    parts: Mapping[str, Decimal]
    taken_on: date
    by: UUID
    at: datetime
    replaces: UUID | None = None

    @property
    def withdrawn(self) -> bool:
        """True when it says that the one before should not have been typed."""
        return not self.parts


def add(
    tx: Transaction,
    intake_id: UUID,
    total_id: str,
    parts: Mapping[str, Decimal],
    *,
    taken_on: date,
    by: UUID,
    now: datetime,
    replaces: UUID | None = None,
) -> UUID:
    """Keep a total. Raises UnknownRecord, and Conflict when `replaces` does not stand.

    The numbers have been judged before (clinic/triage/typed_totals.py).
    """
    key = data_key_of(tx, intake_id)
    if replaces is not None and replaces not in {each.id for each in standing(tx, intake_id)}:
        raise Conflict("That total was corrected by somebody else since the page was opened.")
    row_id = new_id()
    numbers = {name: str(number) for name, number in parts.items()}
    plain = json.dumps([total_id, taken_on.isoformat(), numbers], separators=(",", ":"))
    tx.execute(
        table.insert().values(
            id=row_id,
            intake_id=intake_id,
            replaces_id=replaces,
            typed_by=by,
            typed_at=now,
            sealed_total=seal(key, plain.encode(), _cell(row_id)),
        )
    )
    return row_id


def all_of(tx: Transaction, intake_id: UUID) -> list[KeptTotal]:
    """Give everything that was typed for an intake, oldest first. Raises UnknownRecord."""
    key = data_key_of(tx, intake_id)
    statement = select(table).where(table.c.intake_id == intake_id).order_by(table.c.id)
    return [_read(key, row) for row in tx.execute(statement)]


def standing(tx: Transaction, intake_id: UUID) -> list[KeptTotal]:
    """Give the totals that stand: not replaced, and not taken back. Raises UnknownRecord."""
    return still_standing(all_of(tx, intake_id))


def still_standing(kept: Iterable[KeptTotal]) -> list[KeptTotal]:
    """Give those of a whole history that stand."""
    everything = list(kept)
    replaced = {each.replaces for each in everything}
    return [each for each in everything if each.id not in replaced and not each.withdrawn]


def _read(key: Key, row: Row[Any]) -> KeptTotal:
    total_id, taken_on, parts = json.loads(unseal(key, row.sealed_total, _cell(row.id)))
    return KeptTotal(
        id=row.id,
        intake_id=row.intake_id,
        total_id=total_id,
        parts={name: Decimal(number) for name, number in parts.items()},
        taken_on=date.fromisoformat(taken_on),
        by=row.typed_by,
        at=row.typed_at,
        replaces=row.replaces_id,
    )


def _cell(row_id: UUID) -> Cell:
    return Cell("typed_total", "sealed_total", row_id)
