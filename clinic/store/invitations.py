"""Invitations: a link that begins one intake, with the person and the visit that it is for.

A link is found by a keyed hash of its token. The person and the token are sealed with a data
key of the invitation's own, so that a slip can be printed again and a reminder repeat the link.
Start is pressed first, and the patient agrees after that: a link whose Start was pressed and
whose form was never begun opens again once that visit is over, so that nobody is shut out.
"""

import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, literal, or_, select, true, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from clinic.errors import Refused, UnknownRecord
from clinic.marked import marked
from clinic.store.database import Transaction
from clinic.store.keys import Key
from clinic.store.patients import Person
from clinic.store.referral_tables import invitation as table
from clinic.store.resume_codes import CROCKFORD, MISREAD
from clinic.store.sealing import Cell, seal, unseal
from clinic.store.sessions import PATIENT_IDLE
from clinic.store.skew import CLOCKS_APART
from clinic.store.tables import intake

TOKEN_LETTERS = 32
GROUP = 8
"""Letters that are not misread, in groups, since a slip may have to be typed: 160 bits."""
LONGEST_TYPED = 100
BEGUN_MEANWHILE = "The form of this link was begun meanwhile. The code of the form opens it now."


class Channel(StrEnum):
    """How the link reaches the patient."""

    MAIL = "mail"
    SLIP = "slip"


class State(StrEnum):
    """How far an invitation has come."""

    MADE = "made"
    MAILED = "mailed"
    OPENED = "opened"
    SPENT = "spent"
    SENT = "sent"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Shown(StrEnum):
    """Which invitations a list shows."""

    OPEN = "open"
    BEGUN = "begun"
    SENT = "sent"
    OVER = "over"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """What an invitation is made from; `id` comes with the form, so that two presses make one."""

    id: UUID
    person: Person
    channel: Channel
    made_by: UUID
    expires_at: datetime
    appointment_on: date | None = None
    patient_id: UUID | None = None
    language: str = "en"
    remind_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """An invitation as it stands. `opened_at` is the first press on Start, `spent_at` the last."""

    id: UUID
    person: Person
    token: str
    channel: Channel
    made_by: UUID
    made_at: datetime
    expires_at: datetime
    appointment_on: date | None
    patient_id: UUID | None
    language: str
    mailed_at: datetime | None
    opened_at: datetime | None
    spent_at: datetime | None
    revoked_at: datetime | None
    remind_at: datetime | None
    reminders: int
    intake_id: UUID | None
    sent_at: datetime | None

    @property
    def last_moment(self) -> datetime:
        """Give the last moment at which the link opens, for the day that people are told."""
        return self.expires_at - timedelta(seconds=1)

    def state(self, now: datetime) -> State:
        """Give how far it has come. What was begun stays begun, whatever the link does."""
        if self.intake_id is not None:
            return State.SENT if self.sent_at else State.SPENT
        if self.revoked_at is not None:
            return State.REVOKED
        if self.expires_at <= now:
            return State.EXPIRED
        if self.opened_at is not None:
            return State.OPENED
        return State.MAILED if self.mailed_at else State.MADE

    def is_open(self, now: datetime) -> bool:
        """True while a form can still be begun with it."""
        return self.state(now) in (State.MADE, State.MAILED, State.OPENED)


@dataclass(frozen=True, slots=True)
class Permit:
    """The right to begin one form: which invitation, and the press on Start that gave it."""

    invitation_id: UUID
    spent_at: datetime


def add(tx: Transaction, new: New, *, now: datetime) -> bool:
    """Make an invitation with a link of its own; False when one with this id stands already."""
    insert = sqlite.insert if tx.is_sqlite else postgresql.insert
    key, token = Key.new(), _new_token()
    statement = insert(table).values(
        id=new.id,
        token_hash=_token_hash(tx, token),
        patient_id=new.patient_id,
        made_by=new.made_by,
        appointment_on=new.appointment_on,
        language=new.language,
        channel=new.channel.value,
        made_at=now,
        expires_at=new.expires_at,
        remind_at=new.remind_at,
        reminders=0,
        data_key=tx.wrap(key, _cell("data_key", new.id)),
        sealed_person=seal(key, _words(new.person, token), _cell("sealed_person", new.id)),
    )
    unless_known = statement.on_conflict_do_nothing(index_elements=[table.c.id])
    return tx.scalar(unless_known.returning(table.c.id)) is not None


