"""Which patients are one person: proposed by name, birth date and phone, decided by staff.

Nothing is joined or destroyed. Each decision adds a row for each pair that it speaks of, and
the row with the highest number stands. A group that is one person has a row "same" for every
pair in it, so that a patient's group is read in one step.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import product
from typing import Any
from uuid import UUID

from sqlalchemy import Row, or_, select

from clinic.errors import Conflict, IllegalMove
from clinic.store import patients
from clinic.store.database import Transaction
from clinic.store.ids import new_id
from clinic.store.patients import Patient
from clinic.store.records import FACTS, Facts
from clinic.store.tables import intake, patient
from clinic.store.tables import patient_match as table

CHANGED = "Somebody else decided about these patients since the page was opened."


class Match(StrEnum):
    """What staff say of two patients."""

    OPEN = "open"
    SAME = "same"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One act about a patient: what it said of which others, by whom and when.

    `undoes` names the act that it took back.
    """

    act_id: UUID
    state: Match
    others: frozenset[UUID]
    by: UUID
    at: datetime
    undoes: UUID | None


def group_of(tx: Transaction, patient_id: UUID) -> frozenset[UUID]:
    """Give the ids of the patients that are this one person, itself included."""
    found = _found(tx, [patient_id])
    same = (pair for pair, state in found.items() if state is Match.SAME)
    return frozenset({patient_id}).union(*same)


