"""The background work: outbox, overdue intakes, old sessions and counters, audit sealing."""

import threading
from datetime import datetime

import structlog

from clinic.config import Settings, utc_now
from clinic.errors import ClinicError, Unavailable
from clinic.mail.messages import notice
from clinic.mail.smtp import send
from clinic.store import limits, outbox, sessions, worklist
from clinic.store.audit_chain import anchor_file, seal
from clinic.store.database import Database
from clinic.store.outbox import Message

ROUND_SECONDS = 5

log = structlog.get_logger()


def work_until(
    stop: threading.Event, settings: Settings, database: Database, *, once: bool = False
) -> None:
    """Do a round every few seconds until told to stop; a failed round is tried again."""
    while not stop.is_set():
        try:
            work_once(settings, database, utc_now())
        except ClinicError as error:
            log.warning("work.failed", error=type(error).__name__)
            if once:
                raise
        if once:
            return
        stop.wait(ROUND_SECONDS)


def work_once(settings: Settings, database: Database, now: datetime) -> None:
    """One round. Killed at any moment it loses nothing: each part is its own transaction."""
    seal(database, anchor_file(settings))
    with database.writing() as tx:
        worklist.mark_overdue(tx, now)
        sessions.sweep(tx, now)
        limits.sweep(tx, now)
    with database.writing() as tx:
        claimed = outbox.claim(tx, now)
    for message in claimed:
        _deliver(settings, database, message, now)


def _deliver(settings: Settings, database: Database, message: Message, now: datetime) -> None:
    """Send one message outside any transaction, then note what came of it."""
    mail = notice(
        message.kind,
        message.id,
        clinic_name=settings.clinic_name,
        duty_address=settings.duty_address,
        at=now.astimezone(settings.zone),
    )
    fault = ""
    if mail is not None and settings.smtp_url:
        try:
            send(settings.smtp_url, mail)
        except Unavailable as error:
            fault = str(error)
    with database.writing() as tx:
        if fault:
            outbox.failed(tx, message.id, now, fault)
        else:
            outbox.sent(tx, message.id, now)