def get(tx: Transaction, invitation_id: UUID, *, for_update: bool = False) -> Invitation:
    """Give an invitation. Raises UnknownRecord."""
    statement = _everything().where(table.c.id == invitation_id)
    if for_update:
        statement = statement.with_for_update(of=table)
    row = tx.execute(statement).one_or_none()
    if row is None:
        raise UnknownRecord("invitation")
    return _read(tx, row)


def by_token(tx: Transaction, token: str) -> Invitation | None:
    """Give the invitation of a link, whatever became of it; None for an unknown one."""
    statement = _everything().where(table.c.token_hash == _token_hash(tx, token))
    row = tx.execute(statement).one_or_none()
    return None if row is None else _read(tx, row)


def listing(
    tx: Transaction,
    *,
    shown: Shown = Shown.ALL,
    now: datetime,
    after: UUID | None = None,
    limit: int = 50,
) -> list[Invitation]:
    """Give invitations, newest first; `after` is the last one of the page before."""
    statement = _everything().where(_is_shown(shown, now))
    if after is not None:
        last = tx.execute(select(table.c.made_at).where(table.c.id == after)).scalar_one_or_none()
        if last is None:
            raise UnknownRecord("invitation")
        place = tuple_(literal(last, table.c.made_at.type), literal(after, table.c.id.type))
        statement = statement.where(tuple_(table.c.made_at, table.c.id) < place)
    statement = statement.order_by(table.c.made_at.desc(), table.c.id.desc()).limit(limit)
    return [_read(tx, row) for row in tx.execute(statement)]


def can_start(invitation: Invitation, now: datetime) -> bool:
    """True while pressing Start opens the form, and no other visit is at it.

    A press that lies in the future was made before the clock was set back, and shuts nobody out.
    """
    spent = invitation.spent_at
    over = spent is None or spent <= now - PATIENT_IDLE or spent > now + CLOCKS_APART
    return invitation.is_open(now) and over


def spend(tx: Transaction, token: str, *, now: datetime) -> Permit | None:
    """Press Start: of many who press at one moment, one gets the permit, and the others None."""
    nobody_at_it = or_(
        table.c.spent_at.is_(None),
        table.c.spent_at <= now - PATIENT_IDLE,
        table.c.spent_at > now + CLOCKS_APART,
    )
    return _spent(tx, (table.c.token_hash == _token_hash(tx, token)) & nobody_at_it, now)


def hand_over(tx: Transaction, invitation_id: UUID, *, now: datetime) -> Permit | None:
    """Press Start for a patient who is here: a press elsewhere is worth nothing any more.

    None when the link opens nothing, or its form was begun.
    """
    return _spent(tx, table.c.id == invitation_id, now)


def _spent(tx: Transaction, which: ColumnElement[bool], now: datetime) -> Permit | None:
    statement = (
        update(table)
        .where(
            which,
            table.c.intake_id.is_(None),
            table.c.revoked_at.is_(None),
            table.c.expires_at > now,
        )
        .values(spent_at=now, opened_at=func.coalesce(table.c.opened_at, _at(now)))
    )
    found = tx.execute(statement.returning(table.c.id)).scalar_one_or_none()
    return None if found is None else Permit(found, now)


def begin(tx: Transaction, permit: Permit, intake_id: UUID) -> Invitation:
    """Tie the form that was begun to its invitation; reminders end. Raises Refused."""
    changed = tx.execute(
        update(table)
        .where(
            table.c.id == permit.invitation_id,
            table.c.spent_at == permit.spent_at,
            table.c.intake_id.is_(None),
            table.c.revoked_at.is_(None),
        )
        .values(intake_id=intake_id, remind_at=None)
    )
    if changed.rowcount != 1:
        raise Refused(marked("This link was used already. Come back with your code, or call us."))
    return get(tx, permit.invitation_id)


def revoke(tx: Transaction, invitation_id: UUID, *, now: datetime) -> bool:
    """Shut a link; False when it was shut before. Raises Refused once its form was begun."""
    changed = tx.execute(
        update(table)
        .where(
            table.c.id == invitation_id,
            table.c.revoked_at.is_(None),
            table.c.intake_id.is_(None),
        )
        .values(revoked_at=now, remind_at=None)
    )
    if changed.rowcount == 1:
        return True
    if get(tx, invitation_id).intake_id is not None:
        raise Refused(BEGUN_MEANWHILE)
    return False


