"""Opening the database, and turns at it: every reading and writing is one transaction."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar
from uuid import UUID

from sqlalchemy import Connection, CursorResult, Engine, Executable, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from clinic import metrics
from clinic.errors import ClinicError, Damaged, Misconfigured, Unavailable
from clinic.store import key_claims
from clinic.store.engines import WAIT_SECONDS, WRITES, postgres_engine, sqlite_engine
from clinic.store.key_sources import KeyPlace, keys_at
from clinic.store.keys import Key, Ring, ensure_demo_key
from clinic.store.schema import bring_up_to_date, kept_root_key, root_key
from clinic.store.sealing import Cell, Vault, wrap_with

POSTGRES_PORT = 5432
PATIENT_TRIES, PATIENT_SECONDS = 20, 0.5
T = TypeVar("T")
PASSING_FAULTS = ("locked", "busy", "disk", "full", "unable to open", "readonly")
"""What SQLite says when trying again, or mending the disk, helps."""


class Place(KeyPlace, Protocol):
    """What the store needs to know of the settings."""

    @property
    def database_path(self) -> Path:
        """The file of the embedded database."""

    @property
    def database_url(self) -> str | None:
        """The address of PostgreSQL, or None for the embedded database."""


@dataclass(frozen=True)
class Transaction:
    """One turn at the database. The functions of the store take it first and never commit.

    `data_keys` are those of the intakes that were opened in it (opening.py).
    """

    connection: Connection
    vault: Vault
    data_keys: dict[UUID, Key] = field(default_factory=dict, repr=False, compare=False)

    def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run a statement, with one set of parameters or a list of them."""
        return self.connection.execute(statement, parameters)

    def scalar(self, statement: Executable) -> Any:
        """Give the first column of the first row, or None."""
        return self.connection.scalar(statement)

    def wrap(self, data_key: Key, cell: Cell) -> bytes:
        """Seal a data key with the key in use, which is claimed by this transaction."""
        key = self.vault.keyring.current
        key_claims.claim(self.connection, key)
        return wrap_with(key, data_key, cell)

    @property
    def is_sqlite(self) -> bool:
        """True on the embedded database."""
        return self.connection.dialect.name == "sqlite"


