"""What the other side does with a referral, by its link or its short code, without an account.

Every try is counted first, and taken back when it was right; every view and every act is
audited. A link that opens nothing is never told from one that never was.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clinic.actions import referrals as acts
from clinic.actions.referrals import Terms
from clinic.errors import Conflict, NotAllowed, ShutDoor, TooManyAttempts
from clinic.marked import marked
from clinic.referral.attachment import AttachedFile
from clinic.referral.model import Event, Referral, Said
from clinic.referral.provider import Provider
from clinic.referral.states import Act, By, State
from clinic.store import (
    attachments,
    audit,
    doors,
    limits,
    patients,
    providers,
    referrals,
    sharing,
)
from clinic.store.attachments import Attachment
from clinic.store.audit import RECEIVER
from clinic.store.database import Database, Transaction
from clinic.store.limits import Limit
from clinic.store.patients import Person
from clinic.store.referrals import Kept

OFFERED = (
    Act.ACKNOWLEDGE,
    Act.ACCEPT,
    Act.BOOK,
    Act.ASK,
    Act.REPORT_SEEN,
    Act.REPORT,
    Act.RESCHEDULE,
    Act.MISS,
    Act.DECLINE,
)
"""What the page offers, in its order, where the state allows it."""
ANSWERED = (State.DECLINED, State.REPORT_RECEIVED)
"""The other side has said all it had to say: it is thanked, and shown nothing clinical."""
TOLD = frozenset({Act.SEND, Act.ANSWER, *OFFERED})
"""The lines of the history that the other side is shown."""


@dataclass(frozen=True, slots=True)
class Received:
    """A referral as the other side may see it."""

    kept: Kept
    person: Person
    provider: Provider | None
    events: tuple[Event, ...]
    attached: tuple[Attachment, ...]

    @property
    def is_answered(self) -> bool:
        """True when nothing more is asked of the other side."""
        return self.kept.referral.state in ANSWERED


def token_of_code(database: Database, code: str, *, address: str, now: datetime) -> str:
    """Give the token of the link that goes with a short code. Raises ShutDoor, TooManyAttempts."""
    _count(database, limits.RECEIVER_CODE, address, now)
    with database.writing() as tx:
        referral_id = doors.opened_by_code(tx, code, now=now)
        if referral_id is None:
            raise ShutDoor(ended=doors.ended_by_code(tx, code, now=now))
        referral = _shown(tx, referral_id).referral
        door = doors.standing(tx, referral_id, referral.intake_id, now=now)
        if door is None:
            raise ShutDoor
        limits.give_back(tx, limits.RECEIVER_CODE, address)
        _record(tx, "referral.code", referral_id, now)
        return door.token


def read(database: Database, token: str, *, address: str, now: datetime) -> Received:
    """Give the referral that a link opens, and keep that it was read.

    Raises ShutDoor, TooManyAttempts.
    """
    _count(database, limits.RECEIVER_LINK, address, now)
    with database.writing() as tx:
        kept = _opened(tx, token, now)
        referral = kept.referral
        limits.give_back(tx, limits.RECEIVER_LINK, address)
        _record(tx, "referral.read", referral.id, now)
        return Received(
            kept,
            patients.get(tx, referral.patient_id).person,
            providers.find(tx, referral.provider_id) if referral.provider_id else None,
            tuple(_told(event) for event in referrals.history(tx, referral) if event.act in TOLD),
            tuple(attachments.all_of(tx, referral)),
        )


def answer(
    database: Database,
    token: str,
    act: Act,
    said: Said,
    *,
    version: int,
    file: AttachedFile | None = None,
    address: str,
    now: datetime,
    terms: Terms,
) -> Referral:
    """Note what the other side says, with the file that came along.

    Raises ShutDoor, TooManyAttempts, Conflict when somebody else was first, IllegalMove and
    BadInput.
    """
    if act not in OFFERED or (file is not None and act is not Act.REPORT):
        raise NotAllowed("The other side does not do this.")
    _count(database, limits.RECEIVER_LINK, address, now)
    with database.writing() as tx:
        kept = _opened(tx, token, now, lock=True)
        referral = kept.referral
        if referral.version != version:
            raise Conflict(marked("Somebody answered meanwhile. This is how it stands now."))
        wait = limits.hit(tx, limits.RECEIVER_ACTS, str(referral.id), now)
        if wait is not None:
            raise TooManyAttempts(wait)
        if file is not None:
            attachments.add(tx, referral, file, by=By.RECEIVER, now=now)
        limits.give_back(tx, limits.RECEIVER_LINK, address)
        return acts.answer(tx, referral.id, act, said, now=now, terms=terms)


def _opened(tx: Transaction, token: str, now: datetime, *, lock: bool = False) -> Kept:
    referral_id = doors.opened_by_token(tx, token, now=now)
    if referral_id is None:
        raise ShutDoor(ended=doors.ended_by_token(tx, token, now=now))
    return _shown(tx, referral_id, lock=lock)


def _shown(tx: Transaction, referral_id: UUID, *, lock: bool = False) -> Kept:
    """Give a referral that is signed, sent and the other side's to see. Raises ShutDoor.

    Nothing is shown once the patient took the consent to share back.
    """
    kept = referrals.get(tx, referral_id, lock=lock)
    referral = kept.referral
    if referral.state.is_end:
        raise ShutDoor(ended=True)
    signed = referral.signature is not None and referral.signature.letter_hash == kept.letter.hash
    if (
        not signed
        or kept.sent_at is None
        or not sharing.stands(tx, referral.intake_id, referral.service)
    ):
        raise ShutDoor
    if not (referral.state.is_at_the_other_side or referral.state in ANSWERED):
        raise ShutDoor
    return kept


def _told(event: Event) -> Event:
    """A line of the history without the words that staff wrote for themselves."""
    if event.by is By.RECEIVER or event.act is Act.ANSWER:
        return event
    return Event(
        act=event.act,
        by=event.by,
        at=event.at,
        source=event.source,
        target=event.target,
        visit_at=event.visit_at,
    )


def _record(tx: Transaction, action: str, referral_id: UUID, now: datetime) -> None:
    audit.record(tx, actor=RECEIVER, action=action, subject=("referral", referral_id), now=now)


def _count(database: Database, limit: Limit, key: str, now: datetime) -> None:
    with database.writing() as tx:
        wait = limits.hit(tx, limit, key, now)
    if wait is not None:
        raise TooManyAttempts(wait)
