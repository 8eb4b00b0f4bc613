"""Recovery codes: ten for each, each opens the door once when phone and passkey are away.

Only keyed hashes are kept. A code has 120 bits: that is enough for a hash that is quick to make.
"""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select

from clinic.store.database import Transaction
from clinic.store.factor_tables import staff_recovery as table
from clinic.store.resume_codes import CROCKFORD, MISREAD

CODES = 10
LETTERS = 24
GROUP = 4


def make(tx: Transaction, staff_id: UUID, *, now: datetime) -> list[str]:
    """Make ten codes, such as 3K7Q-9M2R-XD4T-8WAZ-5HNB-0VCE; those from before open nothing."""
    remove(tx, staff_id)
    made = ["".join(secrets.choice(CROCKFORD) for _ in range(LETTERS)) for _ in range(CODES)]
    tx.execute(
        table.insert(),
        [
            {"code_hash": _hash(tx, staff_id, letters), "staff_id": staff_id, "made_at": now}
            for letters in made
        ],
    )
    return ["-".join(each[at : at + GROUP] for at in range(0, LETTERS, GROUP)) for each in made]


def take(tx: Transaction, staff_id: UUID, code: str) -> bool:
    """Take a code, which is gone then. True once for each."""
    letters = "".join(code.upper().split()).translate(MISREAD)[: LETTERS + 1]
    used = (table.c.code_hash == _hash(tx, staff_id, letters)) & (table.c.staff_id == staff_id)
    return tx.execute(delete(table).where(used)).rowcount == 1


def left(tx: Transaction, staff_id: UUID) -> int:
    """Give how many codes somebody has left."""
    statement = select(func.count()).select_from(table).where(table.c.staff_id == staff_id)
    return int(tx.scalar(statement))


def remove(tx: Transaction, staff_id: UUID) -> None:
    """Forget the codes of somebody."""
    tx.execute(delete(table).where(table.c.staff_id == staff_id))


def _hash(tx: Transaction, staff_id: UUID, letters: str) -> bytes:
    return tx.vault.digest("recovery code", f"{staff_id} {letters}")
