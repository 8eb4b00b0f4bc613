"""One-time codes from an app (RFC 6238): six digits, a new one every 30 seconds, each good once.

The secret is sealed. The step of the last code that was taken is kept, so that a code that
somebody read over a shoulder, and every older one, opens nothing.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import pyotp
from sqlalchemy import Row, delete, select, update

from clinic.store.database import Transaction
from clinic.store.factor_tables import staff_totp as table
from clinic.store.ids import new_id
from clinic.store.sealing import Cell, seal, unseal

STEP_SECONDS = 30
DIGITS = 6
STEPS_APART = 1
"""So many steps may a phone's clock be behind or ahead."""
PURPOSE = "second factors"


def new_secret() -> str:
    """Make a secret of 160 bits, in the letters that apps take."""
    return pyotp.random_base32(32)


def address(secret: str, *, account: str, issuer: str) -> str:
    """Give the address that an app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Give the step whose code this is, or None when it is no code of about now."""
    typed = "".join(code.split())
    if len(typed) != DIGITS or not (typed.isascii() and typed.isdecimal()):
        return None
    app, this = pyotp.TOTP(secret), int(now.timestamp()) // STEP_SECONDS
    near = range(this - STEPS_APART, this + STEPS_APART + 1)
    fits = [step for step in near if pyotp.utils.strings_equal(app.generate_otp(step), typed)]
    return fits[-1] if fits else None


def keep(tx: Transaction, staff_id: UUID, secret: str, *, step: int, now: datetime) -> None:
    """Keep the secret of somebody's app, instead of one that was; `step` is of the first code."""
    remove(tx, staff_id)
    row_id = new_id()
    tx.execute(
        table.insert().values(
            id=row_id,
            staff_id=staff_id,
            sealed_secret=seal(tx.vault.key(PURPOSE), secret.encode(), _cell(row_id)),
            last_step=step,
            made_at=now,
        )
    )


def made_at(tx: Transaction, staff_id: UUID) -> datetime | None:
    """Give since when somebody has an app, or None."""
    found: datetime | None = tx.scalar(select(table.c.made_at).where(table.c.staff_id == staff_id))
    return found


def take(tx: Transaction, staff_id: UUID, code: str, *, now: datetime) -> bool:
    """Take a code. True once for each, however many workers are asked at the same moment."""
    row = tx.execute(select(table).where(table.c.staff_id == staff_id)).one_or_none()
    if row is None:
        return False
    step = step_of(secret_of(tx, row), code, now)
    if step is None:
        return False
    later = (table.c.id == row.id) & (table.c.last_step < step)
    return tx.execute(update(table).where(later).values(last_step=step)).rowcount == 1


def secret_of(tx: Transaction, row: Row[Any]) -> str:
    """Open the secret of a row. Raises Damaged."""
    return unseal(tx.vault.key(PURPOSE), row.sealed_secret, _cell(row.id)).decode()


def remove(tx: Transaction, staff_id: UUID) -> bool:
    """Forget the app of somebody; False when there is none."""
    return tx.execute(delete(table).where(table.c.staff_id == staff_id)).rowcount == 1


def _cell(row_id: UUID) -> Cell:
    return Cell("staff_totp", "sealed_secret", row_id)
