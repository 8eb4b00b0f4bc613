"""Legal holds, as an admin sets and lifts them: by reference, and without opening the intake."""

from datetime import datetime
from uuid import UUID

from clinic.errors import BadInput
from clinic.store import audit, holds, intakes
from clinic.store.audit import Actor
from clinic.store.database import Database, Transaction
from clinic.store.holds import Hold
from clinic.store.staff import Member

NO_INTAKE = "There is no intake with this reference."


def standing(database: Database, *, by: Member, now: datetime) -> list[Hold]:
    """Read the holds that stand. Reading the reasons is audited."""
    with database.writing() as tx:
        _record(tx, by, "hold.view", None, now)
        return holds.standing(tx)


def held_since(database: Database, intake_id: UUID) -> datetime | None:
    """Since when an intake is held; None when it is not."""
    with database.reading() as tx:
        return holds.held_since(tx, intake_id)


def hold(database: Database, reference: str, reason: str, *, by: Member, now: datetime) -> UUID:
    """Hold the intake with a reference. Raises BadInput, and Refused when it is held already."""
    with database.writing() as tx:
        intake_id = intakes.id_of_reference(tx, reference)
        if intake_id is None:
            raise BadInput(NO_INTAKE)
        hold_id = holds.hold(tx, intake_id, reason, by=by.id, now=now)
        _record(tx, by, "hold.set", intake_id, now)
        return hold_id


def lift(database: Database, hold_id: UUID, reason: str, *, by: Member, now: datetime) -> None:
    """Lift a hold. Raises UnknownRecord, and Refused when it was lifted already."""
    with database.writing() as tx:
        intake_id = holds.lift(tx, hold_id, reason, by=by.id, now=now)
        _record(tx, by, "hold.lift", intake_id, now)


def _record(
    tx: Transaction, by: Member, action: str, intake_id: UUID | None, now: datetime
) -> None:
    subject = ("intake", intake_id) if intake_id else None
    audit.record(tx, actor=Actor("staff", by.id), action=action, subject=subject, now=now)
