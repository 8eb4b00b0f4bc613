"""What staff and patients put beside intakes, read only where there is some.

Most intakes have one or two of these kinds of rows; one look finds which.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Table, bindparam, literal, select, union_all

from clinic.store import (
    amendments,
    case_access,
    emergency_steps,
    levels,
    notes,
    outcomes,
    staff_facts,
    typed_totals,
)
from clinic.store.database import Transaction
from clinic.store.referral_tables import amendment, emergency_step
from clinic.store.referral_tables import case_access as access
from clinic.store.tables import note, outcome, set_level, staff_fact, typed_total

T = TypeVar("T")
Reader = Callable[[Transaction, UUID], list[T]]

KINDS: Mapping[Reader[Any], Table] = {
    amendments.all_of: amendment,
    case_access.all_of: access,
    emergency_steps.all_of: emergency_step,
    levels.all_of: set_level,
    notes.all_of: note,
    outcomes.all_of: outcome,
    staff_facts.all_of: staff_fact,
    typed_totals.all_of: typed_total,
}
_LOOK = union_all(
    *(
        select(literal(table.name).label("kind"), table.c.intake_id).where(
            table.c.intake_id.in_(bindparam("ids", expanding=True))
        )
        for table in KINDS.values()
    )
)


class Beside:
    """What stands beside some intakes. It is as old as its transaction's first look."""

    def __init__(self, tx: Transaction, intake_ids: Collection[UUID]) -> None:
        self._tx = tx
        rows = tx.execute(_LOOK, {"ids": list(intake_ids)}) if intake_ids else ()
        self._found = {(row.kind, row.intake_id) for row in rows}

    def read(self, reader: Reader[T], intake_id: UUID) -> tuple[T, ...]:
        """Give what one of KINDS reads of an intake, oldest first."""
        if (KINDS[reader].name, intake_id) not in self._found:
            return ()
        return tuple(reader(self._tx, intake_id))
