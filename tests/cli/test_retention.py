"""`clinic retention run`: it says the rules, what would go, and what went."""

from datetime import timedelta

from clinic.cli import main
from clinic.config import load_settings, utc_now
from clinic.store.database import open_database
from tests.store.kept import begin, send


def test_it_says_what_would_be_deleted_and_then_deletes_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CLINIC_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CLINIC_KEY_FILE", str(tmp_path / "keys" / "clinic.key"))
    with open_database(load_settings(), demo_key=True) as database, database.writing() as tx:
        for days in (20, 20, 2):
            begin(tx, now=utc_now() - timedelta(days=days))
        send(tx, now=utc_now() - timedelta(days=4000))

    assert main(["retention", "run", "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert "Settled intakes are kept: CLINIC_RETENTION_DAYS is not set." in told
    assert "Backups are kept for 35 days (CLINIC_BACKUP_DAYS)" in told
    assert "Intakes under a legal hold, which no policy deletes: 0." in told
    assert "Would be deleted: 2 forms never sent, 0 settled intakes" in told

    assert main(["retention", "run"]) == 0
    assert "Deleted: 2 forms never sent, 0 settled intakes" in capsys.readouterr().out
    assert main(["retention", "run"]) == 0
    assert "Deleted: 0 forms never sent" in capsys.readouterr().out