class Database:
    """An open database. Made by open_database; closed by `close` or a with block."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self.vault = vault
        self._engine = engine
        self._writer = engine.execution_options(**{WRITES: True})
        self._turns = Turns() if self.is_sqlite else None

    @property
    def is_sqlite(self) -> bool:
        """True for the embedded database."""
        return self._engine.dialect.name == "sqlite"

    @property
    def keyring(self) -> Ring:
        """The keys of the key file."""
        return self.vault.keyring

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Give a transaction that only reads. Raises Unavailable."""
        with _translated(), self._engine.connect() as connection, connection.begin():
            yield Transaction(connection, self.vault)

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """Give a transaction that is committed at the end of the block. Raises Unavailable.

        On SQLite writers take turns, so that slow work belongs before or after the block.
        """
        turn: AbstractContextManager[None] = self._turns.turn() if self._turns else nullcontext()
        with turn, _translated(), self._writer.connect() as connection, connection.begin():
            yield Transaction(connection, self.vault)

    def write_patiently(self, do: Callable[[Transaction], T]) -> T:
        """Do it in a writing transaction, and again while others hold the database for too long.

        For long work of which nobody waits for the next step. Raises Unavailable in the end.
        """
        for _ in range(PATIENT_TRIES - 1):
            try:
                with self.writing() as tx:
                    return do(tx)
            except Unavailable:
                time.sleep(PATIENT_SECONDS)
        with self.writing() as tx:
            return do(tx)

    @contextmanager
    def snapshot(self) -> Iterator[tuple[Transaction, str]]:
        """Give a long reading of PostgreSQL as it is at one moment, and the name of that moment.

        Other connections read the same moment by its name while the block lasts.
        """
        steady = self._engine.execution_options(isolation_level="REPEATABLE READ")
        with _translated(), steady.connect() as connection, connection.begin():
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            name = str(connection.scalar(text("SELECT pg_export_snapshot()")))
            yield Transaction(connection, self.vault), name

    def ready(self) -> None:
        """Return when the database answers, and the keys at hand are still those that open it.

        Raises Unavailable, or Misconfigured when another process changed the keys.
        """
        with self.reading() as tx:
            if kept_root_key(tx.connection, self.keyring) is None:
                raise Damaged("The database holds no root key.")

    def secret(self, purpose: str) -> bytes:
        """Give 32 secret bytes for a purpose outside the store, equal in all workers."""
        return self.vault.root.derive(f"outside the store: {purpose}")

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        """Give the database itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()


class Turns:
    """Writers of one process, one at a time.

    With eight threads the slowest post took 435 to 735 ms when SQLite made them wait, and
    21 to 40 ms behind this lock.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holder: int | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn and hold it. Raises Unavailable after too long a wait."""
        if self._holder == threading.get_ident():
            raise RuntimeError("writing() inside writing() would wait for itself")
        if not self._lock.acquire(timeout=WAIT_SECONDS):
            raise Unavailable("The database is busy. Try again in a minute.")
        self._holder = threading.get_ident()
        try:
            yield
        finally:
            self._holder = None
            self._lock.release()


def open_database(place: Place, *, demo_key: bool = False, must_exist: bool = False) -> Database:
    """Read the key file, open the database, and make or migrate its tables.

    `demo_key` makes a key file for trying out when there is none; `must_exist` makes no
    database where none is. Raises Misconfigured with a sentence that names what to mend.
    """
    if demo_key and not place.keys:
        ensure_demo_key(place.key_file, place.data)
    keyring = keys_at(place)
    if place.database_url:
        engine = postgres_engine(place.database_url)
    elif must_exist and not place.database_path.exists():
        raise Misconfigured(f"There is no database at {place.database_path}. Set CLINIC_DATA.")
    else:
        engine = sqlite_engine(place.database_path, keyring)
    return database_on(engine, keyring, must_exist=must_exist)


def database_on(
    engine: Engine, keyring: Ring, *, must_exist: bool = False, restoring: bool = False
) -> Database:
    """Make or migrate the tables of a database, and open its root key.

    With `restoring` a database is taken too that a restore has not finished. Raises
    Misconfigured with a sentence that names what to mend.
    """
    try:
        with _translated(), engine.execution_options(**{WRITES: True}).begin() as connection:
            bring_up_to_date(connection, must_exist=must_exist, restoring=restoring)
            root = root_key(connection, keyring)
            key_claims.check(connection, keyring)
    except (ClinicError, DBAPIError) as fault:
        engine.dispose()
        if isinstance(fault, Unavailable) and engine.dialect.name == "postgresql":
            raise Misconfigured(_no_connection(engine)) from fault
        if "readonly" in str(fault):
            raise Misconfigured(
                "The database is read-only. Give its owner the right to write."
            ) from fault
        raise
    return Database(engine, Vault(keyring, root))


def database_as_it_is(engine: Engine, keyring: Ring) -> Database:
    """Open a database that is only to be read: nothing is made, and nothing migrated."""
    try:
        with _translated(), engine.connect() as connection:
            root = kept_root_key(connection, keyring)
    except (ClinicError, DBAPIError):
        engine.dispose()
        raise
    if root is None:
        engine.dispose()
        raise Damaged("The database holds no root key.")
    return Database(engine, Vault(keyring, root))


def _no_connection(engine: Engine) -> str:
    """Say which setting to look at. The user and the password of the address stay out of it."""
    where = f"{engine.url.host or 'this machine'}:{engine.url.port or POSTGRES_PORT}"
    return (
        f"DATABASE_URL: there is no connection to the database at {where}. "
        "Start it, or mend the host, port, user, password or name in the address."
    )


@contextmanager
def _translated() -> Iterator[None]:
    """Turn a database that is away, full or locked into Unavailable."""
    try:
        yield
    except PoolTimeout as fault:
        raise _away("Too many people use the database. Try again in a minute.") from fault
    except (OperationalError, InterfaceError) as fault:
        if _is_passing(fault):
            raise _away("The database is away. Try again in a minute.") from fault
        raise
    except DBAPIError as fault:
        if fault.connection_invalidated:
            raise _away("The database is away. Try again in a minute.") from fault
        raise


def _away(words: str) -> Unavailable:
    metrics.database_errors_total.inc()
    return Unavailable(words)


def _is_passing(fault: DBAPIError) -> bool:
    if fault.orig is not None and "sqlcipher" not in type(fault.orig).__module__:
        return True
    return any(word in str(fault.orig) for word in PASSING_FAULTS)
