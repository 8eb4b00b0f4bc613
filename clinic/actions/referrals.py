"""What staff and the other side do with a referral, one verb a function.

Each act names the version that the page showed, is one transaction, and is audited in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from clinic.errors import Conflict, IllegalMove, NotAllowed
from clinic.mail.referral_link import REFERRAL_LINK
from clinic.marked import marked
from clinic.referral.clocks import Clocks
from clinic.referral.holds import Hold, holds
from clinic.referral.letter import Letter
from clinic.referral.model import Channel, Event, Kind, Referral, Said, Signature, is_doubled
from clinic.referral.provider import Provider
from clinic.referral.states import Act, By, State
from clinic.store import (
    amendments,
    attachments,
    audit,
    doors,
    intakes,
    outbox,
    providers,
    referrals,
    same_person,
    sharing,
)
from clinic.store.attachments import Attachment
from clinic.store.audit import RECEIVER, SYSTEM, Actor
from clinic.store.database import Database, Transaction
from clinic.store.doors import Door
from clinic.store.ids import new_id
from clinic.store.records import Facts
from clinic.store.referrals import Kept
from clinic.store.sharing import SharingConsent
from clinic.store.staff import Member, Role
from clinic.triage.regenerative import Gate
from clinic.triage.rules import Urgency

LINK_MESSAGE = REFERRAL_LINK
OF_THEIR_OWN = (Act.SIGN, Act.SEND)
"""Moves that take more than words: a letter's hash, and an open way."""
INTAKE_CHANGED = "Something was added to the patient's record just now. Read it, then send."
ADDED_NOW = "The patient added something just now. Read it first."
SEEN_BEFORE_SENT = marked(
    "This day is before the letter was sent. Write the day on which the patient was seen for it."
)
SEEN_TO_COME = marked("This day is still to come. Report the visit once it was.")


