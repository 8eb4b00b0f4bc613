"""Passwords: kept as argon2id hashes, and checked in the same time whether somebody exists."""

import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from clinic.errors import BadInput

MINIMUM_LENGTH = 15
MAXIMUM_LENGTH = 128
"""NIST SP 800-63B-4: 15 characters or more where the password is the only factor."""

FIRST_GROUPS = 5
FIRST_GROUP_LETTERS = 4
FIRST_LETTERS = "abcdefghjkmnpqrstvwxyz23456789"
"""Letters and digits that nobody takes for one another when they are read out."""

# OWASP Password Storage Cheat Sheet: argon2id with 46 MiB, one pass, one lane.
_HASHER = PasswordHasher(time_cost=1, memory_cost=47104, parallelism=1)


def hash_of(password: str) -> str:
    """Give the hash of a new password. Raises BadInput when it is too short or too long."""
    plain = _plain(password)
    if not MINIMUM_LENGTH <= len(plain) <= MAXIMUM_LENGTH:
        raise BadInput(
            f"Use a password of {MINIMUM_LENGTH} to {MAXIMUM_LENGTH} characters. "
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
    plain = _plain(password)[: MAXIMUM_LENGTH + 1]
    try:
        _HASHER.verify(password_hash or _nobody(), plain)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


@cache
def _nobody() -> str:
    return _HASHER.hash("a password that belongs to nobody")


def _plain(password: str) -> str:
    """One spelling for what two keyboards write in different bytes; half a letter counts as one."""
    whole = password.encode("utf-8", "replace").decode()
    return unicodedata.normalize("NFKC", whole)
