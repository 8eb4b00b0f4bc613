"""People as a search finds them: records of one confirmed person together, with what they sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from clinic.store import patients, same_person
from clinic.store.database import Transaction
from clinic.store.patients import Patient
from clinic.store.records import Facts

LATEST = 3
"""So many intakes of each are given, the newest."""


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody who was found: the newest record that fits, and the last intakes of all of them."""

    patient: Patient
    intakes: tuple[Facts, ...]


@dataclass(frozen=True, slots=True)
class FoundPage:
    """Some people, and the record to go on after, or None after the last."""

    people: tuple[Found, ...]
    next: UUID | None


def search(tx: Transaction, text: str, *, after: UUID | None = None, limit: int = 20) -> FoundPage:
    """Give the people whom a few typed words fit, the newest record first, read by key.

    A person whose records stand on two pages is shown on both.
    """
    found = patients.search(tx, text, after=after, limit=limit + 1)
    page = found[:limit]
    groups = same_person.groups_of(tx, [patient.id for patient in page])
    everybody = {each for group in groups.values() for each in group}
    sent = patients.intakes_of_each(tx, everybody)
    people, shown = [], set[UUID]()
    for patient in page:
        if patient.id in shown:
            continue
        group = groups[patient.id]
        shown |= group
        people.append(Found(patient, _latest(facts for each in group for facts in sent[each])))
    return FoundPage(tuple(people), page[-1].id if len(found) > limit else None)


def _latest(facts: Iterable[Facts]) -> tuple[Facts, ...]:
    newest = sorted(facts, key=lambda each: each.submitted_at or each.created_at, reverse=True)
    return tuple(newest[:LATEST])
