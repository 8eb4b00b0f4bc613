"""The key file: where it may lie, what it must look like, and the keys made from it."""

import base64
import os
import secrets
import stat
import tempfile
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from clinic.errors import Misconfigured

HEADER = "clinic-intake key file, version 1"
WRAPPED_HEADER = "clinic-intake key file, wrapped by a key service, version 1"
TRYING_OUT = "made for trying out, not for real patients"
KEY_BYTES = 32
ID_BYTES = 8


@dataclass(frozen=True)
class Key:
    """One secret of 32 bytes. Keys for single purposes are made from it by HKDF."""

    secret: bytes = field(repr=False)

    @classmethod
    def new(cls) -> "Key":
        """Make a random key."""
        return cls(secrets.token_bytes(KEY_BYTES))

    def derive(self, purpose: str, length: int = KEY_BYTES) -> bytes:
        """Give bytes for one purpose; they tell nothing about the key or other purposes."""
        info = b"clinic-intake/1/" + purpose.encode()
        return HKDF(SHA256(), length, salt=None, info=info).derive(self.secret)

    def for_purpose(self, purpose: str) -> "Key":
        """Give a key for one purpose."""
        return Key(self.derive(purpose))

    @cached_property
    def short_id(self) -> bytes:
        """Eight bytes that name the key and tell nothing about it."""
        return self.derive("key id", ID_BYTES)

    @property
    def id(self) -> str:
        """The name of the key, as it is printed."""
        return self.short_id.hex()


class Ring(Protocol):
    """The keys at hand, as those who seal and open see them."""

    @property
    def keys(self) -> tuple[Key, ...]:
        """All of them. The first is in use; later ones still open what they sealed."""

    @property
    def current(self) -> Key:
        """The key that new data is sealed with."""

    @property
    def trying_out(self) -> bool:
        """True when the keys were made for trying out."""


@dataclass(frozen=True)
class Keyring:
    """The keys of a key file. The first is in use; later ones still open what they sealed."""

    keys: tuple[Key, ...]
    trying_out: bool = False

    @property
    def current(self) -> Key:
        """The key that new data is sealed with."""
        return self.keys[0]

    def named(self, short_id: bytes) -> Key | None:
        """Give the key of a name, or None when the file does not hold it."""
        return next((key for key in self.keys if key.short_id == short_id), None)


def new_key_file(path: Path, *, trying_out: bool = False) -> None:
    """Write a key file with one random key, readable by its owner alone.

    Raises Misconfigured when a file is there already, or none can be written.
    """
    lines = [HEADER, *([TRYING_OUT] if trying_out else []), text_of(Key.new())]
    write_key_lines(path, lines)


def write_key_lines(path: Path, lines: list[str]) -> None:
    """Write a key file where none is, readable by its owner alone. Raises Misconfigured."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_once(path, "\n".join(lines) + "\n")
    except FileExistsError:
        raise Misconfigured(f"There is a key file at {path} already. It was left alone.") from None
    except OSError as fault:
        raise Misconfigured(
            f"The key file {path} cannot be written ({fault.strerror}). "
            "Set CLINIC_KEY_FILE to a place that can."
        ) from fault


def ensure_demo_key(path: Path, data: Path) -> bool:
    """Make a key file for trying out if none is there. True when it was made."""
    _refuse_inside(path, data)
    if path.exists():
        return False
    try:
        new_key_file(path, trying_out=True)
    except Misconfigured:
        if not path.exists():
            raise
        return False  # another process was quicker
    return True


def read_key_file(path: Path, data: Path) -> Keyring:
    """Read the keys. `data` is the data folder, where the file must not lie.

    Raises Misconfigured with the way to mend it.
    """
    return keyring_from(read_key_text(path, data), path)


def read_key_text(path: Path, data: Path) -> str:
    """Read the text of a key file that lies where it may, and that only its owner can read.

    Raises Misconfigured with the way to mend it.
    """
    _refuse_inside(path, data)
    try:
        mode = path.stat().st_mode
        text = path.read_text("ascii") if stat.S_ISREG(mode) else ""
    except FileNotFoundError:
        raise Misconfigured(
            f"There is no key file at {path}. Make one with `clinic keys new`, or set "
            "CLINIC_KEY_FILE to the one that this database was made with."
        ) from None
    except (OSError, UnicodeDecodeError) as fault:
        raise Misconfigured(f"The key file {path} cannot be read.") from fault
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise Misconfigured(
            f"Others on this machine can read the key file {path}. Run: chmod 600 {path}"
        )
    return text


def _refuse_inside(path: Path, data: Path) -> None:
    if path.resolve().is_relative_to(data.resolve()):
        raise Misconfigured(
            f"The key file {path} lies inside the data folder {data}, so that a copy of the data "
            "would hold its key. Move it out and set CLINIC_KEY_FILE."
        )


def _write_once(path: Path, text: str) -> None:
    """Write a whole file or none, and never over another."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-key-")  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(name, path)
    finally:
        Path(name).unlink()


def text_of(key: Key) -> str:
    """The line of a key file that holds a key."""
    return base64.b64encode(key.secret).decode("ascii")


def keyring_from(text: str, path: Path) -> Keyring:
    """Build the keys that the text of a key file holds. Raises Misconfigured."""
    header, *rest = text.splitlines() or [""]
    if header.strip() == WRAPPED_HEADER:
        raise Misconfigured(
            f"The keys in {path} are wrapped by a key service. Set CLINIC_KEY_COMMAND to the "
            "program that asks it."
        )
    if header.strip() != HEADER:
        raise Misconfigured(
            f"{path} is not a key file of this program: its first line must be {HEADER!r}."
        )
    lines = [line.strip() for line in rest if line.strip()]
    trying_out = TRYING_OUT in lines
    keys = tuple(key_of(line, str(path)) for line in lines if line != TRYING_OUT)
    if not keys:
        raise Misconfigured(f"The key file {path} holds no key. Put the original file back.")
    return Keyring(keys, trying_out)


def key_of(line: str, where: str) -> Key:
    """Build a key from a line of text. Raises Misconfigured, which names `where` it stood."""
    try:
        secret = base64.b64decode(line, validate=True)
    except ValueError:  # not base64, or no ASCII
        secret = b""
    if len(secret) != KEY_BYTES:
        raise Misconfigured(
            f"A key in {where} is cut short or altered: it must be {KEY_BYTES} bytes in base64. "
            "Put the original back."
        )
    return Key(secret)
