"""Doors: a link and a short code by which the other side reaches one referral, and no other.

A door is found by keyed hashes. Its words are sealed with the intake, so that a letter can be
printed again while the door is open.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, update

from clinic.fhir.text import dumps, loads
from clinic.referral.states import END_STATES
from clinic.store.database import Transaction
from clinic.store.ids import new_id
from clinic.store.opening import data_key_of
from clinic.store.referral_tables import referral
from clinic.store.referral_tables import referral_door as table
from clinic.store.resume_codes import CROCKFORD, MISREAD
from clinic.store.sealing import Cell, seal, unseal

CODE_LETTERS = 10
TOKEN_BYTES = 24


@dataclass(frozen=True, slots=True)
class Door:
    """The link's token and the short code, and until when they open the referral."""

    token: str
    code: str
    expires_at: datetime


def make(
    tx: Transaction, referral_id: UUID, intake_id: UUID, *, now: datetime, expires_at: datetime
) -> Door:
    """Make a door, such as 3K7Q9-M2RXD; those that stood before are shut."""
    revoke(tx, referral_id, now=now)
    row_id = new_id()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    letters = "".join(secrets.choice(CROCKFORD) for _ in range(CODE_LETTERS))
    door = Door(token, f"{letters[:5]}-{letters[5:]}", expires_at)
    words = dumps([door.token, door.code]).encode()
    tx.execute(
        table.insert().values(
            id=row_id,
            referral_id=referral_id,
            token_hash=_token_hash(tx, token),
            code_hash=_code_hash(tx, letters),
            made_at=now,
            expires_at=expires_at,
            sealed_door=seal(data_key_of(tx, intake_id), words, _cell(row_id)),
        )
    )
    return door


def revoke(tx: Transaction, referral_id: UUID, *, now: datetime) -> None:
    """Shut every door of a referral."""
    tx.execute(
        update(table)
        .where(table.c.referral_id == referral_id, table.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def opened_by_token(tx: Transaction, token: str, *, now: datetime) -> UUID | None:
    """Give the referral that a link opens, or None: nothing says why it does not."""
    return _found(tx, table.c.token_hash == _token_hash(tx, token), now)


def opened_by_code(tx: Transaction, code: str, *, now: datetime) -> UUID | None:
    """Give the referral that a short code opens, or None."""
    letters = _letters(code)
    if letters is None:
        return None
    return _found(tx, table.c.code_hash == _code_hash(tx, letters), now)


def ended_by_token(tx: Transaction, token: str, *, now: datetime) -> bool:
    """True when a link opened its referral until this came to its end."""
    return _ended(tx, table.c.token_hash == _token_hash(tx, token), now)


def ended_by_code(tx: Transaction, code: str, *, now: datetime) -> bool:
    """True when a short code opened its referral until this came to its end."""
    letters = _letters(code)
    return letters is not None and _ended(tx, table.c.code_hash == _code_hash(tx, letters), now)


def standing(tx: Transaction, referral_id: UUID, intake_id: UUID, *, now: datetime) -> Door | None:
    """Give the door of a referral that is open; None when there is none."""
    row = tx.execute(
        select(table).where(
            table.c.referral_id == referral_id,
            table.c.revoked_at.is_(None),
            table.c.expires_at > now,
        )
    ).one_or_none()
    if row is None:
        return None
    token, code = loads(unseal(data_key_of(tx, intake_id), row.sealed_door, _cell(row.id)))
    return Door(token, code, row.expires_at)


def _found(tx: Transaction, fits: ColumnElement[bool], now: datetime) -> UUID | None:
    found: UUID | None = tx.scalar(
        select(table.c.referral_id).where(
            fits,
            table.c.revoked_at.is_(None),
            table.c.expires_at > now,
        )
    )
    return found


def _ended(tx: Transaction, fits: ColumnElement[bool], now: datetime) -> bool:
    """A door that was shut before the end, because it was told on, tells nothing."""
    statement = (
        select(table.c.id)
        .join(referral, referral.c.id == table.c.referral_id)
        .where(
            fits,
            table.c.expires_at > now,
            table.c.revoked_at >= referral.c.entered_at,
            referral.c.state.in_([state.value for state in END_STATES]),
        )
    )
    return tx.scalar(statement) is not None


def _letters(code: str) -> str | None:
    letters = "".join(code.upper().split()).translate(MISREAD)
    fits = len(letters) == CODE_LETTERS and all(letter in CROCKFORD for letter in letters)
    return letters if fits else None


def _token_hash(tx: Transaction, token: str) -> bytes:
    return tx.vault.digest("referral link", token)


def _code_hash(tx: Transaction, letters: str) -> bytes:
    return tx.vault.digest("referral code", letters)


def _cell(row_id: UUID) -> Cell:
    return Cell("referral_door", "sealed_door", row_id)
