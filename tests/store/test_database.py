"""Opening a database: ours, of any age, with its own key; and telling what is wrong otherwise."""

import os

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlcipher3 import dbapi2 as sqlcipher

from clinic.errors import Misconfigured, Unavailable
from clinic.store import audit
from clinic.store.columns import metadata
from clinic.store.database import Database, open_database
from clinic.store.engines import sqlite_engine
from clinic.store.keys import new_key_file
from clinic.store.tables import audit_row, meta
from tests.make import NOW
from tests.store.conftest import settings_in
from tests.store.threads import in_threads


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def settings(request):
    """A database of the test's own, since tests here spoil it."""
    return request.getfixturevalue(f"{request.param}_settings")


def count(tx, table):
    return tx.scalar(sa.select(sa.func.count()).select_from(table))


def act(tx):
    audit.record(tx, actor=audit.SYSTEM, action="test", subject=None, now=NOW)


def test_a_database_keeps_what_was_written_when_it_is_opened_again(settings):
    with open_database(settings) as database, database.writing() as tx:
        act(tx)

    with open_database(settings) as database, database.reading() as tx:
        assert count(tx, audit_row) == 1


def test_the_migrations_make_the_tables_that_the_program_knows(database):
    with database.reading() as tx:
        context = MigrationContext.configure(tx.connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_an_exception_undoes_all_that_was_written(database):
    def fails():
        with database.writing() as tx:
            act(tx)
            raise KeyError

    with pytest.raises(KeyError):
        fails()

    with database.reading() as tx:
        assert count(tx, audit_row) == 0


def test_a_ready_database_says_so(database):
    assert database.ready() is None


def test_a_database_that_must_exist_is_not_made(settings):
    with pytest.raises(Misconfigured, match="CLINIC_DATA"):
        open_database(settings, must_exist=True)
    assert not settings.database_path.exists()

    open_database(settings).close()
    open_database(settings, must_exist=True).close()


def test_secrets_outlive_a_restart_and_differ_by_purpose(settings):
    with open_database(settings) as database:
        first = database.secret("csrf")
        assert database.secret("other") != first
    with open_database(settings) as database:
        assert database.secret("csrf") == first
        assert len(first) == 32


def test_writing_inside_writing_is_refused_on_sqlite(sqlite_settings):
    with (
        open_database(sqlite_settings) as database,
        database.writing(),
        pytest.raises(RuntimeError, match="inside"),
        database.writing(),
    ):
        pass


def test_another_key_does_not_open_the_database(settings, tmp_path):
    open_database(settings).close()
    other = tmp_path / "other.key"
    new_key_file(other)

    with pytest.raises(Misconfigured, match="made with another key"):
        open_database(settings.model_copy(update={"key_file": other}))


def test_a_newer_database_is_refused_and_left_alone(settings):
    with open_database(settings) as database, database.writing() as tx:
        tx.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(Misconfigured, match="newer version"):
        open_database(settings)


def test_tables_of_another_program_are_refused_on_postgresql(postgres_settings):
    engine = sa.create_engine(postgres_settings.database_url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE orders (id int)"))

    with pytest.raises(Misconfigured, match="another program"):
        open_database(postgres_settings)

    with engine.connect() as connection:
        assert sa.inspect(connection).get_table_names() == ["orders"]
    engine.dispose()


def test_tables_of_another_program_are_refused_on_sqlite(sqlite_settings):
    with open_database(sqlite_settings) as database, database.writing() as tx:
        for table in ["alembic_version", "meta"]:
            tx.execute(sa.text(f"ALTER TABLE {table} RENAME TO {table}_of_others"))

    with pytest.raises(Misconfigured, match="another program"):
        open_database(sqlite_settings)


@pytest.mark.parametrize("content", [b"SQLite format 3\0" + bytes(4080), b"a letter to my aunt"])
def test_a_file_that_is_not_ours_is_refused_and_left_alone(sqlite_settings, content):
    path = sqlite_settings.database_path
    path.parent.mkdir()
    path.write_bytes(content)

    with pytest.raises(Misconfigured, match="not a database of this program"):
        open_database(sqlite_settings)

    assert path.read_bytes() == content


def test_a_file_that_was_overwritten_is_refused(sqlite_settings):
    open_database(sqlite_settings).close()
    sqlite_settings.database_path.write_bytes(os.urandom(8192))

    with pytest.raises(Misconfigured, match="does not open the database"):
        open_database(sqlite_settings)


def test_a_read_only_file_is_refused_with_its_mend(sqlite_settings):
    open_database(sqlite_settings).close()
    sqlite_settings.database_path.chmod(0o400)

    with pytest.raises(Misconfigured, match=r"read-only|cannot be written"):
        open_database(sqlite_settings)


def test_a_read_only_postgresql_is_refused(postgres_settings):
    engine = sa.create_engine(postgres_settings.database_url)
    with engine.begin() as connection:
        name = connection.scalar(sa.text("SELECT current_database()"))
        connection.execute(sa.text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
    engine.dispose()

    with pytest.raises(Misconfigured, match="read-only"):
        open_database(postgres_settings)


def test_a_data_folder_that_cannot_be_is_refused(tmp_path):
    (tmp_path / "data").write_text("a file where the folder should be")

    with pytest.raises(Misconfigured, match="CLINIC_DATA"):
        open_database(settings_in(tmp_path))


def test_a_postgresql_that_is_away_at_the_start_is_told_with_its_setting(tmp_path):
    with pytest.raises(Misconfigured, match=r"DATABASE_URL: .* at 127\.0\.0\.1:1\."):
        open_database(settings_in(tmp_path, "postgresql+psycopg://a:b@127.0.0.1:1/none"))


def test_a_connection_that_is_cut_is_unavailable_and_then_comes_back(postgres_settings):
    with open_database(postgres_settings) as database:
        with pytest.raises(Unavailable):
            write_until_cut(database)

        database.ready()
        with database.reading() as tx:
            assert count(tx, audit_row) == 0


def write_until_cut(database):
    with database.writing() as tx:
        act(tx)
        tx.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))


def test_a_database_locked_by_another_process_is_unavailable(sqlite_settings):
    with open_database(sqlite_settings) as database, database.writing():
        engine = sqlite_engine(sqlite_settings.database_path, database.keyring, wait_seconds=0.05)
        with (
            Database(engine, database.vault) as other,
            pytest.raises(Unavailable),
            other.writing(),
        ):
            pass


def test_the_file_is_encrypted_and_for_its_owner_alone(sqlite_settings):
    with open_database(sqlite_settings):
        assert sqlite_settings.database_path.stat().st_mode & 0o777 == 0o600
        assert b"CREATE TABLE" not in sqlite_settings.database_path.read_bytes()
        plain = sqlcipher.connect(str(sqlite_settings.database_path))
        with pytest.raises(sqlcipher.DatabaseError):
            plain.execute("SELECT count(*) FROM sqlite_master")
        plain.close()


def test_sqlite_writes_ahead_and_waits_for_the_disk(sqlite_settings):
    with open_database(sqlite_settings) as database, database.writing() as tx:
        settings = [
            tx.scalar(sa.text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert settings == ["wal", 2, 1]


def test_opening_from_many_threads_at_once_makes_the_tables_once(settings):
    def opened(_):
        with open_database(settings) as database:
            database.ready()

    assert in_threads(opened, 4) == [None] * 4
    with open_database(settings) as database, database.reading() as tx:
        assert count(tx, meta) == 2  # the root key, and which key it needs


def test_eight_writers_finish_and_lose_nothing(database):
    def writes(_):
        for _ in range(25):
            with database.writing() as tx:
                act(tx)

    assert in_threads(writes, 8) == [None] * 8

    with database.reading() as tx:
        assert count(tx, audit_row) == 200


def test_reading_goes_on_while_somebody_writes(database):
    with database.writing() as tx:
        act(tx)
        with database.reading() as other:
            assert count(other, audit_row) == 0
