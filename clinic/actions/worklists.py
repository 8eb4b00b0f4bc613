"""What staff look at before they open a patient: the list, a patient's intakes, people.

Each view is audited in the transaction that reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clinic.actions.alerts import MailTrouble, mail_trouble
from clinic.store import alerts, audit, outcomes, patients, same_person, staff, worklist
from clinic.store.alerts import Alert
from clinic.store.audit import Actor
from clinic.store.database import Database, Transaction
from clinic.store.intakes import Facts
from clinic.store.outcomes import OutcomeKind
from clinic.store.patients import Patient
from clinic.store.staff import Member
from clinic.store.worklist import Count, Page, Queue, Scope

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the worklist, how many stand under each heading, and who is named in it."""

    page: Page
    counts: Mapping[Queue, Count]
    outcomes: Mapping[UUID, OutcomeKind]
    alerts: Mapping[UUID, Alert]
    trouble: MailTrouble | None
    people: Mapping[UUID, Member]


@dataclass(frozen=True, slots=True)
class KnownPatient:
    """A patient with every intake of the same confirmed person, newest first."""

    patient: Patient
    intakes: tuple[Facts, ...]
    people: Mapping[UUID, Member]


def open_worklist(
    database: Database,
    *,
    by: Member,
    scope: Scope,
    queue: Queue | None,
    after: str | None,
    now: datetime,
    limit: int = PAGE_ROWS,
    mail_gap: str = "",
) -> Listed:
    """Read a page of the worklist. Raises BadInput for a strange `after`.

    `mail_gap` is what the settings lack to tell somebody by mail.
    """
    with database.writing() as tx:
        worklist.mark_overdue(tx, now)
        page = worklist.worklist(
            tx, scope=scope, owner_id=by.id, after=after, limit=limit, queue=queue
        )
        ids = [row.facts.id for row in page.rows]
        _record(tx, by, "worklist.view", None, now, detail=f"{scope.value}, {len(ids)} rows")
        return Listed(
            page=page,
            counts=worklist.counts(tx, scope=scope, owner_id=by.id),
            outcomes=outcomes.latest_of(tx, ids),
            alerts=alerts.latest_of(tx, ids),
            trouble=mail_trouble(tx, now, gap=mail_gap),
            people=_people(tx),
        )


def open_patient(
    database: Database, patient_id: UUID, *, by: Member, now: datetime
) -> KnownPatient:
    """Read a patient. Raises UnknownRecord."""
    with database.writing() as tx:
        patient = patients.get(tx, patient_id)
        _record(tx, by, "patient.view", ("patient", patient_id), now)
        return KnownPatient(
            patient, tuple(same_person.intakes_of_person(tx, patient_id)), _people(tx)
        )


def open_people(database: Database, *, by: Member, now: datetime) -> list[Member]:
    """Read who works here, those who may no longer sign in too."""
    with database.writing() as tx:
        _record(tx, by, "people.view", None, now)
        return staff.everyone(tx)


def _people(tx: Transaction) -> dict[UUID, Member]:
    return {member.id: member for member in staff.everyone(tx)}


def _record(
    tx: Transaction,
    by: Member,
    action: str,
    subject: tuple[str, UUID] | None,
    now: datetime,
    detail: str = "",
) -> None:
    audit.record(
        tx,
        actor=Actor("staff", by.id),
        action=action,
        subject=subject,
        now=now,
        detail=detail,
    )
