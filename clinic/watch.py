"""How the program does, told on a private port to whoever watches over it (Prometheus).

With many worker processes the one that holds the port answers for all; when it ends, another
takes the port over. Nothing that is told names a person or an intake.
"""

import errno
import os
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import structlog
from prometheus_client import REGISTRY, CollectorRegistry, start_http_server
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from clinic.config import Settings, utc_now
from clinic.delivery import Clock
from clinic.errors import ClinicError
from clinic.store import alerts, audit, outbox
from clinic.store.audit_chain import unsealed
from clinic.store.backup_make import MADE
from clinic.store.database import Database, Transaction

BETWEEN_TRIES_SECONDS = 2
BETWEEN_LOOKS = timedelta(minutes=10)
"""So seldom the audit is looked through for the last backup."""
FOLDER = "PROMETHEUS_MULTIPROC_DIR"

log = structlog.get_logger()


def watch_over(settings: Settings, database: Database, clock: Clock = utc_now) -> None:
    """Tell the figures on the port of the settings, if there is one, while this process lives."""
    if settings.metrics_port is not None:
        arguments = (settings.metrics_address, settings.metrics_port, registry(database, clock))
        threading.Thread(target=_tell_when_free, args=arguments, daemon=True).start()


def registry(database: Database, clock: Clock) -> CollectorRegistry:
    """Give all that can be asked for: what was counted, and what stands in the database."""
    both = CollectorRegistry()
    both.register(Counted())
    both.register(Figures(database, clock))
    return both


class Counted(Collector):
    """What this process counted, or all workers did."""

    def collect(self) -> Iterator[Metric]:
        """Give the counts as they stand."""
        if FOLDER in os.environ:
            of_workers = MultiProcessCollector(CollectorRegistry())  # type: ignore[no-untyped-call]
            yield from of_workers.collect()  # type: ignore[no-untyped-call]
        else:
            yield from REGISTRY.collect()


class Figures(Collector):
    """What stands in the database at the moment of asking."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock
        self._looked_at: datetime | None = None
        self._backup_at: datetime | None = None

    def collect(self) -> Iterator[Metric]:
        """Give the figures; of a database that is away only that it is."""
        now = self.clock()
        try:
            with self.database.reading() as tx:
                waiting = outbox.waiting(tx)
                standing = alerts.standing(tx)
                rows = unsealed(tx)
                backup_at = self._last_backup(tx, now)
        except ClinicError:
            yield _gauge("clinic_database_up", "1 while the database answers.", 0)
            return
        age = now - standing.since if standing.number and standing.since else timedelta()
        yield _gauge("clinic_database_up", "1 while the database answers.", 1)
        yield _gauge("clinic_outbox_waiting", "Mails that have still to go out.", waiting)
        yield _gauge(
            "clinic_emergencies_unacknowledged",
            "Emergencies that nobody has acknowledged.",
            standing.number,
        )
        yield _gauge(
            "clinic_emergency_oldest_seconds",
            "How long the oldest of them has waited; 0 when none does.",
            max(0.0, age.total_seconds()),
        )
        yield _gauge("clinic_audit_unsealed_rows", "Acts that are not yet sealed.", rows)
        if backup_at is not None:
            seconds = (now - backup_at).total_seconds()
            yield _gauge("clinic_backup_age_seconds", "Since the last backup was made.", seconds)

    def _last_backup(self, tx: Transaction, now: datetime) -> datetime | None:
        """Give when the last backup was made; nothing when the audit knows of none."""
        if self._looked_at is None or not now - BETWEEN_LOOKS < self._looked_at <= now:
            made = audit.trail(tx, sought=audit.Sought(action=MADE), limit=1)
            self._backup_at = made[0].at if made else None
            self._looked_at = now
        return self._backup_at


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value)


def _tell_when_free(address: str, port: int, told: CollectorRegistry) -> None:
    """Take the port, or wait until whoever has it ends."""
    waits = False
    while True:
        try:
            start_http_server(port, address, told)
        except OSError as fault:
            if not waits:
                name = errno.errorcode.get(fault.errno or 0, "")
                log.info("metrics.wait", error=name)
            waits = True
            threading.Event().wait(BETWEEN_TRIES_SECONDS)
        else:
            log.info("metrics.told")
            return
