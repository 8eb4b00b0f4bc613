"""Files that are there whole or not at all, whenever the machine stops."""

import errno
import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clinic.errors import Refused, Unavailable

BLOCK_BYTES = 1 << 20
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file, readable by its owner alone: whoever reads meets the old or the new one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
    keep(path.parent)


def keep(path: Path) -> None:
    """Have the disk keep a file, or the names in a folder, before anything goes on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            found.update(block)
    return found.hexdigest()


@contextmanager
def alone_in(folder: Path, doing: str) -> Iterator[None]:
    """Be the only one who writes into a folder. Raises Refused while another process does."""
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(f"Another process is {doing} in {folder}. Try again later.") from None
        yield
    finally:
        os.close(handle)


@contextmanager
def room_in(folder: Path) -> Iterator[None]:
    """Say in a sentence that a disk is full, or that a folder cannot be written."""
    try:
        yield
    except OSError as fault:
        if fault.errno in NO_ROOM:
            raise Unavailable(f"The disk of {folder} is full. Make room and try again.") from fault
        raise Unavailable(f"{folder} cannot be used ({fault.strerror}).") from fault
