"""The record of one person: every intake sent under whichever name staff confirmed as theirs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clinic.errors import Damaged, UnknownRecord
from clinic.intake import Intake
from clinic.store import (
    amendments,
    assessments,
    audit,
    emergency_steps,
    intakes,
    levels,
    notes,
    outcomes,
    patients,
    referrals,
    same_person,
    staff,
    staff_facts,
    typed_totals,
)
from clinic.store.amendments import Amendment
from clinic.store.audit import Actor
from clinic.store.beside import Beside
from clinic.store.database import Database, Transaction
from clinic.store.emergency_steps import KeptStep
from clinic.store.intakes import Card, Facts, Library
from clinic.store.levels import SetLevel
from clinic.store.notes import Note
from clinic.store.outcomes import Outcome
from clinic.store.patients import Patient
from clinic.store.referrals import Kept
from clinic.store.staff import Member, Role
from clinic.store.staff_facts import StaffFact
from clinic.store.typed_totals import KeptTotal, still_standing
from clinic.triage.assess import Assessment

MOST_OPENED = 6
"""So many intakes, the newest, are opened to draw how the scores went."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One sent intake, opened: what was answered, what the rules said, what came after."""

    facts: Facts
    intake: Intake
    assessment: Assessment
    totals: tuple[KeptTotal, ...]
    outcomes: tuple[Outcome, ...]
    steps: tuple[KeptStep, ...]
    added: tuple[Amendment, ...]
    notes: tuple[Note, ...]
    levels: tuple[SetLevel, ...]
    stated: tuple[StaffFact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A person: `sent` are all intakes, newest first; `visits` those opened, for clinicians.

    `cards` hold what a list row shows, for the same newest ones. `proposed` counts the other
    records that may be the same person.
    """

    patient: Patient
    sent: tuple[Facts, ...]
    cards: Mapping[UUID, Card]
    visits: tuple[Visit, ...]
    referrals: tuple[Kept, ...]
    unread: Mapping[UUID, int]
    confirmed: int
    proposed: int
    people: Mapping[UUID, Member]


def open_record(
    database: Database, library: Library, patient_id: UUID, *, by: Member, now: datetime
) -> Record:
    """Read a person's record, and keep who read it. Raises UnknownRecord.

    Only for a clinician the answers are opened, and each that was opened is kept in the audit.
    """
    with database.writing() as tx:
        patient = patients.get(tx, patient_id)
        group = same_person.group_of(tx, patient_id)
        sent = same_person.intakes_of_group(tx, group)
        if not sent:
            raise UnknownRecord("patient")
        newest = sent[:MOST_OPENED]
        opens = by.role is Role.CLINICIAN
        _record(tx, by, "patient.view", ("patient", patient_id), now)
        return Record(
            patient=patient,
            sent=tuple(sent),
            cards=intakes.cards(tx, [each.id for each in newest]),
            visits=tuple(_visits(tx, library, newest, by, now)) if opens else (),
            referrals=tuple(referrals.of_patients(tx, group)) if opens else (),
            unread=amendments.unread_of(tx, [each.id for each in sent]),
            confirmed=len(group) - 1,
            proposed=len(same_person.proposed(tx, patient_id)),
            people={member.id: member for member in staff.everyone(tx)},
        )


def _visits(
    tx: Transaction, library: Library, newest: Sequence[Facts], by: Member, now: datetime
) -> Iterator[Visit]:
    """Open intakes of one person, each kind of row of all of them in as few looks as can be."""
    ids = [facts.id for facts in newest]
    opened = {each: intakes.load(tx, each, library) for each in ids}
    kept, beside = assessments.latest_of(tx, ids), Beside(tx, ids)
    audit.record_each(
        tx,
        actor=Actor("staff", by.id),
        action="intake.compare",
        subjects=[("intake", each) for each in ids],
        now=now,
    )
    if len(kept) < len(ids):
        raise Damaged("A sent intake has no assessment.")
    for facts in newest:
        yield Visit(
            facts=facts,
            intake=opened[facts.id],
            assessment=kept[facts.id],
            totals=tuple(still_standing(beside.read(typed_totals.all_of, facts.id))),
            outcomes=beside.read(outcomes.all_of, facts.id),
            steps=beside.read(emergency_steps.all_of, facts.id),
            added=beside.read(amendments.all_of, facts.id),
            notes=beside.read(notes.all_of, facts.id),
            levels=beside.read(levels.all_of, facts.id),
            stated=beside.read(staff_facts.all_of, facts.id),
        )


def _record(
    tx: Transaction, by: Member, action: str, subject: tuple[str, UUID], now: datetime
) -> None:
    audit.record(tx, actor=Actor("staff", by.id), action=action, subject=subject, now=now)