def never_mailed(tx: Transaction, ids: Collection[UUID], *, now: datetime) -> int:
    """How many of these still open, and were never mailed."""
    unused = table.c.intake_id.is_(None) & table.c.revoked_at.is_(None)
    by_mail = table.c.channel == Channel.MAIL.value
    waits = by_mail & table.c.mailed_at.is_(None) & (table.c.expires_at > now)
    statement = select(func.count()).where(table.c.id.in_(ids), unused, waits)
    return int(tx.scalar(statement))


def goes_by_slip(tx: Transaction, invitation_id: UUID) -> None:
    """Say that a slip takes the place of a mail; nothing is mailed any more."""
    one = update(table).where(table.c.id == invitation_id)
    tx.execute(one.values(channel=Channel.SLIP.value, remind_at=None))


def mailed(tx: Transaction, invitation_id: UUID, *, now: datetime) -> None:
    """Note that a mail with the link went out; the first one counts."""
    tx.execute(
        update(table)
        .where(table.c.id == invitation_id, table.c.mailed_at.is_(None))
        .values(mailed_at=now)
    )


def due(tx: Transaction, now: datetime, *, limit: int = 100) -> list[Invitation]:
    """Take the invitations whose reminder is due, until this transaction ends."""
    statement = (
        _everything()
        .where(table.c.remind_at <= now)
        .order_by(table.c.remind_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=table)
    )
    return [_read(tx, row) for row in tx.execute(statement)]


def reminded(tx: Transaction, invitation_id: UUID, *, told: bool, next_at: datetime | None) -> None:
    """Say when the next reminder is due, and count this one if it was `told`."""
    tx.execute(
        update(table)
        .where(table.c.id == invitation_id)
        .values(remind_at=next_at, reminders=table.c.reminders + (1 if told else 0))
    )


def _everything() -> Any:
    sent_at = intake.c.submitted_at.label("sent_at")
    return select(table, sent_at).outerjoin(intake, intake.c.id == table.c.intake_id)


def _is_shown(shown: Shown, now: datetime) -> ColumnElement[bool]:
    unused = table.c.intake_id.is_(None)
    stands = and_(unused, table.c.revoked_at.is_(None))
    match shown:
        case Shown.OPEN:
            return and_(stands, table.c.expires_at > now)
        case Shown.BEGUN:
            return and_(~unused, intake.c.submitted_at.is_(None))
        case Shown.SENT:
            return intake.c.submitted_at.is_not(None)
        case Shown.OVER:
            over = or_(table.c.revoked_at.is_not(None), table.c.expires_at <= now)
            return and_(unused, over)
        case Shown.ALL:
            return true()


def _at(now: datetime) -> ColumnElement[datetime]:
    return literal(now, table.c.made_at.type)


def _words(person: Person, token: str) -> bytes:
    born = person.birth_date.isoformat() if person.birth_date else None
    return json.dumps([person.name, born, person.phone, person.email, token]).encode()


def _read(tx: Transaction, row: Row[Any]) -> Invitation:
    key = tx.vault.unwrap(row.data_key, _cell("data_key", row.id))
    name, born, phone, email, token = json.loads(
        unseal(key, row.sealed_person, _cell("sealed_person", row.id))
    )
    same = set(Invitation.__slots__) - {"person", "token", "channel"}
    return Invitation(
        person=Person(name, date.fromisoformat(born) if born else None, phone, email),
        token=token,
        channel=Channel(row.channel),
        **{name: getattr(row, name) for name in same},
    )


def _token_hash(tx: Transaction, token: str) -> bytes:
    """The keyed hash of a token, however it was typed."""
    letters = token.upper().translate(MISREAD) if len(token) <= LONGEST_TYPED else ""
    return tx.vault.digest("invitation link", letters)


def _new_token() -> str:
    letters = "".join(secrets.choice(CROCKFORD) for _ in range(TOKEN_LETTERS)).lower()
    return "-".join(letters[at : at + GROUP] for at in range(0, TOKEN_LETTERS, GROUP))


def _cell(column: str, row_id: UUID) -> Cell:
    return Cell("invitation", column, row_id)
