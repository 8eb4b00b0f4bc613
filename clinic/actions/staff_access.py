"""How staff come in and go out: signing in with a limit on guesses, and signing out. Audited."""

from datetime import datetime
from uuid import UUID

from clinic.errors import TooManyAttempts
from clinic.store import audit, limits, staff
from clinic.store.audit import Actor
from clinic.store.database import Database, Transaction
from clinic.store.staff import Member


def sign_in(
    database: Database, username: str, password: str, *, address: str, now: datetime
) -> Member | None:
    """Give the member whom name and password let in, or None. Raises TooManyAttempts.

    Whether the name, the password or the account was wrong is never told. A try is counted
    before the password is looked at, so that many at the same moment count one by one; a
    right one clears the account's count and adds nothing to the address's.
    """
    name = staff.plain_username(username)
    account = f"{name}|{address}"
    with database.writing() as tx:
        wait = limits.hit(tx, limits.SIGN_IN_ACCOUNT, account, now)
        wait = wait or limits.wait(tx, limits.SIGN_IN_ADDRESS, address, now)
    if wait is not None:
        raise TooManyAttempts(wait)
    member = staff.check_password(database, name, password)
    with database.writing() as tx:
        if member is None:
            limits.hit(tx, limits.SIGN_IN_ADDRESS, address, now)
            known = staff.by_username(tx, name)
            known_id = known.id if known else None
            _record(tx, audit.SYSTEM, "staff.sign_in", known_id, now, result="refused")
        else:
            limits.forget(tx, limits.SIGN_IN_ACCOUNT, account)
            _record(tx, Actor("staff", member.id), "staff.sign_in", member.id, now)
    return member


def sign_out(database: Database, staff_id: UUID, *, now: datetime) -> None:
    """Keep in the audit that somebody left. The session itself is ended by the web."""
    with database.writing() as tx:
        _record(tx, Actor("staff", staff_id), "staff.sign_out", staff_id, now)


def _record(
    tx: Transaction,
    actor: Actor,
    action: str,
    staff_id: UUID | None,
    now: datetime,
    result: str = "done",
) -> None:
    subject = ("staff", staff_id) if staff_id else None
    audit.record(tx, actor=actor, action=action, subject=subject, now=now, result=result)
