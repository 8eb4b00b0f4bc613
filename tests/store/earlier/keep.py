"""Keeps a database of the program as it is now, for the upgrade tests of every later one.

Run in a checkout of the version to be kept, before the next migration is written:

    python tests/store/earlier/keep.py REVISION FOLDER [DATABASE_URL]

It puts a few people of the demo in through the real forms, and writes into FOLDER the key,
what was read of them by the program of that day, and the database: all its rows as SQL, and
the file itself where it is small.
"""

import dataclasses
import gzip
import inspect
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from sqlite3.dump import _iterdump

sys.path.insert(0, os.getcwd())  # noqa: PTH109  the checkout of that version
import clinic.actions.demo as demo
from clinic.config import load_settings, utc_now
from clinic.library.places import content_dir
from clinic.library.shelf import read_shelf
from clinic.store import intakes, notes
from clinic.store.audit_chain import anchor_file, seal
from clinic.store.database import open_database

MOST = 2
"""So many patients are enough, and small."""
LARGEST = 300 * 1024
"""A file that is larger is not kept as it is: its rows are."""


def few_people() -> None:
    """Have the demo consist of a few people, and of what was done with them."""
    whole_plan, whole_loop = demo.read_demo, getattr(demo, "read_demo_loop", None)
    kept = {}

    def plan(*arguments):
        kept["plan"] = whole_plan(*arguments)
        people = sorted(
            kept["plan"].patients, key=lambda each: each.id not in ("emergency-sent", "routine")
        )
        return dataclasses.replace(
            kept["plan"], patients=tuple(people[: int(os.environ.get("MOST", MOST))])
        )

    def loop(folder, plan, listed):
        ids = {each.id for each in plan.patients}
        found = whole_loop(folder, kept["plan"], listed)
        return dataclasses.replace(
            found,
            same_person=(),
            invitations=tuple(
                each for each in found.invitations if getattr(each, "patient", None) in ids
            ),
            referrals=tuple(each for each in found.referrals if each.patient in ids),
        )

    demo.read_demo = plan
    if whole_loop is not None:
        demo.read_demo_loop = loop


def make_demo(settings, database) -> None:
    """Make the demo, which needed less in the first versions."""
    wanted = inspect.signature(demo.make_demo).parameters
    more = {"zone": settings.zone, "folder": content_dir()}
    if "terms" in wanted:
        from clinic.actions.referrals import Terms
        from clinic.web.visit import details_of

        more["terms"] = Terms(settings.clocks, settings.zone, settings.referral_days)
        more["clinic"] = details_of(settings)
    more = {name: value for name, value in more.items() if name in wanted}
    demo.make_demo(database, read_shelf(content_dir()), utc_now(), **more)


def facts_of(database) -> dict:
    """What the program of this day reads of the database."""
    questionnaires = read_shelf(content_dir()).questionnaires
    found = {}
    with database.reading() as tx:
        for row in intakes.listing(tx, limit=100):
            intake = intakes.load(tx, row.id, questionnaires)
            found[str(row.id)] = {
                "reference": intake.reference if hasattr(intake, "reference") else None,
                "state": str(row.state),
                "urgency": str(row.urgency),
                "version": intake.questionnaire.version,
                "answers": {
                    name: [
                        getattr(each, "code", None) or str(each)
                        for each in (answer if isinstance(answer, tuple) else (answer,))
                    ]
                    for name, answer in sorted(intake.response.answers.items())
                },
                "notes": [note.text for note in notes.all_of(tx, row.id)],
            }
    return found


def dumped(database_url: str) -> list[str]:
    """What pg_dump says of a database, without what only psql or a newer server understands."""
    dump = ["pg_dump", "--no-owner", "--no-privileges", "--inserts", "--rows-per-insert=50"]
    said = subprocess.run([*dump, database_url], check=True, capture_output=True, text=True).stdout
    left_out = ("--", "\\", "SET transaction_timeout")
    return [line for line in said.splitlines() if line and not line.startswith(left_out)]


def main(revision: str, folder: str, database_url: str = "") -> None:
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    work = place / "work"
    settings = load_settings(
        {
            "CLINIC_DATA": str(work / "data"),
            "CLINIC_KEY_FILE": str(work / "keys" / "clinic.key"),
            **({"DATABASE_URL": database_url} if database_url else {}),
        }
    )
    few_people()
    settings.data.mkdir(parents=True, exist_ok=True)
    with open_database(settings, demo_key=True) as database:
        make_demo(settings, database)
        while seal(database, anchor_file(settings)):
            pass
        facts = facts_of(database)
        if not database_url:
            with database._engine.connect() as raw:
                raw.connection.dbapi_connection.execute("VACUUM")
                lines = list(_iterdump(raw.connection.dbapi_connection))
    kind = "postgres" if database_url else "sqlite"
    shutil.copy(settings.key_file, place / f"{revision}-{kind}.key")
    shutil.copy(anchor_file(settings), place / f"{revision}-{kind}.head")
    (place / f"{revision}-{kind}.json").write_text(json.dumps(facts, indent=1, sort_keys=True))
    if database_url:
        lines = dumped(database_url.replace("+psycopg", ""))
    elif (work / "data" / "clinic.db").stat().st_size < LARGEST:
        shutil.copy(work / "data" / "clinic.db", place / f"{revision}-{kind}.db")
    text = "\n".join(lines).encode() + b"\n"
    (place / f"{revision}-{kind}.sql.gz").write_bytes(gzip.compress(text, 9, mtime=0))
    shutil.rmtree(work)


if __name__ == "__main__":
    main(*sys.argv[1:])
