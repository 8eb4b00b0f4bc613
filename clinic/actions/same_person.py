"""Whether two patients are one person: proposed by what they typed, decided by staff."""

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from clinic.actions.last_time import Comparing, note_last_time
from clinic.errors import Conflict, IllegalMove
from clinic.store import audit, intakes, same_person
from clinic.store.audit import Actor
from clinic.store.database import Database, Transaction
from clinic.store.staff import Member


def confirm_same_person(
    database: Database,
    intake_id: UUID,
    other_id: UUID,
    *,
    by: Member,
    version: int,
    comparing: Comparing,
    now: datetime,
) -> None:
    """Say that the patient of an intake and a proposed one are the same person.

    Raises Conflict when that was decided meanwhile, and IllegalMove.
    """

    def confirm(tx: Transaction, patient_id: UUID) -> None:
        _check_proposed(tx, patient_id, other_id)
        same_person.confirm(tx, patient_id, other_id, by=by.id, now=now)
        note_last_time(tx, (patient_id,), comparing)
        _record(tx, by, "patient.same", (patient_id, other_id), now)

    _decide(database, intake_id, confirm, version, now)


def part_from_person(
    database: Database,
    intake_id: UUID,
    other_id: UUID,
    *,
    confirmed: bool,
    by: Member,
    version: int,
    comparing: Comparing,
    now: datetime,
) -> None:
    """Say that they are not the same person; `confirmed` tells if the page showed them as one.

    Raises Conflict when that was decided meanwhile, from another intake too, and IllegalMove.
    """

    def part(tx: Transaction, patient_id: UUID) -> None:
        if (other_id in same_person.group_of(tx, patient_id)) is not confirmed:
            raise Conflict(same_person.CHANGED)
        if not confirmed:
            _check_proposed(tx, patient_id, other_id)
        group = same_person.group_of(tx, patient_id)
        same_person.part(tx, patient_id, other_id, by=by.id, now=now)
        note_last_time(tx, group, comparing)
        _record(tx, by, "patient.different", (patient_id, other_id), now)

    _decide(database, intake_id, part, version, now)


def undo_same_person(
    database: Database,
    intake_id: UUID,
    act_id: UUID,
    *,
    by: Member,
    version: int,
    comparing: Comparing,
    now: datetime,
) -> None:
    """Take the last decision about the patient of an intake back. Raises Conflict."""

    def undo(tx: Transaction, patient_id: UUID) -> None:
        same_person.undo(tx, patient_id, act_id, by=by.id, now=now)
        spoken = same_person.patients_of(tx, act_id)
        note_last_time(tx, (patient_id, *spoken), comparing)
        _record(tx, by, "patient.undo_same", sorted(spoken), now)

    _decide(database, intake_id, undo, version, now)


def _decide(
    database: Database,
    intake_id: UUID,
    decide: Callable[[Transaction, UUID], None],
    version: int,
    now: datetime,
) -> None:
    with database.writing() as tx:
        facts = intakes.claim(tx, intake_id, version=version, now=now)
        if facts.patient_id is None:
            raise IllegalMove("Answers that were not sent belong to no patient yet.")
        decide(tx, facts.patient_id)


def _check_proposed(tx: Transaction, patient_id: UUID, other_id: UUID) -> None:
    """Nobody is joined who did not give the same name, birth date and phone."""
    if other_id not in {patient.id for patient in same_person.proposed(tx, patient_id)}:
        raise Conflict(same_person.CHANGED)


def _record(
    tx: Transaction, by: Member, action: str, patient_ids: Iterable[UUID], now: datetime
) -> None:
    """Keep it with each patient, so that it is found from either side."""
    ids = list(patient_ids)
    for patient_id in ids:
        audit.record(
            tx,
            actor=Actor("staff", by.id),
            action=action,
            subject=("patient", patient_id),
            now=now,
            detail=" ".join(str(other) for other in ids if other != patient_id)[:300],
        )
