"""How long a backup, a restore and a rotation of keys take, while the number of intakes grows.

    .venv/bin/python bench/backup.py [--sizes 1000,100000] [--only sqlite] [--data FOLDER]

Each size is a database of its own, filled with rows that are sealed as the program seals them, of
14 KB an intake. The commands are run as anybody runs them, each as a process of its own. With
--data the filled databases stay in that folder for the next run.
"""

import argparse
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))
from sqlalchemy import select

from bench import kept
from clinic.config import Settings, utc_now
from clinic.store import audit, audit_chain
from clinic.store.database import Database, Transaction, open_database
from clinic.store.ids import new_id
from clinic.store.key_claims import claim
from clinic.store.keys import Key
from clinic.store.sealing import Cell, seal, wrap_with
from clinic.store.tables import intake, patient, patient_search
from tests.store.kept import hire, send

AT_ONCE = 500
ANSWERS = 11_000
"""So many bytes of answers: with the rest of its rows an intake is 14 KB."""
TERMS = 12
HOUSE = Path(__file__).resolve().parent.parent
START = "import sys; from clinic.cli import main; sys.exit(main())"


def main() -> None:
    """Measure both databases and print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sizes", default="1000,100000")
    options.add_argument("--only", choices=("sqlite", "postgres"))
    options.add_argument("--data", type=Path)
    wanted = options.parse_args()
    with ExitStack() as stack:
        data = wanted.data or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        data.mkdir(parents=True, exist_ok=True)
        data.chmod(0o711)  # PostgreSQL runs as somebody else, and its folder lies in here
        server = None
        if wanted.only != "sqlite":
            server = stack.enter_context(kept.running_cluster(data.absolute() / "postgres"))
        for size in (int(each) for each in wanted.sizes.split(",")):
            if wanted.only != "postgres":
                folder = data.absolute() / f"sqlite-{size}"
                fill(Settings(data=folder / "data", key_file=folder / "keys" / "k"), size)
                measure("SQLite", folder, size, None)
            if server is not None:
                folder = data.absolute() / f"postgres-{size}"
                name = f"backup_{size}_{secrets.token_hex(3)}"
                server.ask("CREATE DATABASE {}", name)
                url = server.url(name)
                place = Settings(
                    data=folder / "data", key_file=folder / "keys" / "k", database_url=url
                )
                fill(place, size)
                measure("PostgreSQL", folder, size, url)
                server.ask("DROP DATABASE {} WITH (FORCE)", name)


def measure(name: str, folder: Path, size: int, url: str | None) -> None:
    """Run the drill, a backup and a rotation, and print what they say and how long they took."""
    backups = folder / "backups"
    shutil.rmtree(backups, ignore_errors=True)
    backup = seconds_in(run(folder, url, "backup", str(backups)), "Made ")
    made = next(path for path in backups.iterdir() if path.is_dir())
    megabytes = sum(path.stat().st_size for path in made.iterdir()) / 1e6
    print(f"{name}, {size} intakes: backup {backup}, {megabytes:.0f} MB", flush=True)
    said = run(folder, url, "backup", "--drill", str(folder))
    line = next(each for each in said.splitlines() if each.startswith("Backup "))
    print(f"{name}, {size} intakes: drill: {line}", flush=True)
    run(folder, url, "keys", "add")
    rotation = seconds_in(run(folder, url, "keys", "rotate"), "Wrapped anew")
    print(f"{name}, {size} intakes: rotation {rotation}", flush=True)
    shutil.rmtree(backups)


def seconds_in(said: str, line: str) -> str:
    """Give how long a command says that it took: without the time to start a program."""
    found = next(each for each in said.splitlines() if each.startswith(line))
    return re.findall(r"in ([0-9.]+ s)", found)[0]


def run(folder: Path, url: str | None, *command: str) -> str:
    """Run a command of the program, and give what it printed."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "CLINIC_DATA": str(folder / "data"),
        "CLINIC_KEY_FILE": str(folder / "keys" / "k"),
        **({"DATABASE_URL": url} if url else {}),
    }
    done = subprocess.run(
        [sys.executable, "-c", START, *command],
        env=environment,
        cwd=HOUSE,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout


def fill(place: Settings, size: int) -> None:
    """Fill a database with sent intakes, each with its patient and an act of the audit."""
    with open_database(place, demo_key=True) as database:
        with database.reading() as tx:
            if tx.scalar(select(intake.c.id).limit(1)) is not None:
                return
        with database.writing() as tx:
            hire(tx)
            first = send(tx, now=utc_now() - timedelta(days=1))
        for begins in range(1, size, AT_ONCE):
            with database.writing() as tx:
                _clone(tx, database, first.id, min(AT_ONCE, size - begins))
        while audit_chain.seal(database, audit_chain.anchor_file(place)):
            pass


def _clone(tx: Transaction, database: Database, first: object, number: int) -> None:
    """Write so many sent intakes like the first, with keys and seals of their own."""
    row = dict(tx.execute(select(intake).where(intake.c.id == first)).mappings().one())
    person = dict(tx.execute(select(patient).limit(1)).mappings().one())
    key = database.keyring.current
    claim(tx.connection, key)
    patients, intakes, terms = [], [], []
    for _ in range(number):
        patients.append(
            _sealed(person, "patient", key, {"sealed_person": b'["Ada Stone", null, "", ""]'})
        )
        sealed = {
            "sealed_response": secrets.token_bytes(ANSWERS),
            "sealed_journal": b"x" * 600,
            "sealed_card": b"x" * 300,
        }
        made = _sealed(row, "intake", key, sealed)
        made |= {
            "reference": secrets.token_hex(6),
            "idempotency_key": secrets.token_hex(16),
            "patient_id": patients[-1]["id"],
        }
        intakes.append(made)
        terms += list(_terms(made["patient_id"]))
    tx.execute(patient.insert(), patients)
    tx.execute(patient_search.insert(), terms)
    tx.execute(intake.insert(), intakes)
    subjects = [("intake", each["id"]) for each in intakes]
    audit.record_each(
        tx, actor=audit.PATIENT, action="intake.send", subjects=subjects, now=utc_now()
    )


def _sealed(row: dict[str, Any], table: str, key: Key, plain: dict[str, bytes]) -> dict[str, Any]:
    row_id, own = new_id(), Key.new()
    sealed = {name: seal(own, said, Cell(table, name, row_id)) for name, said in plain.items()}
    wrapped = wrap_with(key, own, Cell(table, "data_key", row_id))
    return {**row, **sealed, "id": row_id, "data_key": wrapped}


def _terms(patient_id: object) -> Iterator[dict[str, object]]:
    for _ in range(TERMS):
        yield {"hash": secrets.token_bytes(16), "patient_id": patient_id}


if __name__ == "__main__":
    main()
