"""How the two databases are reached: SQLite as one encrypted file, and PostgreSQL."""

import base64
import binascii
import os
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlcipher3 import dbapi2 as sqlcipher

from clinic.errors import Damaged, Misconfigured, Unavailable
from clinic.store.keys import Key, Ring
from clinic.store.sealing import Cell, unwrap, wrap_with
from clinic.store.whole_files import write_whole

WAIT_SECONDS = 10
"""How long a statement waits for another writer, and a connection for a free place."""
CONNECTIONS = 16
PAGE_BYTES = 4096
SQLITE_SETTINGS = (
    "synchronous=FULL",
    "foreign_keys=ON",
    "temp_store=MEMORY",
    # What is deleted is overwritten: a wrapped data key is gone from the file, not just unnamed.
    "secure_delete=ON",
    # 16 MB of decrypted pages: what looking for one language reads of a long list.
    "cache_size=-16000",
)
PLAIN_HEADER = b"SQLite format 3\0"
FILE_KEY = Cell("database file", "key", "clinic.db")
WRITES = "clinic_writes"
"""The execution option that marks the transactions that will write."""


def postgres_engine(url: str) -> Engine:
    """Reach PostgreSQL. Nothing is connected before the first use."""
    return create_engine(
        url,
        hide_parameters=True,
        pool_size=CONNECTIONS // 2,
        max_overflow=CONNECTIONS // 2,
        pool_timeout=WAIT_SECONDS,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": 4,
            "tcp_user_timeout": 5000,
            "application_name": "clinic-intake",
            "options": "-c timezone=UTC -c statement_timeout=60000 "
            f"-c lock_timeout={WAIT_SECONDS * 1000}",
        },
    )


def sqlite_engine(path: Path, keyring: Ring, wait_seconds: float = WAIT_SECONDS) -> Engine:
    """Open the encrypted file with the first key that fits, or make it with the one in use.

    Raises Misconfigured when the file is not ours, or was encrypted with another key.
    """
    _make_file(path)
    return _sqlite_engine(path, file_key_of(path, keyring, wait_seconds), wait_seconds)


def copy_engine(path: Path, file_key: bytes) -> Engine:
    """Open a file that nobody changes, such as a copy, to read it alone."""
    return _sqlite_engine(path, file_key, WAIT_SECONDS, read_only=True)


def file_key_of(path: Path, keyring: Ring, wait_seconds: float = WAIT_SECONDS) -> bytes:
    """The key that opens an embedded database, or that a new one is made with.

    Raises Misconfigured when no key of the key file fits.
    """
    derived = [new_file_key(key) for key in keyring.keys]
    for file_key in (*_kept_file_key(path, keyring), *derived):
        if _fits(path, file_key, wait_seconds):
            return file_key
    raise Misconfigured(
        f"The key file does not open the database {path}: it was made with another key. "
        "Set CLINIC_KEY_FILE to the key file that belongs to it."
        + (f" Or {wrapped_key_file(path)} was changed." if wrapped_key_file(path).exists() else "")
    )


def wrap_file_key(path: Path, keyring: Ring, key: Key) -> None:
    """Keep the key of a file, wrapped with one key of the key file, beside it.

    A file whose key is made from that key itself needs nothing beside it.
    """
    file_key = file_key_of(path, keyring)
    wrapped = wrapped_key_file(path)
    if file_key == new_file_key(key):
        wrapped.unlink(missing_ok=True)
        return
    try:
        write_whole(wrapped, base64.b64encode(wrap_with(key, Key(file_key), FILE_KEY)))
    except OSError as fault:
        raise Unavailable(f"{wrapped} cannot be written ({fault.strerror}).") from fault


def wrapped_key_file(path: Path) -> Path:
    """Where the wrapped key of a file is kept, once its key file's key was rotated."""
    return path.with_name(f"{path.name}.wrapped-key")


def _kept_file_key(path: Path, keyring: Ring) -> tuple[bytes, ...]:
    try:
        wrapped = base64.b64decode(wrapped_key_file(path).read_bytes(), validate=True)
        return (unwrap(keyring, wrapped, FILE_KEY).secret,)
    except (OSError, binascii.Error, Damaged):
        return ()


def new_file_key(key: Key) -> bytes:
    """The key by which SQLCipher encrypts a file that is made with this key of the key file."""
    return key.derive("database file")


def _make_file(path: Path) -> None:
    """See that the file is there, is ours by its looks, and can be written."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        with path.open("rb") as file:
            start = file.read(len(PLAIN_HEADER))
    except OSError as fault:
        raise Misconfigured(
            f"The database {path} cannot be written ({fault.strerror}). "
            "Set CLINIC_DATA to a folder that can."
        ) from fault
    about = path.stat()
    if start == PLAIN_HEADER or about.st_size % PAGE_BYTES:
        raise Misconfigured(
            f"The file {path} is not a database of this program, or it is damaged. "
            "It was left alone: set CLINIC_DATA to another folder, or restore a backup."
        )
    if not about.st_mode & 0o222:
        raise Misconfigured(
            f"The database {path} is read-only. Give its owner the right to write: chmod u+w {path}"
        )


def _fits(path: Path, file_key: bytes, wait_seconds: float) -> bool:
    """True when the key opens the file (or the file is new), set to write-ahead logging."""
    connection = keyed(path, file_key, wait_seconds)
    give_up = time.monotonic() + wait_seconds
    try:
        while True:
            try:
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
                connection.execute("PRAGMA journal_mode=WAL").fetchone()
            except sqlcipher.OperationalError as fault:  # another process is opening it
                if "locked" not in str(fault) or time.monotonic() > give_up:
                    raise _trouble(path, fault) from fault
                time.sleep(0.05)
            except sqlcipher.DatabaseError:
                return False
            else:
                return True
    finally:
        connection.close()


def _trouble(path: Path, fault: Exception) -> Exception:
    if "readonly" in str(fault):
        return Misconfigured(
            f"The database {path} is read-only. Give its owner the right to write."
        )
    return Unavailable(f"The database {path} cannot be used now: {fault}.")


def keyed(
    path: Path, file_key: bytes, wait_seconds: float = WAIT_SECONDS, *, read_only: bool = False
) -> Any:
    """One connection with its key. Transactions are begun by _begin, never by the driver."""
    connection = sqlcipher.connect(
        f"file:{quote(str(path))}?immutable=1" if read_only else str(path),
        timeout=wait_seconds,
        isolation_level=None,
        check_same_thread=False,
        uri=read_only,
    )
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{file_key.hex()}'\"")
    return connection


def _sqlite_engine(
    path: Path, file_key: bytes, wait_seconds: float, *, read_only: bool = False
) -> Engine:
    def connect() -> Any:
        connection = keyed(path, file_key, wait_seconds, read_only=read_only)
        for setting in SQLITE_SETTINGS:
            connection.execute(f"PRAGMA {setting}")
        return connection

    engine = create_engine(
        "sqlite+pysqlite://",
        module=sqlcipher,
        creator=connect,
        hide_parameters=True,
        poolclass=QueuePool,
        pool_size=CONNECTIONS // 2,
        max_overflow=CONNECTIONS,
        pool_timeout=WAIT_SECONDS,
        # The pages that a connection has decrypted are worth something until another one writes.
        pool_use_lifo=True,
    )
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    """Take the write lock at once where writing is meant: an upgrade midway can fail."""
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
