"""Real databases that every earlier schema left behind are opened, brought up to date and read.

tests/store/earlier/keep.py made them, in the program of their day: before a migration is
written, the one before it is kept. `0001-sqlite.db` is the encrypted file itself.
"""

import gzip
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from clinic.config import Settings
from clinic.store import intakes, notes
from clinic.store.audit_chain import anchor_file
from clinic.store.database import open_database
from clinic.store.engines import keyed, new_file_key, postgres_engine, sqlite_engine
from clinic.store.keys import read_key_file
from clinic.store.schema import MIGRATIONS
from clinic.store.verify import verify
from tests.prepared import shipped_shelf

KEPT = Path(__file__).parent / "earlier"
ALL = sorted(path.name.removesuffix(".sql.gz") for path in KEPT.glob("*.sql.gz"))
OLDEST, NEWEST = ALL[0][:4], ALL[-1][:4]


def each(kind, *more):
    """The kept databases of a kind; those in the middle are opened by the long proofs alone."""
    middle = [pytest.mark.proof]
    return [
        pytest.param(name, marks=[*more, *([] if name[:4] in (OLDEST, NEWEST) else middle)])
        for name in ALL
        if name.endswith(kind)
    ]


def settled(folder, name, database_url=None):
    """Settings that name the keys of a kept database, where its rows are to lie."""
    key_file = folder / "keys" / "clinic.key"
    key_file.parent.mkdir(mode=0o700)
    shutil.copy(KEPT / f"{name}.key", key_file)
    key_file.chmod(0o600)
    settings = Settings(data=folder / "data", key_file=key_file, database_url=database_url)
    settings.data.mkdir()
    shutil.copy(KEPT / f"{name}.head", anchor_file(settings))
    return settings


def statements(name):
    return gzip.decompress((KEPT / f"{name}.sql.gz").read_bytes()).decode()


def assert_all_is_read(settings, name):
    """Today's program reads what the program of its day read, and proves the rest."""
    questionnaires = shipped_shelf().questionnaires
    known = json.loads((KEPT / f"{name}.json").read_text(encoding="utf-8"))
    with open_database(settings) as database:
        report = verify(database, anchor_file(settings))
        with database.reading() as tx:
            rows = {str(row.id): row for row in intakes.listing(tx, limit=100)}
            for row_id, facts in known.items():
                row = rows[row_id]
                kept = intakes.load(tx, row.id, questionnaires)
                assert (str(row.state), str(row.urgency)) == (facts["state"], facts["urgency"])
                assert kept.questionnaire.version == facts["version"]
                answers = {
                    link_id: [getattr(one, "code", None) or str(one) for one in answer]
                    for link_id, answer in kept.response.answers.items()
                }
                assert answers == facts["answers"]
                assert [note.text for note in notes.all_of(tx, row.id)] == facts["notes"]
    assert rows.keys() == known.keys()
    assert report.faults == ()
    assert report.counts["audit_row"] > 0


def laid_sqlite(folder, name):
    """Settings of an embedded database with the rows of a kept one."""
    settings = settled(folder, name)
    keyring = read_key_file(settings.key_file, settings.data)
    connection = keyed(settings.database_path, new_file_key(keyring.keys[0]))
    connection.executescript(statements(name))
    connection.close()
    return settings


def laid_postgres(folder, name, database_url):
    """Settings of an empty PostgreSQL database, with the rows of a kept one put in."""
    settings = settled(folder, name, database_url)
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(statements(name))
    return settings


def columns(settings):
    """Every column of a database: whether a row may be written without it."""
    keyring = read_key_file(settings.key_file, settings.data)
    engine = (
        postgres_engine(settings.database_url)
        if settings.database_url
        else sqlite_engine(settings.database_path, keyring)
    )
    looked = sa.inspect(engine)
    found = {
        (table, column["name"]): column["nullable"] or column["default"] is not None
        for table in looked.get_table_names()
        for column in looked.get_columns(table)
    }
    engine.dispose()
    return found


def assert_older_workers_may_go_on(before, after):
    """What they read is still there, and they may write rows without what is new."""
    tables = {table for table, _ in before}
    new = after.keys() - before.keys()

    assert before.keys() <= after.keys()
    assert [each for each in sorted(new) if each[0] in tables and not after[each]] == []


@pytest.mark.parametrize("name", each("sqlite"))
def test_an_embedded_database_of_an_earlier_schema_is_read_whole(tmp_path, name):
    settings = laid_sqlite(tmp_path, name)
    before = columns(settings)

    assert_all_is_read(settings, name)
    assert_older_workers_may_go_on(before, columns(settings))


def test_an_encrypted_file_of_the_first_schema_is_read_whole(tmp_path):
    name = "0001-sqlite"
    settings = settled(tmp_path, name)
    shutil.copy(KEPT / f"{name}.db", settings.database_path)

    assert_all_is_read(settings, name)


@pytest.mark.parametrize("name", each("postgres", pytest.mark.postgres))
def test_a_postgres_database_of_an_earlier_schema_is_read_whole(tmp_path, postgres_url, name):
    settings = laid_postgres(tmp_path, name, postgres_url)
    before = columns(settings)

    assert_all_is_read(settings, name)
    assert_older_workers_may_go_on(before, columns(settings))


OPEN = """\
import sys
from clinic.config import load_settings
from clinic.store.database import open_database
print("here", flush=True)
sys.stdin.readline()
open_database(load_settings()).close()
"""


@pytest.mark.proof
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_processes_that_start_together_bring_a_database_up_to_date_at_one_moment(
    tmp_path, kind, request
):
    name = f"{OLDEST}-{kind}"
    if kind == "sqlite":
        settings = laid_sqlite(tmp_path, name)
    else:
        settings = laid_postgres(tmp_path, name, request.getfixturevalue("postgres_url"))
    environment = {
        **os.environ,
        "CLINIC_DATA": str(settings.data),
        "CLINIC_KEY_FILE": str(settings.key_file),
        **({"DATABASE_URL": settings.database_url} if settings.database_url else {}),
    }
    together = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in together:
        process.stdout.readline()
    for process in together:
        process.stdin.write("now\n")
        process.stdin.flush()
    for process in together:
        process.communicate(timeout=60)

    assert [process.returncode for process in together] == [0, 0, 0]
    assert_all_is_read(settings, name)


def test_a_database_of_every_earlier_schema_is_kept():
    """Write a migration, and keep.py has first to be run in the version before it."""
    script = ScriptDirectory(str(MIGRATIONS))
    earlier = {revision.revision for revision in script.walk_revisions()} - {
        script.get_current_head()
    }

    assert earlier <= {name[:4] for name in ALL if name.endswith("sqlite")}
    assert earlier <= {name[:4] for name in ALL if name.endswith("postgres")}