def groups_of(tx: Transaction, patient_ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Give the same as `group_of` for each of many patients, in one look."""
    groups = {each: frozenset({each}) for each in patient_ids}
    for pair, state in _found(tx, patient_ids).items():
        if state is Match.SAME:
            for each in pair & groups.keys():
                groups[each] |= pair
    return groups


def proposed(tx: Transaction, patient_id: UUID) -> list[Patient]:
    """Give the patients who may be this person and of whom nobody has decided yet.

    Raises UnknownRecord.
    """
    found = _found(tx, [patient_id])
    decided = {pair for pair, state in found.items() if state is not Match.OPEN}
    person = patients.get(tx, patient_id).person
    candidates = patients.candidates(tx, person, except_id=patient_id)
    return [each for each in candidates if _pair(patient_id, each.id) not in decided]


def matches_of(tx: Transaction, patient_id: UUID) -> dict[UUID, Match]:
    """Give what stands between a patient and each other of whom staff ever decided."""
    found = _found(tx, [patient_id])
    return {other: state for pair, state in found.items() for other in pair - {patient_id}}


def patients_of(tx: Transaction, act_id: UUID) -> frozenset[UUID]:
    """Give the patients that an act spoke of."""
    return frozenset(_touched(_act(tx, act_id)))


def decisions(tx: Transaction, patient_id: UUID) -> list[Decision]:
    """Give every act that spoke of a patient, oldest first."""
    acts: dict[UUID, list[Row[Any]]] = {}
    for row in _rows(tx, [patient_id]):
        acts.setdefault(row.act_id, []).append(row)
    return [_decision(patient_id, rows) for rows in acts.values()]


def last_act(tx: Transaction, patient_id: UUID) -> UUID | None:
    """Give the act that may be undone: the last that spoke of this patient or of its group."""
    rows = _rows(tx, group_of(tx, patient_id))
    if not rows or not _is_last(tx, rows[-1].act_id):
        return None
    return UUID(str(rows[-1].act_id))


def confirm(tx: Transaction, one: UUID, other: UUID, *, by: UUID, now: datetime) -> UUID:
    """Say that two patients, with all that each is one with, are the same person.

    Raises UnknownRecord; Conflict when that was decided meanwhile; IllegalMove when somebody
    said of another pair among them that it is not the same.
    """
    pairs = _undecided(tx, one, other)
    if any(state is Match.DIFFERENT for state in pairs.values()):
        raise IllegalMove(
            "Another record of this person was said to be somebody else's. Undo that first."
        )
    return _decide(tx, pairs, Match.SAME, by=by, now=now)


def part(tx: Transaction, one: UUID, other: UUID, *, by: UUID, now: datetime) -> UUID:
    """Say that they are not the same person, whether they were joined or only proposed.

    From a group it takes `one` out; the others stay together. Raises UnknownRecord and
    Conflict.
    """
    _lock(tx, (one, other))
    group = group_of(tx, one)
    if other in group:
        pairs = {_pair(one, each): Match.SAME for each in group - {one}}
        return _decide(tx, pairs, Match.DIFFERENT, by=by, now=now)
    return _decide(tx, _undecided(tx, one, other), Match.DIFFERENT, by=by, now=now)


def undo(tx: Transaction, patient_id: UUID, act_id: UUID, *, by: UUID, now: datetime) -> UUID:
    """Take the last act about a patient back: every pair is again what it was before.

    Raises UnknownRecord, and Conflict when another act came after it.
    """
    act = _act(tx, act_id)
    touched = _touched(act)
    _lock(tx, touched or [patient_id])
    if not _is_last(tx, act_id) or patient_id not in _joined(tx, touched):
        raise Conflict(CHANGED)
    before = _states(row for row in _rows(tx, touched) if row.act_id != act_id)
    undoing = new_id()
    for row in act:
        pair = frozenset({row.first_id, row.second_id})
        _write(tx, pair, before.get(pair, Match.OPEN), undoing, by, now, undoes=act_id)
    return undoing


def intakes_of_person(tx: Transaction, patient_id: UUID) -> list[Facts]:
    """Give the intakes of one person, under whichever patient they were sent, newest first."""
    return intakes_of_group(tx, group_of(tx, patient_id))


def intakes_of_group(tx: Transaction, group: Collection[UUID]) -> list[Facts]:
    """Give the same for a whole group that is known already."""
    statement = select(*FACTS).where(intake.c.patient_id.in_(group))
    ordered = statement.order_by(intake.c.submitted_at.desc(), intake.c.id.desc())
    return [Facts.of(row) for row in tx.execute(ordered)]


def earlier_intakes(tx: Transaction, facts: Facts) -> list[Facts]:
    """Give what the same confirmed person sent before this intake, newest first."""
    if facts.patient_id is None or facts.submitted_at is None:
        return []
    sent = facts.submitted_at
    return [
        each
        for each in intakes_of_person(tx, facts.patient_id)
        if each.submitted_at is not None and each.id != facts.id and each.submitted_at < sent
    ]


def _undecided(tx: Transaction, one: UUID, other: UUID) -> dict[frozenset[UUID], Match]:
    """The pairs between the groups of two patients of whom nobody has decided."""
    _lock(tx, (one, other))
    ones, others = group_of(tx, one), group_of(tx, other)
    found = _found(tx, ones)
    if one == other or found.get(_pair(one, other), Match.OPEN) is not Match.OPEN:
        raise Conflict(CHANGED)
    return {_pair(*both): found.get(_pair(*both), Match.OPEN) for both in product(ones, others)}


def _decide(
    tx: Transaction,
    pairs: Collection[frozenset[UUID]],
    state: Match,
    *,
    by: UUID,
    now: datetime,
) -> UUID:
    act_id = new_id()
    for pair in pairs:
        _write(tx, pair, state, act_id, by, now)
    return act_id


def _write(
    tx: Transaction,
    pair: frozenset[UUID],
    state: Match,
    act_id: UUID,
    by: UUID,
    now: datetime,
    undoes: UUID | None = None,
) -> None:
    first, second = sorted(pair)
    spoken = [row for row in _rows(tx, [first]) if row.second_id == second]
    tx.execute(
        table.insert().values(
            id=new_id(),
            act_id=act_id,
            undoes_id=undoes,
            first_id=first,
            second_id=second,
            number=len(spoken) + 1,
            state=state.value,
            decided_by=by,
            decided_at=now,
        )
    )


def _lock(tx: Transaction, patient_ids: Iterable[UUID]) -> None:
    """Let nobody else decide about these and their groups until the transaction ends."""
    for patient_id in patient_ids:
        patients.get(tx, patient_id)
    everybody = _joined(tx, patient_ids)
    statement = select(patient.c.id).where(patient.c.id.in_(everybody)).order_by(patient.c.id)
    tx.execute(statement.with_for_update()).all()


def _act(tx: Transaction, act_id: UUID) -> list[Row[Any]]:
    return list(tx.execute(select(table).where(table.c.act_id == act_id)))


def _touched(act: Iterable[Row[Any]]) -> list[UUID]:
    return sorted({each for row in act for each in (row.first_id, row.second_id)})


def _is_last(tx: Transaction, act_id: UUID) -> bool:
    """True of an act that may be undone: nothing was decided later about any of its patients."""
    rows = _rows(tx, _touched(_act(tx, act_id)))
    return bool(rows) and rows[-1].act_id == act_id and rows[-1].undoes_id is None


def _joined(tx: Transaction, patient_ids: Iterable[UUID]) -> frozenset[UUID]:
    return frozenset().union(*(group_of(tx, each) for each in patient_ids))


def _rows(tx: Transaction, patient_ids: Iterable[UUID]) -> list[Row[Any]]:
    """Every row that speaks of one of these, oldest first."""
    ids = list(patient_ids)
    either = or_(table.c.first_id.in_(ids), table.c.second_id.in_(ids))
    return list(tx.execute(select(table).where(either).order_by(table.c.id)))


def _found(tx: Transaction, patient_ids: Iterable[UUID]) -> dict[frozenset[UUID], Match]:
    return _states(_rows(tx, patient_ids))


def _states(rows: Iterable[Row[Any]]) -> dict[frozenset[UUID], Match]:
    ordered = sorted(rows, key=lambda row: int(row.number))
    return {_pair(row.first_id, row.second_id): Match(row.state) for row in ordered}


def _pair(one: UUID, other: UUID) -> frozenset[UUID]:
    return frozenset({one, other})


def _decision(patient_id: UUID, rows: list[Row[Any]]) -> Decision:
    row = rows[0]
    spoken = frozenset().union(*(_pair(each.first_id, each.second_id) for each in rows))
    return Decision(
        act_id=row.act_id,
        state=Match(row.state),
        others=spoken - {patient_id},
        by=row.decided_by,
        at=row.decided_at,
        undoes=row.undoes_id,
    )
