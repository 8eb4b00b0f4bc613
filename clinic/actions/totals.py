"""Totals of licensed instruments: typed, corrected and taken back, each as a row of its own."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from clinic.errors import BadInput, Conflict, IllegalMove, UnknownRecord
from clinic.intake import IntakeState
from clinic.store import audit, intakes, typed_totals
from clinic.store.audit import Actor
from clinic.store.database import Database, Transaction
from clinic.store.staff import Member
from clinic.store.typed_totals import KeptTotal
from clinic.triage.score import ScoreTable, TypedTotal
from clinic.triage.typed_totals import typed_problems

IN_THE_FUTURE = "Enter a day that is not in the future."


def total_of(table: ScoreTable, total_id: str) -> TypedTotal:
    """Give a licensed total by id. Raises UnknownRecord."""
    for total in table.typed:
        if total.id == total_id:
            return total
    raise UnknownRecord("licensed total")


def type_total(
    database: Database,
    table: ScoreTable,
    intake_id: UUID,
    total_id: str,
    parts: Mapping[str, Decimal],
    *,
    taken_on: date,
    today: date,
    by: Member,
    version: int,
    now: datetime,
    replaces: UUID | None = None,
) -> None:
    """Keep a typed total; `replaces` is the one that it corrects.

    Raises BadInput for a number out of range or a day to come, UnknownRecord, Conflict, and
    IllegalMove for a draft.
    """
    problems = list(typed_problems(total_of(table, total_id), parts))
    if taken_on > today:
        problems.append(IN_THE_FUTURE)
    if problems:
        raise BadInput(" ".join(problems))
    with database.writing() as tx:
        _claim(tx, intake_id, version, now)
        if replaces is not None and _standing(tx, intake_id, replaces).total_id != total_id:
            raise BadInput("A correction is of the same score. Take this one back instead.")
        typed_totals.add(
            tx,
            intake_id,
            total_id,
            parts,
            taken_on=taken_on,
            by=by.id,
            now=now,
            replaces=replaces,
        )
        action = "intake.type_total" if replaces is None else "intake.correct_total"
        _record(tx, by, action, intake_id, now, total_id)


def take_total_back(
    database: Database, intake_id: UUID, kept_id: UUID, *, by: Member, version: int, now: datetime
) -> None:
    """Say that a total should not have been typed here. It stays on record.

    Raises UnknownRecord, Conflict, and IllegalMove for a draft.
    """
    with database.writing() as tx:
        _claim(tx, intake_id, version, now)
        kept = _standing(tx, intake_id, kept_id)
        typed_totals.add(
            tx,
            intake_id,
            kept.total_id,
            {},
            taken_on=kept.taken_on,
            by=by.id,
            now=now,
            replaces=kept.id,
        )
        _record(tx, by, "intake.take_total_back", intake_id, now, kept.total_id)


def _claim(tx: Transaction, intake_id: UUID, version: int, now: datetime) -> None:
    if intakes.claim(tx, intake_id, version=version, now=now).state is IntakeState.DRAFT:
        raise IllegalMove("Answers that were not sent have no scores yet.")


def _standing(tx: Transaction, intake_id: UUID, kept_id: UUID) -> KeptTotal:
    for kept in typed_totals.standing(tx, intake_id):
        if kept.id == kept_id:
            return kept
    raise Conflict("That total was corrected by somebody else since the page was opened.")


def _record(
    tx: Transaction, by: Member, action: str, intake_id: UUID, now: datetime, detail: str
) -> None:
    audit.record(
        tx,
        actor=Actor("staff", by.id),
        action=action,
        subject=("intake", intake_id),
        now=now,
        detail=detail,
    )
