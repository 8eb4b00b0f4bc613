"""How staff come in and go out: sign in within limits, change the password, sign out. Audited."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from clinic.actions.second_step import Way
from clinic.errors import BadInput, TooManyAttempts
from clinic.store import audit, limits, password_rules, sessions, staff
from clinic.store.audit import Actor
from clinic.store.database import Database, Transaction
from clinic.store.sessions import Begun
from clinic.store.staff import Member


def sign_in(
    database: Database,
    username: str,
    password: str,
    *,
    address: str,
    now: datetime,
    first_hours: int,
) -> Member | None:
    """Give the member whom name and password let in, or None. Raises TooManyAttempts.

    Whether the name, the password or the account was wrong is never told, nor that a first
    password is older than `first_hours`. Who has a second factor is not in yet: see `let_in`.
    """
    name = staff.plain_username(username)
    first_since = now - timedelta(hours=first_hours)
    member = _checked(database, name, password, address, now, first_since)
    with database.writing() as tx:
        if member is None:
            known = staff.by_username(tx, name)
            known_id = known.id if known else None
            _record(tx, audit.SYSTEM, "staff.sign_in", known_id, now, result="refused")
        else:
            action = "staff.first_step" if member.has_factor else "staff.sign_in"
            _record(tx, Actor("staff", member.id), action, member.id, now)
    return member


def let_in(database: Database, member: Member, way: Way, *, now: datetime) -> None:
    """Keep in the audit that somebody passed the second step too."""
    with database.writing() as tx:
        actor = Actor("staff", member.id)
        _record(tx, actor, "staff.sign_in", member.id, now, detail=way.value)


def is_right(
    database: Database, member: Member, password: str, *, address: str, now: datetime
) -> bool:
    """True when somebody who is signed in knows the password. Raises TooManyAttempts."""
    return _checked(database, member.username, password, address, now) is not None


def confirm(database: Database, member: Member, way: Way | None, *, now: datetime) -> None:
    """Keep in the audit that somebody signed in again, before an act that asks for it."""
    with database.writing() as tx:
        actor, detail = Actor("staff", member.id), way.value if way else ""
        _record(tx, actor, "staff.sign_in_again", member.id, now, detail=detail)


def change_password(
    database: Database,
    member: Member,
    current: str,
    new: str,
    *,
    near: Iterable[str],
    address: str,
    now: datetime,
) -> bool:
    """Set another password, and end every session; False when the current one is wrong.

    `near` are names that a password must not be made of. Raises TooManyAttempts, and BadInput
    for a new one that is too short, among the common ones, made of such names, or the same.
    """
    if _checked(database, member.username, current, address, now) is None:
        return False
    if new == current:
        raise BadInput("Choose another password than the one you have.")
    with_names = (*near, member.username, member.name)
    problem = password_rules.problem(new, has_factor=member.has_factor, near=with_names)
    if problem:
        raise BadInput(problem)
    least = password_rules.minimum(has_factor=member.has_factor)
    with database.writing() as tx:
        staff.set_password(tx, member.id, new, now=now, least=least)
        _record(tx, Actor("staff", member.id), "staff.change_password", member.id, now)
    return True


def _checked(
    database: Database,
    name: str,
    password: str,
    address: str,
    now: datetime,
    first_since: datetime | None = None,
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
    member = staff.check_password(database, name, password, first_since=first_since)
    with database.writing() as tx:
        if member is None:
            limits.hit(tx, limits.SIGN_IN_ADDRESS, address, now)
        else:
            limits.forget(tx, limits.SIGN_IN_ACCOUNT, account)
    return member


def sign_out(database: Database, staff_id: UUID, *, now: datetime) -> None:
    """End every session of somebody who leaves, wherever it was begun. Audited."""
    with database.writing() as tx:
        sessions.end_all_of(tx, staff_id)
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
    detail: str = "",
) -> None:
    subject = ("staff", staff_id) if staff_id else None
    audit.record(
        tx, actor=actor, action=action, subject=subject, now=now, result=result, detail=detail
    )
