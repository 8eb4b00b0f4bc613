"""Members of staff: who they are, what they may, and their passwords."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, select, update

from clinic.errors import BadInput, UnknownRecord
from clinic.store import passwords
from clinic.store.database import Database, Transaction
from clinic.store.ids import new_id
from clinic.store.tables import session
from clinic.store.tables import staff as table

USERNAME_LENGTH = 80
NAME_LENGTH = 120
MARK_LETTERS = 16
NO_LETTER = "\N{REPLACEMENT CHARACTER}"


class Role(StrEnum):
    """What somebody may see and do. The set is closed."""

    FRONT_DESK = "front_desk"
    CLINICIAN = "clinician"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member of staff."""

    id: UUID
    username: str
    name: str
    role: Role
    disabled: bool
    must_change_password: bool
    created_at: datetime
    password_set_at: datetime
    demo: bool
    """True for an account of the demo, which needs no second factor."""
    second_factor_at: datetime | None
    """Since when this person has a second factor; None for none."""
    mark: str
    """Another one after each change of role, access, password or second factor.

    Two admins notice by it, and a session that was begun under another mark is over.
    """

    @property
    def has_factor(self) -> bool:
        """True when a password alone does not let this person in."""
        return self.second_factor_at is not None

    @property
    def must_enrol(self) -> bool:
        """True while this person may do nothing but set up a second factor."""
        return not (self.demo or self.has_factor)


def add(
    tx: Transaction,
    *,
    username: str,
    name: str,
    role: Role,
    password: str,
    now: datetime,
    must_change: bool = False,
    demo: bool = False,
) -> Member:
    """Add somebody. Raises BadInput for a name that is taken or empty, or a short password."""
    plain = plain_username(username)
    if not _fits(plain, USERNAME_LENGTH) or not _fits(name.strip(), NAME_LENGTH):
        raise BadInput("Give a user name and a name, each of one short line.")
    if by_username(tx, plain) is not None:
        raise BadInput(f"There is somebody with the user name {plain!r} already.")
    row_id = new_id()
    tx.execute(
        table.insert().values(
            id=row_id,
            username=plain,
            name=name.strip(),
            role=Role(role).value,
            password_hash=passwords.hash_of(password),
            must_change_password=must_change,
            created_at=now,
            password_set_at=now,
            demo=demo,
        )
    )
    return get(tx, row_id)


def get(tx: Transaction, staff_id: UUID) -> Member:
    """Give somebody by id. Raises UnknownRecord."""
    row = tx.execute(select(table).where(table.c.id == staff_id)).one_or_none()
    if row is None:
        raise UnknownRecord("member of staff")
    return read(row)


def by_username(tx: Transaction, username: str) -> Member | None:
    """Give somebody by user name, however it is capitalised."""
    statement = select(table).where(table.c.username == plain_username(username))
    row = tx.execute(statement).one_or_none()
    return None if row is None else read(row)


def lock_everyone(tx: Transaction) -> dict[UUID, Member]:
    """Give all members by id; until the end of this turn nobody else who locks changes one.

    The lock lets others write rows that name a member, such as notes.
    """
    rows = tx.execute(select(table).order_by(table.c.id).with_for_update(key_share=True))
    return {row.id: read(row) for row in rows}


def lock(tx: Transaction, staff_id: UUID) -> None:
    """Let nobody else who locks this member go on until the end of this turn."""
    row = select(table.c.id).where(table.c.id == staff_id)
    tx.execute(row.with_for_update(key_share=True))


def everyone(tx: Transaction) -> list[Member]:
    """Give all members by user name, disabled ones too."""
    return [read(row) for row in tx.execute(select(table).order_by(table.c.username))]


def check_password(
    database: Database, username: str, password: str, *, first_since: datetime | None = None
) -> Member | None:
    """Give the member whom the password lets in, or None.

    A first password that was made before `first_since` is worth nothing any more. Takes as long
    for somebody unknown or disabled. Call it outside of any transaction: a password takes tens of
    milliseconds to check, on purpose.
    """
    statement = select(table).where(table.c.username == plain_username(username))
    with database.reading() as tx:
        row = tx.execute(statement).one_or_none()
    right = passwords.is_right(row.password_hash if row else None, password)
    if row is None or not right or row.disabled_at is not None:
        return None
    if first_since is not None and row.must_change_password and row.password_set_at < first_since:
        return None
    return read(row)


def set_password(
    tx: Transaction,
    staff_id: UUID,
    password: str,
    *,
    now: datetime,
    must_change: bool = False,
    least: int = passwords.MINIMUM_LENGTH,
) -> None:
    """Set a password, and end every session. Raises BadInput and UnknownRecord."""
    _change(
        tx,
        staff_id,
        password_hash=passwords.hash_of(password, least=least),
        password_set_at=now,
        must_change_password=must_change,
    )


def disable(tx: Transaction, staff_id: UUID, *, now: datetime) -> None:
    """Let somebody in no more, and end every session. Raises UnknownRecord."""
    _change(tx, staff_id, disabled_at=now)


def enable(tx: Transaction, staff_id: UUID) -> None:
    """Let somebody in again. Raises UnknownRecord."""
    _change(tx, staff_id, disabled_at=None)


def set_role(tx: Transaction, staff_id: UUID, role: Role) -> None:
    """Change what somebody may, and end every session. Raises UnknownRecord."""
    _change(tx, staff_id, role=Role(role).value)


def set_factor_since(tx: Transaction, staff_id: UUID, since: datetime | None) -> None:
    """Keep since when somebody has a second factor, and end every session.

    None where the last one is gone. Raises UnknownRecord.
    """
    _change(tx, staff_id, second_factor_at=since)


def belongs_to_demo(tx: Transaction, staff_id: UUID) -> None:
    """Keep that an account is one of the demo. Raises UnknownRecord."""
    _change(tx, staff_id, demo=True)


def plain_username(username: str) -> str:
    """The user name as it is kept: without space around it, in lower case.

    What cannot be printed becomes a mark that nobody's name holds: PostgreSQL has no zero byte.
    """
    plain = username.strip().casefold()
    return "".join(letter if letter.isprintable() else NO_LETTER for letter in plain)


def read(row: Row[Any]) -> Member:
    """Give the member of a row of the staff table."""
    return Member(
        id=row.id,
        username=row.username,
        name=row.name,
        role=Role(row.role),
        disabled=row.disabled_at is not None,
        must_change_password=row.must_change_password,
        created_at=row.created_at,
        password_set_at=row.password_set_at,
        demo=row.demo,
        second_factor_at=row.second_factor_at,
        mark=_mark(row),
    )


def _mark(row: Row[Any]) -> str:
    parts = (row.role, str(row.disabled_at), row.password_hash, str(row.second_factor_at))
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:MARK_LETTERS]


def _fits(text: str, length: int) -> bool:
    return 0 < len(text) <= length and text.isprintable() and NO_LETTER not in text


def _change(tx: Transaction, staff_id: UUID, **values: object) -> None:
    if tx.execute(update(table).where(table.c.id == staff_id).values(**values)).rowcount != 1:
        raise UnknownRecord("member of staff")
    tx.execute(delete(session).where(session.c.staff_id == staff_id))
