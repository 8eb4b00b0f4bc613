"""Backups: made while people work, proved before they have a name, and restored with no way in."""

import json
import resource
import shutil
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from clinic.config import Settings, utc_now
from clinic.errors import BadInput, ClinicError, Damaged, Misconfigured, Refused, Unavailable
from clinic.store import (
    audit,
    audit_chain,
    backup_folder,
    backup_sqlite,
    intakes,
    outbox,
    sessions,
    tablets,
)
from clinic.store.audit_chain import anchor_file
from clinic.store.backup_make import make_backup
from clinic.store.backup_manifest import check_files, look_at
from clinic.store.backup_restore import NOT_SENT, Ended, proved, restore
from clinic.store.database import database_as_it_is, open_database
from clinic.store.engines import copy_engine, new_file_key
from clinic.store.keys import Key, Keyring, new_key_file, read_key_file
from clinic.store.tables import intake as intake_table
from clinic.store.tables import outbox as outbox_table
from clinic.store.verify import verify
from tests.make import NOW
from tests.store.conftest import laid_in
from tests.store.kept import begin, hire, send

SENT = 3
DAY = timedelta(days=1)


def silent(_words: str) -> None:
    """Tell nobody how far it is."""


def back_up(settings, folder, now=NOW, tell=silent):
    with open_database(settings) as database:
        return make_backup(database, settings, folder, now=now, program="test", tell=tell)


def put_back(backup, settings, now=NOW):
    keyring = read_key_file(settings.key_file, settings.data)
    return restore(backup, settings, keyring, now=now, tell=silent)


def at(settings, data):
    """The same clinic with another data folder."""
    return settings.model_copy(update={"data": data})


@pytest.fixture
def filled(tmp_path) -> Settings:
    """Settings of a clinic with a few sent intakes, a session, a code, a tablet and a mail."""
    return fill(laid_in(tmp_path))


def fill(settings: Settings) -> Settings:
    with open_database(settings) as database, database.writing() as tx:
        nina = hire(tx)
        for _ in range(SENT):
            sent = send(tx)
            audit.record(
                tx, actor=audit.PATIENT, action="send", subject=("intake", sent.id), now=NOW
            )
        draft = begin(tx)
        intakes.issue_code(tx, draft.intake.id, now=NOW, days=14)
        sessions.open_session(tx, now=NOW, data={}, staff_id=nina.id)
        tablets.bind(tx, by=nina.id, now=NOW)
        outbox.enqueue(tx, kind="mail", payload={}, now=NOW)
    return settings


@pytest.fixture(scope="module")
def made_once(tmp_path_factory):
    """A clinic with its backup, made once for all tests that spoil or only read it."""
    folder = tmp_path_factory.mktemp("made-once")
    settings = fill(laid_in(folder))
    return settings, back_up(settings, folder / "backups")


@pytest.fixture
def backup(made_once, tmp_path) -> Path:
    """A copy of that backup, to be spoilt."""
    return Path(shutil.copytree(made_once[1], tmp_path / "backups" / made_once[1].name))


@pytest.fixture
def empty(made_once, tmp_path) -> Settings:
    """Settings of the same clinic where no data is yet."""
    return at(made_once[0], tmp_path / "new")


