"""Referrals: made as drafts, moved one state at a time, with a history that only grows."""

import secrets
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select, tuple_, update

from clinic.errors import Conflict, UnknownRecord
from clinic.fhir.text import dumps, loads
from clinic.referral.letter import Letter
from clinic.referral.model import Channel, Event, Kind, Referral, Signature
from clinic.referral.states import Act, By, State
from clinic.referral.written import letter_from_data, letter_to_data
from clinic.store.database import Transaction
from clinic.store.ids import new_id
from clinic.store.opening import data_key_of
from clinic.store.referral_tables import referral as table
from clinic.store.referral_tables import referral_event as events_table
from clinic.store.resume_codes import CROCKFORD
from clinic.store.sealing import Cell, seal, unseal
from clinic.triage.rules import Urgency

COUNTED = 100
SEEN_ACTS = (Act.REPORT_SEEN, Act.REPORT)


@dataclass(frozen=True, slots=True)
class Kept:
    """A referral with its letter, and by when it has to move on (None when it has ended)."""

    referral: Referral
    letter: Letter
    due_at: datetime | None
    sent_at: datetime | None = None
    seen_at: datetime | None = None
    escalated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Overdue:
    """A referral whose time ran out, and when."""

    id: UUID
    due_at: datetime


def new_reference(tx: Transaction) -> str:
    """Give a reference that no referral has, such as R-7K2M9Q."""
    while True:
        reference = "R-" + "".join(secrets.choice(CROCKFORD) for _ in range(6))
        if tx.scalar(select(table.c.id).where(table.c.reference == reference)) is None:
            return reference


def add(tx: Transaction, referral: Referral, letter: Letter, *, due_at: datetime | None) -> None:
    """Put a referral in. Raises UnknownRecord when its intake is not there."""
    tx.execute(table.insert().values(**_values(tx, referral, letter), due_at=due_at))


