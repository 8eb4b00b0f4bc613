"""Other records that are, may be, or were said not to be the same person.

Of a record that nobody has confirmed, nothing is shown but who, when and its reference.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from clinic.actions.review import Opened
from clinic.store.patients import Patient
from clinic.store.records import Facts
from clinic.store.same_person import Decision, Match
from clinic.store.staff import Member
from clinic.summary.words import long_date
from clinic.web.staff.rows import Reader
from clinic.web.staff.words import day, level_code, level_of, moment

SAID: Mapping[Match, str] = {
    Match.SAME: "said that this is the same person",
    Match.DIFFERENT: "said that this is not the same person",
    Match.OPEN: "took that back",
}


@dataclass(frozen=True, slots=True)
class Sent:
    """One intake of another record: its reference, when, and its level once confirmed."""

    id: UUID
    reference: str
    when: str
    level: str
    urgency: str


@dataclass(frozen=True, slots=True)
class Relative:
    """Another record, with what was sent under it."""

    patient_id: UUID
    name: str
    birth_date: str
    phone: str
    sent: tuple[Sent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relatives:
    """The other records of one patient, what was decided last, and whether it can be undone."""

    confirmed: tuple[Relative, ...]
    proposed: tuple[Relative, ...]
    parted: tuple[Relative, ...]
    last: str
    undo: UUID | None

    @property
    def any(self) -> bool:
        """True when there is something to show."""
        return bool(self.confirmed or self.proposed or self.parted)


def relatives_view(opened: Opened, reader: Reader) -> Relatives:
    """Give the other records of the patient of an intake."""
    found = opened.relations

    def relatives(patients: Iterable[Patient], *, known: bool) -> tuple[Relative, ...]:
        return tuple(
            _relative(patient, found.intakes.get(patient.id, ()), reader, known=known)
            for patient in patients
        )

    return Relatives(
        confirmed=relatives(found.confirmed, known=True),
        proposed=relatives(found.proposed, known=False),
        parted=relatives(found.parted, known=False),
        last=_said(found.decisions, opened.people, reader),
        undo=found.last_act,
    )


def _relative(
    patient: Patient, intakes: Iterable[Facts], reader: Reader, *, known: bool
) -> Relative:
    person = patient.person
    return Relative(
        patient_id=patient.id,
        name=person.name,
        birth_date=long_date(person.birth_date, "en") if person.birth_date else "",
        phone=person.phone,
        sent=tuple(_sent(facts, reader, known=known) for facts in intakes),
    )


def _sent(facts: Facts, reader: Reader, *, known: bool) -> Sent:
    return Sent(
        id=facts.id,
        reference=facts.reference,
        when=day(facts.submitted_at or facts.created_at, reader.zone, reader.now),
        level=level_of(facts) if known else "",
        urgency=level_code(facts) if known else "",
    )


def _said(decisions: tuple[Decision, ...], people: Mapping[UUID, Member], reader: Reader) -> str:
    """Say who decided last, what and when."""
    if not decisions:
        return ""
    last = decisions[-1]
    who = people[last.by].name if last.by in people else "Somebody"
    what = SAID[Match.OPEN] if last.undoes else SAID[last.state]
    return f"{who} {what}, {moment(last.at, reader.zone, reader.now)}."
