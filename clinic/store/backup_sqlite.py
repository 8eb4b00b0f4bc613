"""A copy of the embedded database as it is at one moment, encrypted with another key.

SQLite's own copying of pages (sqlite3_backup) runs inside one reading transaction: people go on
writing meanwhile, and what they write is not in the copy. SQLCipher decrypts each page with the
key of the one file and encrypts it with the key of the other.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from clinic.errors import Damaged, Unavailable
from clinic.store.engines import keyed

AT_ONCE = 2000
"""So many pages are copied between two words on how far it is."""
Told = Callable[[int, int], None]
"""Is told how much is done, and of how much."""


def copy(
    source: Path,
    source_key: bytes,
    target: Path,
    target_key: bytes,
    told: Told,
    *,
    at_once: int = AT_ONCE,
) -> None:
    """Copy a database that may be in use into a new file. Raises Unavailable and Damaged."""
    _copied(keyed(source, source_key), target, target_key, told, at_once)


def copy_back(source: Path, source_key: bytes, target: Path, target_key: bytes, told: Told) -> None:
    """Copy a file that nobody changes into a new one. Raises Unavailable and Damaged."""
    _copied(keyed(source, source_key, read_only=True), target, target_key, told, AT_ONCE)


def _copied(source: Any, target: Path, target_key: bytes, told: Told, at_once: int) -> None:
    try:
        target.touch(mode=0o600, exist_ok=False)
        copied = keyed(target, target_key)
        try:
            # Until the whole file is kept, nothing of it counts.
            copied.execute("PRAGMA journal_mode=OFF")
            copied.execute("PRAGMA synchronous=OFF")
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the moment
            source.backup(
                copied,
                pages=at_once,
                progress=lambda _, left, pages: told(pages - left, pages),
                sleep=0,
            )
            source.execute("COMMIT")
            copied.execute("PRAGMA journal_mode=DELETE")  # so that it is one file
        finally:
            copied.close()
    except sqlcipher.Error as fault:
        raise _in_words(fault, target) from fault
    finally:
        source.close()


def _in_words(fault: Exception, target: Path) -> Exception:
    said = str(fault)
    if "full" in said or "I/O" in said:
        return Unavailable(f"The disk of {target.parent} is full, or fails. Nothing was kept.")
    if "locked" in said or "busy" in said:
        return Unavailable("The database is busy. Try again in a minute.")
    return Damaged(f"The database cannot be copied: {said}.")