def get(tx: Transaction, referral_id: UUID, *, lock: bool = False) -> Kept:
    """Give a referral; with `lock` nobody else changes it until the transaction ends.

    Raises UnknownRecord.
    """
    statement = select(table).where(table.c.id == referral_id)
    row = tx.execute(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise UnknownRecord("referral")
    return _read(tx, row)


def save(
    tx: Transaction,
    referral: Referral,
    letter: Letter,
    *,
    version: int,
    due_at: datetime | None,
    events: Iterable[Event] = (),
) -> None:
    """Write a referral over the version that was seen, and add to its history.

    Raises Conflict when somebody else changed it since.
    """
    added = tuple(events)
    values: dict[str, Any] = {**_values(tx, referral, letter), "version": version + 1}
    for event in added:
        if event.act is Act.SEND:
            values["sent_at"] = event.at
        if event.act in SEEN_ACTS:
            values["seen_at"] = func.coalesce(table.c.seen_at, event.visit_at or event.at)
        if event.target is not event.source:
            values["escalated_at"] = None
    changed = tx.execute(
        update(table)
        .where(table.c.id == referral.id, table.c.version == version)
        .values(**values, due_at=due_at)
    )
    if changed.rowcount != 1:
        raise Conflict("Somebody else changed this referral since the page was opened.")
    key = data_key_of(tx, referral.intake_id)
    for event in added:
        row_id = new_id()
        tx.execute(
            events_table.insert().values(
                id=row_id,
                referral_id=referral.id,
                act=event.act.value,
                made_by=event.by.value,
                actor_id=event.actor_id,
                at=event.at,
                source=event.source.value,
                target=event.target.value,
                visit_at=event.visit_at,
                sealed_words=seal(key, event.words.encode(), _words_cell(row_id)),
            )
        )


def history(tx: Transaction, referral: Referral) -> list[Event]:
    """Give everything that happened to a referral, oldest first."""
    key = data_key_of(tx, referral.intake_id)
    rows = tx.execute(
        select(events_table)
        .where(events_table.c.referral_id == referral.id)
        .order_by(events_table.c.at, events_table.c.id)
    )
    return [
        Event(
            act=Act(row.act),
            by=By(row.made_by),
            at=row.at,
            source=State(row.source),
            target=State(row.target),
            words=unseal(key, row.sealed_words, _words_cell(row.id)).decode(),
            visit_at=row.visit_at,
            actor_id=row.actor_id,
        )
        for row in rows
    ]


def of_intake(tx: Transaction, intake_id: UUID) -> list[Kept]:
    """Give the referrals that were made from an intake, oldest first."""
    statement = select(table).where(table.c.intake_id == intake_id).order_by(table.c.id)
    return [_read(tx, row) for row in tx.execute(statement)]


def of_patients(tx: Transaction, patient_ids: Collection[UUID]) -> list[Kept]:
    """Give the referrals of one confirmed person, oldest first."""
    statement = select(table).where(table.c.patient_id.in_(patient_ids)).order_by(table.c.id)
    return [_read(tx, row) for row in tx.execute(statement)]


def waiting(
    tx: Transaction,
    *,
    states: Collection[State] = (),
    service: str = "",
    owner_id: UUID | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[Kept]:
    """Give the referrals that have a clock, the one due soonest first; read by key.

    Of some states, one service, or one owner alone, where these are given.
    """
    statement = select(table).where(*_clocked(states, service, owner_id))
    if after is not None:
        statement = statement.where(tuple_(table.c.due_at, table.c.id) > tuple_(*after))
    statement = statement.order_by(table.c.due_at, table.c.id).limit(limit)
    return [_read(tx, row) for row in tx.execute(statement)]


def waiting_count(
    tx: Transaction,
    *,
    states: Collection[State] = (),
    service: str = "",
    owner_id: UUID | None = None,
) -> int:
    """Give how many have a clock, and COUNTED + 1 for more than COUNTED."""
    return _counted(tx, *_clocked(states, service, owner_id))


def overdue_count(tx: Transaction, now: datetime) -> int:
    """Give how many have passed their time, and COUNTED + 1 for more than COUNTED."""
    return _counted(tx, table.c.due_at <= now)


def _counted(tx: Transaction, *conditions: ColumnElement[bool]) -> int:
    found = select(table.c.id).where(*conditions).limit(COUNTED + 1)
    return int(tx.scalar(select(func.count()).select_from(found.subquery())))


def _clocked(
    states: Collection[State], service: str, owner_id: UUID | None
) -> Iterator[ColumnElement[bool]]:
    yield table.c.due_at.is_not(None)
    if states:
        yield table.c.state.in_([state.value for state in states])
    if service:
        yield table.c.service == service
    if owner_id is not None:
        yield table.c.owner_id == owner_id


def to_escalate(
    tx: Transaction, now: datetime, urgencies: Collection[Urgency], *, limit: int = 100
) -> list[Overdue]:
    """Give those whose time has run out, and of which nobody higher was told, latest first."""
    statement = (
        select(table.c.id, table.c.due_at)
        .where(
            table.c.due_at <= now,
            table.c.escalated_at.is_(None),
            table.c.urgency.in_([urgency.value for urgency in urgencies]),
        )
        .order_by(table.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [Overdue(row.id, row.due_at) for row in tx.execute(statement)]


def escalated(tx: Transaction, referral_ids: Collection[UUID], now: datetime) -> None:
    """Note that somebody higher was told of them."""
    tx.execute(update(table).where(table.c.id.in_(referral_ids)).values(escalated_at=now))


def sent_between(tx: Transaction, start: datetime, end: datetime) -> list[Kept]:
    """Give every referral that was sent from one moment until before another, for the figures."""
    statement = select(table).where(table.c.sent_at >= start, table.c.sent_at < end)
    return [_read(tx, row) for row in tx.execute(statement.order_by(table.c.id))]


def _values(tx: Transaction, referral: Referral, letter: Letter) -> dict[str, Any]:
    key = data_key_of(tx, referral.intake_id)
    signed = referral.signature
    sealed = {
        "question": referral.question,
        "gate_reason": referral.gate_reason,
        "doubled_reason": referral.doubled_reason,
        "added_reason": referral.added_reason,
        "added_known": referral.added_known,
        "channel": referral.channel.value if referral.channel else None,
        "signature": None
        if signed is None
        else {
            "staff_id": str(signed.staff_id),
            "name": signed.name,
            "role": signed.role,
            "at": signed.at.isoformat(),
            "letter_hash": signed.letter_hash,
            "added": signed.added,
        },
        "letter": letter_to_data(letter),
    }
    return {
        "id": referral.id,
        "reference": referral.reference,
        "intake_id": referral.intake_id,
        "patient_id": referral.patient_id,
        "service": referral.service,
        "provider_id": referral.provider_id,
        "kind": referral.kind.value,
        "urgency": referral.urgency.value,
        "act_by": referral.act_by,
        "state": referral.state.value,
        "entered_at": referral.entered_at,
        "created_at": referral.created_at,
        "visit_at": referral.visit_at,
        "owner_id": referral.owner_id,
        "replaces_id": referral.replaces,
        "version": referral.version,
        "sealed_letter": seal(key, dumps(sealed).encode(), _letter_cell(referral.id)),
    }


def _read(tx: Transaction, row: Row[Any]) -> Kept:
    key = data_key_of(tx, row.intake_id)
    sealed = loads(unseal(key, row.sealed_letter, _letter_cell(row.id)))
    signed, channel = sealed["signature"], sealed["channel"]
    referral = Referral(
        id=row.id,
        reference=row.reference,
        intake_id=row.intake_id,
        patient_id=row.patient_id,
        service=row.service,
        provider_id=row.provider_id,
        kind=Kind(row.kind),
        question=sealed["question"],
        urgency=Urgency(row.urgency),
        act_by=row.act_by,
        state=State(row.state),
        entered_at=row.entered_at,
        created_at=row.created_at,
        version=row.version,
        owner_id=row.owner_id,
        visit_at=row.visit_at,
        signature=_signature(signed) if signed else None,
        channel=Channel(channel) if channel else None,
        replaces=row.replaces_id,
        gate_reason=sealed["gate_reason"],
        doubled_reason=sealed["doubled_reason"],
        added_reason=sealed.get("added_reason", ""),
        added_known=sealed.get("added_known", 0),
    )
    return Kept(
        referral,
        letter_from_data(sealed["letter"]),
        row.due_at,
        row.sent_at,
        row.seen_at,
        row.escalated_at,
    )


def _signature(data: dict[str, Any]) -> Signature:
    return Signature(
        staff_id=UUID(data["staff_id"]),
        name=data["name"],
        role=data["role"],
        at=datetime.fromisoformat(data["at"]),
        letter_hash=data["letter_hash"],
        added=data.get("added", 0),
    )


def _letter_cell(row_id: UUID) -> Cell:
    return Cell("referral", "sealed_letter", row_id)


def _words_cell(row_id: UUID) -> Cell:
    return Cell("referral_event", "sealed_words", row_id)
