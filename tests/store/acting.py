"""A process that does one thing over and over until it is killed, and says what is done each time.

Run as `python -m tests.store.acting ACT DATA KEY_FILE [DATABASE_URL]`. A line is said once what it
speaks of was acknowledged: a test kills the process and sees that every line still holds.
"""

import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

from alembic import command
from sqlalchemy import text

from clinic.actions.retention import Policy, delete_some
from clinic.config import Settings, utc_now
from clinic.errors import Refused
from clinic.store import audit, key_rotation, schema
from clinic.store.backup_make import make_backup
from clinic.store.backup_restore import restore
from clinic.store.database import Database, open_database
from clinic.store.engines import WRITES, postgres_engine, sqlite_engine
from clinic.store.key_sources import add_key, keys_at
from tests.store.kept import begin, send

OLD_REVISION = "0005"
"""The schema that migration begins at."""
LONG_AGO = timedelta(days=400)
AT_A_TIME = 5
BREATH_SECONDS = 0.005
"""Between two intakes: who writes without a pause keeps SQLite from everybody else."""
RESTORED = "restored"
MIGRATED = "migrated"
"""The folder, beside the data, of the databases that are migrated."""


def submit(database: Database, settings: Settings) -> Iterator[str]:
    """Send intakes, each with its act in the audit."""
    while True:
        with database.writing() as tx:
            sent = send(tx, now=utc_now())
            audit.record(
                tx,
                actor=audit.PATIENT,
                action="intake.send",
                subject=("intake", sent.id),
                now=utc_now(),
            )
        yield str(sent.id)
        time.sleep(BREATH_SECONDS)


def backup(database: Database, settings: Settings) -> Iterator[str]:
    """Make backups beside the data."""
    folder = backups_of(settings)
    while True:
        made = make_backup(
            database, settings, folder, now=utc_now(), program="test", tell=lambda _: None
        )
        yield made.name


def rotate(database: Database, settings: Settings) -> Iterator[str]:
    """Add a key, wrap everything with it, and retire the ones of before."""
    while True:
        key = add_key(settings)
        key_rotation.rotate(database, settings, now=utc_now(), at_once=3)
        for old in keys_at(settings).keys[1:]:
            try:
                key_rotation.retire(database, settings, old.id, now=utc_now())
            except Refused:  # somebody else wraps with it; the next turn sees to it
                continue
        yield key.id


def retain(database: Database, settings: Settings) -> Iterator[str]:
    """Begin forms of long ago, and delete them by policy."""
    policy = Policy(unsent_days=14, settled_days=None)
    while True:
        with database.writing() as tx:
            old = [begin(tx, now=utc_now() - LONG_AGO).intake.id for _ in range(AT_A_TIME)]
        delete_some(database, policy, utc_now())
        yield from (str(each) for each in old)


def put_back(database: Database, settings: Settings) -> Iterator[str]:
    """Restore a backup of the embedded database into one empty folder after another."""
    made = make_backup(
        database, settings, backups_of(settings), now=utc_now(), program="t", tell=lambda _: None
    )
    for number in count():
        place = restored_place(settings, made.name, number)
        restore(made, place, keys_at(settings), now=utc_now(), tell=lambda _: None)
        yield f"{made.name} {number}"


def restored_place(settings: Settings, name: str, number: int) -> Settings:
    """Where a backup is restored."""
    folder = settings.data.parent / RESTORED / f"{name}-{number}"
    return settings.model_copy(update={"data": folder})


def migrate(_: Database, settings: Settings) -> Iterator[str]:
    """Lay a database of an earlier schema, and open it, which brings it up to date."""
    for number in count():
        place = old_place(settings, number)
        lay_old(place)
        open_database(place).close()
        yield str(number)


def old_place(settings: Settings, number: int) -> Settings:
    """Where a database of an earlier schema lies: a folder of its own, or one and the same."""
    if settings.database_url:
        return settings
    return settings.model_copy(update={"data": settings.data.parent / MIGRATED / str(number)})


def lay_old(place: Settings) -> None:
    """Make a database of an earlier schema, all at once. What was there of PostgreSQL goes."""
    if not place.database_url and place.database_path.exists():
        return  # a run of before laid it
    ring = keys_at(place)
    engine = (
        postgres_engine(place.database_url)
        if place.database_url
        else sqlite_engine(place.database_path, ring)
    )
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        if place.database_url:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        command.upgrade(schema._config(connection), OLD_REVISION)
        schema.root_key(connection, ring)
    engine.dispose()


def backups_of(settings: Settings) -> Path:
    return settings.data.parent / "backups"


ACTS: dict[str, Callable[[Database, Settings], Iterator[str]]] = {
    "submit": submit,
    "backup": backup,
    "rotate": rotate,
    "retain": retain,
    "put_back": put_back,
    "migrate": migrate,
}


def main(act: str, data: str, key_file: str, database_url: str | None = None) -> None:
    settings = Settings(data=Path(data), key_file=Path(key_file), database_url=database_url)
    with open_database(settings) as database:
        for line in ACTS[act](database, settings):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
