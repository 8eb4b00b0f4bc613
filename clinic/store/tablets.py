"""Tablets of the clinic that staff bound to patients, and the forms that were begun on one.

The device holds an opaque token, and this table its keyed hash: nothing about a patient. It
stays bound until somebody of staff signs in on it, or its browser has let go of the token.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, select, update

from clinic.intake import IntakeState
from clinic.store.database import Transaction
from clinic.store.resume_codes import birth_hash
from clinic.store.skew import CLOCKS_APART
from clinic.store.tables import intake
from clinic.store.tables import tablet as table

MARK_LIFE = timedelta(days=400)
"""How long a device keeps its token: the longest for which browsers keep a cookie."""


@dataclass(frozen=True, slots=True)
class Unsent:
    """A form that was begun on a tablet and not sent: nothing of what it says."""

    id: UUID
    reference: str
    tablet_at: datetime
    saved_at: datetime


def bind(tx: Transaction, *, by: UUID, now: datetime) -> str:
    """Bind a device to patients, and give the token that it keeps."""
    token = secrets.token_urlsafe(32)
    tx.execute(table.insert().values(token_hash=_hash(tx, token), bound_by=by, bound_at=now))
    return token


def is_bound(tx: Transaction, token: str) -> bool:
    """True when a device with this token was bound, and not taken back."""
    found = select(table.c.bound_at).where(table.c.token_hash == _hash(tx, token))
    return tx.scalar(found) is not None


def unbind(tx: Transaction, token: str) -> bool:
    """Take a device back; False when it was not bound."""
    return tx.execute(delete(table).where(table.c.token_hash == _hash(tx, token))).rowcount == 1


def sweep(tx: Transaction, now: datetime, limit: int = 500) -> int:
    """Forget devices whose browser let go of the token, at most `limit`; give how many."""
    over = table.c.bound_at <= now - MARK_LIFE - CLOCKS_APART
    some = select(table.c.token_hash).where(over).limit(limit)
    return tx.execute(delete(table).where(table.c.token_hash.in_(some))).rowcount


def note_form(tx: Transaction, intake_id: UUID, *, now: datetime) -> None:
    """Note that a form lies on a tablet now."""
    tx.execute(update(intake).where(intake.c.id == intake_id).values(tablet_at=now))


def unsent(tx: Transaction, *, since: datetime, limit: int = 50) -> list[Unsent]:
    """Give the forms that lay on a tablet since then and were not sent, the last one first.

    Each holds a birth date: without one its owner cannot open it again.
    """
    rows = tx.execute(
        select(intake.c.id, intake.c.reference, intake.c.tablet_at, intake.c.updated_at)
        .where(_lay_on_one(since))
        .order_by(intake.c.tablet_at.desc(), intake.c.id)
        .limit(limit)
    )
    return [Unsent(row.id, row.reference, row.tablet_at, row.updated_at) for row in rows]


def is_unsent(tx: Transaction, intake_id: UUID, *, since: datetime) -> bool:
    """True of a form that is among those that lay on a tablet since then and were not sent."""
    found = select(intake.c.id).where(_lay_on_one(since), intake.c.id == intake_id)
    return tx.scalar(found) is not None


def is_draft_of(tx: Transaction, intake_id: UUID, born: date) -> bool:
    """True when a form is not sent, and its owner was born on this day."""
    kept = tx.scalar(
        select(intake.c.birth_hash).where(
            intake.c.id == intake_id, intake.c.state == IntakeState.DRAFT.value
        )
    )
    return kept is not None and hmac.compare_digest(kept, birth_hash(tx, intake_id, born))


def _lay_on_one(since: datetime) -> ColumnElement[bool]:
    return and_(
        intake.c.tablet_at.is_not(None),
        intake.c.birth_hash.is_not(None),
        intake.c.state == IntakeState.DRAFT.value,
        intake.c.tablet_at >= since,
    )


def _hash(tx: Transaction, token: str) -> bytes:
    return tx.vault.digest("tablet token", token)
