"""Backups of PostgreSQL: dumped from the snapshot that was checked, sealed, and restored whole."""

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import create_engine, make_url

from clinic.cli import main
from clinic.config import Settings
from clinic.errors import ClinicError, Damaged, Misconfigured, Refused, Unavailable
from clinic.store import audit, backup_folder, backup_postgres, outbox
from clinic.store.audit_chain import anchor_file
from clinic.store.backup_make import make_backup
from clinic.store.backup_restore import restore
from clinic.store.database import open_database
from clinic.store.key_sources import keys_at
from clinic.store.tables import note as note_table
from clinic.store.verify import verify
from tests.make import NOW
from tests.store.conftest import settings_in
from tests.store.kept import begin
from tests.store.test_backup import a_disk_that_holds, fill, named

pytestmark = pytest.mark.postgres


def silent(_words: str) -> None:
    """Tell nobody how far it is."""


@pytest.fixture(scope="module")
def made_once(postgres_server, tmp_path_factory):
    """A clinic on PostgreSQL with its backup, made once."""
    folder = tmp_path_factory.mktemp("made-once")
    with postgres_server.fresh_database() as url:
        settings = fill(settings_in(folder, url))
        with open_database(settings) as database:
            backup = make_backup(
                database, settings, folder / "backups", now=NOW, program="test", tell=silent
            )
        yield settings, backup


@pytest.fixture
def backup(made_once, tmp_path) -> Path:
    """A copy of that backup, to be spoilt."""
    return Path(shutil.copytree(made_once[1], tmp_path / "backups" / made_once[1].name))


@pytest.fixture
def empty(made_once, tmp_path, postgres_url) -> Settings:
    """Settings of the same clinic with an empty database."""
    change = {"data": tmp_path / "new", "database_url": postgres_url}
    return made_once[0].model_copy(update=change)


def put_back(backup, settings):
    return restore(backup, settings, keys_at(settings), now=NOW, tell=silent)


def tables_of(settings) -> list[str]:
    engine = create_engine(settings.database_url)
    try:
        return sa.inspect(engine).get_table_names()
    finally:
        engine.dispose()


def test_a_dump_is_restored_whole_and_lets_nobody_in(backup, empty):
    restored = put_back(backup, empty)

    assert (restored.manifest.kind, restored.ended.sessions) == ("postgresql", 2)
    assert restored.manifest.server.startswith("PostgreSQL ")
    with open_database(empty, must_exist=True) as database:
        report = verify(database, anchor_file(empty))
        assert report.ok
        assert report.counts["intake"] == restored.manifest.counts["intake"] == 4
        with database.reading() as tx:
            assert audit.trail(tx, limit=1)[0].action == "backup.restore"
            assert outbox.waiting(tx) == 0
    with pytest.raises(Refused, match="left alone"):
        put_back(backup, empty)


def test_a_dump_holds_nothing_that_can_be_read(made_once):
    content = (made_once[1] / backup_postgres.FILE).read_bytes()

    assert b"intake" not in content
    assert b"PGDMP" not in content


def test_a_flipped_bit_or_a_cut_restores_nothing(backup, empty):
    path = backup / backup_postgres.FILE
    whole = path.read_bytes()
    for spoilt in (
        whole[:-1],
        whole[:100],
        bytes([whole[0] ^ 1]) + whole[1:],
        whole[:-20] + bytes([whole[-20] ^ 1]) + whole[-19:],
    ):
        path.write_bytes(spoilt)
        with pytest.raises(ClinicError):
            put_back(backup, empty)

    assert tables_of(empty) == []


def test_a_dump_that_breaks_off_in_the_midst_of_restoring_leaves_nothing(backup, empty, made_once):
    """The proof comes first; but even a file that changes after it restores all or nothing."""
    key = keys_at(empty).current.derive(f"backup {backup.name}")
    path = backup / backup_postgres.FILE
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])

    with pytest.raises((Damaged, Unavailable)):
        backup_postgres.restore_dump(path, key, empty.database_url)
    with pytest.raises((Damaged, Unavailable)):
        backup_postgres.check_dump(path, key, keys_at(empty))

    assert tables_of(empty) == []


def test_a_database_that_is_being_restored_is_opened_by_nobody(empty):
    backup_postgres.begin_restore(empty.database_url)

    with pytest.raises(Misconfigured, match="was not finished"):
        open_database(empty)


def test_a_restore_that_was_killed_early_may_be_run_again(backup, empty):
    backup_postgres.begin_restore(empty.database_url)

    assert put_back(backup, empty).manifest.kind == "postgresql"


def test_a_backup_of_one_kind_is_not_restored_into_the_other(backup, empty):
    with pytest.raises(Refused, match="set DATABASE_URL"):
        put_back(backup, empty.model_copy(update={"database_url": None}))

    assert not empty.data.exists()


def test_a_server_that_is_away_or_a_wrong_password_is_told_without_it(made_once, tmp_path):
    settings = made_once[0]
    wrong = make_url(settings.database_url).set(password="hush-hush")
    with pytest.raises(Unavailable, match="pg_dump failed") as caught:
        backup_postgres.dump(
            wrong.render_as_string(hide_password=False), "x", tmp_path / "f", b"k" * 32, print
        )

    assert "hush-hush" not in str(caught.value)


def test_a_full_disk_leaves_no_backup(made_once, tmp_path):
    settings = made_once[0]
    with (
        open_database(settings) as database,
        a_disk_that_holds(4_000),
        pytest.raises(Unavailable, match="full"),
    ):
        make_backup(database, settings, tmp_path / "b", now=NOW, program="test", tell=silent)

    assert named(tmp_path / "b") == []


def test_rows_that_are_written_after_the_snapshot_are_not_missed_nor_counted(made_once, tmp_path):
    settings = made_once[0]
    with open_database(settings) as database:

        def tell(words: str) -> None:
            if words == "Chain of the audit":
                with database.writing() as tx:
                    begin(tx)

        made = make_backup(database, settings, tmp_path / "b", now=NOW, program="t", tell=tell)
        with database.reading() as tx:
            now = tx.scalar(sa.text("SELECT count(*) FROM intake"))

    assert backup_folder.all_in(tmp_path / "b")[0][1].counts["intake"] == now - 1
    assert made.exists()


def test_a_dump_whose_rows_do_not_open_gets_no_name(made_once, tmp_path):
    settings = made_once[0]
    key = b"k" * 32
    path = tmp_path / "f"
    with open_database(settings) as database, database.snapshot() as (tx, snapshot):
        assert tx.scalar(sa.select(sa.func.count()).select_from(note_table)) == 0
        backup_postgres.dump(settings.database_url, snapshot, path, key, lambda _: None)

    other = settings_in(tmp_path)
    with pytest.raises(Damaged, match="not in the key file"):
        backup_postgres.check_dump(path, key, keys_at(other))


def test_a_drill_restores_into_a_database_of_its_own(made_once, tmp_path, monkeypatch, capsys):
    settings = made_once[0]
    monkeypatch.setenv("CLINIC_DATA", str(settings.data))
    monkeypatch.setenv("CLINIC_KEY_FILE", str(settings.key_file))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)

    assert main(["backup", "--drill", str(tmp_path)]) == 0

    assert "both checked" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []
