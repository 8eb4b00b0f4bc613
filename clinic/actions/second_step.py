"""The second step of signing in: a code from an app, a passkey, or a recovery code. Audited.

Whoever is asked for it has given the right password. So the limit for one account from all
addresses together locks out nobody whose password is not known; a passkey, which cannot be
guessed, opens all the same.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from clinic.errors import Refused, TooManyAttempts
from clinic.store import audit, limits, passkeys, recovery_codes, staff, totp
from clinic.store.audit import Actor
from clinic.store.database import Database, Transaction
from clinic.store.passkeys import Passkey
from clinic.store.staff import Member

LAST_FACTOR = "This is your only second step. Set up another one first."


class Way(StrEnum):
    """How somebody passed the second step."""

    APP = "app_code"
    RECOVERY = "recovery_code"
    PASSKEY = "passkey"


@dataclass(frozen=True, slots=True)
class Factors:
    """What somebody can pass the second step with."""

    app_since: datetime | None
    passkeys: tuple[Passkey, ...]
    codes_left: int


def factors_of(database: Database, member_id: UUID) -> Factors:
    """Give what somebody has set up."""
    with database.reading() as tx:
        return Factors(
            totp.made_at(tx, member_id),
            tuple(passkeys.all_of(tx, member_id)),
            recovery_codes.left(tx, member_id),
        )


def pass_with_code(
    database: Database, staff_id: UUID, mark: str, typed: str, *, address: str, now: datetime
) -> tuple[Member, Way] | None:
    """Give the member whom a code lets in, and which kind it was; or None.

    `mark` is of the moment when the password was right: an account that was changed since lets
    nobody in, and is told like a wrong code. Raises TooManyAttempts.
    """
    count_try(database, staff_id, address, now)
    with database.writing() as tx:
        way = _way_of(tx, staff_id, typed, now)
        member = standing(tx, staff_id, mark)
        if way is None or member is None:
            limits.hit(tx, limits.SIGN_IN_ADDRESS, address, now)
            refuse(tx, staff_id, now)
            return None
        begin_anew(tx, staff_id, address)
        return member, way


def count_try(
    database: Database, staff_id: UUID, address: str, now: datetime, *, guessable: bool = True
) -> None:
    """Count one try before it is looked at. Raises TooManyAttempts."""
    with database.writing() as tx:
        wait = limits.hit(tx, limits.SECOND_STEP, _here(staff_id, address), now)
        if guessable:
            wait = wait or limits.hit(tx, limits.SECOND_STEP_ACCOUNT, str(staff_id), now)
    if wait is not None:
        raise TooManyAttempts(wait)


def begin_anew(tx: Transaction, staff_id: UUID, address: str, *, guessable: bool = True) -> None:
    """Count from nothing after a right one."""
    limits.forget(tx, limits.SECOND_STEP, _here(staff_id, address))
    if guessable:
        limits.give_back(tx, limits.SECOND_STEP_ACCOUNT, str(staff_id))


def standing(tx: Transaction, staff_id: UUID, mark: str) -> Member | None:
    """Give the member if nothing was changed since the mark; a disabled one has another mark."""
    member = staff.get(tx, staff_id)
    return member if member.mark == mark and not member.disabled else None


def refuse(tx: Transaction, staff_id: UUID, now: datetime) -> None:
    """Keep that a second step was wrong."""
    record(tx, staff_id, "staff.second_step", now, result="refused")


def set_up_app(
    database: Database, member: Member, secret: str, code: str, *, now: datetime
) -> bool:
    """Keep an app whose first code is right; every session ends. False for a wrong code."""
    step = totp.step_of(secret, code, now)
    if step is None:
        return False
    with database.writing() as tx:
        staff.lock(tx, member.id)
        totp.keep(tx, member.id, secret, step=step, now=now)
        staff.set_factor_since(tx, member.id, now)
        record(tx, member.id, "staff.set_up_app", now)
    return True


def remove_app(database: Database, member: Member, *, now: datetime) -> bool:
    """Forget the app; every session ends. False when there is none. Raises Refused."""
    with database.writing() as tx:
        staff.lock(tx, member.id)
        if not totp.remove(tx, member.id):
            return False
        _after_removal(tx, member, "staff.remove_app", now)
        return True


def remove_passkey(database: Database, member: Member, passkey_id: UUID, *, now: datetime) -> bool:
    """Forget a passkey; every session ends. False when there is no such. Raises Refused."""
    with database.writing() as tx:
        staff.lock(tx, member.id)
        if not passkeys.remove(tx, member.id, passkey_id):
            return False
        _after_removal(tx, member, "staff.remove_passkey", now)
        return True


def new_codes(database: Database, member: Member, *, now: datetime) -> list[str]:
    """Make ten recovery codes; those from before are gone. Raises Refused without a factor."""
    with database.writing() as tx:
        staff.lock(tx, member.id)
        if not staff.get(tx, member.id).has_factor:
            raise Refused("Set up an app or a passkey first.")
        made = recovery_codes.make(tx, member.id, now=now)
        record(tx, member.id, "staff.new_codes", now)
        return made


def forget_all(tx: Transaction, staff_id: UUID) -> None:
    """Take every second step from somebody, who lost them; every session ends."""
    totp.remove(tx, staff_id)
    passkeys.remove_all(tx, staff_id)
    recovery_codes.remove(tx, staff_id)
    staff.set_factor_since(tx, staff_id, None)


def record(
    tx: Transaction,
    staff_id: UUID,
    action: str,
    now: datetime,
    *,
    result: str = "done",
    detail: str = "",
) -> None:
    """Keep an act of somebody on their own account; a refused one may be of anybody."""
    actor = Actor("staff", staff_id) if result == "done" else audit.SYSTEM
    subject = ("staff", staff_id)
    audit.record(
        tx, actor=actor, action=action, subject=subject, now=now, result=result, detail=detail
    )


def _way_of(tx: Transaction, staff_id: UUID, typed: str, now: datetime) -> Way | None:
    if totp.take(tx, staff_id, typed, now=now):
        return Way.APP
    return Way.RECOVERY if recovery_codes.take(tx, staff_id, typed) else None


def _after_removal(tx: Transaction, member: Member, action: str, now: datetime) -> None:
    """Let nobody be without a second factor who needs one. Raises Refused, which undoes it all."""
    left = totp.made_at(tx, member.id) is not None or bool(passkeys.all_of(tx, member.id))
    if not (left or member.demo):
        raise Refused(LAST_FACTOR)
    if not left:
        recovery_codes.remove(tx, member.id)
    staff.set_factor_since(tx, member.id, now if left else None)
    record(tx, member.id, action, now)


def _here(staff_id: UUID, address: str) -> str:
    return f"{staff_id}|{address}"
