"""The background work: notices, outbox, overdue intakes, old sessions, audit sealing."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage

import structlog

from clinic.actions import alerts as actions
from clinic.actions import referral_clocks, reminders
from clinic.actions.referrals import Terms
from clinic.config import Settings, utc_now
from clinic.errors import ClinicError, Unavailable, Undeliverable
from clinic.mail import invitations, messages, referral_link
from clinic.mail.smtp import send
from clinic.store import alerts, limits, outbox, referrals, sessions, worklist
from clinic.store.audit_chain import anchor_file, seal
from clinic.store.database import Database, Transaction
from clinic.store.outbox import Message

ROUND_SECONDS = 5
MAILS_A_ROUND = 20

log = structlog.get_logger()


def work_until(
    stop: threading.Event,
    settings: Settings,
    database: Database,
    *,
    once: bool = False,
    tell: Callable[[str], None] | None = None,
) -> None:
    """Do a round every few seconds until told to stop; a failed round is tried again.

    `tell` is given every line on what is late, when the lines are not those of the last round.
    """
    before: list[str] = []
    while not stop.is_set():
        try:
            work_once(settings, database, utc_now())
            if tell is not None:
                before = _told(tell, before, late_lines(settings, database, utc_now()))
        except ClinicError as error:
            log.warning("work.failed", error=type(error).__name__)
            if once:
                raise
        if once:
            return
        stop.wait(ROUND_SECONDS)


def _told(tell: Callable[[str], None], before: list[str], lines: list[str]) -> list[str]:
    if lines != before:
        for line in lines or ["Nothing is late any more."]:
            tell(line)
    return lines


def work_once(settings: Settings, database: Database, now: datetime) -> None:
    """One round. Killed at any moment it loses nothing: each part is its own transaction."""
    write_notices(settings, database, now)
    deliver(settings, database, now)  # What goes wrong below keeps no emergency waiting.
    write_reminders(settings, database, now)
    escalate(settings, database, now)
    deliver(settings, database, now)
    seal(database, anchor_file(settings))
    with database.writing() as tx:
        worklist.mark_overdue(tx, now)
        sessions.sweep(tx, now)
        limits.sweep(tx, now)


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


def referral_terms(settings: Settings) -> Terms:
    """Give what the settings say of referrals."""
    return Terms(settings.clocks, settings.zone, settings.referral_days)


def invitation_terms(settings: Settings) -> reminders.Terms:
    """Give what the settings say of invitations."""
    return reminders.Terms(
        zone=settings.zone,
        open_days=settings.invitation_days,
        remind_before=settings.remind_before,
        mail_gap=settings.invitation_gap,
    )


def deliver(settings: Settings, database: Database, now: datetime) -> None:
    """Send what is due, one by one, emergencies first; stop where the mail server does not go on.

    One is taken at a time, so that a slow server holds up nothing that another could send.
    """
    for _ in range(MAILS_A_ROUND):
        with database.writing() as tx:
            claimed = outbox.claim(tx, now, limit=1, first=messages.EMERGENCY)
        if not claimed or not _deliver(settings, database, claimed[0], now):
            return


def _deliver(settings: Settings, database: Database, message: Message, now: datetime) -> bool:
    """Send one message outside any transaction, then note what came of it; False for a fault."""
    mail, fault, for_good = None, "", False
    try:
        with database.reading() as tx:
            mail = mail_of(settings, tx, message, now)
        if mail is not None and settings.smtp_url:
            send(settings.smtp_url, mail)
    except Unavailable as error:
        fault = str(error)
    except Undeliverable as error:
        fault, for_good = str(error), True
    with database.writing() as tx:
        if fault:
            given_up = outbox.failed(tx, message.id, now, fault, for_good=for_good)
            if given_up and message.kind == referral_link.REFERRAL_LINK:
                why = fault if for_good else referral_clocks.GIVEN_UP
                referral_clocks.link_failed(tx, message, why, now, referral_terms(settings))
        elif mail is None:
            outbox.dropped(tx, message.id, now)
        else:
            outbox.sent(tx, message.id, now)
            if message.kind == invitations.INVITATION:
                reminders.note_mailed(tx, message, now)
    return for_good or not fault


def mail_of(
    settings: Settings, tx: Transaction, message: Message, now: datetime
) -> EmailMessage | None:
    """Give the mail for a message, or None when nobody is to be told, or not any more.

    Raises Unavailable for one that has to wait until a setting is mended, and Undeliverable.
    """
    if message.kind == invitations.INVITATION:
        return invitation_mail(settings, tx, message, now)
    if message.kind == referral_link.REFERRAL_LINK:
        return link_mail(settings, tx, message, now)
    if settings.mail_gap or message.kind not in messages.KINDS:
        return None
    at = now.astimezone(settings.zone)
    sender = messages.Sender(
        clinic_name=settings.clinic_name,
        duty_address=settings.duty_address,
        public_url=settings.public_url,
    )
    if message.kind == messages.SUBMITTED:
        return messages.submitted(sender, message.id, at)
    if message.kind == messages.REFERRALS_LATE:
        number = referrals.overdue_count(tx, now)
        return messages.referrals_late(sender, message.id, at, number) if number else None
    if not actions.is_wanted(tx, message):
        return None
    standing = alerts.standing(tx)
    waiting = messages.Waiting(
        number=standing.number,
        since=(standing.since or now).astimezone(settings.zone),
        telling=int(message.payload["number"]),
        again_minutes=settings.alert_minutes,
    )
    return messages.emergency(sender, message.id, at, waiting)


def invitation_mail(
    settings: Settings, tx: Transaction, message: Message, now: datetime
) -> EmailMessage | None:
    """Give the mail with a link, or None when it need not go out. Raises Unavailable."""
    terms = invitation_terms(settings)
    invitation = reminders.wanted_mail(tx, message, terms, now)
    if invitation is None:
        return None
    if terms.mail_gap:
        raise Unavailable(f"An invitation waits: {terms.mail_gap}.")
    house = invitations.House(
        clinic_name=settings.clinic_name,
        clinic_phone=settings.clinic_phone,
        emergency_number=settings.emergency_number,
        sender=settings.patient_sender,
    )
    letter = invitations.Letter(
        to=invitation.person.email,
        link=f"{settings.public_url}/i/{invitation.token}",
        appointment_on=invitation.appointment_on,
        last_day=invitation.last_moment.astimezone(settings.zone).date(),
        is_reminder=bool(message.payload["reminder"]),
        language=invitation.language,
    )
    return invitations.invitation(house, letter, message.id, now.astimezone(settings.zone))


def link_mail(
    settings: Settings, tx: Transaction, message: Message, now: datetime
) -> EmailMessage | None:
    """Give the mail with the link of a letter, or None. Raises Unavailable, Undeliverable."""
    wanted = referral_clocks.wanted_link(tx, message, now)
    if wanted is None:
        return None
    if settings.invitation_gap:
        raise Unavailable(f"A letter waits: {settings.invitation_gap}.")
    mail = referral_link.LinkMail(
        clinic_name=settings.clinic_name,
        clinic_phone=settings.clinic_phone,
        sender=settings.patient_sender,
        to=wanted.to,
        link=f"{settings.public_url}/r/{wanted.door.token}",
        last_day=(wanted.door.expires_at - timedelta(seconds=1)).astimezone(settings.zone).date(),
    )
    return referral_link.referral_link(mail, message.id, now.astimezone(settings.zone))


def late_lines(settings: Settings, database: Database, now: datetime) -> list[str]:
    """Give a sentence for everything that is late or told to nobody, without patient data."""
    with database.reading() as tx:
        trouble = actions.mail_trouble(tx, now, gap=settings.mail_gap)
        standing = alerts.standing(tx)
        late = outbox.late(tx, now)
        overdue = worklist.overdue(tx)
        late_referrals = referrals.overdue_count(tx, now)
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
    return lines


TROUBLE_LINES = {
    actions.Trouble.NOT_SET: "Nobody is told by mail: {gap}.",
    actions.Trouble.FAILING: "Mail is failing{since}: the mail server takes none.",
    actions.Trouble.STALLED: "Notices of emergencies are late{since}.",
}


def _clock(settings: Settings, at: datetime) -> str:
    return f"{at.astimezone(settings.zone):%Y-%m-%d %H:%M %Z}"
