"""Passkeys (WebAuthn): a device that proves itself by signing, after it knew its owner.

The site that a passkey belongs to comes from the settings and never from a request. A challenge
is made here, kept in the session, and good once.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from clinic.actions import second_step
from clinic.errors import BadInput
from clinic.store import limits, passkeys, staff
from clinic.store.database import Database, Transaction
from clinic.store.passkeys import Passkey
from clinic.store.staff import Member

NOT_ADDED = "The device did not give a passkey that fits. Open this page again, then try once more."
VERIFIED = UserVerificationRequirement.REQUIRED
LONGEST_ID = 1023
LONGEST_NAME = 80
CHALLENGE_BYTES = 32
TIMEOUT_MS = 120_000


@dataclass(frozen=True, slots=True)
class Site:
    """Where passkeys belong: the host of the public address, the address, and what it is called."""

    host: str
    origin: str
    name: str


def creation_options(database: Database, site: Site, member: Member, challenge: bytes) -> str:
    """Give what a browser needs to make a passkey, as JSON."""
    return options_to_json(
        generate_registration_options(
            rp_id=site.host,
            rp_name=site.name,
            user_id=member.id.bytes,
            user_name=member.username,
            user_display_name=member.name,
            challenge=challenge,
            timeout=TIMEOUT_MS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED, user_verification=VERIFIED
            ),
            exclude_credentials=_described(_all_of(database, member.id)),
        )
    )


def request_options(database: Database, site: Site, staff_id: UUID, challenge: bytes) -> str:
    """Give what a browser needs to let a passkey sign, as JSON; "" for somebody who has none."""
    known = _all_of(database, staff_id)
    if not known:
        return ""
    return options_to_json(
        generate_authentication_options(
            rp_id=site.host,
            challenge=challenge,
            timeout=TIMEOUT_MS,
            allow_credentials=_described(known),
            user_verification=VERIFIED,
        )
    )


def add(
    database: Database,
    site: Site,
    member: Member,
    answer: str,
    *,
    challenge: bytes,
    name: str,
    now: datetime,
) -> None:
    """Keep a passkey that a browser made; every session ends. Raises BadInput and Refused."""
    made = _made(site, answer, challenge)
    if made is None or len(made.credential_id) > LONGEST_ID:
        raise BadInput(NOT_ADDED)
    with database.writing() as tx:
        staff.lock(tx, member.id)
        if not _first_use(tx, challenge, now):
            raise BadInput(NOT_ADDED)
        passkeys.add(
            tx,
            member.id,
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            name=name[:LONGEST_NAME],
            now=now,
        )
        staff.set_factor_since(tx, member.id, now)
        second_step.record(tx, member.id, "staff.add_passkey", now)


def pass_with_passkey(
    database: Database,
    site: Site,
    staff_id: UUID,
    mark: str,
    answer: str,
    *,
    challenge: bytes,
    address: str,
    now: datetime,
) -> Member | None:
    """Give the member whom a passkey lets in, or None. Raises TooManyAttempts."""
    second_step.count_try(database, staff_id, address, now, guessable=False)
    with database.writing() as tx:
        fits = _first_use(tx, challenge, now) and _signed(
            tx, site, staff_id, answer, challenge, now
        )
        member = second_step.standing(tx, staff_id, mark)
        if not fits or member is None:
            limits.hit(tx, limits.SIGN_IN_ADDRESS, address, now)
            second_step.refuse(tx, staff_id, now)
            return None
        second_step.begin_anew(tx, staff_id, address, guessable=False)
        return member


def _first_use(tx: Transaction, challenge: bytes, now: datetime) -> bool:
    """True once for each challenge, however many workers are asked at the same moment."""
    name = bytes_to_base64url(challenge)
    return limits.hit(tx, limits.PASSKEY_CHALLENGE, name, now) is None


def _signed(
    tx: Transaction, site: Site, staff_id: UUID, answer: str, challenge: bytes, now: datetime
) -> bool:
    passkey = _named(tx, answer)
    if passkey is None or passkey.staff_id != staff_id:
        return False
    found = _verified(site, passkey, answer, challenge)
    return found is not None and passkeys.used(
        tx, passkey, sign_count=found.new_sign_count, now=now
    )


def _made(site: Site, answer: str, challenge: bytes) -> VerifiedRegistration | None:
    try:
        return verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception:  # noqa: BLE001  bytes made to harm let the library meet faults of any kind
        return None


def _named(tx: Transaction, answer: str) -> Passkey | None:
    try:
        named = parse_authentication_credential_json(answer).raw_id
    except Exception:  # noqa: BLE001  see above
        return None
    return passkeys.by_credential(tx, named)


def _verified(
    site: Site, passkey: Passkey, answer: str, challenge: bytes
) -> VerifiedAuthentication | None:
    try:
        return verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except Exception:  # noqa: BLE001  see above
        return None


def _all_of(database: Database, staff_id: UUID) -> list[Passkey]:
    with database.reading() as tx:
        return passkeys.all_of(tx, staff_id)


def _described(known: list[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=each.credential_id) for each in known]
