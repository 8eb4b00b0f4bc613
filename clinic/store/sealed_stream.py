"""A long file, encrypted in chunks: what opens is what was sealed, whole and in order.

The file is: eight letters, then chunks of AES-256-GCM. Each chunk's nonce is its number and
whether it is the last, so that none can be left out, moved or doubled, nor the end cut off. A key
seals one file and no other.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from clinic.errors import Damaged

MAGIC = b"CLINCHK1"
CHUNK_BYTES = 1 << 20
TAG_BYTES = 16


def seal_into(target: BinaryIO, key: bytes, plain: Iterable[bytes]) -> None:
    """Seal bytes, however they come, into an open file."""
    cipher, number = AESGCM(key), 0
    target.write(MAGIC)
    before: bytes | None = None
    for chunk in _even(plain):
        if before is not None:
            target.write(cipher.encrypt(_nonce(number, last=False), before, MAGIC))
            number += 1
        before = chunk
    target.write(cipher.encrypt(_nonce(number, last=True), before or b"", MAGIC))


def opened(path: Path, key: bytes) -> Iterator[bytes]:
    """Give what was sealed, chunk by chunk. Raises Damaged at the first that is not as it was."""
    cipher, number = AESGCM(key), 0
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise Damaged(f"{path} is no sealed file of this program.")
        chunk = file.read(CHUNK_BYTES + TAG_BYTES)
        while True:
            after = file.read(CHUNK_BYTES + TAG_BYTES)
            try:
                yield cipher.decrypt(_nonce(number, last=not after), chunk, MAGIC)
            except (InvalidTag, ValueError):
                raise Damaged(f"{path} was changed or cut short.") from None
            if not after:
                return
            chunk, number = after, number + 1


def _even(plain: Iterable[bytes]) -> Iterator[bytes]:
    """Give the same bytes in chunks of one size; the last may be shorter."""
    waiting = bytearray()
    for some in plain:
        waiting += some
        while len(waiting) >= CHUNK_BYTES:
            yield bytes(waiting[:CHUNK_BYTES])
            del waiting[:CHUNK_BYTES]
    if waiting:
        yield bytes(waiting)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
