"""Intakes: begun as drafts, saved at every step, sent once, and read back equal."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.dialects import postgresql, sqlite

from clinic.errors import AlreadySubmitted, Conflict, UnknownRecord
from clinic.fhir.response import response_from_json, response_to_json
from clinic.fhir.text import dumps, loads
from clinic.intake import BIRTH_DATE, Intake, IntakeState
from clinic.marked import marked
from clinic.questionnaire.model import Questionnaire
from clinic.questionnaire.response import Response
from clinic.questionnaire.speaking import asked_in
from clinic.questionnaire.values import PartialDate
from clinic.store.database import Transaction
from clinic.store.ids import new_id
from clinic.store.journals import Journal
from clinic.store.keys import Key
from clinic.store.queues import open_alarms, queue_of
from clinic.store.records import CARD, FACTS, Card, Facts, card_of
from clinic.store.resume_codes import (
    CROCKFORD,
    birth_hash,
    issue_code,
    open_by_code,
    sent_by_code,
)
from clinic.store.review import (
    bring_back,
    claim,
    close,
    keep_card,
    mark_reviewed,
    note_last_time,
    raise_emergency,
    reopen,
    set_urgency,
    take,
    waiting_with,
)
from clinic.store.sealing import Cell, seal, unseal
from clinic.store.tables import intake as table
from clinic.triage.assess import Assessment

__all__ = [
    "Card",
    "Draft",
    "Facts",
    "Library",
    "Sent",
    "bring_back",
    "card",
    "claim",
    "close",
    "facts",
    "id_of_key",
    "id_of_reference",
    "idempotency_key",
    "insert",
    "issue_code",
    "keep_card",
    "listing",
    "load",
    "mark_reviewed",
    "new_reference",
    "note_last_time",
    "open_by_code",
    "raise_emergency",
    "reopen",
    "save",
    "sent_by_code",
    "set_urgency",
    "start",
    "start_once",
    "submit",
    "take",
    "waiting_with",
]


class Library(Protocol):
    """Where a questionnaire is found in the version that was answered."""

    def get(self, questionnaire_id: str, version: str | None = None) -> Questionnaire:
        """Give a questionnaire. Raises UnknownRecord."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A new draft, with the key that its sending will carry."""

    intake: Intake
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A sent intake; `first` is False when the same key had sent it before."""

    intake: Intake
    first: bool


def start(
    tx: Transaction, questionnaire: Questionnaire, *, now: datetime, language: str = "en"
) -> Draft:
    """Begin a draft: its id, reference, keys and row."""
    draft = start_once(tx, questionnaire, secrets.token_urlsafe(24), now=now, language=language)
    if draft is None:
        raise Conflict("These answers were begun twice.")
    return draft


def start_once(
    tx: Transaction, questionnaire: Questionnaire, key: str, *, now: datetime, language: str = "en"
) -> Draft | None:
    """Begin a draft whose sending will carry a key; None when one was begun with it.

    Whoever begins another with the same key at the same moment waits until this turn ends.
    """
    intake = Intake(
        id=new_id(),
        reference=new_reference(tx),
        questionnaire=questionnaire,
        created_at=now,
        response=Response(language=language),
        updated_at=now,
        version=1,
    )
    return Draft(intake, key) if insert(tx, intake, idempotency_key=key) else None


def insert(tx: Transaction, intake: Intake, *, idempotency_key: str) -> bool:
    """Put a draft in as it is given; False when another has its idempotency key."""
    key = Key.new()
    into = sqlite.insert(table) if tx.is_sqlite else postgresql.insert(table)
    unless_begun = into.on_conflict_do_nothing(index_elements=[table.c.idempotency_key])
    made = tx.execute(
        unless_begun.values(
            id=intake.id,
            reference=intake.reference,
            idempotency_key=idempotency_key,
            questionnaire_id=intake.questionnaire.id,
            questionnaire_version=intake.questionnaire.version,
            language=intake.response.language,
            state=intake.state.value,
            incomplete=False,
            emergency_open=False,
            created_at=intake.created_at,
            updated_at=intake.updated_at or intake.created_at,
            version=intake.version,
            birth_hash=_birth_hash(tx, intake),
            data_key=tx.wrap(key, Cell("intake", "data_key", intake.id)),
            **_sealed(key, intake),
        ).returning(table.c.id)
    )
    return made.one_or_none() is not None


def load(tx: Transaction, intake_id: UUID, library: Library, *, for_update: bool = False) -> Intake:
    """Read an intake. Raises UnknownRecord.

    `for_update` makes others wait for the row until this transaction ends.
    """
    statement = select(table).where(table.c.id == intake_id)
    row = tx.execute(statement.with_for_update() if for_update else statement).one_or_none()
    if row is None:
        raise UnknownRecord("intake")
    key = _data_key(tx, row)
    questionnaire = library.get(row.questionnaire_id, row.questionnaire_version)
    answers = unseal(key, row.sealed_response, _cell("sealed_response", intake_id))
    journal = Journal.from_bytes(
        unseal(key, row.sealed_journal, _cell("sealed_journal", intake_id))
    )
    response = response_from_json(questionnaire.whole or questionnaire, loads(answers))
    return Intake(
        id=row.id,
        reference=row.reference,
        questionnaire=asked_in(questionnaire, response.language, response.answers),
        created_at=row.created_at,
        response=response,
        state=IntakeState(row.state),
        offered=journal.offered,
        history=journal.history,
        alarms=journal.alarms,
        consent=journal.consent,
        answered_on=journal.answered_on,
        updated_at=row.updated_at,
        submitted_at=row.submitted_at,
        version=row.version,
    )


def save(
    tx: Transaction,
    intake: Intake,
    *,
    now: datetime,
    card: Card | None = None,
    assessment: Assessment | None = None,
) -> Intake:
    """Keep a draft as it stands now, and give it with its next version.

    A draft with an alarm joins the worklist: give its card and assessment then. Raises
    AlreadySubmitted, and Conflict when it was saved by another since it was read.
    """
    row = _row(tx, intake.id)
    values: dict[str, Any] = _standing(intake, assessment, row, None, now)
    return _write(tx, row, replace(intake, updated_at=now), card, values)


def submit(
    tx: Transaction,
    intake: Intake,
    *,
    idempotency_key: str,
    assessment: Assessment,
    card: Card,
    act_by: datetime | None,
    patient_id: UUID | None,
    now: datetime,
) -> Sent:
    """Keep `intake`, which is a draft's `sent(now)`.

    Sending again with the same key changes nothing and gives what was sent first. Raises
    AlreadySubmitted for another key, and Conflict when the draft was saved meanwhile.
    """
    row = _row(tx, intake.id)
    if row.idempotency_key != idempotency_key:
        raise AlreadySubmitted(
            marked("This form belongs to other answers. Open yours again to send them.")
        )
    if row.state != IntakeState.DRAFT.value:
        return Sent(_as_kept(tx, intake), first=False)
    values = {
        **_standing(intake, assessment, row, act_by, now),
        "state": intake.state.value,
        "submitted_at": intake.submitted_at,
        "act_by": act_by,
        "patient_id": patient_id,
    }
    return Sent(_write(tx, row, intake, card, values), first=True)


def facts(tx: Transaction, intake_id: UUID, *, lock: bool = False) -> Facts:
    """Give the plain columns. With `lock`, they stay so until the end. Raises UnknownRecord."""
    return Facts.of(_row(tx, intake_id, lock=lock))


def card(tx: Transaction, intake_id: UUID) -> Card | None:
    """Give the card, once one was kept. Raises UnknownRecord."""
    return card_of(tx.vault, _row(tx, intake_id))


def facts_and_card(tx: Transaction, intake_id: UUID) -> tuple[Facts, Card | None]:
    """Give the plain columns, and the card once one was kept. Raises UnknownRecord."""
    row = _row(tx, intake_id)
    return Facts.of(row), card_of(tx.vault, row)


def cards(tx: Transaction, intake_ids: Collection[UUID]) -> dict[UUID, Card]:
    """Give the cards of some intakes, of those that have one."""
    statement = select(table.c.id, *CARD).where(table.c.id.in_(intake_ids))
    found = {row.id: card_of(tx.vault, row) for row in tx.execute(statement)}
    return {key: card for key, card in found.items() if card is not None}


def listing(tx: Transaction, *, after: UUID | None = None, limit: int = 1000) -> list[Facts]:
    """Give the facts of all intakes by id, which is by age, in pages."""
    statement = select(*FACTS).order_by(table.c.id).limit(limit)
    if after is not None:
        statement = statement.where(table.c.id > after)
    return [Facts.of(row) for row in tx.execute(statement)]


def idempotency_key(tx: Transaction, intake_id: UUID) -> str:
    """Give the key that the sending of this draft carries. Raises UnknownRecord."""
    return str(_row(tx, intake_id).idempotency_key)


def id_of_key(tx: Transaction, key: str) -> UUID | None:
    """Give the id of the intake that was begun with a key, or None."""
    found: UUID | None = tx.scalar(select(table.c.id).where(table.c.idempotency_key == key))
    return found


def id_of_reference(tx: Transaction, reference: str) -> UUID | None:
    """Give the id of the intake with a reference, or None."""
    found: UUID | None = tx.scalar(select(table.c.id).where(table.c.reference == reference))
    return found


def new_reference(tx: Transaction) -> str:
    """Give a reference that no intake has, such as K7QM-2R9D."""
    while True:
        letters = "".join(secrets.choice(CROCKFORD) for _ in range(8))
        reference = f"{letters[:4]}-{letters[4:]}"
        if tx.scalar(select(table.c.id).where(table.c.reference == reference)) is None:
            return reference


def _row(tx: Transaction, intake_id: UUID, *, lock: bool = False) -> Row[Any]:
    columns = (*FACTS, *CARD, table.c.idempotency_key)
    statement = select(*columns).where(table.c.id == intake_id)
    row = tx.execute(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise UnknownRecord("intake")
    return row


def _write(
    tx: Transaction, row: Row[Any], intake: Intake, card: Card | None, values: Mapping[str, Any]
) -> Intake:
    """Write a draft over the version that was read, or not at all."""
    changed = tx.execute(
        update(table)
        .where(
            table.c.id == intake.id,
            table.c.version == intake.version,
            table.c.state == IntakeState.DRAFT.value,
        )
        .values(
            version=intake.version + 1,
            updated_at=intake.updated_at,
            language=intake.response.language,
            birth_hash=_birth_hash(tx, intake),
            **_sealed(_data_key(tx, row), intake, card),
            **values,
        )
    )
    if changed.rowcount != 1:
        raise _why_not(tx, intake)
    return replace(intake, version=intake.version + 1)


def _why_not(tx: Transaction, intake: Intake) -> AlreadySubmitted | Conflict:
    if _row(tx, intake.id).state != IntakeState.DRAFT.value:
        return AlreadySubmitted("These answers were sent and can no longer be changed.")
    return Conflict("These answers were changed in another window since this page was opened.")


def _standing(
    intake: Intake,
    assessment: Assessment | None,
    row: Row[Any],
    act_by: datetime | None,
    now: datetime,
) -> dict[str, Any]:
    """Where the intake stands on the worklist, as plain columns."""
    sent = assessment if intake.submitted else None
    began = open_alarms(intake.alarms, sent, row.outcome_at, row.raised_at)
    urgency = assessment.urgency if assessment else None
    incomplete = assessment.incomplete if assessment else False
    queue = queue_of(
        state=intake.state,
        urgency=urgency,
        incomplete=incomplete,
        emergency_open=bool(began),
        act_by=act_by,
        now=now,
    )
    since = min((at or now for at in began), default=intake.submitted_at)
    return {
        "urgency": urgency.value if urgency else None,
        "incomplete": incomplete,
        "emergency_open": bool(began),
        "queue": None if queue is None else queue.value,
        "queued_at": None if queue is None else since,
    }


def _as_kept(tx: Transaction, intake: Intake) -> Intake:
    """Give what was sent, read with the questionnaire at hand."""

    class _Held:
        def get(self, questionnaire_id: str, version: str | None = None) -> Questionnaire:  # noqa: ARG002
            return intake.questionnaire

    return load(tx, intake.id, _Held())


def _sealed(key: Key, intake: Intake, card: Card | None = None) -> dict[str, bytes]:
    status = "completed" if intake.submitted else "in-progress"
    resource = response_to_json(
        intake.questionnaire, intake.response, status=status, reference=intake.reference
    )
    plain = {
        "sealed_response": dumps(resource).encode(),
        "sealed_journal": Journal.of(intake).to_bytes(),
    }
    if card is not None:
        plain["sealed_card"] = card.to_bytes()
    return {name: seal(key, text, _cell(name, intake.id)) for name, text in plain.items()}


def _data_key(tx: Transaction, row: Row[Any]) -> Key:
    if row.id not in tx.data_keys:
        tx.data_keys[row.id] = tx.vault.unwrap(row.data_key, Cell("intake", "data_key", row.id))
    return tx.data_keys[row.id]


def _cell(column: str, intake_id: UUID) -> Cell:
    return Cell("intake", column, intake_id)


def _birth_hash(tx: Transaction, intake: Intake) -> bytes | None:
    match intake.response.answers.get(BIRTH_DATE):
        case (PartialDate() as born,) if born.is_full:
            return birth_hash(tx, intake.id, born.first_day)
        case _:
            return None
