"""The seal of the audit: rows are chained in order, and the head is anchored outside the database.

The background work seals new rows every few seconds. Whoever later changes, removes or cuts
off a sealed row breaks the chain, or leaves it shorter than the anchor says.
"""

import hashlib
import hmac
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Row, func, select, text, update

from clinic.store.database import Database, Place, Transaction
from clinic.store.tables import audit_row as table

ANCHOR_NAME = "audit.head"
AT_ONCE = 500
START = bytes(32)
SEAL_LOCK = 0x0C11_41C1
"""The number of the lock that processes sealing one PostgreSQL database take in turn."""
CHAINED = (
    "id",
    "at",
    "actor_kind",
    "actor_id",
    "action",
    "subject_kind",
    "subject_id",
    "result",
    "session",
    "request_id",
    "detail",
    "seal_number",
)


@dataclass(frozen=True, slots=True)
class Head:
    """The last sealed row: its number and seal."""

    number: int
    seal: bytes


def anchor_file(place: Place) -> Path:
    """Where the head is anchored: beside the database, and not in it."""
    return place.data / ANCHOR_NAME


def seal(database: Database, anchor: Path) -> int:
    """Seal what was written since, anchor the head, and give how many rows were sealed."""
    with database.writing() as tx:
        head, sealed = _sealed(tx)
    if sealed or _is_behind(anchor, head):
        write_anchor(anchor, head)
    return sealed


def unsealed(tx: Transaction) -> int:
    """How many rows were written and are not yet sealed."""
    rows = select(func.count()).select_from(table).where(table.c.seal_number.is_(None))
    return int(tx.scalar(rows))


def _is_behind(anchor: Path, head: Head) -> bool:
    """True when whoever sealed last died, or had no room, before the head was anchored."""
    anchored = read_anchor(anchor)
    return head.number > (anchored.number if anchored else 0)


def verify_chain(tx: Transaction, anchor: Path) -> list[str]:
    """Give what is wrong with the sealed rows, in sentences; nothing when all is well."""
    faults: list[str] = []
    anchored = read_anchor(anchor)
    head, key = Head(0, START), tx.vault.root.derive("audit")
    for row in _sealed_rows(tx):
        if row.seal_number != head.number + 1:
            faults.append(f"Audit rows {head.number + 1} to {row.seal_number - 1} are missing.")
            head = Head(row.seal_number - 1, bytes(row.seal))  # go on from what is there
        elif not hmac.compare_digest(_link(key, head.seal, row), row.seal):
            faults.append(f"Audit row {row.seal_number} was changed after it was sealed.")
        head = Head(row.seal_number, row.seal)
        if anchored and anchored.number == head.number and anchored.seal != head.seal:
            faults.append(f"Audit row {head.number} is not the one that was anchored.")
    if anchored and anchored.number > head.number:
        faults.append(
            f"The audit ends at row {head.number}, but row {anchored.number} was sealed once."
        )
    if anchored is None and head.number:
        faults.append(f"The anchor of the audit is missing or cannot be read: {anchor}.")
    return faults


def _sealed(tx: Transaction) -> tuple[Head, int]:
    if not tx.is_sqlite:
        tx.connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": SEAL_LOCK})
    head, key = head_of(tx), tx.vault.root.derive("audit")
    new = select(table).where(table.c.seal_number.is_(None)).order_by(table.c.id).limit(AT_ONCE)
    rows = tx.execute(new).all()
    for row in rows:
        number = head.number + 1
        head = Head(number, _link(key, head.seal, row, number))
        tx.execute(
            update(table).where(table.c.id == row.id).values(seal_number=number, seal=head.seal)
        )
    return head, len(rows)


def head_of(tx: Transaction) -> Head:
    """The last sealed row."""
    last = select(func.max(table.c.seal_number)).scalar_subquery()
    row = tx.execute(select(table).where(table.c.seal_number == last)).one_or_none()
    return Head(0, START) if row is None else Head(row.seal_number, row.seal)


def _sealed_rows(tx: Transaction) -> Iterator[Row[Any]]:
    number = 0
    while True:
        page = select(table).where(table.c.seal_number > number).order_by(table.c.seal_number)
        rows = tx.execute(page.limit(AT_ONCE)).all()
        yield from rows
        if len(rows) < AT_ONCE:
            return
        number = rows[-1].seal_number


def _link(key: bytes, before: bytes, row: Row[Any], number: int | None = None) -> bytes:
    """The seal of a row: keyed, over the seal before it and everything that the row says."""
    said = {name: getattr(row, name) for name in CHAINED}
    said["at"] = row.at.isoformat()
    said["seal_number"] = row.seal_number if number is None else number
    plain = json.dumps(said, default=str, sort_keys=True).encode()
    return hmac.digest(key, before + plain, hashlib.sha256)


def write_anchor(anchor: Path, head: Head) -> None:
    """Replace the anchor whole: whoever reads meets the old one or the new one."""
    anchor.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=anchor.parent, prefix=".anchor-")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{head.number} {head.seal.hex()}\n")
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(anchor)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def read_anchor(anchor: Path) -> Head | None:
    """The head that was anchored; None when there is no anchor that can be read."""
    try:
        number, seal_text = anchor.read_text("ascii").split()
        return Head(int(number), bytes.fromhex(seal_text))
    except (OSError, ValueError):
        return None
