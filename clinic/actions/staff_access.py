"""How staff come in and go out: sign in within limits, change the password, sign out. Audited."""

from datetime import datetime
from uuid import UUID

from clinic.errors import BadInput, TooManyAttempts
from clinic.store import audit, limits, sessions, staff
from clinic.store.audit import Actor
from clinic.store.database import Database, Transaction
from clinic.store.sessions import Begun
from clinic.store.staff import Member


def sign_in(
    database: Database, username: str, password: str, *, address: str, now: datetime
) -> Member | None:
    """Give the member whom name and password let in, or None. Raises TooManyAttempts.

    Whether the name, the password or the account was wrong is never told.
    """
    name = staff.plain_username(username)
    member = _checked(database, name, password, address, now)
    with database.writing() as tx:
        if member is None:
            known = staff.by_username(tx, name)
            known_id = known.id if known else None
            _record(tx, audit.SYSTEM, "staff.sign_in", known_id, now, result="refused")
        else:
            _record(tx, Actor("staff", member.id), "staff.sign_in", member.id, now)
    return member


def change_password(
    database: Database, member: Member, current: str, new: str, *, address: str, now: datetime
) -> bool:
    """Set another password, and end every session; False when the current one is wrong.

    Raises TooManyAttempts, and BadInput for a new one that is too short or the same.
    """
    if _checked(database, member.username, current, address, now) is None:
        return False
    if new == current:
        raise BadInput("Choose another password than the one you have.")
    with database.writing() as tx:
        staff.set_password(tx, member.id, new, now=now)
        _record(tx, Actor("staff", member.id), "staff.change_password", member.id, now)
    return True


def _checked(
    database: Database, name: str, password: str, address: str, now: datetime
) -> Member | None:
    """Check a password within the limits.

    A try is counted before the password is looked at, so that many at the same moment
    count one by one; a right one clears the account's count and adds nothing to the
    address's.
    """
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
        else:
            limits.forget(tx, limits.SIGN_IN_ACCOUNT, account)
    return member


def sign_out(database: Database, staff_id: UUID, *, now: datetime) -> None:
    """Keep in the audit that somebody left. The session itself is ended by the web."""
    with database.writing() as tx:
        _record(tx, Actor("staff", staff_id), "staff.sign_out", staff_id, now)


def own_sessions(database: Database, member: Member, *, token: str, now: datetime) -> list[Begun]:
    """Give where somebody is signed in, last used first."""
    with database.reading() as tx:
        return sessions.living_of(tx, member.id, token=token, now=now)


def end_session(database: Database, member: Member, handle: str, *, now: datetime) -> bool:
    """End one of one's own sessions; False when it had ended. Audited."""
    with database.writing() as tx:
        ended = sessions.end_one_of(tx, member.id, handle)
        if ended:
            actor = Actor("staff", member.id)
            _record(tx, actor, "staff.end_session", member.id, now)
        return ended


def end_other_sessions(database: Database, member: Member, *, token: str, now: datetime) -> int:
    """End all of one's own sessions but this one; give how many. Audited."""
    with database.writing() as tx:
        ended = sessions.end_all_of(tx, member.id, except_token=token)
        actor = Actor("staff", member.id)
        _record(tx, actor, "staff.end_sessions", member.id, now)
        return ended


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
