"""Guess and rate limits, counted in the database: shared by all workers, kept over a restart."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import ColumnElement, case, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from clinic.store.database import Transaction
from clinic.store.tables import counter

QUARTER_HOUR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries in a window of time, which begins with the first."""

    bucket: str
    most: int
    window: timedelta


SIGN_IN_ACCOUNT = Limit("sign-in account", 5, QUARTER_HOUR)
"""For one account from one address: nobody can lock out somebody elsewhere."""
SIGN_IN_ADDRESS = Limit("sign-in address", 60, QUARTER_HOUR)
SECOND_STEP = Limit("second step", 5, QUARTER_HOUR)
"""Codes for one account from one address, once the password was right."""
SECOND_STEP_ACCOUNT = Limit("second step account", 50, timedelta(days=1))
"""Codes for one account from all addresses together: who guesses them knows the password."""
PASSKEY_CHALLENGE = Limit("passkey challenge", 1, QUARTER_HOUR)
"""What a passkey signs is taken once; it is worth nothing any more before the window ends."""
RESUME_CODE = Limit("resume code", 5, QUARTER_HOUR)
RESUME_ADDRESS = Limit("resume address", 10, QUARTER_HOUR)
"""Wrong codes from one address, which a whole waiting room may share; a right one is given back."""
INVITATION_ADDRESS = Limit("invitation address", 20, QUARTER_HOUR)
"""Links that open nothing, from one address; those that do are not counted."""
START_ADDRESS = Limit("start address", 60, QUARTER_HOUR)
POSTS_OF_FORM = Limit("posts of a form", 600, QUARTER_HOUR)
"""Pages of one form that are sent: one every second and a half, for a quarter of an hour."""
SESSIONS_OF_ADDRESS = Limit("sessions of an address", 600, QUARTER_HOUR)
"""New sessions for one address; beyond them a page is shown, and nothing is kept of its reader."""
POSTS_OF_ADDRESS = Limit("posts of an address", 600, QUARTER_HOUR)
"""Posts from one address by whoever holds no form and is not signed in."""
RECEIVER_CODE = Limit("receiver code", 10, QUARTER_HOUR)
"""Wrong short codes of referrals from one address; a right one is not counted."""
RECEIVER_LINK = Limit("receiver link", 30, QUARTER_HOUR)
"""Wrong links of referrals from one address."""
RECEIVER_ACTS = Limit("receiver acts", 20, QUARTER_HOUR)
"""Answers to one referral: its history only grows, and must not be filled up."""


def hit(tx: Transaction, limit: Limit, key: str, now: datetime) -> int | None:
    """Count one try. Gives the seconds to wait when it is one too many, else None.

    Count before the guess is looked at, in a transaction of its own: many guesses at the
    same moment are then counted one by one.
    """
    insert = sqlite.insert if tx.is_sqlite else postgresql.insert
    over = _is_over(limit, now)
    statement = insert(counter).values(
        bucket=limit.bucket, key_hash=_hash(tx, limit, key), hits=1, ends_at=now + limit.window
    )
    row = tx.execute(
        statement.on_conflict_do_update(
            index_elements=[counter.c.bucket, counter.c.key_hash],
            set_={
                "hits": case((over, 1), else_=counter.c.hits + 1),
                "ends_at": case((over, now + limit.window), else_=counter.c.ends_at),
            },
        ).returning(counter.c.hits, counter.c.ends_at)
    ).one()
    return _seconds(row.ends_at, now) if row.hits > limit.most else None


def wait(tx: Transaction, limit: Limit, key: str, now: datetime) -> int | None:
    """Give the seconds to wait before a try would be allowed, or None. Counts nothing."""
    row = tx.execute(
        select(counter.c.hits, counter.c.ends_at).where(
            counter.c.bucket == limit.bucket,
            counter.c.key_hash == _hash(tx, limit, key),
            ~_is_over(limit, now),
        )
    ).one_or_none()
    return None if row is None or row.hits < limit.most else _seconds(row.ends_at, now)


def forget(tx: Transaction, limit: Limit, key: str) -> None:
    """Begin anew after a right guess."""
    tx.execute(
        delete(counter).where(
            counter.c.bucket == limit.bucket, counter.c.key_hash == _hash(tx, limit, key)
        )
    )


def give_back(tx: Transaction, limit: Limit, key: str) -> None:
    """Take one try back that turned out right; those before it stay counted."""
    tx.execute(
        update(counter)
        .where(
            counter.c.bucket == limit.bucket,
            counter.c.key_hash == _hash(tx, limit, key),
            counter.c.hits > 0,
        )
        .values(hits=counter.c.hits - 1)
    )


def sweep(tx: Transaction, now: datetime) -> int:
    """Delete the counters whose window is over."""
    return tx.execute(delete(counter).where(counter.c.ends_at <= now)).rowcount


def _is_over(limit: Limit, now: datetime) -> ColumnElement[bool]:
    """A window that ends later than one could was begun before the clock was set back."""
    return or_(counter.c.ends_at <= now, counter.c.ends_at > now + limit.window)


def _hash(tx: Transaction, limit: Limit, key: str) -> bytes:
    return tx.vault.digest(f"limit: {limit.bucket}", key)[:16]


def _seconds(ends_at: datetime, now: datetime) -> int:
    return max(1, ceil((ends_at - now).total_seconds()))
