"""Passwords: kept as argon2id hashes, and checked in the same time whether somebody exists."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from clinic.errors import BadInput
from clinic.store.password_rules import MAXIMUM_LENGTH, MINIMUM_ALONE, normal

MINIMUM_LENGTH = MINIMUM_ALONE

FIRST_GROUPS = 5
FIRST_GROUP_LETTERS = 4
FIRST_LETTERS = "abcdefghjkmnpqrstvwxyz23456789"
"""Letters and digits that nobody takes for one another when they are read out."""

# OWASP Password Storage Cheat Sheet: argon2id with 46 MiB, one pass, one lane.
_HASHER = PasswordHasher(time_cost=1, memory_cost=47104, parallelism=1)


def hash_of(password: str, *, least: int = MINIMUM_LENGTH) -> str:
    """Give the hash of a new password. Raises BadInput when it is too short or too long.

    What else it must not be is asked of whoever chooses one: see password_rules.py.
    """
    plain = normal(password)
    if not least <= len(plain) <= MAXIMUM_LENGTH:
        raise BadInput(
            f"Use a password of {least} to {MAXIMUM_LENGTH} characters. "
            "A few words in a row are fine."
        )
    return _HASHER.hash(plain)


def first_password() -> str:
    """Make a random first password, such as k7px-2mqr-9tza-hw4c-e8sn: 98 bits."""
    return "-".join(
        "".join(secrets.choice(FIRST_LETTERS) for _ in range(FIRST_GROUP_LETTERS))
        for _ in range(FIRST_GROUPS)
    )


def is_right(password_hash: str | None, password: str) -> bool:
    """True when the password fits. Without a hash it works as long and is never right."""
    plain = normal(password)[: MAXIMUM_LENGTH + 1]
    try:
        _HASHER.verify(password_hash or _nobody(), plain)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


@cache
def _nobody() -> str:
    return _HASHER.hash("a password that belongs to nobody")
