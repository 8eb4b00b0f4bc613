"""What staff do to a sent intake: take it, set its urgency, review, close and reopen it.

Each act names the version that the page showed; whoever comes second gets Conflict.
"""

from dataclasses import replace
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from clinic.errors import Conflict, IllegalMove, UnknownRecord
from clinic.intake import IntakeState
from clinic.store.database import Transaction
from clinic.store.opening import data_key_of
from clinic.store.queues import queue_of
from clinic.store.records import CARD, FACTS, Card, Facts, card_of
from clinic.store.sealing import Cell, seal
from clinic.store.tables import intake as table
from clinic.triage.rules import Urgency

MOVES = {
    IntakeState.SUBMITTED: {IntakeState.IN_REVIEW, IntakeState.REVIEWED},
    IntakeState.IN_REVIEW: {IntakeState.SUBMITTED, IntakeState.REVIEWED},
    IntakeState.REVIEWED: {IntakeState.IN_REVIEW, IntakeState.CLOSED},
    IntakeState.CLOSED: {IntakeState.IN_REVIEW},
}
"""From each state, the states that staff may bring an intake to."""


def take(
    tx: Transaction, intake_id: UUID, *, owner_id: UUID | None, version: int, now: datetime
) -> Facts:
    """Make somebody the owner, or nobody. A sent intake is in review while it has one.

    A draft on the worklist may have an owner too. Raises Conflict and UnknownRecord.
    """
    before = _facts(tx, intake_id)
    changes: dict[str, Any] = {"owner_id": owner_id}
    if before.state in (IntakeState.SUBMITTED, IntakeState.IN_REVIEW):
        changes["state"] = IntakeState.IN_REVIEW if owner_id else IntakeState.SUBMITTED
    return _change(tx, before, version, now, changes)


def waiting_with(tx: Transaction, owner_id: UUID) -> list[Facts]:
    """Give the intakes on the worklist that somebody has taken; nobody changes them meanwhile."""
    theirs = (table.c.owner_id == owner_id) & table.c.queue.is_not(None)
    statement = select(*FACTS).where(theirs).order_by(table.c.id).with_for_update()
    return [Facts.of(row) for row in tx.execute(statement)]


def mark_reviewed(tx: Transaction, intake_id: UUID, *, version: int, now: datetime) -> Facts:
    """Say that the answers were read. Raises Conflict, IllegalMove and UnknownRecord."""
    return _move(tx, intake_id, IntakeState.REVIEWED, version, now, reviewed_at=now)


def close(tx: Transaction, intake_id: UUID, *, version: int, now: datetime) -> Facts:
    """File a reviewed intake. Raises Conflict, IllegalMove and UnknownRecord."""
    return _move(tx, intake_id, IntakeState.CLOSED, version, now)


def reopen(tx: Transaction, intake_id: UUID, *, version: int, now: datetime) -> Facts:
    """Bring a reviewed or closed intake back. Raises Conflict, IllegalMove and UnknownRecord."""
    return _move(tx, intake_id, IntakeState.IN_REVIEW, version, now, reviewed_at=None)


def bring_back(
    tx: Transaction, intake_id: UUID, *, act_by: datetime | None, now: datetime
) -> Facts:
    """Put a sent intake to which something was added where staff see it, and raise its version.

    It has to be read by `act_by`, or sooner where its clock said so. What was reviewed waits to
    be read again; that it was reviewed, and when, stays on record. Raises IllegalMove for a
    draft, and UnknownRecord.
    """
    before = _facts(tx, intake_id)
    if before.state is IntakeState.DRAFT:
        raise IllegalMove("Answers that were not sent can still be changed.")
    clocks = [each for each in (before.act_by, act_by) if each is not None]
    changes: dict[str, Any] = {"act_by": min(clocks, default=None)}
    if before.state in (IntakeState.REVIEWED, IntakeState.CLOSED):
        state = IntakeState.IN_REVIEW if before.owner_id else IntakeState.SUBMITTED
        changes = {"state": state, "act_by": act_by}
    return _change(tx, before, before.version, now, changes)


def set_urgency(
    tx: Transaction,
    intake_id: UUID,
    urgency: Urgency,
    *,
    act_by: datetime | None,
    version: int,
    now: datetime,
) -> Facts:
    """Set a clinician's level. The assessment keeps what the rules said.

    Raises Conflict, IllegalMove for a draft, and UnknownRecord.
    """
    before = _facts(tx, intake_id)
    if before.state is IntakeState.DRAFT:
        raise IllegalMove("Answers that were not sent have no level to change.")
    raised = urgency is Urgency.EMERGENCY_NOW and before.urgency is not urgency
    changes = {
        "urgency": urgency,
        "act_by": act_by,
        "emergency_open": before.emergency_open or raised,
        "raised_at": now if raised else before.raised_at,
    }
    return _change(tx, before, version, now, changes)


