"""Passkeys of staff: the public half of each, how often it signed, and what its owner calls it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update

from clinic.errors import Refused
from clinic.store.database import Transaction
from clinic.store.factor_tables import staff_passkey as table
from clinic.store.ids import new_id

MOST = 10
"""So many passkeys at most has one person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """One passkey. `sign_count` is 0 for ever where the device does not count."""

    id: UUID
    staff_id: UUID
    credential_id: bytes
    public_key: bytes
    sign_count: int
    name: str
    made_at: datetime
    used_at: datetime | None


def add(
    tx: Transaction,
    staff_id: UUID,
    *,
    credential_id: bytes,
    public_key: bytes,
    sign_count: int,
    name: str,
    now: datetime,
) -> None:
    """Keep a passkey. Raises Refused for one that is known, and for one too many."""
    known = select(table.c.id).where(table.c.credential_id == credential_id)
    if tx.scalar(known) is not None:
        raise Refused("This passkey is kept already.")
    if len(all_of(tx, staff_id)) >= MOST:
        raise Refused(f"You have {MOST} passkeys. Remove one first.")
    tx.execute(
        table.insert().values(
            id=new_id(),
            staff_id=staff_id,
            credential_id=credential_id,
            public_key=public_key,
            sign_count=sign_count,
            name=name,
            made_at=now,
        )
    )


def all_of(tx: Transaction, staff_id: UUID) -> list[Passkey]:
    """Give the passkeys of somebody, oldest first."""
    rows = tx.execute(select(table).where(table.c.staff_id == staff_id).order_by(table.c.id))
    return [Passkey(**row) for row in rows.mappings()]


def by_credential(tx: Transaction, credential_id: bytes) -> Passkey | None:
    """Give the passkey with this id, or None."""
    statement = select(table).where(table.c.credential_id == credential_id)
    row = tx.execute(statement).mappings().one_or_none()
    return None if row is None else Passkey(**row)


def used(tx: Transaction, passkey: Passkey, *, sign_count: int, now: datetime) -> bool:
    """Note that a passkey signed. False when another did so at the same moment."""
    same = (table.c.id == passkey.id) & (table.c.sign_count == passkey.sign_count)
    values = {"sign_count": sign_count, "used_at": now}
    return tx.execute(update(table).where(same).values(values)).rowcount == 1


def remove(tx: Transaction, staff_id: UUID, passkey_id: UUID) -> bool:
    """Forget one passkey of somebody; False when they have no such one."""
    wanted = (table.c.staff_id == staff_id) & (table.c.id == passkey_id)
    return tx.execute(delete(table).where(wanted)).rowcount == 1


def remove_all(tx: Transaction, staff_id: UUID) -> None:
    """Forget all passkeys of somebody."""
    tx.execute(delete(table).where(table.c.staff_id == staff_id))
