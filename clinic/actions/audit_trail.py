"""What an admin looks for in the audit, on the page and as a file. Looking is audited too."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clinic.errors import Refused
from clinic.store import audit, intakes, staff
from clinic.store.audit import Actor, AuditRow, Sought
from clinic.store.database import Database, Transaction
from clinic.store.staff import Member

PAGE_ROWS = 100
EXPORT_ROWS = 20_000
TOO_MANY = f"More than {EXPORT_ROWS:,} rows fit. Choose fewer days, then save again."


@dataclass(frozen=True, slots=True)
class Trail:
    """Some acts, newest first, the people behind them, and whether older ones follow."""

    rows: tuple[AuditRow, ...]
    people: Mapping[UUID, Member]
    more: bool


def open_audit(
    database: Database,
    sought: Sought,
    *,
    by: Member,
    after: UUID | None,
    now: datetime,
    limit: int = PAGE_ROWS,
) -> Trail:
    """Read who saw or did what, newest first; `after` is the last row of the page before."""
    with database.writing() as tx:
        found = audit.trail(tx, sought=sought, after=after, limit=limit + 1)
        _record(tx, by, "audit.view", now)
        return Trail(tuple(found[:limit]), _people(tx), len(found) > limit)


def export(
    database: Database, sought: Sought, *, by: Member, now: datetime, limit: int = EXPORT_ROWS
) -> Trail:
    """Read all that fits, for a file. Raises Refused when it is more than one file holds."""
    with database.writing() as tx:
        found = audit.trail(tx, sought=sought, limit=limit + 1)
        if len(found) > limit:
            raise Refused(TOO_MANY)
        _record(tx, by, "audit.export", now, detail=f"{len(found)} rows")
        return Trail(tuple(found), _people(tx), more=False)


def everyone(database: Database) -> list[Member]:
    """Give whom one can look for."""
    with database.reading() as tx:
        return staff.everyone(tx)


def intake_of(database: Database, reference: str) -> UUID | None:
    """Give the id of the intake with a reference, which is no patient data, or None."""
    with database.reading() as tx:
        return intakes.id_of_reference(tx, reference)


def _people(tx: Transaction) -> dict[UUID, Member]:
    return {member.id: member for member in staff.everyone(tx)}


def _record(tx: Transaction, by: Member, action: str, now: datetime, detail: str = "") -> None:
    actor = Actor("staff", by.id)
    audit.record(tx, actor=actor, action=action, subject=None, now=now, detail=detail)
