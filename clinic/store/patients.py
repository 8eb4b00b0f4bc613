"""Patients: made when an intake is sent, and found again by keyed hashes."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, exists, func, select

from clinic.errors import UnknownRecord
from clinic.store.database import Transaction
from clinic.store.ids import new_id
from clinic.store.keys import Key
from clinic.store.records import FACTS, Facts
from clinic.store.sealing import Cell, seal, unseal
from clinic.store.search import person_terms, same_person_term, terms_of_query
from clinic.store.tables import intake, patient_search
from clinic.store.tables import patient as table

COUNTED = 1000
"""So many who have a term are counted at most, to begin with the rarest of several."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody is, in their own words. It is sealed."""

    name: str
    birth_date: date | None = None
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """Somebody who sent an intake."""

    id: UUID
    person: Person
    created_at: datetime


def add(tx: Transaction, person: Person, *, now: datetime) -> UUID:
    """Make a patient. Whether it is one who came before is for staff to confirm."""
    row_id, key = new_id(), Key.new()
    born = person.birth_date
    members = [person.name, born.isoformat() if born else None, person.phone, person.email]
    tx.execute(
        table.insert().values(
            id=row_id,
            created_at=now,
            data_key=tx.wrap(key, _cell("data_key", row_id)),
            sealed_person=seal(key, json.dumps(members).encode(), _cell("sealed_person", row_id)),
        )
    )
    terms = person_terms(person.name, person.birth_date, person.phone)
    rows = [{"hash": _hash(tx, term), "patient_id": row_id} for term in sorted(terms)]
    if rows:
        tx.execute(patient_search.insert(), rows)
    return row_id


def get(tx: Transaction, patient_id: UUID) -> Patient:
    """Give a patient. Raises UnknownRecord."""
    row = tx.execute(select(table).where(table.c.id == patient_id)).one_or_none()
    if row is None:
        raise UnknownRecord("patient")
    return _read(tx, row)


def get_each(tx: Transaction, patient_ids: Collection[UUID]) -> list[Patient]:
    """Give some patients by their ids, in the order of these."""
    if not patient_ids:
        return []
    rows = tx.execute(select(table).where(table.c.id.in_(patient_ids)).order_by(table.c.id))
    return [_read(tx, row) for row in rows]


def intakes_of(tx: Transaction, patient_id: UUID) -> list[Facts]:
    """Give the intakes of a patient, newest first."""
    return intakes_of_each(tx, [patient_id])[patient_id]


def intakes_of_each(tx: Transaction, patient_ids: Collection[UUID]) -> dict[UUID, list[Facts]]:
    """Give the intakes of some patients, newest first."""
    found: dict[UUID, list[Facts]] = {each: [] for each in patient_ids}
    if not found:
        return found
    statement = select(*FACTS).where(intake.c.patient_id.in_(patient_ids))
    for row in tx.execute(statement.order_by(intake.c.id.desc())):
        found[row.patient_id].append(Facts.of(row))
    return found


def candidates(tx: Transaction, person: Person, *, except_id: UUID | None = None) -> list[Patient]:
    """Give those of the same name, birth date and phone: proposed as one person, not joined."""
    term = same_person_term(person.name, person.birth_date, person.phone)
    if term is None:
        return []
    return [patient for patient in _found(tx, term, None, 50) if patient.id != except_id]


def search(
    tx: Transaction, text: str, *, after: UUID | None = None, limit: int = 50
) -> list[Patient]:
    """Give the patients whom a few typed words fit, newest first.

    The words are a whole name, parts of one (the starts of its words, three letters or more), a
    birth date such as 3/17/1980, 1980-03-17 or March 17, 1980, or a phone number. `after` is the
    id of the last one of the page before.
    """
    for terms in terms_of_query(text):
        first, *also = _rarest_first(tx, terms)
        found = _found(tx, first, after, limit, also)
        if found or (after is not None and _found(tx, first, None, 1, also)):
            return found
    return []


def _rarest_first(tx: Transaction, terms: tuple[str, ...]) -> list[str]:
    """Begin with the term that fewest have: of several, all who have the first are gone through."""
    if len(terms) < 2:
        return list(terms)
    some = [
        select(patient_search.c.patient_id)
        .where(patient_search.c.hash == _hash(tx, term))
        .limit(COUNTED)
        .subquery()
        for term in terms
    ]
    counts = select(*(select(func.count()).select_from(one).scalar_subquery() for one in some))
    number = dict(zip(terms, tx.execute(counts).one(), strict=True))
    return sorted(terms, key=lambda term: int(number[term]))


def _found(
    tx: Transaction, term: str, after: UUID | None, limit: int, also: Iterable[str] = ()
) -> list[Patient]:
    return [_read(tx, row) for row in tx.execute(_find(tx, term, after, limit, also))]


def _find(
    tx: Transaction, term: str, after: UUID | None, limit: int, also: Iterable[str] = ()
) -> Select[Any]:
    """Take the ids from the index first, so that a planner never walks through all patients.

    Whoever has the first term is looked up under each of the others, in the same index.
    """
    hits = select(patient_search.c.patient_id).where(patient_search.c.hash == _hash(tx, term))
    for other in also:
        part = patient_search.alias()
        hits = hits.where(
            exists().where(
                part.c.hash == _hash(tx, other), part.c.patient_id == patient_search.c.patient_id
            )
        )
    if after is not None:
        hits = hits.where(patient_search.c.patient_id < after)
    ids = hits.order_by(patient_search.c.patient_id.desc()).limit(limit).subquery()
    return select(table).join(ids, ids.c.patient_id == table.c.id).order_by(table.c.id.desc())


def _read(tx: Transaction, row: Row[Any]) -> Patient:
    key = tx.vault.unwrap(row.data_key, _cell("data_key", row.id))
    name, born, phone, email = json.loads(
        unseal(key, row.sealed_person, _cell("sealed_person", row.id))
    )
    person = Person(name, date.fromisoformat(born) if born else None, phone, email)
    return Patient(row.id, person, row.created_at)


def _hash(tx: Transaction, term: str) -> bytes:
    return tx.vault.digest("search", term)[:16]


def _cell(column: str, row_id: UUID) -> Cell:
    return Cell("patient", column, row_id)
