"""What gunicorn serves: `clinic.wsgi:make()`, once in each worker process.

The background work is not done here: one `clinic work` does it beside all workers.
"""

import gc
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import structlog
from flask import Flask

from clinic import logs
from clinic.app import create_app
from clinic.config import Settings, load_settings
from clinic.errors import ClinicError, Misconfigured, Unavailable
from clinic.store.database import Database, open_database
from clinic.watch import FOLDER, watch_over
from clinic.web.security import HSTS_SECONDS, SAME_FOR_ALL
from clinic.web.server import SWITCH_SECONDS
from clinic.web.visit import house_of

STOP_ALL = 3
"""The exit code at which gunicorn ends with all its workers: starting again would not help."""
TRY_AGAIN = 1
"""The exit code at which it starts another worker."""
SERVED = "served"
"""A file in the folder of all workers: one of them has served with these settings."""
PAUSE_SECONDS = 5
"""How long a worker that cannot start waits before the next one tries."""
LOOK_SECONDS = 1
AWAY = """\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>We can’t save or load right now</title></head>
<body>
<h1>We can’t save or load right now</h1>
<p>Wait a minute, then load this page again. If you can’t wait, call {phone}.
In an emergency, call {emergency}.</p>
<p lang="es">En este momento no podemos guardar ni abrir nada. Espere un minuto y vuelva a cargar
esta página. Si no puede esperar, llame al {phone}. En una emergencia, llame al {emergency}.</p>
</body>
</html>
"""
HSTS = f"max-age={HSTS_SECONDS}; includeSubDomains"
NOTHING = ("default-src", "object-src", "base-uri", "frame-ancestors", "form-action")
AWAY_HEADERS = (
    *SAME_FOR_ALL.items(),
    ("Content-Type", "text/html; charset=utf-8"),
    ("Retry-After", "10"),
    ("Content-Security-Policy", "; ".join(f"{each} 'none'" for each in NOTHING)),
    ("X-Content-Type-Options", "nosniff"),
)

log = structlog.get_logger()

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def make() -> Wsgi:
    """Make the app of one worker. Ends the process when it cannot be made."""
    logs.begin()
    logs.tell_of_faults()
    try:
        settings = load_settings()
        database = _opened(settings)
        return Waiting(settings) if database is None else _made(settings, database)
    except ClinicError as error:
        _tell(error)
        raise SystemExit(_code_after_fault()) from None


class Waiting:
    """Answers that the database is away, for a worker that starts meanwhile; then it serves.

    So a worker that dies during an outage takes nothing down with it, and needs no restart.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.app: Wsgi | None = None
        threading.Thread(target=self._wait, daemon=True).start()

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer one request."""
        if self.app is not None:
            return self.app(environ, start_response)
        page = AWAY.format(
            phone=self.settings.clinic_phone, emergency=self.settings.emergency_number
        ).encode()
        headers = [*AWAY_HEADERS, ("Content-Length", str(len(page)))]
        if self.settings.behind_tls:
            headers.append(("Strict-Transport-Security", HSTS))
        start_response("503 Service Unavailable", headers)
        return [page]

    def _wait(self) -> None:
        log.warning("database.away", part="start of a worker")
        try:
            while (database := _opened(self.settings)) is None:
                time.sleep(LOOK_SECONDS)
            self.app = _made(self.settings, database)
        except ClinicError as error:
            _tell(error)
            os._exit(TRY_AGAIN)


def _opened(settings: Settings) -> Database | None:
    """Open the database; nothing while it is away."""
    try:
        return open_database(settings)
    except Misconfigured as error:
        if isinstance(error.__cause__, Unavailable):
            return None
        raise


def _made(settings: Settings, database: Database) -> Flask:
    app = create_app(settings, database=database)
    sys.setswitchinterval(SWITCH_SECONDS)
    _of_all().touch()
    watch_over(settings, database)
    house_of(app).pool.warm()
    gc.collect()
    gc.freeze()
    return app


def _tell(error: ClinicError) -> None:
    print(f"clinic: {error}", file=sys.stderr, flush=True)  # noqa: T201  as the command does


def _of_all() -> Path:
    return Path(os.environ[FOLDER]) / SERVED


def _code_after_fault() -> int:
    """Stop a service that cannot be started; never one whose other workers serve on.

    They may: content that is being replaced just now is no reason to answer nobody.
    """
    if not _of_all().exists():
        return STOP_ALL
    time.sleep(PAUSE_SECONDS)
    return TRY_AGAIN
