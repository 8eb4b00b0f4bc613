"""Rotation: every data key is wrapped anew with the key in use, a few at a time.

Stopped or killed at any moment it has wrapped some anew and the others not, and both open. The
next run goes on where rows are left. Nothing that is sealed by a data key is touched, nor are the
root key's own hashes and seals: only what wraps them changes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Table, bindparam, func, select, text, update

from clinic.errors import Conflict, Refused, UnknownRecord
from clinic.store import audit, engines, key_claims, key_sources, key_use
from clinic.store.database import Database, Place, Transaction
from clinic.store.key_use import DATA_KEYS
from clinic.store.keys import ID_BYTES, Key, Keyring
from clinic.store.schema import ROOT_KEY
from clinic.store.sealing import Cell, key_id_of, unwrap, wrap_with, wrapping_id
from clinic.store.tables import meta

AT_ONCE = 200
"""So many keys are wrapped anew in one transaction, so that writers do not wait for long."""
MOST_PASSES = 5
ROTATED, RETIRED = "keys.rotate", "keys.retire"

Told = Callable[[str, int], None]
"""Is told the table that is at work, and how many of its keys were wrapped anew by now."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """How many keys were wrapped anew, which keys nothing needs any more, and whether it is done.

    It is not done when it was asked to stop.
    """

    number: int
    let_go: tuple[str, ...]
    done: bool


def rotate(
    database: Database,
    place: Place,
    *,
    now: datetime,
    told: Told = lambda _table, _number: None,
    stop: Callable[[], bool] = lambda: False,
    at_once: int = AT_ONCE,
) -> Rotated:
    """Wrap every data key with the key in use, and let go of the others.

    Raises Damaged when a data key cannot be opened, and Conflict when another process goes on
    wrapping with an older key.
    """
    key = database.keyring.current
    database.write_patiently(lambda tx: _rewrap_root(tx, key))
    if database.is_sqlite:
        engines.wrap_file_key(place.database_path, database.keyring, key)
    number = 0
    for _ in range(MOST_PASSES):
        for table in DATA_KEYS:
            done, stopped = _rewrap(database, table, key, told, stop, at_once)
            number += done
            if stopped:
                return Rotated(number, (), done=False)
        let_go = _let_go(database, key, now)
        if let_go is not None:
            return Rotated(number, let_go, done=True)
    raise Conflict(
        "Another process still wraps new keys with an older key. Start every process of the "
        "program anew with the new key first, then rotate again."
    )


def retire(database: Database, place: Place, key_id: str, *, now: datetime) -> Path:
    """Take a key that nothing needs out of the key file, and give the file that keeps it.

    Raises NotFound and Refused.
    """
    ring = database.keyring
    key = next((each for each in ring.keys if each.id == key_id), None)
    if key is None:
        raise UnknownRecord(f"key as {key_id} in the key file")
    if key == ring.current:
        raise Refused(f"The key {key_id} is the one in use. Add another with `clinic keys add`.")
    with database.writing() as tx:
        if not tx.is_sqlite:  # so that nobody claims it while it is taken out
            tx.connection.execute(text("LOCK TABLE meta IN SHARE ROW EXCLUSIVE MODE"))
        if key_id in key_claims.needed(tx.connection):
            raise Refused(
                f"The key {key_id} is still needed. Run `clinic keys rotate` first; "
                "`clinic keys status` says what needs it."
            )
        if database.is_sqlite:
            others = Keyring(tuple(each for each in ring.keys if each != key))
            engines.file_key_of(place.database_path, others)
        audit.record(tx, actor=audit.SYSTEM, action=RETIRED, subject=None, now=now, detail=key_id)
        return key_sources.take_out(place, key)


def _rewrap(
    database: Database,
    table: Table,
    key: Key,
    told: Told,
    stop: Callable[[], bool],
    at_once: int,
) -> tuple[int, bool]:
    """Go through a table by id; give how many were wrapped anew, and whether it was stopped."""
    number, after = 0, UUID(int=0)
    while not stop():
        wrapped = database.write_patiently(partial(_wrap_some, table, key, after, at_once))
        if not wrapped:
            return number, False
        number, after = number + len(wrapped), wrapped[-1]
        told(table.name, number)
    return number, True


def _wrap_some(table: Table, key: Key, after: UUID, at_once: int, tx: Transaction) -> list[UUID]:
    """Wrap a few anew, and give their rows in the order of their ids."""
    rows = _some(tx, table, key, after, at_once)
    if rows:
        tx.execute(_ANEW[table.name], [_anew(tx, table, row, key) for row in rows])
    return [row.id for row in rows]


def _some(tx: Transaction, table: Table, key: Key, after: UUID, at_once: int) -> list[Any]:
    wrapped_by = func.substr(table.c.data_key, 2, ID_BYTES)
    statement = (
        select(table.c.id, table.c.data_key)
        .where(table.c.id > after, wrapped_by != wrapping_id(key))
        .order_by(table.c.id)
        .limit(at_once)
        .with_for_update(of=table)
    )
    return list(tx.execute(statement).all())


def _anew(tx: Transaction, table: Table, row: Any, key: Key) -> dict[str, Any]:
    cell = Cell(table.name, "data_key", row.id)
    opened = unwrap(tx.vault.keyring, row.data_key, cell)
    return {"of_row": row.id, "before": row.data_key, "anew": wrap_with(key, opened, cell)}


_ANEW = {
    table.name: update(table)
    .where(table.c.id == bindparam("of_row"), table.c.data_key == bindparam("before"))
    .values(data_key=bindparam("anew"))
    for table in DATA_KEYS
}


def _rewrap_root(tx: Transaction, key: Key) -> None:
    key_claims.claim(tx.connection, key)
    of_root = meta.c.name == ROOT_KEY.row
    wrapped = tx.scalar(select(meta.c.value).where(of_root).with_for_update())
    if key_id_of(wrapped) != wrapping_id(key):
        opened = unwrap(tx.vault.keyring, wrapped, ROOT_KEY)
        tx.execute(update(meta).where(of_root).values(value=wrap_with(key, opened, ROOT_KEY)))


def _let_go(database: Database, key: Key, now: datetime) -> tuple[str, ...] | None:
    """Let go of every other key; None when something is wrapped with one of them after all."""
    marks = database.write_patiently(lambda tx: _marked(tx, key))
    with database.reading() as tx:
        left = key_use.total(key_use.counts(tx))
    if set(left) - {wrapping_id(key)}:
        return None
    words = f"{key.id}: {sum(left.values())} keys"
    return database.write_patiently(lambda tx: _gone(tx, marks, words, now))


def _marked(tx: Transaction, key: Key) -> dict[str, bytes]:
    others = [each for each in key_claims.needed(tx.connection) if each != key.id]
    return {each: key_claims.mark_leaving(tx.connection, each) for each in others}


def _gone(
    tx: Transaction, marks: dict[str, bytes], words: str, now: datetime
) -> tuple[str, ...] | None:
    gone = [each for each, mark in marks.items() if key_claims.let_go(tx.connection, each, mark)]
    if len(gone) < len(marks):
        return None
    audit.record(tx, actor=audit.SYSTEM, action=ROTATED, subject=None, now=now, detail=words)
    return tuple(gone)
