"""Sealing: what a patient said is encrypted, and bound to the row and column it stands in.

A sealed value is: scheme (1 byte), id of the key (8), nonce (12), AES-256-GCM ciphertext.
The associated data names scheme, table, column and row, so that a value that was copied
to another place does not open there. Every column called `sealed_...`, and `data_key`, looks so:

    what                                key that seals it           row in the associated data
    data_key, the root key in meta      the key file's, by HKDF     id of the row; "root key"
    what belongs to an intake           the intake's data key       id of the row itself
    patient and invitation              their own data key          id of the row
    session, outbox, staff_totp         the root key's, by HKDF     hash of the token; id of the row
    clinic.db.wrapped-key               the key file's, by HKDF     "clinic.db"

`verify.py` knows how each column is opened, and a test sees that it leaves none out.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from clinic.errors import Damaged
from clinic.store.keys import ID_BYTES, Key, Ring

SCHEME: Final = 1
NONCE_BYTES: Final = 12
HEADER_BYTES: Final = 1 + ID_BYTES + NONCE_BYTES


@dataclass(frozen=True, slots=True)
class Cell:
    """The place of a sealed value."""

    table: str
    column: str
    row: UUID | str

    @property
    def associated(self) -> bytes:
        """The associated data: no two cells have the same."""
        parts = ("clinic-intake", str(SCHEME), self.table, self.column, str(self.row))
        return "\0".join(parts).encode()


def seal(key: Key, plain: bytes, cell: Cell) -> bytes:
    """Encrypt a value for one cell."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    closed = AESGCM(key.secret).encrypt(nonce, plain, cell.associated)
    return bytes([SCHEME]) + key.short_id + nonce + closed


def unseal(key: Key, sealed: bytes, cell: Cell) -> bytes:
    """Decrypt the value of a cell. Raises Damaged."""
    if len(sealed) < HEADER_BYTES or sealed[0] != SCHEME:
        raise Damaged(f"A value of {cell.table}.{cell.column} is not sealed as it should be.")
    nonce = sealed[1 + ID_BYTES : HEADER_BYTES]
    try:
        return AESGCM(key.secret).decrypt(nonce, sealed[HEADER_BYTES:], cell.associated)
    except InvalidTag:
        raise Damaged(f"A value of {cell.table}.{cell.column} fails its seal.") from None


def key_id_of(sealed: bytes) -> bytes:
    """The id of the key that a sealed value names."""
    return sealed[1 : 1 + ID_BYTES]


@dataclass(frozen=True)
class Vault:
    """The keys at work: the key file wraps data keys, and each data key seals one record.

    `root` is the random key of this database, wrapped like any other; what is not of one
    record (search hashes, sessions, mail) is sealed by keys made from it. So another key
    file needs the data keys wrapped anew, and nothing else.
    """

    keyring: Ring
    root: Key

    def unwrap(self, wrapped: bytes, cell: Cell) -> Key:
        """Open a data key. Raises Damaged."""
        return unwrap(self.keyring, wrapped, cell)

    def key(self, purpose: str) -> Key:
        """The key of this database for one purpose."""
        return self.root.for_purpose(purpose)

    def digest(self, purpose: str, text: str) -> bytes:
        """A keyed hash, equal for equal text, by which a value is found without being stored."""
        plain = text.encode("utf-8", "surrogatepass")  # typed text may hold half a pair
        return hmac.digest(self.root.derive(purpose), plain, hashlib.sha256)


def wrap_with(key: Key, data_key: Key, cell: Cell) -> bytes:
    """Seal a data key with a key of the key file. It has to be claimed (key_claims.py)."""
    return seal(_wrapping(key), data_key.secret, cell)


def unwrap(keyring: Ring, wrapped: bytes, cell: Cell) -> Key:
    """Open a data key. Raises Damaged when none of the keys did wrap it."""
    for key in keyring.keys:
        if wrapping_id(key) == key_id_of(wrapped):
            return Key(unseal(_wrapping(key), wrapped, cell))
    raise Damaged(f"A data key of {cell.table} was wrapped with a key that is not in the key file.")


def wrapping_id(key: Key) -> bytes:
    """The id that a data key names which this key of the key file wrapped."""
    return _wrapping(key).short_id


@lru_cache(maxsize=16)
def _wrapping(key: Key) -> Key:
    return key.for_purpose("wrap data keys")
