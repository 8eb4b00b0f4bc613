"""What staff do with invitations, and what a patient does who opens the link of one."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from clinic.actions.reminders import Terms, enqueue, expires_at, first_reminder, mail_name
from clinic.errors import Refused, TooManyAttempts, WrongEntry
from clinic.store import audit, invitations, limits, outbox, patients, staff
from clinic.store.audit import Actor
from clinic.store.database import Database, Transaction
from clinic.store.invitations import Channel, Invitation, New, Permit, Shown, State
from clinic.store.patients import Person
from clinic.store.staff import Member

PAGE_ROWS = 50
FARTHEST_DAYS = 365
LONGEST_NAME = 200
LONGEST_ADDRESS = 200
MAIL_ADDRESS = re.compile(
    r"[A-Za-z0-9_%+-]+(\.[A-Za-z0-9_%+-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII
)

NAME_MISSING = "Type the name of the patient."
NAME_TOO_LONG = "Shorten the name to 200 characters."
ADDRESS_MISSING = "Type the mail address, or choose the printed slip."
ADDRESS_WRONG = "Write one mail address, such as pat@example.org."
DAY_PAST = "This day is over. Type the day of the visit."
DAY_TOO_FAR = "This is more than a year away. Check the year."
NOT_BORN_YET = "Check the year. This day is still to come."
NO_MAIL = "No mail can go out: {gap}. Choose the printed slip."
SHUT = "This link opens nothing any more. Make a new link first."
SENT_ALREADY = "The answers were sent. For another visit make a new invitation."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Whom to invite, and how; `id` comes with the form, so that two presses make one."""

    id: UUID
    person: Person
    channel: Channel
    appointment_on: date | None = None
    patient_id: UUID | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of invitations: which mails failed (True: given up), and whether more follow."""

    invitations: tuple[Invitation, ...]
    faults: Mapping[UUID, bool]
    people: Mapping[UUID, Member]
    more: bool


def make(database: Database, wanted: Wanted, *, by: Member, now: datetime, terms: Terms) -> UUID:
    """Invite somebody. Raises WrongEntry, and UnknownRecord for an unknown patient."""
    problems = _problems(wanted, terms, now)
    if problems:
        raise WrongEntry(problems)
    with database.writing() as tx:
        if wanted.patient_id is not None:
            patients.get(tx, wanted.patient_id)
        if _add(tx, wanted, by, now, terms):
            _record(tx, by, "invitation.make", wanted.id, now, detail=wanted.channel.value)
    return wanted.id


def renew(
    database: Database,
    invitation_id: UUID,
    new_id: UUID,
    *,
    by: Member,
    now: datetime,
    terms: Terms,
) -> UUID:
    """Make another link for the same person and visit; the one before opens nothing any more.

    Raises Refused when the answers were sent, WrongEntry when the day of the visit is over.
    """
    with database.writing() as tx:
        before = invitations.get(tx, invitation_id, for_update=True)
        if before.state(now) is State.SENT:
            raise Refused(SENT_ALREADY)
        wanted = Wanted(
            id=new_id,
            person=before.person,
            channel=before.channel,
            appointment_on=before.appointment_on,
            patient_id=before.patient_id,
            language=before.language,
        )
        problems = _problems(wanted, terms, now)
        if problems:
            raise WrongEntry(problems)
        if before.intake_id is None:
            invitations.revoke(tx, invitation_id, now=now)
        if _add(tx, wanted, by, now, terms):
            _record(tx, by, "invitation.renew", invitation_id, now, detail=str(new_id))
    return new_id


def revoke(database: Database, invitation_id: UUID, *, by: Member, now: datetime) -> None:
    """Shut a link. Raises Refused once its form was begun, and UnknownRecord."""
    with database.writing() as tx:
        if invitations.revoke(tx, invitation_id, now=now):
            _record(tx, by, "invitation.revoke", invitation_id, now)


def open_list(
    database: Database, shown: Shown, *, after: UUID | None, by: Member, now: datetime
) -> Listed:
    """Read a page of the list, newest first. Raises UnknownRecord for a strange `after`."""
    with database.writing() as tx:
        found = invitations.listing(tx, shown=shown, now=now, after=after, limit=PAGE_ROWS + 1)
        rows = tuple(found[:PAGE_ROWS])
        _record(tx, by, "invitations.view", None, now, detail=f"{shown.value}, {len(rows)} rows")
        return Listed(rows, _faults(tx, rows), _people(tx), len(found) > PAGE_ROWS)


def open_invitation(
    database: Database, invitation_id: UUID, *, by: Member, now: datetime
) -> Listed:
    """Read one invitation, as a list of one. Raises UnknownRecord."""
    with database.writing() as tx:
        found = (invitations.get(tx, invitation_id),)
        _record(tx, by, "invitation.view", invitation_id, now)
        return Listed(found, _faults(tx, found), _people(tx), more=False)


def open_slip(database: Database, invitation_id: UUID, *, by: Member, now: datetime) -> Invitation:
    """Read an invitation to print its slip: where the mail was given up, the slip takes its place.

    Raises UnknownRecord, and Refused for a link that opens nothing any more.
    """
    with database.writing() as tx:
        found = invitations.get(tx, invitation_id)
        if not found.is_open(now):
            raise Refused(SHUT)
        if _faults(tx, (found,)).get(invitation_id):
            invitations.goes_by_slip(tx, invitation_id)
        _record(tx, by, "invitation.slip", invitation_id, now)
        return found


def look(database: Database, token: str, *, address: str, now: datetime) -> Invitation | None:
    """Give the invitation of a link, also a used one, and change nothing.

    Raises TooManyAttempts for one more guess. Whoever holds a link has not guessed: the people
    of a waiting room share one address, and none of them is shut out by what others typed.
    """
    with database.reading() as tx:
        found = invitations.by_token(tx, token)
        wait = limits.wait(tx, limits.INVITATION_ADDRESS, address, now)
    if found is None and wait is not None:
        raise TooManyAttempts(wait)
    return found


def count_miss(database: Database, *, address: str, now: datetime) -> None:
    """Count a link that was never made against the limit of an address."""
    with database.writing() as tx:
        limits.hit(tx, limits.INVITATION_ADDRESS, address, now)


def press_start(database: Database, token: str, *, address: str, now: datetime) -> Permit | None:
    """Spend a link; None for one that opens nothing any more. Raises TooManyAttempts."""
    with database.writing() as tx:
        permit = invitations.spend(tx, token, now=now)
        wait = limits.wait(tx, limits.INVITATION_ADDRESS, address, now) if permit is None else None
        if permit is not None:
            subject = ("invitation", permit.invitation_id)
            audit.record(
                tx, actor=audit.PATIENT, action="invitation.open", subject=subject, now=now
            )
    if wait is not None:
        raise TooManyAttempts(wait)
    return permit


def _problems(wanted: Wanted, terms: Terms, now: datetime) -> list[tuple[str, str]]:
    person, visit = wanted.person, wanted.appointment_on
    by_mail, today = wanted.channel is Channel.MAIL, now.astimezone(terms.zone).date()
    last = today + timedelta(days=FARTHEST_DAYS)
    faults = (
        ("name", not person.name, NAME_MISSING),
        ("name", len(person.name) > LONGEST_NAME, NAME_TOO_LONG),
        ("birth_date", bool(person.birth_date and person.birth_date > today), NOT_BORN_YET),
        ("appointment_on", bool(visit and visit < today), DAY_PAST),
        ("appointment_on", bool(visit and visit > last), DAY_TOO_FAR),
        ("channel", by_mail and bool(terms.mail_gap), NO_MAIL.format(gap=terms.mail_gap)),
        ("email", by_mail and not person.email, ADDRESS_MISSING),
        ("email", bool(person.email) and not _is_address(person.email), ADDRESS_WRONG),
    )
    return [(field, words) for field, is_wrong, words in faults if is_wrong]


def _is_address(text: str) -> bool:
    return len(text) <= LONGEST_ADDRESS and MAIL_ADDRESS.fullmatch(text) is not None


def _add(tx: Transaction, wanted: Wanted, by: Member, now: datetime, terms: Terms) -> bool:
    by_mail = wanted.channel is Channel.MAIL
    new = New(
        id=wanted.id,
        person=wanted.person,
        channel=wanted.channel,
        made_by=by.id,
        expires_at=expires_at(wanted.appointment_on, terms, now),
        appointment_on=wanted.appointment_on,
        patient_id=wanted.patient_id,
        language=wanted.language,
        remind_at=first_reminder(wanted.appointment_on, terms, now) if by_mail else None,
    )
    added = invitations.add(tx, new, now=now)
    if added and by_mail:
        enqueue(tx, wanted.id, now)
    return added


def _faults(tx: Transaction, found: Collection[Invitation]) -> dict[UUID, bool]:
    names = {
        mail_name(each.id): each.id
        for each in found
        if each.channel is Channel.MAIL and each.mailed_at is None
    }
    return {names[name]: gave_up for name, gave_up in outbox.stuck(tx, names).items()}


def _people(tx: Transaction) -> dict[UUID, Member]:
    return {member.id: member for member in staff.everyone(tx)}


def _record(
    tx: Transaction,
    by: Member,
    action: str,
    invitation_id: UUID | None,
    now: datetime,
    detail: str = "",
) -> None:
    subject = None if invitation_id is None else ("invitation", invitation_id)
    audit.record(
        tx, actor=Actor("staff", by.id), action=action, subject=subject, now=now, detail=detail
    )
