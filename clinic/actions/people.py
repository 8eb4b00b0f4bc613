"""What an admin does with accounts of staff: add, disable, let in again, reset, change the role.

Each act names the mark that the page showed and raises Conflict when another admin came first.
Nobody disables or demotes their own account, so that one admin is always left.
"""

from datetime import datetime
from uuid import UUID

from clinic.actions import second_step
from clinic.errors import Conflict, NotAllowed, Refused, UnknownRecord
from clinic.store import audit, intakes, passwords, staff
from clinic.store.audit import Actor
from clinic.store.database import Database, Transaction
from clinic.store.staff import Member, Role

NO_ADMIN = "You are no admin any more. Another admin changed your account."
CHANGED = "Another admin changed this account since you opened the page."
LAST_ADMIN = "This is the last admin who can sign in. Make somebody else an admin first."
NOT_YOURSELF = "This is your own account. Ask another admin to do it."
OWN_PASSWORD = "This is your own account. Change your password under Password."  # noqa: S105

OWN_SECOND_STEP = "This is your own account. Use a recovery code, or ask another admin."


def open_person(database: Database, staff_id: UUID, *, by: Member, now: datetime) -> Member:
    """Read one account. Raises UnknownRecord."""
    with database.writing() as tx:
        member = staff.get(tx, staff_id)
        _record(tx, by, "staff.view", staff_id, now)
        return member


def add(
    database: Database, *, username: str, name: str, role: Role, by: Member, now: datetime
) -> tuple[Member, str]:
    """Add somebody; give the account and its first password, to be changed at first use.

    Raises BadInput for a name that is taken or empty.
    """
    password = passwords.first_password()
    with database.writing() as tx:
        _still_admin(staff.lock_everyone(tx), by)
        member = staff.add(
            tx,
            username=username,
            name=name,
            role=role,
            password=password,
            now=now,
            must_change=True,
        )
        _record(tx, by, "staff.add", member.id, now, detail=role.value)
        return member, password


def disable(database: Database, staff_id: UUID, *, mark: str, by: Member, now: datetime) -> int:
    """Let somebody in no more; every session ends. Give how many patients are anybody's again.

    Raises Conflict and Refused.
    """
    with database.writing() as tx:
        _to_be_changed(tx, staff_id, mark, by, leaves=True)
        return shut_out(tx, staff_id, Actor("staff", by.id), now)


def shut_out(tx: Transaction, staff_id: UUID, actor: Actor, now: datetime) -> int:
    """Let somebody in no more, whoever says so; give how many patients are anybody's again.

    An admin's page asks more of it: see `disable`. Raises UnknownRecord.
    """
    staff.disable(tx, staff_id, now=now)
    audit.record(tx, actor=actor, action="staff.disable", subject=("staff", staff_id), now=now)
    return _release(tx, staff_id, actor, now)


def enable(database: Database, staff_id: UUID, *, mark: str, by: Member, now: datetime) -> None:
    """Let somebody in again, with the password they had. Raises Conflict."""
    with database.writing() as tx:
        _to_be_changed(tx, staff_id, mark, by)
        staff.enable(tx, staff_id)
        _record(tx, by, "staff.enable", staff_id, now)


def reset(database: Database, staff_id: UUID, *, mark: str, by: Member, now: datetime) -> str:
    """Give a new first password; every session ends. Raises Conflict and Refused."""
    if staff_id == by.id:
        raise Refused(OWN_PASSWORD)
    password = passwords.first_password()
    with database.writing() as tx:
        _to_be_changed(tx, staff_id, mark, by)
        staff.set_password(tx, staff_id, password, now=now, must_change=True)
        _record(tx, by, "staff.reset", staff_id, now)
    return password


def reset_second_step(
    database: Database, staff_id: UUID, *, mark: str, by: Member, now: datetime
) -> str:
    """Take every second step from somebody who lost them, and give a new first password.

    Their own may be short, which is enough beside a second step alone. Raises Conflict and Refused.
    """
    if staff_id == by.id:
        raise Refused(OWN_SECOND_STEP)
    password = passwords.first_password()
    with database.writing() as tx:
        _to_be_changed(tx, staff_id, mark, by)
        take_second_step(tx, staff_id, password, Actor("staff", by.id), now)
    return password


def take_second_step(
    tx: Transaction, staff_id: UUID, password: str, actor: Actor, now: datetime
) -> None:
    """Take every second step and set a first password, whoever says so. Raises UnknownRecord."""
    second_step.forget_all(tx, staff_id)
    staff.set_password(tx, staff_id, password, now=now, must_change=True)
    subject = ("staff", staff_id)
    audit.record(tx, actor=actor, action="staff.reset_second_step", subject=subject, now=now)


def set_role(
    database: Database, staff_id: UUID, role: Role, *, mark: str, by: Member, now: datetime
) -> bool:
    """Change what somebody may; every session ends. False when it is the role they have.

    Raises Conflict and Refused.
    """
    with database.writing() as tx:
        member = _to_be_changed(tx, staff_id, mark, by, leaves=role is not Role.ADMIN)
        if member.role is role:
            return False
        staff.set_role(tx, staff_id, role)
        if role is Role.ADMIN:
            _release(tx, staff_id, Actor("staff", by.id), now)
        _record(tx, by, "staff.set_role", staff_id, now, detail=role.value)
    return True


def _to_be_changed(
    tx: Transaction, staff_id: UUID, mark: str, by: Member, *, leaves: bool = False
) -> Member:
    """Give the account as it stands; `leaves` when no admin is to be left of it."""
    everyone = staff.lock_everyone(tx)
    _still_admin(everyone, by)
    member = everyone.get(staff_id)
    if member is None:
        raise UnknownRecord("member of staff")
    if leaves and not _others_who_admin(everyone, staff_id):
        raise Refused(LAST_ADMIN)
    if leaves and staff_id == by.id:
        raise Refused(NOT_YOURSELF)
    if member.mark != mark:
        raise Conflict(CHANGED)
    return member


def _release(tx: Transaction, staff_id: UUID, actor: Actor, now: datetime) -> int:
    """Leave the patients on the list to anybody, since nobody else sees them first otherwise."""
    theirs = intakes.waiting_with(tx, staff_id)
    for facts in theirs:
        intakes.take(tx, facts.id, owner_id=None, version=facts.version, now=now)
        audit.record(
            tx,
            actor=actor,
            action="intake.give_back",
            subject=("intake", facts.id),
            now=now,
        )
    return len(theirs)


def _still_admin(everyone: dict[UUID, Member], by: Member) -> None:
    """Look again: two admins may disable each other at the same moment. Raises NotAllowed."""
    stands = everyone.get(by.id)
    if stands is None or stands.disabled or stands.role is not Role.ADMIN:
        raise NotAllowed(NO_ADMIN)


def _others_who_admin(everyone: dict[UUID, Member], staff_id: UUID) -> bool:
    return any(
        member.role is Role.ADMIN and not member.disabled
        for member in everyone.values()
        if member.id != staff_id
    )


def _record(
    tx: Transaction, by: Member, action: str, staff_id: UUID, now: datetime, detail: str = ""
) -> None:
    subject = ("staff", staff_id)
    audit.record(
        tx,
        actor=Actor("staff", by.id),
        action=action,
        subject=subject,
        now=now,
        detail=detail,
    )