def named(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock")


def test_a_restored_backup_holds_everything_and_lets_nobody_in(backup, empty):

    restored = put_back(backup, empty)

    assert restored.ended == Ended(sessions=2, links=0, codes=1, mails=1)
    assert restored.manifest.counts["intake"] == SENT + 1
    with open_database(empty, must_exist=True) as database:
        assert verify(database, anchor_file(empty)).ok
        with database.reading() as tx:
            assert len(intakes.listing(tx)) == SENT + 1
            newest = audit.trail(tx, limit=1)[0]
            (mail,) = tx.execute(sa.select(outbox_table.c.fault)).scalars()
    assert (newest.action, newest.detail) == ("backup.restore", backup.name)
    assert mail == NOT_SENT
    assert named(empty.data) == ["audit.head", "clinic.db"]


def test_a_backup_holds_nothing_that_can_be_read_and_no_key(made_once, backup):

    key_text = made_once[0].key_file.read_text().split()[-1]
    for path in backup.iterdir():
        content = path.read_bytes()
        assert b"SQLite format" not in content
        assert b"Stone" not in content
        assert key_text.encode() not in content
        assert path.stat().st_mode & 0o077 == 0


def test_the_audit_says_that_a_backup_was_made(filled, tmp_path):
    backup = back_up(filled, tmp_path / "backups")

    with open_database(filled) as database, database.reading() as tx:
        newest = audit.trail(tx, limit=1)[0]
    assert (newest.action, newest.detail) == ("backup.make", backup.name)


def test_people_go_on_writing_while_a_copy_is_made_and_are_not_in_it(filled, tmp_path):
    keyring = read_key_file(filled.key_file, filled.data)
    source_key, key = new_file_key(keyring.current), Key.new().secret
    with open_database(filled) as database:

        def write(_done: int, _pages: int) -> None:
            with database.writing() as tx:
                begin(tx)

        copy = tmp_path / "copy.db"
        backup_sqlite.copy(filled.database_path, source_key, copy, key, write, at_once=10)

        with database.reading() as tx:
            assert len(intakes.listing(tx)) > SENT + 5
    with database_as_it_is(copy_engine(copy, key), keyring) as copied:
        assert verify(copied, anchor_file(filled)).ok
        with copied.reading() as tx:
            assert len(intakes.listing(tx)) == SENT + 1


def test_a_restore_never_overwrites_a_database(filled, backup):
    before = filled.database_path.read_bytes()

    with pytest.raises(Refused, match="left alone"):
        put_back(backup, filled)

    assert filled.database_path.read_bytes() == before


def test_the_newest_backup_of_a_folder_is_taken(backup, tmp_path):
    newest = laid(backup, NOW + DAY)

    assert backup_folder.chosen(backup.parent) == newest
    assert backup_folder.chosen(backup) == backup
    with pytest.raises(BadInput, match="no backup"):
        backup_folder.chosen(tmp_path)


def test_another_key_restores_nothing(backup, empty, tmp_path):
    other = tmp_path / "other" / "clinic.key"
    new_key_file(other)
    empty = empty.model_copy(update={"key_file": other})

    with pytest.raises(Misconfigured, match="needs the key"):
        put_back(backup, empty)

    assert not empty.data.exists()


@pytest.mark.parametrize("name", ["clinic.db", "audit.head", "manifest.json"])
def test_one_flipped_bit_anywhere_is_found_before_anything_is_restored(backup, empty, name):
    whole = (backup / name).read_bytes()

    for place in {0, 15, 16, len(whole) // 3, len(whole) // 2, len(whole) - 2}:
        changed = bytearray(whole)
        changed[place] ^= 4
        (backup / name).write_bytes(changed)
        with pytest.raises(ClinicError):
            put_back(backup, empty)

    assert not empty.data.exists()


@pytest.mark.parametrize("name", ["clinic.db", "audit.head", "manifest.json"])
@pytest.mark.parametrize("left", [0, 0.5, 1])
def test_a_file_that_is_cut_short_or_missing_is_found(backup, empty, name, left):
    path = backup / name
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * left)]) if left < 1 else path.unlink()

    with pytest.raises((Damaged, BadInput)):
        put_back(backup, empty)

    assert not empty.data.exists()


def test_a_manifest_that_somebody_wrote_anew_is_not_believed(backup, empty):
    path = backup / "manifest.json"
    said = json.loads(path.read_text())
    said["audit_number"] -= 1
    path.write_text(json.dumps(said))

    with pytest.raises(Damaged, match="changed after it was written"):
        put_back(backup, empty)


