"""The audit: who saw or did what to which id, written in the transaction of the act itself."""

from collections.abc import Collection, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select

from clinic.store.database import Transaction
from clinic.store.ids import new_id
from clinic.store.tables import audit_row as table

SESSION_LENGTH = 40
REQUEST_LENGTH = 60
DETAIL_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acted: patients are known by the intake, receivers by the referral, staff by their id."""

    kind: Literal["patient", "staff", "receiver", "system"]
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """By which session and request an act came: names of ours, which open nothing."""

    session: str = ""
    request_id: str = ""


NOWHERE = Origin()
ORIGIN: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)
"""Set by the web for each request; background work and commands have none."""

PATIENT = Actor("patient")
RECEIVER = Actor("receiver")
SYSTEM = Actor("system")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One act. `seal_number` is its place in the chain, or None until it is sealed."""

    id: UUID
    at: datetime
    actor: Actor
    action: str
    subject: tuple[str, UUID] | None
    result: str
    session: str
    request_id: str
    detail: str
    seal_number: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What to look for; None takes any. `since` belongs to the time asked for, `before` does not.

    With an id alone every row may have to be read; the kind beside it makes it quick.
    """

    actor_id: UUID | None = None
    action: str | None = None
    subject_kind: str | None = None
    subject_id: UUID | None = None
    since: datetime | None = None
    before: datetime | None = None


def record(
    tx: Transaction,
    *,
    actor: Actor,
    action: str,
    subject: tuple[str, UUID] | None,
    now: datetime,
    result: str = "done",
    detail: str = "",
) -> UUID:
    """Write one row. `detail` is a word or two of ours, never anything that a patient said."""
    values = _values(actor, action, subject, now)
    values |= {"result": result, "detail": detail[:DETAIL_LENGTH]}
    tx.execute(table.insert(), values)
    row_id: UUID = values["id"]
    return row_id


def record_each(
    tx: Transaction,
    *,
    actor: Actor,
    action: str,
    subjects: Collection[tuple[str, UUID]],
    now: datetime,
) -> None:
    """Write one row for each of some subjects of the same act."""
    rows = [_values(actor, action, subject, now) for subject in subjects]
    if rows:
        tx.execute(table.insert(), rows)


def _values(
    actor: Actor, action: str, subject: tuple[str, UUID] | None, now: datetime
) -> dict[str, Any]:
    kind, subject_id = subject or (None, None)
    origin = ORIGIN.get()
    return {
        "id": new_id(),
        "at": now,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "action": action,
        "subject_kind": kind,
        "subject_id": subject_id,
        "result": "done",
        "session": origin.session[:SESSION_LENGTH],
        "request_id": origin.request_id[:REQUEST_LENGTH],
        "detail": "",
    }


def trail(
    tx: Transaction,
    *,
    subject: tuple[str, UUID] | None = None,
    actor_id: UUID | None = None,
    sought: Sought | None = None,
    after: UUID | None = None,
    limit: int = 100,
) -> list[AuditRow]:
    """Give the acts, newest first; `after` is the id of the last row of the page before."""
    statement = select(table).order_by(table.c.id.desc()).limit(limit)
    if subject is not None:
        kind, subject_id = subject
        statement = statement.where(table.c.subject_kind == kind, table.c.subject_id == subject_id)
    if actor_id is not None:
        statement = statement.where(table.c.actor_id == actor_id)
    if sought is not None:
        statement = statement.where(*_conditions(sought))
    if after is not None:
        statement = statement.where(table.c.id < after)
    return [_read(row) for row in tx.execute(statement)]


def _conditions(sought: Sought) -> Iterator[ColumnElement[bool]]:
    """Give a condition for each thing that is asked for."""
    wanted = (
        (table.c.actor_id, sought.actor_id),
        (table.c.action, sought.action),
        (table.c.subject_kind, sought.subject_kind),
        (table.c.subject_id, sought.subject_id),
    )
    yield from (column == value for column, value in wanted if value is not None)
    if sought.since is not None:
        yield table.c.at >= sought.since
    if sought.before is not None:
        yield table.c.at < sought.before


def _read(row: Row[Any]) -> AuditRow:
    return AuditRow(
        id=row.id,
        at=row.at,
        actor=Actor(row.actor_kind, row.actor_id),
        action=row.action,
        subject=(row.subject_kind, row.subject_id) if row.subject_kind else None,
        result=row.result,
        session=row.session,
        request_id=row.request_id,
        detail=row.detail,
        seal_number=row.seal_number,
    )
