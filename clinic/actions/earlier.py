"""What the same person sent before, and which patients may be that person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clinic.intake import Intake
from clinic.store import assessments, audit, intakes, patients, same_person, typed_totals
from clinic.store.audit import Actor
from clinic.store.beside import Beside
from clinic.store.database import Transaction
from clinic.store.intakes import Facts, Library
from clinic.store.patients import Patient
from clinic.store.same_person import Decision, Match
from clinic.store.staff import Member, Role
from clinic.store.typed_totals import KeptTotal, still_standing
from clinic.triage.assess import Assessment
from clinic.triage.rules import Urgency

MOST_EARLIER = 3
"""How many earlier intakes are opened to compare scores with."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An intake that the same confirmed person sent before, with the totals typed for it.

    `assessment` is there for the newest of them, which the answers of now are compared with.
    """

    intake: Intake
    totals: tuple[KeptTotal, ...]
    urgency: Urgency | None = None
    assessment: Assessment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relations:
    """The patients that are, may be, or were said not to be the person of an intake.

    `intakes` holds what each of them sent; `last_act` is the decision that can be undone.
    """

    confirmed: tuple[Patient, ...] = ()
    proposed: tuple[Patient, ...] = ()
    parted: tuple[Patient, ...] = ()
    decisions: tuple[Decision, ...] = ()
    last_act: UUID | None = None
    intakes: Mapping[UUID, tuple[Facts, ...]]


def relations_of(tx: Transaction, facts: Facts) -> Relations:
    """Give who the patient of an intake is, may be and is not. A draft has none of these."""
    patient_id = facts.patient_id
    if patient_id is None:
        return Relations(intakes={})
    decisions = same_person.decisions(tx, patient_id)
    group = same_person.group_of(tx, patient_id)
    proposed = same_person.proposed(tx, patient_id)
    matches = same_person.matches_of(tx, patient_id)
    parted = {other for other, state in matches.items() if state is Match.DIFFERENT}
    confirmed = patients.get_each(tx, group - {patient_id})
    everybody = {*group, *parted, *(each.id for each in proposed)} - {patient_id}
    return Relations(
        confirmed=tuple(confirmed),
        proposed=tuple(proposed),
        parted=tuple(patients.get_each(tx, parted)),
        decisions=tuple(decisions),
        last_act=same_person.last_act(tx, patient_id),
        intakes={
            each: tuple(sent) for each, sent in patients.intakes_of_each(tx, everybody).items()
        },
    )


def earlier_of(
    tx: Transaction, library: Library, facts: Facts, *, by: Member, now: datetime
) -> tuple[Earlier, ...]:
    """Open what the same confirmed person sent before, newest first, for clinicians alone.

    Each that is opened is kept in the audit.
    """
    if by.role is not Role.CLINICIAN:
        return ()
    before = same_person.earlier_intakes(tx, facts)[:MOST_EARLIER]
    beside = Beside(tx, [each.id for each in before])
    found: list[Earlier] = []
    for each in before:
        intake = intakes.load(tx, each.id, library)
        totals = tuple(still_standing(beside.read(typed_totals.all_of, each.id)))
        kept = None if found else assessments.latest(tx, each.id)
        found.append(Earlier(intake, totals, each.urgency, kept))
    audit.record_each(
        tx,
        actor=Actor("staff", by.id),
        action="intake.compare",
        subjects=[("intake", each.id) for each in before],
        now=now,
    )
    return tuple(found)
