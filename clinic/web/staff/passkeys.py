"""What pages do for passkeys: a challenge that the session keeps, and what a browser gave back."""

import base64
import secrets
from datetime import timedelta
from uuid import UUID

from flask import session

from clinic.actions import passkeys
from clinic.actions.passkeys import CHALLENGE_BYTES, Site
from clinic.errors import BadInput
from clinic.store.staff import Member
from clinic.web.staff.letting_in import is_within
from clinic.web.visit import database, now, remote_address, settings

CHALLENGE = "challenge"
GOOD_FOR = timedelta(minutes=5)
NOT_HERE = (
    "Passkeys need the public address of this site with TLS. "
    "Whoever runs it sets CLINIC_PUBLIC_URL."
)


def site() -> Site | None:
    """Give where passkeys belong, or None where the settings name no fit address."""
    place = settings().passkey_site
    return Site(*place, settings().clinic_name) if place else None


def to_create(member: Member) -> str:
    """Give what a browser needs to make a passkey; "" where there are none."""
    here = site()
    if here is None:
        return ""
    return passkeys.creation_options(database(), here, member, _new_challenge("create"))


def to_sign(staff_id: UUID) -> str:
    """Give what a browser needs to let a passkey of somebody sign; "" where there is none."""
    here = site()
    if here is None:
        return ""
    made = secrets.token_bytes(CHALLENGE_BYTES)
    options = passkeys.request_options(database(), here, staff_id, made)
    if options:
        _keep(made, "sign")
    return options


def add(member: Member, answer: str, name: str) -> None:
    """Keep a passkey that was made for the challenge of this session. Raises BadInput, Refused."""
    here, challenge = site(), _take("create")
    if here is None or challenge is None:
        raise BadInput(passkeys.NOT_ADDED)
    passkeys.add(database(), here, member, answer, challenge=challenge, name=name, now=now())


def passed(staff_id: UUID, mark: str, answer: str) -> Member | None:
    """Give the member whom a passkey lets in, or None. Raises TooManyAttempts."""
    here, challenge = site(), _take("sign")
    if here is None or challenge is None:
        return None
    return passkeys.pass_with_passkey(
        database(),
        here,
        staff_id,
        mark,
        answer,
        challenge=challenge,
        address=remote_address(),
        now=now(),
    )


def _new_challenge(act: str) -> bytes:
    made = secrets.token_bytes(CHALLENGE_BYTES)
    _keep(made, act)
    return made


def _keep(challenge: bytes, act: str) -> None:
    session[CHALLENGE] = [base64.b64encode(challenge).decode(), act, now().isoformat()]


def _take(act: str) -> bytes | None:
    """Give the challenge of this session, which it forgets; None for one of another act, or old."""
    kept = session.pop(CHALLENGE, None)
    if kept is None or kept[1] != act or not is_within(kept[2], GOOD_FOR):
        return None
    return base64.b64decode(kept[0])
