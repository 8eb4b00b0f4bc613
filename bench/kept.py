"""Filled databases in a folder: made once, measured again later without filling.

Each size has a folder with the SQLite file and its key file. PostgreSQL gets the same rows, copied
from there, in a cluster of its own beside them.
"""

import json
import secrets
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from bench import crowd
from clinic.actions.last_time import Comparing
from clinic.actions.same_person import confirm_same_person
from clinic.config import Settings
from clinic.library.shelf import Shelf
from clinic.store import intakes
from clinic.store.columns import metadata
from clinic.store.database import Database, open_database
from clinic.store.staff import Member, Role
from tests import postgres
from tests.web.staff import ZONE, Patients, hire

PEOPLE = 5
"""So many people sent three intakes each through the program itself; their pages are measured."""
FILLED = "filled.json"
COPIED = "copied"
"""Written when all of it is there: a folder without it is made anew."""
AT_ONCE = 500
UNLOGGED = "wal_level = minimal\nmax_wal_senders = 0\n"
"""A table that was emptied in the same transaction is then filled without a second writing."""


def settings_of(folder: Path, url: str | None = None) -> Settings:
    """The settings of a size: where its data lies, and its key file."""
    return Settings(data=folder / "data", key_file=folder / "keys" / "k", database_url=url)


def people_of(folder: Path) -> tuple[UUID, ...]:
    """The people whose pages are measured."""
    kept = json.loads((folder / FILLED).read_text())
    return tuple(UUID(each) for each in kept["people"])


def fill(folder: Path, size: int, shelf: Shelf) -> None:
    """Fill the SQLite database of a size, unless it is there."""
    if (folder / FILLED).exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    with open_database(settings_of(folder), demo_key=True) as database:
        member = hire(database, "bench", Role.CLINICIAN)
        other = hire(database, "other", Role.CLINICIAN)
        crowd.fill(database, size, [member.id, other.id], seed=size)
        people = regulars(database, shelf, member)
    (folder / FILLED).write_text(json.dumps({"people": [str(each) for each in people]}))


def regulars(database: Database, shelf: Shelf, member: Member) -> tuple[UUID, ...]:
    """People who sent three intakes each and were confirmed as one person each."""
    sender, found = Patients(database, shelf), []
    comparing = Comparing(shelf.questionnaires, shelf.book.scores, ZONE)
    for number in range(PEOPLE):
        who = {"full-name": f"Regular Visitor{number}", "phone": f"212-555-01{number:02}"}
        sent = [
            sender.sends({**who, "peg-pain": 3 + weeks % 5}, at=crowd.NOW - timedelta(weeks=weeks))
            for weeks in (9, 6, 3)
        ]
        with database.reading() as tx:
            facts = [intakes.facts(tx, each) for each in sent]
        for later, earlier in ((1, 0), (2, 1)):
            other = facts[earlier].patient_id
            assert other
            confirm_same_person(
                database,
                sent[later],
                other,
                by=member,
                version=facts[later].version,
                comparing=comparing,
                now=crowd.NOW,
            )
        last = facts[-1].patient_id
        assert last
        found.append(last)
    return tuple(found)


@contextmanager
def running_cluster(folder: Path) -> Iterator[postgres.Server]:
    """Run the PostgreSQL whose files lie in a folder, and end it; the files stay."""
    password = folder / "password"
    if not password.exists():
        folder.mkdir(parents=True)
        postgres.make_cluster(folder, secrets.token_hex(16))
        with (folder / "data" / "postgresql.conf").open("a") as settings:
            settings.write(UNLOGGED)
    server = postgres.Server(postgres.free_port(), password.read_text())
    process = postgres.start(folder, server.port)
    try:
        postgres.wait_until_up(process, server, folder / "log")
        yield server
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=postgres.START_SECONDS)


def copy(folder: Path, size: int, server: postgres.Server) -> str:
    """Give the address of the PostgreSQL database of a size; copied first, unless it is there."""
    name = f"size_{size}"
    url = server.url(name)
    if (folder / COPIED).exists():
        return url
    server.ask("DROP DATABASE IF EXISTS {}", name)
    server.ask("CREATE DATABASE {}", name)
    with (
        open_database(settings_of(folder)) as source,
        open_database(settings_of(folder, url)) as target,
        source.reading() as given,
        target.writing() as taken,
    ):
        taken.execute(sa.text("SET LOCAL session_replication_role = replica"))
        taken.execute(sa.text("SET LOCAL statement_timeout = 0"))
        names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
        taken.execute(sa.text(f"TRUNCATE {names}"))
        for table in metadata.sorted_tables:
            _copy(table, given.connection, taken.connection)
        taken.execute(sa.text("ANALYZE"))
    (folder / COPIED).touch()
    return url


def _copy(table: sa.Table, given: sa.Connection, taken: sa.Connection) -> None:
    """Copy a table as lines that SQLite writes as PostgreSQL reads them; its indexes come last."""
    reader, writer = given.connection.driver_connection, taken.connection.driver_connection
    assert reader
    assert writer
    for index in table.indexes:
        index.drop(taken)
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    line = " || char(9) || ".join(map(_written, table.columns))
    order = ", ".join(f'"{column.name}"' for column in table.primary_key)
    rows = reader.execute(f'SELECT {line} FROM "{table.name}" ORDER BY {order}')  # noqa: S608
    with writer.cursor().copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copying:
        while part := rows.fetchmany(AT_ONCE):
            copying.write("".join(f"{row[0]}\n" for row in part))
    for index in table.indexes:
        index.create(taken)


def _written(column: sa.Column[object]) -> str:
    """What makes the text of one value for COPY. Only text needs escaping."""
    name = f'"{column.name}"'
    if isinstance(column.type, sa.LargeBinary):
        written = f"CASE WHEN {name} NOTNULL THEN '\\\\x' || hex({name}) END"
    elif isinstance(column.type, sa.String):
        written = (
            f"replace(replace(replace({name}, '\\', '\\\\'), char(9), '\\t'), char(10), '\\n')"
        )
    else:
        written = name
    return f"coalesce({written}, '\\N')"
