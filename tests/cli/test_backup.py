"""The commands of backups and keys: what they print, and how they end."""

import pytest

from clinic.cli import main
from clinic.config import load_settings, utc_now
from clinic.store.database import open_database
from clinic.store.key_sources import keys_at
from tests.prepared import lay_database
from tests.store.kept import send


@pytest.fixture(autouse=True)
def clinic_of_its_own(tmp_path, monkeypatch):
    """A clinic with one sent intake."""
    monkeypatch.setenv("CLINIC_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CLINIC_KEY_FILE", str(tmp_path / "keys" / "clinic.key"))
    lay_database(load_settings())
    with open_database(load_settings()) as database, database.writing() as tx:
        send(tx, now=utc_now())


def test_a_backup_is_made_listed_proved_and_restored(tmp_path, monkeypatch, capsys):
    folder = str(tmp_path / "backups")

    assert main(["backup", folder]) == 0
    assert main(["backup", folder, "--keep", "1"]) == 0
    made = capsys.readouterr()
    assert made.out.count("It was opened and checked.") == 2
    assert "Removed 1 older backups." in made.out
    assert "Integrity of the database ..." in made.err
    assert main(["backup", folder, "--list"]) == 0
    assert "1 intakes" in capsys.readouterr().out
    assert main(["backup", folder, "--check"]) == 0

    assert main(["restore", folder]) == 1
    assert "left alone" in capsys.readouterr().err
    monkeypatch.setenv("CLINIC_DATA", str(tmp_path / "new"))
    assert main(["restore", folder]) == 0
    assert main(["verify"]) == 0
    told = capsys.readouterr().out
    assert "Ended: " in told
    assert "What was deleted: good" in told


def test_a_folder_has_to_be_named(capsys):
    assert main(["backup"]) == 1
    assert "clinic backup DIR" in capsys.readouterr().err


def test_a_drill_says_how_long_it_took_and_leaves_nothing(tmp_path, capsys):
    (tmp_path / "drill").mkdir()

    assert main(["backup", "--drill", str(tmp_path / "drill")]) == 0

    assert "both checked" in capsys.readouterr().out
    assert list((tmp_path / "drill").iterdir()) == []


def test_a_key_is_added_everything_wrapped_with_it_and_the_old_one_retired(capsys):
    old = keys_at(load_settings()).current.id

    assert main(["keys", "add"]) == 0
    assert main(["keys", "retire", old]) == 1
    assert "still needed" in capsys.readouterr().err
    assert main(["keys", "rotate"]) == 0
    assert main(["keys", "status"]) == 0
    assert f"{old}  may be retired" in capsys.readouterr().out
    assert main(["keys", "retire", old]) == 0
    assert "CLINIC_BACKUP_DAYS" in capsys.readouterr().out
    assert main(["verify"]) == 0


def test_an_anchor_that_was_kept_elsewhere_is_held_against_the_audit(tmp_path, capsys):
    (tmp_path / "later").write_text(f"99 {'00' * 32}\n")
    (tmp_path / "none").write_text("no head")

    assert main(["verify", "--anchor", str(tmp_path / "later")]) == 1
    assert "row 99 was sealed once" in capsys.readouterr().out
    assert main(["verify", "--anchor", str(tmp_path / "none")]) == 1