@contextmanager
def a_disk_that_holds(largest_bytes):
    """Let no file of this process grow beyond a size: the fault of a full disk, or nearly."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_leaves_no_backup_and_harms_nothing(filled, tmp_path):
    folder = tmp_path / "backups"
    good = back_up(filled, folder)
    filled_bytes = filled.database_path.stat().st_size

    with (
        open_database(filled) as database,
        a_disk_that_holds(filled_bytes // 2),
        pytest.raises(Unavailable, match="full"),
    ):
        make_backup(database, filled, folder, now=NOW, program="test", tell=silent)

    assert named(folder) == [good.name]
    with open_database(filled) as database:
        assert verify(database, anchor_file(filled)).ok


def test_a_full_disk_leaves_nothing_restored(backup, empty):

    with a_disk_that_holds(100_000), pytest.raises(Unavailable, match="full"):
        put_back(backup, empty)

    assert named(empty.data) == []
    put_back(backup, empty)


def test_a_database_that_is_not_whole_gets_no_backup(filled, tmp_path):
    with open_database(filled) as database, database.writing() as tx:
        tx.execute(sa.update(intake_table).values(sealed_response=bytes(80)))

    with pytest.raises(Damaged, match=r"The copy is not whole: intake .* and \d+ more"):
        back_up(filled, tmp_path / "backups")

    assert named(tmp_path / "backups") == []


def test_what_a_killed_run_left_is_removed_by_the_next(filled, tmp_path):
    folder = tmp_path / "backups"
    (folder / ".unfinished-clinic-x").mkdir(parents=True)

    made = back_up(filled, folder)

    assert named(folder) == [made.name]


def test_two_backups_at_once_are_one(filled, tmp_path):
    folder = tmp_path / "backups"
    with (
        backup_folder.place_for(folder, "first"),
        pytest.raises(Refused, match="Another process"),
    ):
        back_up(filled, folder)


def laid(backup: Path, made_at: datetime, **said: str) -> Path:
    """Lay another backup beside one, with a manifest that says other things."""
    another = backup.with_name(backup_folder.new_name(made_at))
    shutil.copytree(backup, another)
    path = another / "manifest.json"
    whole = json.loads(path.read_text())
    path.write_text(json.dumps(whole | {"made_at": made_at.isoformat()} | said))
    return another


def test_old_backups_go_but_never_the_newest_nor_those_of_another_clinic(backup):
    clinic, folder = look_at(backup).clinic, backup.parent
    second, newest = laid(backup, NOW + 10 * DAY), laid(backup, NOW + 20 * DAY)
    other = laid(backup, NOW - 99 * DAY, clinic="0" * 16)

    assert backup_folder.prune(folder, clinic, NOW + 15 * DAY, days=15) == []
    assert backup_folder.prune(folder, clinic, NOW + 16 * DAY, days=15) == [backup]
    assert backup_folder.prune(folder, clinic, NOW + 99 * DAY, days=15) == [second]
    assert named(folder) == sorted([other.name, newest.name])


def test_no_more_backups_are_kept_than_asked(backup):
    laid(backup, NOW + DAY)
    laid(backup, NOW + 2 * DAY)

    gone = backup_folder.prune(backup.parent, look_at(backup).clinic, NOW, days=365, most=2)

    assert gone == [backup]


def test_a_later_anchor_that_stood_there_is_kept_beside(filled, tmp_path):
    backup = back_up(filled, tmp_path / "backups")
    with open_database(filled) as database:
        audit_chain.seal(database, anchor_file(filled))  # the row of the backup itself
    later = anchor_file(filled).read_bytes()
    filled.database_path.unlink()

    restored = put_back(backup, filled, now=utc_now())

    assert restored.set_aside.read_bytes() == later
    with open_database(filled, must_exist=True) as database:
        assert verify(database, anchor_file(filled)).ok


def test_a_whole_backup_is_proved_where_it_lies(made_once, backup):
    keyring = read_key_file(made_once[0].key_file, made_once[0].data)

    assert proved(backup, keyring).id == backup.name
    check_files(backup, proved(backup, keyring))
    with pytest.raises(Misconfigured, match="needs the key"):
        proved(backup, Keyring((Key.new(),)))
