"""A process that begins drafts until it is killed, and says each one that was kept.

Run as `python -m tests.store.writer DATA KEY_FILE [DATABASE_URL]`.
"""

import sys
from pathlib import Path

from clinic.config import Settings, utc_now
from clinic.store import audit
from clinic.store.database import open_database
from tests.store.kept import begin


def main(data: str, key_file: str, database_url: str | None = None) -> None:
    settings = Settings(data=Path(data), key_file=Path(key_file), database_url=database_url)
    with open_database(settings) as database:
        while True:
            with database.writing() as tx:
                intake = begin(tx, now=utc_now()).intake
                audit.record(
                    tx,
                    actor=audit.PATIENT,
                    action="intake.start",
                    subject=("intake", intake.id),
                    now=utc_now(),
                )
            sys.stdout.write(f"{intake.id}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
