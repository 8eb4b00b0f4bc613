"""Sessions of patients and staff: kept here, known to the browser by an opaque token alone."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, or_, select, update

from clinic.fhir.text import dumps, loads
from clinic.store import staff
from clinic.store.database import Transaction
from clinic.store.keys import Key
from clinic.store.sealing import Cell, seal, unseal
from clinic.store.skew import CLOCKS_APART
from clinic.store.staff import Member
from clinic.store.tables import session as table
from clinic.store.tables import staff as staff_table

STAFF_IDLE = timedelta(minutes=15)
STAFF_LIFE = timedelta(hours=12)
PATIENT_IDLE = timedelta(minutes=60)
"""Long enough to look for a list of medicines; the resume code opens the draft again."""
MARK = "mark"
"""Where a session of staff keeps the mark of its account (staff.py)."""
PATIENT_LIFE = timedelta(hours=24)
HANDLE_LETTERS = 24


@dataclass(frozen=True, slots=True)
class Session:
    """A session that lives. `staff` is None for a patient; `data` is JSON."""

    staff: Member | None
    data: dict[str, Any]
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Begun:
    """A living session as its owner sees it. `handle` names it, and opens nothing."""

    handle: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    is_this: bool


def open_session(
    tx: Transaction,
    *,
    now: datetime,
    data: dict[str, Any],
    staff_id: UUID | None = None,
    expires_at: datetime | None = None,
) -> str:
    """Begin a session and give its token, of which only a keyed hash is kept.

    `expires_at` is of the session that it takes the place of.
    """
    token = secrets.token_urlsafe(32)
    token_hash = _hash(tx, token)
    tx.execute(
        table.insert().values(
            token_hash=token_hash,
            staff_id=staff_id,
            created_at=now,
            seen_at=now,
            expires_at=expires_at or now + (PATIENT_LIFE if staff_id is None else STAFF_LIFE),
            sealed_data=_sealed(tx, token_hash, data),
        )
    )
    return token


def load(tx: Transaction, token: str, now: datetime) -> Session | None:
    """Give the session of a token; None when it ended or sat idle.

    So it is when its owner was disabled, or has another role, password or second factor since:
    also where the session was begun by a request that was under way at that moment.
    """
    token_hash = _hash(tx, token)
    row = tx.execute(
        select(table).where(table.c.token_hash == token_hash, table.c.expires_at > now)
    ).one_or_none()
    if row is None:
        return None
    if now - row.seen_at >= (PATIENT_IDLE if row.staff_id is None else STAFF_IDLE):
        return None
    member = None
    if row.staff_id is not None:
        of_staff = select(staff_table).where(staff_table.c.id == row.staff_id)
        member = staff.read(tx.execute(of_staff).one())
        if member.disabled:
            return None
    data = loads(unseal(_key(tx), row.sealed_data, _cell(token_hash)))
    if member is not None and data.get(MARK, member.mark) != member.mark:
        return None
    return Session(member, data, row.created_at, row.seen_at, row.expires_at)


def save(tx: Transaction, token: str, data: dict[str, Any], now: datetime) -> None:
    """Keep other data in a session, which was seen now. One that ended stays ended."""
    token_hash = _hash(tx, token)
    tx.execute(
        update(table)
        .where(table.c.token_hash == token_hash)
        .values(seen_at=now, sealed_data=_sealed(tx, token_hash, data))
    )


def touch(tx: Transaction, token: str, now: datetime) -> None:
    """Note that a session was seen now."""
    tx.execute(update(table).where(table.c.token_hash == _hash(tx, token)).values(seen_at=now))


def end(tx: Transaction, token: str) -> None:
    """End a session for good."""
    tx.execute(delete(table).where(table.c.token_hash == _hash(tx, token)))


def end_all_of(tx: Transaction, staff_id: UUID, *, except_token: str | None = None) -> int:
    """End the sessions of somebody, but the one of a token; give how many ended."""
    wanted = table.c.staff_id == staff_id
    if except_token is not None:
        wanted &= table.c.token_hash != _hash(tx, except_token)
    return tx.execute(delete(table).where(wanted)).rowcount


def living_of(tx: Transaction, staff_id: UUID, *, token: str, now: datetime) -> list[Begun]:
    """Give the sessions of somebody that are good for something, last used first.

    `token` is the one of the session that asks.
    """
    this = _hash(tx, token)
    living = (
        (table.c.staff_id == staff_id)
        & (table.c.expires_at > now)
        & (table.c.seen_at > now - STAFF_IDLE)
    )
    rows = tx.execute(select(table).where(living).order_by(table.c.seen_at.desc()))
    return [
        Begun(
            _handle(tx, row.token_hash),
            row.created_at,
            row.seen_at,
            min(row.expires_at, row.seen_at + STAFF_IDLE),
            row.token_hash == this,
        )
        for row in rows
    ]


def end_one_of(tx: Transaction, staff_id: UUID, handle: str) -> bool:
    """End the session with this handle; False when this person has no such session."""
    for token_hash in tx.execute(
        select(table.c.token_hash).where(table.c.staff_id == staff_id)
    ).scalars():
        if _handle(tx, token_hash) == handle:
            return tx.execute(delete(table).where(table.c.token_hash == token_hash)).rowcount == 1
    return False


def handle_of(tx: Transaction, token: str) -> str:
    """Give the handle of a session: it names the session in a list and in the audit."""
    return _handle(tx, _hash(tx, token))


def sweep(tx: Transaction, now: datetime, limit: int = 500) -> int:
    """Delete sessions that nobody can use any more, at most `limit`; give how many.

    One that was seen later than now was seen before the clock was set back: it goes on, and
    from now on it sits idle and ends like any other.
    """
    _bring_back(tx, now, limit)
    over: ColumnElement[bool] = (
        (table.c.expires_at <= now)
        | (table.c.seen_at <= now - PATIENT_IDLE)
        | (table.c.staff_id.is_not(None) & (table.c.seen_at <= now - STAFF_IDLE))
    )
    some = select(table.c.token_hash).where(over).limit(limit)
    return tx.execute(delete(table).where(table.c.token_hash.in_(some))).rowcount


def _bring_back(tx: Transaction, now: datetime, limit: int) -> None:
    """Move sessions of a clock that was set back to where it is now, with the life they had."""
    later = now + CLOCKS_APART
    ahead = or_(table.c.created_at > later, table.c.seen_at > later)
    for row in tx.execute(select(table).where(ahead).limit(limit)).all():
        by = max(row.created_at, row.seen_at) - now
        tx.execute(
            update(table)
            .where(table.c.token_hash == row.token_hash)
            .values(
                created_at=row.created_at - by,
                seen_at=row.seen_at - by,
                expires_at=row.expires_at - by,
            )
        )


def _hash(tx: Transaction, token: str) -> bytes:
    return tx.vault.digest("session token", token)


def _handle(tx: Transaction, token_hash: bytes) -> str:
    return tx.vault.digest("session handle", token_hash.hex()).hex()[:HANDLE_LETTERS]


def _key(tx: Transaction) -> Key:
    return tx.vault.key("sessions")


def _cell(token_hash: bytes) -> Cell:
    return Cell("session", "sealed_data", token_hash.hex())


def _sealed(tx: Transaction, token_hash: bytes, data: dict[str, Any]) -> bytes:
    return seal(_key(tx), dumps(data).encode(), _cell(token_hash))
