"""What gunicorn serves: `clinic.wsgi:make()`, once in each worker process.

The background work is not done here: one `clinic work` does it beside all workers.
"""

import gc
import os
import sys
import time
from pathlib import Path

import structlog
from flask import Flask

from clinic import logs
from clinic.app import create_app
from clinic.config import Settings, load_settings
from clinic.errors import ClinicError, Misconfigured, Unavailable
from clinic.store.database import Database, open_database
from clinic.watch import FOLDER, watch_over
from clinic.web.server import SWITCH_SECONDS
from clinic.web.visit import house_of

STOP_ALL = 3
"""The exit code at which gunicorn ends with all its workers: starting again would not help."""
TRY_AGAIN = 1
"""The exit code at which it starts another worker."""
SERVED = "served"
"""A file in the folder of all workers: one of them has served with these settings."""
PATIENCE_SECONDS = 10
"""How long a worker waits before it gives up, say for the database: less than gunicorn waits for a sign of life."""

log = structlog.get_logger()


def make() -> Flask:
    """Make the app of one worker. Ends the process when it cannot be made."""
    logs.begin()
    logs.tell_of_faults()
    try:
        settings = load_settings()
        app = create_app(settings, database=_opened(settings))
    except ClinicError as error:
        print(f"clinic: {error}", file=sys.stderr, flush=True)  # noqa: T201  as the command does
        raise SystemExit(_after_fault()) from None
    _of_all().touch()
    sys.setswitchinterval(SWITCH_SECONDS)
    watch_over(settings, house_of(app).database)
    house_of(app).pool.warm()
    gc.collect()
    gc.freeze()
    return app


def _of_all() -> Path:
    return Path(os.environ[FOLDER]) / SERVED


def _after_fault() -> int:
    """Stop a service that cannot be started; never one whose other workers serve on.

    They may: content that is being replaced just now is no reason to answer nobody.
    """
    if not _of_all().exists():
        return STOP_ALL
    time.sleep(PATIENCE_SECONDS)
    return TRY_AGAIN


def _opened(settings: Settings) -> Database:
    """Open the database. While it is away this worker waits, and then leaves it to the next.

    A worker that dies during an outage must not take those down that serve on.
    """
    give_up = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return open_database(settings)
        except Misconfigured as error:
            if not isinstance(error.__cause__, Unavailable):
                raise
        if time.monotonic() > give_up:
            log.warning("database.away", part="start of a worker")
            raise SystemExit(TRY_AGAIN)
        time.sleep(1)