@dataclass(frozen=True, slots=True)
class Terms:
    """The clinic's clocks, its zone, and for how many days a door stays open."""

    clocks: Clocks
    zone: ZoneInfo
    door_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What staff ask, as they typed it in."""

    service: str
    provider_id: UUID | None
    kind: Kind
    question: str
    urgency: Urgency
    act_by: datetime


def start(
    database: Database,
    intake_id: UUID,
    wanted: Wanted,
    letter: Letter,
    *,
    by: Member,
    now: datetime,
    terms: Terms,
    replaces: UUID | None = None,
) -> UUID:
    """Make a draft from a sent intake, or give the draft that asks for exactly this already.

    Raises IllegalMove for answers that were not sent.
    """
    with database.writing() as tx:
        facts = intakes.facts(tx, intake_id, lock=True)
        if facts.patient_id is None:
            raise IllegalMove("A referral is made from answers that were sent.")
        for each in referrals.of_intake(tx, intake_id):
            if _asks_for(each.referral, wanted, replaces):
                return each.referral.id
        referral = Referral(
            id=new_id(),
            reference=referrals.new_reference(tx),
            intake_id=intake_id,
            patient_id=facts.patient_id,
            service=wanted.service,
            provider_id=wanted.provider_id,
            kind=wanted.kind,
            question=wanted.question,
            urgency=wanted.urgency,
            act_by=wanted.act_by,
            state=State.DRAFT,
            entered_at=now,
            created_at=now,
            version=1,
            owner_id=by.id,
            replaces=replaces,
        )
        referrals.add(tx, referral, letter, due_at=_due(referral, terms))
        _record(tx, by, "referral.start", referral.id, now)
        return referral.id


def _asks_for(referral: Referral, wanted: Wanted, replaces: UUID | None) -> bool:
    """True of a draft with this very request: the button was pressed twice, or by two people."""
    asked = Wanted(
        service=referral.service,
        provider_id=referral.provider_id,
        kind=referral.kind,
        question=referral.question,
        urgency=referral.urgency,
        act_by=referral.act_by,
    )
    return referral.state is State.DRAFT and asked == wanted and referral.replaces == replaces


def change_letter(
    database: Database,
    referral_id: UUID,
    letter: Letter,
    *,
    by: Member,
    version: int,
    now: datetime,
    terms: Terms,
) -> None:
    """Keep another text of a letter that was not sent. Raises Conflict and IllegalMove."""
    with database.writing() as tx:
        kept = referrals.get(tx, referral_id, lock=True)
        if kept.referral.state not in (State.DRAFT, State.READY_FOR_SIGNOFF):
            raise IllegalMove("A letter that was sent is not changed any more.")
        _record(tx, by, "referral.letter", referral_id, now)
        _save(tx, kept.referral, letter, version, terms)


def choose(
    database: Database,
    referral_id: UUID,
    wanted: Wanted,
    letter: Letter,
    *,
    by: Member,
    version: int,
    now: datetime,
    terms: Terms,
) -> None:
    """Change what is asked, and of whom, before it is sent. Raises Conflict, IllegalMove."""
    with database.writing() as tx:
        kept = referrals.get(tx, referral_id, lock=True)
        before = kept.referral
        if before.state is not State.DRAFT:
            raise IllegalMove("Bring the referral back to a draft first.")
        changed = replace(
            before,
            service=wanted.service,
            provider_id=wanted.provider_id,
            kind=wanted.kind,
            question=wanted.question,
            urgency=wanted.urgency,
            act_by=wanted.act_by,
            signature=None,
        )
        if (changed.service, changed.provider_id) != (before.service, before.provider_id):
            # A reason for going on was given for one receiver, and for no other.
            changed = replace(changed, gate_reason="", doubled_reason="")
        _record(tx, by, "referral.choose", referral_id, now)
        _save(tx, changed, letter, version, terms)


def give_reasons(
    database: Database,
    referral_id: UUID,
    *,
    gate_reason: str | None = None,
    doubled_reason: str | None = None,
    added_reason: str | None = None,
    added: int = 0,
    by: Member,
    version: int,
    now: datetime,
    terms: Terms,
) -> None:
    """Keep a clinician's reason for going on in spite of a hold. Raises NotAllowed, Conflict.

    `added` says how many additions of the patient the page showed.
    """
    if by.role is not Role.CLINICIAN:
        raise NotAllowed("Only a clinician may go on in spite of this.")
    with database.writing() as tx:
        kept = referrals.get(tx, referral_id, lock=True)
        before = kept.referral
        if added_reason is not None:
            _check_added(tx, before, added)
            before = replace(before, added_reason=added_reason.strip(), added_known=added)
        changed = replace(
            before,
            gate_reason=before.gate_reason if gate_reason is None else gate_reason.strip(),
            doubled_reason=(
                before.doubled_reason if doubled_reason is None else doubled_reason.strip()
            ),
        )
        _record(tx, by, "referral.reason", referral_id, now)
        _save(tx, changed, kept.letter, version, terms)


def sign(
    database: Database,
    referral_id: UUID,
    *,
    by: Member,
    version: int,
    added: int,
    now: datetime,
    terms: Terms,
) -> None:
    """Sign the letter as it stands. Raises NotAllowed, IllegalMove and Conflict.

    `added` says how many additions of the patient the page showed to whoever signs.
    """
    if by.role is not Role.CLINICIAN:
        raise NotAllowed("Only a clinician may sign a letter.")
    with database.writing() as tx:
        kept = referrals.get(tx, referral_id, lock=True)
        if kept.referral.state is not State.READY_FOR_SIGNOFF:
            raise IllegalMove("Mark the letter as complete first.")
        _check_added(tx, kept.referral, added)
        signature = Signature(
            staff_id=by.id,
            name=by.name,
            role=by.role.value,
            at=now,
            letter_hash=kept.letter.hash,
            added=added,
        )
        signed, event = kept.referral.signed(signature)
        _record(tx, by, "referral.sign", referral_id, now, detail=signature.letter_hash)
        _save(tx, signed, kept.letter, version, terms, event)


def _check_added(tx: Transaction, referral: Referral, seen: int) -> None:
    """Raise Conflict when the patient added something that the page did not show yet."""
    intakes.facts(tx, referral.intake_id, lock=True)
    if amendments.count(tx, referral.intake_id) != seen:
        raise Conflict(ADDED_NOW)


def in_the_way(tx: Transaction, kept: Kept, gate: Gate) -> Iterator[Hold]:
    """Everything that has to be settled before a referral may leave."""
    referral = kept.referral
    provider = providers.find(tx, referral.provider_id) if referral.provider_id else None
    people = same_person.group_of(tx, referral.patient_id)
    return holds(
        referral,
        letter_hash=kept.letter.hash,
        has_consent=sharing.stands(tx, referral.intake_id, referral.service),
        added=amendments.count(tx, referral.intake_id),
        provider_is_there=provider is not None and provider.removed_at is None,
        gate=gate,
        tie_is_told=provider is None or kept.letter.says(provider.financial_tie),
        open_elsewhere=any(
            each.id != referral.intake_id and _waits_for_care(each)
            for each in same_person.intakes_of_person(tx, referral.patient_id)
        ),
        doubled=any(
            is_doubled(referral, replace(other.referral, patient_id=referral.patient_id))
            for other in referrals.of_patients(tx, people)
            if other.sent_at is not None
        ),
    )


def _waits_for_care(facts: Facts) -> bool:
    """True of an intake on the worklist that cannot wait for a normal visit."""
    soon = facts.urgency is not None and facts.urgency.rank <= Urgency.URGENT_2WK.rank
    return facts.emergency_open or (facts.queue is not None and (facts.incomplete or soon))


def send(
    database: Database,
    referral_id: UUID,
    channel: Channel,
    gate: Gate,
    *,
    by: Member,
    version: int,
    intake_version: int,
    now: datetime,
    terms: Terms,
) -> Door:
    """Send a signed letter, and open the door for its answer.

    `intake_version` is the version of the intake that the gate was read from: what came in
    since may shut the gate. Raises IllegalMove with what holds it back, NotAllowed and Conflict.
    """
    with database.writing() as tx:
        kept = referrals.get(tx, referral_id, lock=True)
        if intakes.facts(tx, kept.referral.intake_id, lock=True).version != intake_version:
            raise Conflict(INTAKE_CHANGED)
        held = list(in_the_way(tx, kept, gate))
        if held:
            raise IllegalMove(" ".join(hold.sentence for hold in held))
        moved, event = replace(kept.referral, channel=channel).moved(
            Act.SEND, _by(by), Said(), now=now, actor_id=by.id
        )
        door = _open_door(tx, moved, now, terms)
        if channel is Channel.MAIL:
            outbox.enqueue(
                tx,
                kind=LINK_MESSAGE,
                payload={"referral": str(referral_id), "sent": event.at.isoformat()},
                now=now,
                once=f"{LINK_MESSAGE}:{referral_id}:{version}",
            )
        _record(tx, by, "referral.send", referral_id, now, detail=channel.value)
        _save(tx, moved, kept.letter, version, terms, event)
        return door


def new_door(
    database: Database, referral_id: UUID, *, by: Member, now: datetime, terms: Terms
) -> Door:
    """Shut the door that stands and open another, for a link that was lost or told on.

    Raises IllegalMove when the other side has nothing to answer, or nothing may be shown to it.
    """
    with database.writing() as tx:
        kept = referrals.get(tx, referral_id, lock=True)
        if not kept.referral.state.is_at_the_other_side:
            raise IllegalMove("There is nothing to answer: the referral is not on its way.")
        if not sharing.stands(tx, kept.referral.intake_id, kept.referral.service):
            raise IllegalMove("No consent to share stands: record it before you make a new link.")
        _record(tx, by, "referral.door", referral_id, now)
        return _open_door(tx, kept.referral, now, terms)


def shut_door(database: Database, referral_id: UUID, *, by: Member, now: datetime) -> None:
    """Shut the door of a referral: its link and code open nothing any more."""
    with database.writing() as tx:
        referrals.get(tx, referral_id)
        doors.revoke(tx, referral_id, now=now)
        _record(tx, by, "referral.shut_door", referral_id, now)


def move(
    database: Database,
    referral_id: UUID,
    act: Act,
    said: Said,
    *,
    by: Member,
    version: int,
    now: datetime,
    terms: Terms,
) -> Referral:
    """Note what happened. Raises IllegalMove, BadInput when words are missing, and Conflict."""
    if act in OF_THEIR_OWN:
        raise IllegalMove("A referral is signed and sent by acts of their own.")
    with database.writing() as tx:
        kept = referrals.get(tx, referral_id, lock=True)
        _check_seen(kept, act, said, now, terms)
        moved, event = kept.referral.moved(act, _by(by), said, now=now, actor_id=by.id)
        _record(tx, by, f"referral.{act.value}", referral_id, now)
        _save(tx, moved, kept.letter, version, terms, event)
        if moved.state.is_end:
            doors.revoke(tx, referral_id, now=event.at)
        return moved


def _check_seen(kept: Kept, act: Act, said: Said, now: datetime, terms: Terms) -> None:
    """Raise IllegalMove for a visit before the day of sending, or one that is still to come.

    Where the clock was set back since, the letter counts as sent today at the latest.
    """
    if act is not Act.REPORT_SEEN or said.visit_at is None or kept.sent_at is None:
        return
    seen = said.visit_at.astimezone(terms.zone).date()
    if seen > now.astimezone(terms.zone).date():
        raise IllegalMove(SEEN_TO_COME)
    if seen < min(kept.sent_at, now).astimezone(terms.zone).date():
        raise IllegalMove(SEEN_BEFORE_SENT)


def reroute(
    database: Database,
    referral_id: UUID,
    reason: str,
    *,
    by: Member,
    version: int,
    now: datetime,
    terms: Terms,
) -> UUID:
    """Cancel with a reason, and make a new draft with the same letter for somebody else.

    Raises IllegalMove, BadInput without a reason, and Conflict.
    """
    with database.writing() as tx:
        kept = referrals.get(tx, referral_id, lock=True)
        moved, event = kept.referral.moved(
            Act.REROUTE, _by(by), Said(words=reason), now=now, actor_id=by.id
        )
        _save(tx, moved, kept.letter, version, terms, event)
        doors.revoke(tx, referral_id, now=event.at)
        fresh = replace(
            kept.referral,
            id=new_id(),
            reference=referrals.new_reference(tx),
            provider_id=None,
            state=State.DRAFT,
            entered_at=event.at,
            created_at=event.at,
            version=1,
            owner_id=by.id,
            visit_at=None,
            signature=None,
            channel=None,
            replaces=referral_id,
            gate_reason="",
            doubled_reason="",
            added_reason="",
            added_known=0,
        )
        referrals.add(tx, fresh, kept.letter, due_at=_due(fresh, terms))
        _record(tx, by, f"referral.{Act.REROUTE.value}", referral_id, now)
        _record(tx, by, "referral.start", fresh.id, now)
        return fresh.id


def answer(
    tx: Transaction, referral_id: UUID, act: Act, said: Said, *, now: datetime, terms: Terms
) -> Referral:
    """Note what the other side says. Raises IllegalMove and BadInput.

    It joins a transaction of the caller, who has opened the door and keeps what came along.
    """
    kept = referrals.get(tx, referral_id, lock=True)
    _check_seen(kept, act, said, now, terms)
    moved, event = kept.referral.moved(act, By.RECEIVER, said, now=now)
    audit.record(
        tx,
        actor=RECEIVER,
        action=f"referral.{act.value}",
        subject=("referral", referral_id),
        now=now,
    )
    _save(tx, moved, kept.letter, kept.referral.version, terms, event)
    return moved


def fail(tx: Transaction, referral_id: UUID, why: str, *, now: datetime, terms: Terms) -> None:
    """Note that a letter did not get through; nothing when somebody has it by now.

    It joins a transaction of the caller, who gives the sending up.
    """
    kept = referrals.get(tx, referral_id, lock=True)
    if kept.referral.state is not State.SENT:
        return
    moved, event = kept.referral.moved(Act.FAIL, By.SYSTEM, Said(words=why), now=now)
    audit.record(
        tx, actor=SYSTEM, action="referral.fail", subject=("referral", referral_id), now=now
    )
    _save(tx, moved, kept.letter, kept.referral.version, terms, event)


def take(
    database: Database,
    referral_id: UUID,
    owner_id: UUID | None,
    *,
    by: Member,
    version: int,
    now: datetime,
    terms: Terms,
) -> None:
    """Make somebody responsible, or nobody. Raises Conflict."""
    with database.writing() as tx:
        kept = referrals.get(tx, referral_id, lock=True)
        _record(tx, by, "referral.take", referral_id, now)
        _save(tx, replace(kept.referral, owner_id=owner_id), kept.letter, version, terms)


@dataclass(frozen=True, slots=True)
class OpenedReferral:
    """A referral with all that happened to it, what holds it back, and who receives it.

    `replaced_by` are those that were made when it was sent elsewhere.
    """

    kept: Kept
    events: tuple[Event, ...]
    held: tuple[Hold, ...]
    door: Door | None
    provider: Provider | None
    consents: tuple[SharingConsent, ...]
    replaced_by: tuple[Referral, ...]
    attachments: tuple[Attachment, ...]


def open_referral(
    database: Database,
    referral_id: UUID,
    gate: Gate,
    *,
    by: Member,
    now: datetime,
    action: str = "referral.view",
) -> OpenedReferral:
    """Read a referral, and keep who read it. Raises UnknownRecord."""
    with database.writing() as tx:
        kept = referrals.get(tx, referral_id)
        referral = kept.referral
        _record(tx, by, action, referral_id, now)
        others = referrals.of_intake(tx, referral.intake_id)
        return OpenedReferral(
            kept,
            tuple(referrals.history(tx, referral)),
            tuple(in_the_way(tx, kept, gate)),
            doors.standing(tx, referral_id, referral.intake_id, now=now),
            providers.find(tx, referral.provider_id) if referral.provider_id else None,
            tuple(sharing.all_of(tx, referral.intake_id)),
            tuple(each.referral for each in others if each.referral.replaces == referral_id),
            tuple(attachments.all_of(tx, referral)),
        )


def intake_of(database: Database, referral_id: UUID) -> UUID:
    """Give the intake that a referral was made from. Raises UnknownRecord."""
    with database.reading() as tx:
        return referrals.get(tx, referral_id).referral.intake_id


def _open_door(tx: Transaction, referral: Referral, now: datetime, terms: Terms) -> Door:
    days = timedelta(days=terms.door_days)
    return doors.make(tx, referral.id, referral.intake_id, now=now, expires_at=now + days)


def _save(
    tx: Transaction,
    referral: Referral,
    letter: Letter,
    version: int,
    terms: Terms,
    *events: Event,
) -> None:
    referrals.save(
        tx, referral, letter, version=version, due_at=_due(referral, terms), events=events
    )


def _due(referral: Referral, terms: Terms) -> datetime | None:
    return terms.clocks.due(
        referral.state,
        referral.urgency,
        referral.entered_at,
        terms.zone,
        visit_at=referral.visit_at,
        act_by=referral.act_by,
    )


def _by(member: Member) -> By:
    if member.role is Role.CLINICIAN:
        return By.CLINICIAN
    if member.role is Role.FRONT_DESK:
        return By.STAFF
    raise NotAllowed("An admin does not work on referrals.")


def _record(
    tx: Transaction, by: Member, action: str, referral_id: UUID, now: datetime, detail: str = ""
) -> None:
    audit.record(
        tx,
        actor=Actor("staff", by.id),
        action=action,
        subject=("referral", referral_id),
        now=now,
        detail=detail,
    )
