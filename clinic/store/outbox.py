"""The outbox: messages written with the act that causes them, and sent afterwards."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, case, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from clinic.errors import Damaged
from clinic.fhir.text import dumps, loads
from clinic.store.database import Transaction
from clinic.store.ids import new_id
from clinic.store.keys import Key
from clinic.store.sealing import Cell, seal, unseal
from clinic.store.skew import CLOCKS_APART
from clinic.store.tables import outbox as table

LEASE = timedelta(minutes=2)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=6)
MOST_ATTEMPTS = 12
"""With waits that double, the last attempt is made about a day after the first."""
LATE_AFTER = timedelta(minutes=15)
GIVEN_UP_TOLD = timedelta(days=7)
FAULT_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Message:
    """A message to be sent. `attempts` counts this one."""

    id: UUID
    kind: str
    payload: dict[str, Any]
    attempts: int


def enqueue(
    tx: Transaction,
    *,
    kind: str,
    payload: dict[str, Any],
    now: datetime,
    due: datetime | None = None,
    once: str | None = None,
) -> UUID | None:
    """Write a message to be sent when it is due. Its payload is sealed.

    `once` names the message: one with the same name is not written again, and None is given.
    """
    row_id = new_id()
    insert = sqlite.insert if tx.is_sqlite else postgresql.insert
    statement = insert(table).values(
        id=row_id,
        kind=kind,
        once=once,
        created_at=now,
        due_at=due or now,
        attempts=0,
        fault="",
        sealed_payload=seal(_key(tx), dumps(payload).encode(), _cell(row_id)),
    )
    unless_known = statement.on_conflict_do_nothing(index_elements=[table.c.once])
    written: UUID | None = tx.scalar(unless_known.returning(table.c.id))
    return written


def claim(
    tx: Transaction,
    now: datetime,
    *,
    limit: int = 20,
    lease: timedelta = LEASE,
    first: str | None = None,
) -> list[Message]:
    """Take messages that are due, oldest first. Nobody else gets them until the lease ends.

    Those of the kind `first` go before all others. One that cannot be opened is given up, so
    that it holds up no other.

    Commit before sending. Whoever dies while sending leaves the message to the next.
    """
    _shorten_strange_leases(tx, now, lease)
    due = (
        select(table)
        .where(_waiting(), _is_due(now), _free(now))
        .order_by(case((table.c.kind == first, 0), else_=1), table.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = tx.execute(due).all()
    tx.execute(
        update(table)
        .where(table.c.id.in_([row.id for row in rows]))
        .values(claimed_until=now + lease, attempts=table.c.attempts + 1)
    )
    return [message for row in rows if (message := _opened(tx, row, now)) is not None]


def hold(tx: Transaction, message_id: UUID, now: datetime, *, lease: timedelta = LEASE) -> None:
    """Keep a message that is being sent from others for another lease."""
    being_sent = (table.c.id == message_id) & _waiting()
    tx.execute(update(table).where(being_sent).values(claimed_until=now + lease))


def sent(tx: Transaction, message_id: UUID, now: datetime) -> None:
    """Note that a message went out."""
    _set(tx, message_id, sent_at=now, claimed_until=None, fault="")


def dropped(tx: Transaction, message_id: UUID, now: datetime) -> None:
    """Note that nobody needs a message any more, or that nobody is there to be told."""
    _set(tx, message_id, given_up_at=now, claimed_until=None, fault="")


def failed(
    tx: Transaction, message_id: UUID, now: datetime, reason: str, *, for_good: bool = False
) -> bool:
    """Note why a message did not go out, and try again later, at most MOST_ATTEMPTS times.

    `reason` is the name of a fault, never what the message says. Gives True when the message
    is given up: after the last attempt, or because none would help (`for_good`).
    """
    attempts = tx.scalar(select(table.c.attempts).where(table.c.id == message_id)) or 0
    wait = _wait_after(attempts)
    gives_up = for_good or attempts >= MOST_ATTEMPTS
    _set(
        tx,
        message_id,
        claimed_until=None,
        due_at=now + wait,
        fault=reason[:FAULT_LENGTH],
        given_up_at=now if gives_up else None,
    )
    return gives_up


def waiting(tx: Transaction) -> int:
    """How many messages have still to go out."""
    return int(tx.scalar(select(func.count()).where(_waiting())))


def late(tx: Transaction, now: datetime) -> int:
    """How many are overdue by a quarter of an hour, or were given up in the last days."""
    overdue = _waiting() & (table.c.due_at <= now - LATE_AFTER)
    given_up = (table.c.given_up_at > now - GIVEN_UP_TOLD) & (table.c.fault != "")
    return int(tx.scalar(select(func.count()).where(or_(overdue, given_up))))


def failing_since(tx: Transaction, kinds: Collection[str], now: datetime) -> datetime | None:
    """Since when no mail of these kinds goes out; None when the last did, or none was tried.

    Since: when the oldest message was written that failed, and that no sent one came after.
    A patient's wrong address, say, is no sign that staff are told nothing. What seems to be
    sent or given up later than now was so before the clock was set back, and says nothing.
    """
    seen = now + CLOCKS_APART
    last: datetime | None = tx.scalar(
        select(func.max(table.c.sent_at)).where(table.c.sent_at <= seen)
    )
    stuck = table.c.sent_at.is_(None) & (table.c.fault != "") & table.c.kind.in_(kinds)
    stuck &= or_(table.c.given_up_at.is_(None), table.c.given_up_at <= seen)
    if last is not None:
        stuck &= or_(table.c.created_at > last, table.c.given_up_at > last)
    found: datetime | None = tx.scalar(select(func.min(table.c.created_at)).where(stuck))
    return found


def stuck(tx: Transaction, names: Collection[str]) -> dict[str, bool]:
    """Give which of the messages of these names failed: True for those that were given up."""
    statement = select(table.c.once, table.c.given_up_at).where(
        table.c.once.in_(names), table.c.sent_at.is_(None), table.c.fault != ""
    )
    return {row.once: row.given_up_at is not None for row in tx.execute(statement)}


def given_up(tx: Transaction, kind: str, *, limit: int = 500) -> list[str]:
    """Give the names of messages of a kind that were given up with a fault, newest first."""
    statement = select(table.c.once).where(
        table.c.sent_at.is_(None),
        table.c.given_up_at.is_not(None),
        table.c.fault != "",
        table.c.kind == kind,
        table.c.once.is_not(None),
    )
    return list(tx.execute(statement.order_by(table.c.id.desc()).limit(limit)).scalars())


def _set(tx: Transaction, message_id: UUID, **values: object) -> None:
    tx.execute(update(table).where(table.c.id == message_id).values(**values))


def _waiting() -> ColumnElement[bool]:
    return table.c.sent_at.is_(None) & table.c.given_up_at.is_(None)


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Also one that is due later than it could be: it saw the clock set back."""
    never_tried = (table.c.attempts == 0) & (table.c.created_at > now + CLOCKS_APART)
    latest = {tries: now + _wait_after(tries) + CLOCKS_APART for tries in range(1, MOST_ATTEMPTS)}
    tried = (table.c.attempts > 0) & (
        table.c.due_at
        > case(
            {tries: _at(moment) for tries, moment in latest.items()},
            value=table.c.attempts,
            else_=_at(now + LONGEST_WAIT + CLOCKS_APART),
        )
    )
    return or_(table.c.due_at <= now, never_tried, tried)


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(table.c.claimed_until.is_(None), table.c.claimed_until <= now)


def _shorten_strange_leases(tx: Transaction, now: datetime, lease: timedelta) -> None:
    """Have a lease that was taken before the clock was set back end in its time.

    It does not end at once: whoever took it may be sending, and holds it longer if so.
    """
    strange = _waiting() & (table.c.claimed_until > now + lease + CLOCKS_APART)
    tx.execute(update(table).where(strange).values(claimed_until=now + lease))


def _wait_after(attempts: int) -> timedelta:
    doubled: int = 2 ** min(attempts, 20)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)


def _at(moment: datetime) -> ColumnElement[datetime]:
    return literal(moment, table.c.due_at.type)


def _opened(tx: Transaction, row: Row[Any], now: datetime) -> Message | None:
    """Give the message of a row; None, and it is given up, when its seal is broken."""
    try:
        payload = loads(unseal(_key(tx), row.sealed_payload, _cell(row.id)))
    except Damaged:
        failed(tx, row.id, now, Damaged.__name__, for_good=True)
        return None
    return Message(row.id, row.kind, payload, row.attempts + 1)


def _key(tx: Transaction) -> Key:
    return tx.vault.key("outbox")


def _cell(row_id: UUID) -> Cell:
    return Cell("outbox", "sealed_payload", row_id)
