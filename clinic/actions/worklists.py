"""What staff look at before they open a patient: the list, a patient's intakes, people.

Each view is audited in the transaction that reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clinic.actions import reminders
from clinic.actions.alerts import MailTrouble, mail_trouble
from clinic.store import (
    alerts,
    amendments,
    audit,
    emergency_steps,
    from_paper,
    intakes,
    outcomes,
    patients,
    people,
    referrals,
    same_person,
    staff,
    worklist,
)
from clinic.store.alerts import Alert
from clinic.store.audit import Actor
from clinic.store.database import Database, Transaction
from clinic.store.emergency_steps import LastStep
from clinic.store.intakes import Card, Facts
from clinic.store.outcomes import LastCall
from clinic.store.patients import Patient
from clinic.store.people import FoundPage
from clinic.store.staff import Member
from clinic.store.worklist import Count, Page, Queue, Scope, Speaks

PAGE_ROWS = 50
NAMED = 5
"""So many late emergencies are named on top of the list, the longest late first."""


@dataclass(frozen=True, slots=True)
class Late:
    """What is late beside the list: steps of emergencies, a few of them named, and referrals.

    `mails` counts invitations whose mail was given up, `papers` the paper forms that staff began
    to type in and did not send: no rule puts those on the list.
    """

    steps: Count
    named: tuple[tuple[UUID, Card | None], ...]
    referrals: Count
    mails: Count
    papers: Count


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the worklist, how many stand under each heading, and who is named in it.

    `steps` says where emergencies stand, `unread` how much patients added that nobody read.
    """

    page: Page
    counts: Mapping[Queue, Count]
    calls: Mapping[UUID, LastCall]
    alerts: Mapping[UUID, Alert]
    steps: Mapping[UUID, LastStep]
    unread: Mapping[UUID, int]
    late: Late
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
    speaks: Speaks | None = None,
) -> Listed:
    """Read a page of the worklist. Raises BadInput for a strange `after`.

    `mail_gap` is what the settings lack to tell somebody by mail.
    """
    with database.writing() as tx:
        worklist.mark_overdue(tx, now)
        page = worklist.worklist(
            tx,
            scope=scope,
            owner_id=by.id,
            after=after,
            limit=limit,
            queue=queue,
            speaks=speaks,
        )
        ids = [row.facts.id for row in page.rows]
        _record(tx, by, "worklist.view", None, now, detail=f"{scope.value}, {len(ids)} rows")
        return Listed(
            page=page,
            counts=worklist.counts(tx, scope=scope, owner_id=by.id),
            calls=outcomes.latest_of(tx, ids),
            alerts=alerts.latest_of(tx, ids),
            steps=emergency_steps.latest_of(tx, ids),
            unread=amendments.unread_of(tx, ids),
            late=_late(tx, now),
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


def find_people(
    database: Database, text: str, *, by: Member, after: UUID | None, now: datetime
) -> FoundPage:
    """Look people up by what was typed. The audit keeps how many were found, never the words."""
    with database.writing() as tx:
        found = people.search(tx, text, after=after)
        _record(tx, by, "patient.search", None, now, detail=f"found {len(found.people)}")
        return found


def open_people(database: Database, *, by: Member, now: datetime) -> list[Member]:
    """Read who works here, those who may no longer sign in too."""
    with database.writing() as tx:
        _record(tx, by, "people.view", None, now)
        return staff.everyone(tx)


def _late(tx: Transaction, now: datetime) -> Late:
    ids = emergency_steps.late(tx, now, limit=worklist.COUNTED + 1)
    cards = intakes.cards(tx, ids[:NAMED])
    return Late(
        steps=_count(len(ids)),
        named=tuple((each, cards.get(each)) for each in ids[:NAMED]),
        referrals=_count(referrals.overdue_count(tx, now)),
        mails=_count(reminders.undelivered(tx, now)),
        papers=_count(from_paper.number_unlisted(tx, limit=worklist.COUNTED + 1)),
    )


def _count(number: int) -> Count:
    return Count(min(number, worklist.COUNTED), number > worklist.COUNTED)


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
