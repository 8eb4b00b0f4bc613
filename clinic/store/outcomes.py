"""What came of an emergency or of a call: one row each time staff acted, only ever added."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from clinic.store import alerts
from clinic.store.database import Transaction
from clinic.store.ids import new_id
from clinic.store.opening import data_key_of
from clinic.store.review import outcome_recorded
from clinic.store.sealing import Cell, seal, unseal
from clinic.store.tables import outcome as table


class OutcomeKind(StrEnum):
    """What staff did about an emergency, or how a call of the same day ended."""

    CALLED = "called"
    SENT_TO_EMERGENCY_CARE = "sent_to_emergency_care"
    COULD_NOT_REACH = "could_not_reach"
    WELFARE_CHECK = "welfare_check"
    SEEN_TODAY = "seen_today"
    VISIT_WITHIN_2_WEEKS = "visit_within_2_weeks"
    NORMAL_VISIT = "normal_visit"
    EVERY_TRY_MADE = "every_try_made"
    BOOKING_MISSED = "booking_missed"
    FINDING_SETTLED = "finding_settled"


MISSED = frozenset({OutcomeKind.COULD_NOT_REACH, OutcomeKind.BOOKING_MISSED})
"""Calls that reached nobody, of which further tries are counted."""

NO_CALL_ABOUT_ANSWERS = frozenset({OutcomeKind.BOOKING_MISSED, OutcomeKind.FINDING_SETTLED})
"""A call to book, and a word on findings of 2 weeks: neither asked the patient again."""


@dataclass(frozen=True, slots=True)
class LastCall:
    """How the last call ended and when; `tries` counts those in a row that reached nobody."""

    outcome: OutcomeKind
    at: datetime
    tries: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome: what, by whom, when, and a word about it."""

    id: UUID
    intake_id: UUID
    outcome: OutcomeKind
    by: UUID
    at: datetime
    note: str


def record(
    tx: Transaction,
    intake_id: UUID,
    outcome: OutcomeKind,
    *,
    by: UUID,
    now: datetime,
    note: str = "",
) -> UUID:
    """Record an outcome, which takes the intake out of the open emergencies and ends its alert.

    A call that reached nobody does neither: the emergency stays open until somebody is reached
    or a welfare check was asked for.

    An alarm that comes later opens it again. Two people may both record what they did.
    Raises UnknownRecord.
    """
    row_id = new_id()
    tx.execute(
        table.insert().values(
            id=row_id,
            intake_id=intake_id,
            outcome=OutcomeKind(outcome).value,
            recorded_by=by,
            recorded_at=now,
            sealed_note=seal(data_key_of(tx, intake_id), note.encode(), _cell(row_id)),
        )
    )
    if outcome not in MISSED | NO_CALL_ABOUT_ANSWERS:
        outcome_recorded(tx, intake_id, now=now)
        alerts.end(tx, intake_id, now=now)
    return row_id


def all_of(tx: Transaction, intake_id: UUID) -> list[Outcome]:
    """Give the outcomes of an intake, oldest first. Raises UnknownRecord."""
    key = data_key_of(tx, intake_id)
    statement = select(table).where(table.c.intake_id == intake_id).order_by(table.c.id)
    return [
        Outcome(
            row.id,
            row.intake_id,
            OutcomeKind(row.outcome),
            row.recorded_by,
            row.recorded_at,
            unseal(key, row.sealed_note, _cell(row.id)).decode(),
        )
        for row in tx.execute(statement)
    ]


def last_call(ended: Iterable[tuple[OutcomeKind, datetime]]) -> LastCall | None:
    """Give the last of the calls to one patient, which stand oldest first."""
    last = None
    for kind, at in ended:
        if kind is OutcomeKind.FINDING_SETTLED:
            continue
        missed = last.tries if last and last.outcome is kind else 0
        last = LastCall(kind, at, missed + 1 if kind in MISSED else 0)
    return last


def latest_of(tx: Transaction, intake_ids: Collection[UUID]) -> dict[UUID, LastCall]:
    """Give how the last call ended, of those that were called. Opens nothing that is sealed."""
    columns = (table.c.intake_id, table.c.outcome, table.c.recorded_at)
    statement = select(*columns).where(table.c.intake_id.in_(intake_ids)).order_by(table.c.id)
    ended: dict[UUID, list[tuple[OutcomeKind, datetime]]] = {}
    for row in tx.execute(statement):
        calls = ended.setdefault(row.intake_id, [])
        calls.append((OutcomeKind(row.outcome), row.recorded_at))
    found = {intake_id: last_call(calls) for intake_id, calls in ended.items()}
    return {intake_id: last for intake_id, last in found.items() if last is not None}


def _cell(row_id: UUID) -> Cell:
    return Cell("outcome", "sealed_note", row_id)
