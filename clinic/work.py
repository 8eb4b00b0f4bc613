"""The background work: notices, mail, reminders, clocks, old sessions, audit sealing."""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import count

import structlog

from clinic.actions import alerts as actions
from clinic.actions import referral_clocks, reminders
from clinic.actions.retention import Policy, delete_some
from clinic.config import Settings, utc_now
from clinic.delivery import Clock, deliver, invitation_terms
from clinic.errors import ClinicError
from clinic.store import alerts, case_access, limits, outbox, referrals, sessions, tablets, worklist
from clinic.store.audit_chain import anchor_file, seal
from clinic.store.database import Database

ROUND_SECONDS = 5
ROUNDS_BETWEEN_DELETIONS = 120
"""So that every ten minutes what was kept for long enough is deleted."""
LOOKED_AT_WITHIN = timedelta(days=1)
FAILED = "A part of the background work failed ({fault}), and is tried again: {part}."

log = structlog.get_logger()


def work_until(
    stop: threading.Event,
    settings: Settings,
    database: Database,
    *,
    once: bool = False,
    tell: Callable[[str], None] | None = None,
) -> None:
    """Do a round every few seconds until told to stop; what failed is tried again.

    `tell` is given every line on what is late, when the lines are not those of the last round.
    With `once` the first fault of the one round is raised after it.
    """
    before: list[str] = []
    for number in count():
        if stop.is_set():
            return
        faults = work_round(settings, database, utc_now, stop)
        if number % ROUNDS_BETWEEN_DELETIONS == 0:
            faults |= attempted({"deletion": lambda: delete_old(settings, database, utc_now)})
        if tell is not None:
            before = _told(tell, before, _lines(settings, database, faults))
        if once:
            for fault in faults.values():
                raise fault
            return
        stop.wait(ROUND_SECONDS)


def _lines(settings: Settings, database: Database, faults: Mapping[str, Exception]) -> list[str]:
    lines = [FAILED.format(part=part, fault=type(fault).__name__) for part, fault in faults.items()]
    try:
        return [*lines, *late_lines(settings, database, utc_now())]
    except ClinicError as fault:
        return [*lines, str(fault)]


def _told(tell: Callable[[str], None], before: list[str], lines: list[str]) -> list[str]:
    if lines != before:
        for line in lines or ["Nothing is late any more."]:
            tell(line)
    return lines


def delete_old(settings: Settings, database: Database, clock: Clock) -> None:
    """Delete a few of what was kept for long enough."""
    delete_some(database, retention_policy(settings), clock())


def retention_policy(settings: Settings) -> Policy:
    """Give what the settings say of how long things are kept."""
    return Policy(unsent_days=settings.resume_days, settled_days=settings.retention_days)


def work_once(settings: Settings, database: Database, now: datetime) -> None:
    """Do one round at a moment. Raises the first fault, after the whole round."""
    for fault in work_round(settings, database, lambda: now).values():
        raise fault


def work_round(
    settings: Settings, database: Database, clock: Clock, stop: threading.Event | None = None
) -> dict[str, Exception]:
    """Do one round, and give what failed, by the name of its part.

    Killed at any moment it loses nothing: each part is a transaction of its own, or many. What
    fails, foreseen or not, keeps no other part waiting, and no emergency waits for anything else.
    """
    parts: dict[str, Callable[[], object]] = {
        "notices of emergencies": lambda: write_notices(settings, database, clock()),
        "mail": lambda: deliver(settings, database, clock, stop),
        "reminders": lambda: write_reminders(settings, database, clock()),
        "clocks of referrals": lambda: escalate(settings, database, clock()),
        "mail of this round": lambda: deliver(settings, database, clock, stop),
        "seal of the audit": lambda: seal(database, anchor_file(settings)),
        "clocks of intakes": lambda: mark_overdue(database, clock()),
        "old sessions": lambda: sweep(database, clock()),
    }
    return attempted(parts)


def attempted(parts: Mapping[str, Callable[[], object]]) -> dict[str, Exception]:
    """Do each part, whatever became of those before it, and give what failed by its name."""
    faults: dict[str, Exception] = {}
    for name, part in parts.items():
        try:
            part()
        except Exception as fault:  # noqa: BLE001  a fault nobody foresaw must not end the work
            log.warning("work.failed", part=name, error=type(fault).__name__)
            faults[name] = fault
    return faults


def mark_overdue(database: Database, now: datetime) -> None:
    """Move intakes past the day to act to their place on the worklist."""
    with database.writing() as tx:
        worklist.mark_overdue(tx, now)


def sweep(database: Database, now: datetime) -> None:
    """Delete sessions, counters and marks of tablets that are over."""
    with database.writing() as tx:
        sessions.sweep(tx, now)
        limits.sweep(tx, now)
        tablets.sweep(tx, now)


def write_notices(settings: Settings, database: Database, now: datetime) -> None:
    """Write the messages about emergencies that nobody acknowledged.

    While the settings name nobody, the alerts wait: they are told once somebody is named.
    """
    with database.writing() as tx:
        alerts.tend(tx, now)
        if not settings.mail_gap:
            every = timedelta(minutes=settings.alert_minutes)
            actions.write_notices(tx, now, every=every)


def write_reminders(settings: Settings, database: Database, now: datetime) -> None:
    """Write the mails that remind invited patients of their questions."""
    with database.writing() as tx:
        reminders.write_reminders(tx, now, invitation_terms(settings))


def escalate(settings: Settings, database: Database, now: datetime) -> None:
    """Write the message about referrals that are too late; it waits while nobody is named."""
    if settings.mail_gap:
        return
    with database.writing() as tx:
        referral_clocks.escalate(tx, now, settings.escalation, settings.zone)


def late_lines(settings: Settings, database: Database, now: datetime) -> list[str]:
    """Give a sentence for everything that is late or told to nobody, without patient data."""
    with database.reading() as tx:
        trouble = actions.mail_trouble(tx, now, gap=settings.mail_gap)
        standing = alerts.standing(tx)
        late = outbox.late(tx, now)
        overdue = worklist.overdue(tx)
        late_referrals = referrals.overdue_count(tx, now)
        overlooked = case_access.overlooked(tx, now - LOOKED_AT_WITHIN)
    lines = []
    if trouble is not None:
        since = f" since {_clock(settings, trouble.since)}" if trouble.since else ""
        lines.append(TROUBLE_LINES[trouble.kind].format(gap=settings.mail_gap, since=since))
    if standing.number and standing.since:
        count = (
            "1 emergency waits" if standing.number == 1 else f"{standing.number} emergencies wait"
        )
        lines.append(f"{count} unacknowledged since {_clock(settings, standing.since)}.")
    if late:
        lines.append(f"Mails that are late or were given up: {late}.")
    if overdue.number:
        lines.append(f"Intakes past the day to act: {overdue}.")
    if late_referrals:
        more = late_referrals > referrals.COUNTED
        number = f"more than {referrals.COUNTED}" if more else str(late_referrals)
        lines.append(f"Referrals past their time: {number}.")
    if overlooked:
        lines.append(f"Uses of break-glass that no admin has looked at for a day: {overlooked}.")
    return lines


TROUBLE_LINES = {
    actions.Trouble.NOT_SET: "Nobody is told by mail: {gap}.",
    actions.Trouble.FAILING: "Mail is failing{since}: the mail server takes none.",
    actions.Trouble.STALLED: "Notices of emergencies are late{since}.",
}


def _clock(settings: Settings, at: datetime) -> str:
    return f"{at.astimezone(settings.zone):%Y-%m-%d %H:%M %Z}"
