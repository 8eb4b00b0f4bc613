"""The worklist: what somebody has to look at, most urgent first. Read by key, never by offset."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from heapq import merge
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, select, true, tuple_, update
from sqlalchemy import Row as SqlRow

from clinic.errors import BadInput
from clinic.store.database import Transaction
from clinic.store.queues import Queue
from clinic.store.records import CARD, FACTS, Card, Facts, card_of
from clinic.store.tables import intake as table

__all__ = [
    "Count",
    "Page",
    "Queue",
    "Row",
    "Scope",
    "Speaks",
    "counts",
    "mark_overdue",
    "overdue",
    "worklist",
]

COUNTED = 100
"""Above this a heading says "more than 100"."""
OVERDUE_AT_ONCE = 1000
OPENED_AT_ONCE = 200
"""So many cards are opened at most to find those of one language; then the page goes on."""
LOOKED_AT = (table.c.id, table.c.queue, table.c.queued_at, *CARD)
SPANISH = "Spanish"


class Scope(StrEnum):
    """Whose work is shown: mine and what nobody has, or the whole clinic's."""

    MINE = "mine"
    ALL = "all"


class Speaks(StrEnum):
    """Whose rows are shown, by the language that a call needs. The card says it, sealed."""

    SPANISH = "spanish"
    NOT_ENGLISH = "not-english"
    INTERPRETER = "interpreter"

    def fits(self, card: Card | None) -> bool:
        """True when a row is one of these."""
        if card is None:
            return False
        match self:
            case Speaks.SPANISH:
                return card.interpreter.startswith(SPANISH)
            case Speaks.NOT_ENGLISH:
                return bool(card.interpreter)
            case Speaks.INTERPRETER:
                return card.needs_interpreter