def raise_emergency(tx: Transaction, intake_id: UUID, *, version: int, now: datetime) -> Facts:
    """Make it an emergency without an outcome, whatever its state, a draft too.

    Raises Conflict and UnknownRecord.
    """
    before = _facts(tx, intake_id)
    changes = {
        "urgency": Urgency.EMERGENCY_NOW,
        "act_by": now,
        "emergency_open": True,
        "raised_at": now,
    }
    return _change(tx, before, version, now, changes)


def keep_card(
    tx: Transaction, intake_id: UUID, card: Card, *, version: int, now: datetime
) -> Facts:
    """Keep another card for the list row. Raises Conflict and UnknownRecord."""
    sealed = seal(
        data_key_of(tx, intake_id), card.to_bytes(), Cell("intake", "sealed_card", intake_id)
    )
    return _change(tx, _facts(tx, intake_id), version, now, {"sealed_card": sealed})


def note_last_time(
    tx: Transaction, intake_id: UUID, *, last_on: date | None, changed: str, worse: bool
) -> None:
    """Put on the card of a list row what changed since the intake before.

    It is worked out from what is kept already, and so raises no version: whoever has the page
    open loses nothing. An intake without a card stays as it is. Raises UnknownRecord.
    """
    _facts(tx, intake_id)
    row = tx.execute(select(table.c.id, *CARD).where(table.c.id == intake_id)).one()
    card = card_of(tx.vault, row)
    if card is None:
        return
    noted = replace(card, last_on=last_on, changed=changed, worse=worse)
    if noted == card:
        return
    cell = Cell("intake", "sealed_card", intake_id)
    sealed = seal(data_key_of(tx, intake_id), noted.to_bytes(), cell)
    tx.execute(update(table).where(table.c.id == intake_id).values(sealed_card=sealed))


def claim(tx: Transaction, intake_id: UUID, *, version: int, now: datetime) -> Facts:
    """Make sure that nothing changed since the page, before something is added to the record.

    It raises the version, so that the same page cannot add twice. Raises Conflict and
    UnknownRecord.
    """
    return _change(tx, _facts(tx, intake_id), version, now, {})


def outcome_recorded(tx: Transaction, intake_id: UUID, *, now: datetime) -> None:
    """Take an intake out of the open emergencies. Raises UnknownRecord.

    It raises the version: whoever looks at the open emergency sees that it was met.
    """
    before = _facts(tx, intake_id)
    changes = {"emergency_open": False, "outcome_at": now, "raised_at": None}
    _change(tx, before, before.version, now, changes)


def _facts(tx: Transaction, intake_id: UUID) -> Facts:
    statement = select(*FACTS).where(table.c.id == intake_id).with_for_update()
    row = tx.execute(statement).one_or_none()
    if row is None:
        raise UnknownRecord("intake")
    return Facts.of(row)


def _move(
    tx: Transaction, intake_id: UUID, state: IntakeState, version: int, now: datetime, **more: Any
) -> Facts:
    before = _facts(tx, intake_id)
    if version == before.version and state not in MOVES.get(before.state, ()):
        raise IllegalMove(f"An intake that is {before.state} cannot become {state}.")
    return _change(tx, before, version, now, {"state": state, **more})


def _change(
    tx: Transaction, before: Facts, version: int, now: datetime, changes: dict[str, Any]
) -> Facts:
    """Write changes over the version that was seen, with the heading that follows from them."""
    values = {**changes, **_heading(before, changes, now), "version": version + 1}
    plain = {
        name: value.value if isinstance(value, Enum) else value for name, value in values.items()
    }
    changed = tx.execute(
        update(table)
        .where(table.c.id == before.id, table.c.version == version)
        .values(updated_at=now, **plain)
    )
    if changed.rowcount != 1:
        raise Conflict("Somebody else changed this intake since the page was opened.")
    return _facts(tx, before.id)


def _heading(before: Facts, changes: dict[str, Any], now: datetime) -> dict[str, Any]:
    emergency_open = changes.get("emergency_open", before.emergency_open)
    queue = queue_of(
        state=changes.get("state", before.state),
        urgency=changes.get("urgency", before.urgency),
        incomplete=before.incomplete,
        emergency_open=emergency_open,
        act_by=changes.get("act_by", before.act_by),
        now=now,
    )
    since = before.submitted_at
    if emergency_open:
        since = before.queued_at if before.emergency_open else now
    return {"queue": queue, "queued_at": None if queue is None else since or now}
