"""Break-glass: the front desk opens one intake with a reason, and an admin looks at each use."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clinic.errors import UnknownRecord
from clinic.store import audit, case_access, intakes, staff
from clinic.store.audit import Actor
from clinic.store.case_access import AccessReason, CaseAccess
from clinic.store.database import Database
from clinic.store.staff import Member


@dataclass(frozen=True, slots=True)
class Uses:
    """The uses that no admin has looked at yet, and the people behind them."""

    accesses: tuple[CaseAccess, ...]
    people: Mapping[UUID, Member]


def open_now(
    database: Database,
    intake_id: UUID,
    reason: AccessReason,
    words: str,
    *,
    by: Member,
    now: datetime,
) -> None:
    """Open all of one intake to one person. Raises UnknownRecord, for a quiet draft too.

    While it is open to this person already, nothing is added.
    """
    with database.writing() as tx:
        if intakes.card(tx, intake_id) is None:
            raise UnknownRecord("intake")
        if any(each.stands_for(by.id, now) for each in case_access.all_of(tx, intake_id)):
            return
        case_access.open_for(tx, intake_id, by.id, reason=reason, words=words, now=now)
        audit.record(
            tx,
            actor=Actor("staff", by.id),
            action="intake.break_glass",
            subject=("intake", intake_id),
            now=now,
            detail=reason.value,
        )


def uses_to_look_at(database: Database) -> Uses:
    """Give what an admin has still to look at: ids and kinds of reason, no patient data."""
    with database.reading() as tx:
        found = case_access.not_looked_at(tx)
        return Uses(tuple(found), {member.id: member for member in staff.everyone(tx)})


def look_at(database: Database, access_id: UUID, *, by: Member, now: datetime) -> bool:
    """Say that one looked at a use; False when another admin had. Raises UnknownRecord."""
    with database.writing() as tx:
        access = case_access.get(tx, access_id)
        if access is None:
            raise UnknownRecord("use of break-glass")
        first = case_access.look_at(tx, access_id, by=by.id, now=now)
        if first:
            audit.record(
                tx,
                actor=Actor("staff", by.id),
                action="intake.break_glass_seen",
                subject=("intake", access.intake_id),
                now=now,
            )
        return first
