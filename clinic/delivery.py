"""Delivery: the mail that a message of the outbox stands for, made, sent, and noted as sent.

A message is sent outside any transaction and noted afterwards: whoever dies in between has it
sent again under the same Message-ID. Nothing else sends a mail twice.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

import structlog

from clinic.actions import alerts as actions
from clinic.actions import referral_clocks, reminders
from clinic.actions.referrals import Terms
from clinic.config import Settings
from clinic.errors import ClinicError, NotTaken, Unavailable, Undeliverable
from clinic.mail import invitations, messages, referral_link
from clinic.mail.smtp import send
from clinic.store import alerts, outbox, referrals
from clinic.store.database import Database, Transaction
from clinic.store.outbox import LEASE, Message

MAILS_A_ROUND = 20
NOTE_AGAIN_SECONDS = (1, 2, 4, 8, 16, 16, 16, 0)
"""How long a database that is away is waited for, since a mail that went out has to be noted."""

Clock = Callable[[], datetime]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a message: the mail, if one was wanted, and why it did not go out."""

    mail: EmailMessage | None = None
    fault: str = ""
    for_good: bool = False
    server_is_away: bool = False


def deliver(
    settings: Settings,
    database: Database,
    clock: Clock,
    stop: threading.Event | None = None,
    *,
    lease: timedelta = LEASE,
) -> None:
    """Send what is due, one by one, emergencies first; end where the mail server does not go on.

    One is taken at a time, so that a slow server holds up nothing that another could send. A
    mail that cannot be made or is refused holds up no other.
    """
    for _ in range(MAILS_A_ROUND):
        if stop is not None and stop.is_set():
            return
        with database.writing() as tx:
            claimed = outbox.claim(tx, clock(), limit=1, lease=lease, first=messages.EMERGENCY)
        if not claimed:
            return
        with _held(database, claimed[0], clock, lease):
            came = _try(settings, database, claimed[0], clock())
            _note(settings, database, claimed[0], came, clock)
        if came.server_is_away:
            return


def _try(settings: Settings, database: Database, message: Message, now: datetime) -> Came:
    """Make one mail and send it.

    A notice to staff is tried on even when it was refused for good: nobody else would be told.
    """
    mail = None
    try:
        with database.reading() as tx:
            mail = mail_of(settings, tx, message, now)
        if mail is not None and settings.smtp_url:
            send(settings.smtp_url, mail)
    except NotTaken as error:
        return Came(mail, str(error))
    except Unavailable as error:
        return Came(mail, str(error), server_is_away=True)
    except Undeliverable as error:
        return Came(mail, str(error), for_good=message.kind not in messages.KINDS)
    except Exception as error:  # noqa: BLE001  one that cannot be made would stop all the others
        log.warning("mail.not_made", kind=message.kind, error=type(error).__name__)
        return Came(mail, f"The mail could not be made ({type(error).__name__}).")
    return Came(mail)


@contextmanager
def _held(database: Database, message: Message, clock: Clock, lease: timedelta) -> Iterator[None]:
    """Keep a message from other workers for as long as a slow server needs."""
    done = threading.Event()

    def hold() -> None:
        while not done.wait(lease.total_seconds() / 4):
            with suppress(ClinicError), database.writing() as tx:
                outbox.hold(tx, message.id, clock(), lease=lease)

    holder = threading.Thread(target=hold, daemon=True)
    holder.start()
    try:
        yield
    finally:
        done.set()
        holder.join()


def _note(
    settings: Settings, database: Database, message: Message, came: Came, clock: Clock
) -> None:
    """Note what came of a message. Raises Unavailable when the database is away for long."""
    for seconds in NOTE_AGAIN_SECONDS:
        try:
            with database.writing() as tx:
                _write(settings, tx, message, came, clock())
        except Unavailable:
            if not seconds:
                raise
            time.sleep(seconds)
        else:
            return


def _write(
    settings: Settings, tx: Transaction, message: Message, came: Came, now: datetime
) -> None:
    if came.fault:
        given_up = outbox.failed(tx, message.id, now, came.fault, for_good=came.for_good)
        if given_up and message.kind == referral_link.REFERRAL_LINK:
            why = came.fault if came.for_good else referral_clocks.GIVEN_UP
            referral_clocks.link_failed(tx, message, why, now, referral_terms(settings))
    elif came.mail is None:
        outbox.dropped(tx, message.id, now)
    else:
        outbox.sent(tx, message.id, now)
        if message.kind == invitations.INVITATION:
            reminders.note_mailed(tx, message, now)


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


def mail_of(
    settings: Settings, tx: Transaction, message: Message, now: datetime
) -> EmailMessage | None:
    """Give the mail for a message, or None when nobody is to be told, or not any more.

    Raises Unavailable for one that has to wait until a setting is mended, NotTaken for one of a
    kind that is not known here, and Undeliverable.
    """
    if message.kind == invitations.INVITATION:
        return invitation_mail(settings, tx, message, now)
    if message.kind == referral_link.REFERRAL_LINK:
        return link_mail(settings, tx, message, now)
    if message.kind in messages.KINDS:
        return None if settings.mail_gap else notice(settings, tx, message, now)
    raise NotTaken("A message of a kind that this version does not know.")


def notice(
    settings: Settings, tx: Transaction, message: Message, now: datetime
) -> EmailMessage | None:
    """Give the mail that tells staff something, or None when it stands no more."""
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
    """Give the mail with a link, or None when it need not go out. Raises NotTaken."""
    terms = invitation_terms(settings)
    invitation = reminders.wanted_mail(tx, message, terms, now)
    if invitation is None:
        return None
    if terms.mail_gap:
        raise NotTaken(f"An invitation waits: {terms.mail_gap}.")
    house = invitations.House(
        clinic_name=settings.clinic_name,
        clinic_phone=settings.clinic_phone,
        emergency_number=settings.emergency_number,
        sender=settings.patient_sender,
    )
    letter = invitations.Letter(
        to=invitation.person.email,
        link=settings.public_url + settings.invitation_path(invitation.language, invitation.token),
        appointment_on=invitation.appointment_on,
        last_day=invitation.last_moment.astimezone(settings.zone).date(),
        is_reminder=bool(message.payload["reminder"]),
        language=invitation.language,
    )
    return invitations.invitation(house, letter, message.id, now.astimezone(settings.zone))


def link_mail(
    settings: Settings, tx: Transaction, message: Message, now: datetime
) -> EmailMessage | None:
    """Give the mail with the link of a letter, or None. Raises NotTaken, Undeliverable."""
    wanted = referral_clocks.wanted_link(tx, message, now)
    if wanted is None:
        return None
    if settings.invitation_gap:
        raise NotTaken(f"A letter waits: {settings.invitation_gap}.")
    mail = referral_link.LinkMail(
        clinic_name=settings.clinic_name,
        clinic_phone=settings.clinic_phone,
        sender=settings.patient_sender,
        to=wanted.to,
        link=f"{settings.public_url}/r/{wanted.door.token}",
        last_day=(wanted.door.expires_at - timedelta(seconds=1)).astimezone(settings.zone).date(),
    )
    return referral_link.referral_link(mail, message.id, now.astimezone(settings.zone))
