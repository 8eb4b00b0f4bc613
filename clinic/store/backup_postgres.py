"""PostgreSQL, dumped and restored by its own programs; between them and the disk all is sealed.

pg_dump reads the very snapshot that was checked. The dump is never on a disk in the open: it runs
through a pipe into a sealed file, and from there through a pipe into pg_restore.
"""

import os
import shutil
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple
from uuid import UUID

from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, Connection, create_engine, inspect, make_url, text
from sqlalchemy.exc import DBAPIError

from clinic.errors import ClinicError, Damaged, Misconfigured, Refused, Unavailable
from clinic.store import schema
from clinic.store.keys import Ring
from clinic.store.sealed_stream import opened, seal_into
from clinic.store.sealing import Cell, unseal, unwrap

FILE = "clinic.pgdump"
BLOCK_BYTES = 1 << 20
EACH = 1000
"""Beside the first few rows of a table, every so many is opened."""
FIRST = 25
OPENED = {"intake": "sealed_response", "patient": "sealed_person", "invitation": "sealed_person"}
"""What is opened of a dumped row, with the data key that stands in the row itself."""
FROM_OUTSIDE = ("PATH", "HOME", "LANG", "LC_ALL", "PGPASSFILE", "PGSSLROOTCERT", "PGSSLMODE")


class Running(NamedTuple):
    """A program that runs, what it is given, and what it answers."""

    process: subprocess.Popen[bytes]
    given: IO[bytes]
    answer: IO[bytes]


def dump(url: str, snapshot: str, target: Path, key: bytes, told: Callable[[int], None]) -> None:
    """Dump a snapshot of a database into a sealed file. Raises Unavailable and Misconfigured.

    `told` is given how many bytes were dumped by now.
    """
    # Sealed values do not shrink; the least effort takes back what writing them in hex doubles.
    asked = [
        "--format=custom",
        "--compress=1",
        "--no-owner",
        "--no-privileges",
        f"--snapshot={snapshot}",
    ]
    with _program("pg_dump", url, *asked) as run, target.open("xb") as file:
        seal_into(file, key, _counted(run.answer, told))
        file.flush()
        os.fsync(file.fileno())


def check_dump(path: Path, key: bytes, keyring: Ring) -> dict[str, int]:
    """Open a sealed dump whole, open samples of its rows, and give how many rows are in it.

    Raises Damaged.
    """
    rows: Counter[str] = Counter()
    with _program("pg_restore", None, "--file=-") as run, _fed(run, opened(path, key)):
        for table, columns, line in _rows(run.answer):
            rows[table] += 1
            if table in OPENED and (rows[table] <= FIRST or rows[table] % EACH == 0):
                _open_row(table, columns, line, keyring)
    return dict(rows)


def begin_restore(url: str) -> None:
    """Mark an empty database, so that nobody opens it before it is restored whole.

    One in which a restore was begun and put nothing yet is empty too. Raises Refused when there
    is anything in it, and Unavailable when it is away.
    """
    engine = create_engine(url, hide_parameters=True)
    try:
        with engine.begin() as connection:
            if set(inspect(connection).get_table_names()) - {schema.RESTORING}:
                raise Refused(
                    "There are tables in the database that DATABASE_URL names, and they were "
                    "left alone. Name an empty database."
                )
            made = f"CREATE TABLE IF NOT EXISTS {schema.RESTORING} (id integer)"
            connection.execute(text(made))
    except DBAPIError as fault:
        raise Unavailable("The database that DATABASE_URL names cannot be written.") from fault
    finally:
        engine.dispose()


def restore_dump(path: Path, key: bytes, url: str) -> None:
    """Restore a sealed dump into an empty database, all or nothing. Raises ClinicError."""
    asked = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    with _program("pg_restore", url, *asked) as run, _fed(run, opened(path, key)):
        run.answer.read()


@contextmanager
def scratch_database(url: str, name: str) -> Iterator[str]:
    """Give the address of a new database on the same server, which is dropped afterwards.

    Raises Refused when the role may not make one.
    """
    engine = create_engine(url, isolation_level="AUTOCOMMIT", hide_parameters=True)
    try:
        with engine.connect() as connection:
            try:
                connection.execute(text(f'CREATE DATABASE "{name}"'))
            except DBAPIError as fault:
                raise Refused(
                    "The role of DATABASE_URL may make no database to restore into: "
                    "ALTER ROLE ... CREATEDB, or restore by hand where there is room."
                ) from fault
        try:
            yield make_url(url).set(database=name).render_as_string(hide_password=False)
        finally:
            with engine.connect() as connection:
                connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    finally:
        engine.dispose()