@dataclass(frozen=True, slots=True)
class Row:
    """One intake on the list. `place` names it, for the page that comes after it."""

    facts: Facts
    card: Card | None
    queue: Queue
    since: datetime
    place: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and the place to go on from, or None after the last."""

    rows: tuple[Row, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Count:
    """How many stand under a heading: exact up to COUNTED."""

    number: int
    more: bool

    def __str__(self) -> str:
        """Give 7, or more than 100."""
        return f"more than {COUNTED}" if self.more else str(self.number)


def worklist(
    tx: Transaction,
    *,
    scope: Scope,
    owner_id: UUID | None,
    after: str | None = None,
    limit: int = 50,
    queue: Queue | None = None,
    speaks: Speaks | None = None,
    most_opened: int = OPENED_AT_ONCE,
) -> Page:
    """Give a page of the list, a heading, a language. Raises BadInput for a strange place.

    A page of one language may be short and still have a next one: cards are opened to find
    them, at most `most_opened`.
    """
    if speaks is not None:
        looked_at = _looked_at(tx, scope, owner_id, after, most_opened + 1, queue)
        return _of_language(tx, speaks, looked_at, limit, most_opened)
    key = _key_of_place(after) if after else None
    parts = [
        tx.execute(_rows(owner, key, queue).limit(limit + 1)).all()
        for owner in _owners(scope, owner_id)
    ]
    found = list(merge(*parts, key=_key_of_row))[: limit + 1]
    rows = tuple(_row(tx, row) for row in found[:limit])
    return Page(rows, rows[-1].place if len(found) > limit else None)


def _looked_at(
    tx: Transaction,
    scope: Scope,
    owner_id: UUID | None,
    after: str | None,
    limit: int,
    queue: Queue | None,
) -> Iterator[SqlRow[Any]]:
    """Give rows in order with what their cards are opened by, and nothing else yet."""
    key = _key_of_place(after) if after else None
    parts = (
        tx.execute(_rows(owner, key, queue, LOOKED_AT).limit(limit))
        for owner in _owners(scope, owner_id)
    )
    return merge(*parts, key=_key_of_row)


def _of_language(
    tx: Transaction, speaks: Speaks, rows: Iterator[SqlRow[Any]], limit: int, most_opened: int
) -> Page:
    found: list[tuple[SqlRow[Any], Card | None]] = []
    place = None
    for number, row in enumerate(rows):
        if number == most_opened:
            return Page(_rows_of(tx, found), place)
        card, place = card_of(tx.vault, row), _place(row)
        if speaks.fits(card):
            if len(found) == limit:
                return Page(_rows_of(tx, found), _place(found[-1][0]))
            found.append((row, card))
    return Page(_rows_of(tx, found), None)


def _rows_of(tx: Transaction, found: list[tuple[SqlRow[Any], Card | None]]) -> tuple[Row, ...]:
    """Read the facts of rows whose cards are open already."""
    ids = [row.id for row, _ in found]
    facts = {row.id: Facts.of(row) for row in tx.execute(select(*FACTS).where(table.c.id.in_(ids)))}
    return tuple(
        Row(facts[row.id], card, Queue(row.queue), row.queued_at, _place(row))
        for row, card in found
    )


def counts(tx: Transaction, *, scope: Scope, owner_id: UUID | None) -> dict[Queue, Count]:
    """Give how many stand under each heading; no more than COUNTED are ever counted."""
    owners = _owners(scope, owner_id)
    return dict(zip(Queue, _counts(tx, [(queue, owners) for queue in Queue]), strict=True))


def overdue(tx: Transaction) -> Count:
    """Give how many stand under the heading of the overdue."""
    (count,) = _counts(tx, [(Queue.OVERDUE, [true()])])
    return count


def mark_overdue(tx: Transaction, now: datetime) -> int:
    """Move what has passed its time under the heading of the overdue; give how many."""
    due = select(table.c.id).where(table.c.queue > Queue.OVERDUE.value, table.c.act_by <= now)
    ids = [row.id for row in tx.execute(due.order_by(table.c.act_by).limit(OVERDUE_AT_ONCE))]
    if ids:
        tx.execute(
            update(table)
            .where(table.c.id.in_(ids), table.c.queue > Queue.OVERDUE.value)
            .values(queue=Queue.OVERDUE.value)
        )
    return len(ids)


def _owners(scope: Scope, owner_id: UUID | None) -> list[ColumnElement[bool]]:
    """The parts that a list is put together from; each is in order by one index."""
    if scope is Scope.ALL:
        return [true()]
    nobody = table.c.owner_id.is_(None)
    return [nobody] if owner_id is None else [table.c.owner_id == owner_id, nobody]


def _rows(
    owner: ColumnElement[bool],
    key: tuple[int, datetime, UUID] | None,
    queue: Queue | None,
    columns: Sequence[ColumnElement[Any]] = (*FACTS, *CARD),
) -> Select[Any]:
    statement = (
        select(*columns)
        .where(table.c.queue.is_not(None), owner)
        .order_by(table.c.queue, table.c.queued_at, table.c.id)
    )
    if queue is not None:
        statement = statement.where(table.c.queue == queue.value)
    return statement if key is None else statement.where(_after(*key))


def _after(queue: int, since: datetime, row_id: UUID) -> ColumnElement[bool]:
    """What comes after a place, as one comparison of rows, so that the index begins there."""
    columns = (table.c.queue, table.c.queued_at, table.c.id)
    values = (queue, since, row_id)
    place = [literal(value, column.type) for column, value in zip(columns, values, strict=True)]
    return tuple_(*columns) > tuple_(*place)


def _counts(
    tx: Transaction, wanted: Sequence[tuple[Queue, Sequence[ColumnElement[bool]]]]
) -> Iterator[Count]:
    """Count under each heading, all in one statement, no further than COUNTED for each owner."""
    parts = [[_some(queue, owner) for owner in owners] for queue, owners in wanted]
    numbers = iter(tx.execute(select(*(number for part in parts for number in part))).one())
    for part in parts:
        number = sum(int(next(numbers)) for _ in part)
        yield Count(min(number, COUNTED), number > COUNTED)


def _some(queue: Queue, owner: ColumnElement[bool]) -> ColumnElement[int]:
    some = select(table.c.id).where(table.c.queue == queue.value, owner).limit(COUNTED + 1)
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


def _row(tx: Transaction, row: SqlRow[Any]) -> Row:
    facts = Facts.of(row)
    return Row(facts, card_of(tx.vault, row), Queue(row.queue), row.queued_at, _place(row))


def _place(row: SqlRow[Any]) -> str:
    return f"{row.queue}~{row.queued_at.isoformat()}~{row.id}"


def _key_of_row(row: SqlRow[Any]) -> tuple[int, datetime, UUID]:
    return row.queue, row.queued_at, row.id


def _key_of_place(place: str) -> tuple[int, datetime, UUID]:
    try:
        queue, since, row_id = place.split("~")
        return Queue(int(queue)).value, datetime.fromisoformat(since).astimezone(UTC), UUID(row_id)
    except (ValueError, OverflowError):
        raise BadInput("This page of the list is not there. Go back to its start.") from None