def server_of(connection: Connection) -> str:
    """The version of the server, in words."""
    return f"PostgreSQL {connection.scalar(text('SHOW server_version'))}"


@contextmanager
def _program(name: str, url: str | None, *asked: str) -> Iterator[Running]:
    """Run a program of PostgreSQL; its end is waited for, and a fault of its is told in words."""
    path = shutil.which(name)
    if path is None:
        raise Misconfigured(f"{name} is not installed: apt-get install postgresql-client.")
    environment = {each: os.environ[each] for each in FROM_OUTSIDE if each in os.environ}
    environment |= {"PGAPPNAME": "clinic-backup", "PGCONNECT_TIMEOUT": "10"}
    command = [path, *asked]
    if url is not None:
        where, password = _reached(make_url(url))
        command += [f"--dbname={where}", "--no-password"]
        if password:
            environment["PGPASSWORD"] = password
    run = subprocess.Popen(  # noqa: S603  no shell, and no word of anybody outside
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )
    if run.stdin is None or run.stdout is None or run.stderr is None:
        raise RuntimeError("a process without its pipes")
    said: list[bytes] = []
    listener = threading.Thread(target=said.extend, args=(run.stderr,), daemon=True)
    listener.start()
    try:
        yield Running(run, run.stdin, run.stdout)
    except BaseException:
        run.kill()
        raise
    finally:
        for pipe in (run.stdin, run.stdout):
            _close(pipe)
        code = run.wait()
        listener.join()
        _close(run.stderr)
    if code:
        raise Unavailable(f"{name} failed: {_last_line(said)}")


def _reached(url: URL) -> tuple[str, str]:
    """The address without its password, which is on no command line, and the password."""
    more = {name: str(value) for name, value in url.query.items()}
    where = {"host": url.host, "port": url.port, "user": url.username, "dbname": url.database}
    known = {name: str(value) for name, value in where.items() if value is not None}
    return make_conninfo(**(known | more)), str(url.password or "")


@contextmanager
def _fed(run: Running, plain: Iterable[bytes]) -> Iterator[None]:
    """Feed a program from another thread while its answer is read; a fault of the feed counts."""
    faults: list[ClinicError] = []

    def feed() -> None:
        try:
            for chunk in plain:
                run.given.write(chunk)
        except BrokenPipeError:
            pass  # it has ended, and says why
        except ClinicError as fault:
            faults.append(fault)
            run.process.kill()
        finally:
            _close(run.given)

    feeder = threading.Thread(target=feed, daemon=True)
    feeder.start()
    try:
        yield
    finally:
        feeder.join()
    if faults:
        raise faults[0]


def _counted(stream: IO[bytes], told: Callable[[int], None]) -> Iterator[bytes]:
    done = 0
    while block := stream.read(BLOCK_BYTES):
        done += len(block)
        told(done)
        yield block


def _rows(script: IO[bytes]) -> Iterator[tuple[str, list[str], bytes]]:
    """Give each row that a dump's script copies in: its table, the columns, and its line."""
    table, columns = "", list[str]()
    for line in script:
        if table:
            if line == b"\\.\n":
                table = ""
            else:
                yield table, columns, line.rstrip(b"\n")
        elif line.startswith(b"COPY "):
            name, _, rest = line.decode()[len("COPY ") :].partition(" (")
            table = name.partition(".")[2].strip('"')
            columns = [each.strip(' "') for each in rest.partition(")")[0].split(",")]


def _open_row(table: str, columns: list[str], line: bytes, keyring: Ring) -> None:
    row = dict(zip(columns, line.split(b"\t"), strict=True))
    row_id, column = UUID(row["id"].decode()), OPENED[table]
    key = unwrap(keyring, _bytes_of(row["data_key"]), Cell(table, "data_key", row_id))
    unseal(key, _bytes_of(row[column]), Cell(table, column, row_id))


def _bytes_of(field: bytes) -> bytes:
    try:
        return bytes.fromhex(field.removeprefix(b"\\\\x").decode("ascii"))
    except ValueError:
        raise Damaged("A row of the dump cannot be read.") from None


def _last_line(said: list[bytes]) -> str:
    lines = [line.decode(errors="replace").strip() for line in said if line.strip()]
    return lines[-1][:300] if lines else "it said nothing."


def _close(pipe: IO[bytes]) -> None:
    with suppress(BrokenPipeError):  # it has ended, and says why
        pipe.close()
