"""What is known of an intake without its answers: plain facts, and the card of a list row."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement

from clinic.intake import IntakeState
from clinic.store.queues import Queue
from clinic.store.sealing import Cell, Vault, unseal
from clinic.store.tables import intake
from clinic.triage.rules import Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a list row shows of a patient. It is sealed.

    `reason` holds the sentences for staff of the leading findings.
    """

    name: str
    birth_date: date | None = None
    phone: str = ""
    email: str = ""
    preferred_name: str = ""
    interpreter: str = ""
    appointment: str = ""
    areas: str = ""
    reason: tuple[str, ...] = ()

    def to_bytes(self) -> bytes:
        """Write it as JSON."""
        members = {name: getattr(self, name) for name in self.__slots__}
        members["birth_date"] = self.birth_date.isoformat() if self.birth_date else None
        return json.dumps(members, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, text: bytes) -> "Card":
        """Read what to_bytes wrote."""
        members = json.loads(text)
        born = members.pop("birth_date")
        reason = tuple(members.pop("reason"))
        return cls(birth_date=date.fromisoformat(born) if born else None, reason=reason, **members)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The plain columns of an intake: nothing that a patient said."""

    id: UUID
    reference: str
    state: IntakeState
    urgency: Urgency | None
    incomplete: bool
    emergency_open: bool
    queue: Queue | None
    queued_at: datetime | None
    language: str
    questionnaire_id: str
    questionnaire_version: str
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None
    act_by: datetime | None
    outcome_at: datetime | None
    raised_at: datetime | None
    reviewed_at: datetime | None
    patient_id: UUID | None
    owner_id: UUID | None
    version: int

    @classmethod
    def of(cls, row: Any) -> "Facts":
        """Read a row that holds at least the columns of FACTS."""
        values = {name: getattr(row, name) for name in cls.__slots__}
        values["state"] = IntakeState(row.state)
        values["urgency"] = Urgency(row.urgency) if row.urgency else None
        values["queue"] = None if row.queue is None else Queue(row.queue)
        return cls(**values)


FACTS: tuple[ColumnElement[Any], ...] = tuple(intake.c[name] for name in Facts.__slots__)
CARD: tuple[ColumnElement[Any], ...] = (intake.c.data_key, intake.c.sealed_card)


def card_of(vault: Vault, row: Any) -> Card | None:
    """Open the card of a row that holds the columns of CARD, and its id."""
    if row.sealed_card is None:
        return None
    key = vault.unwrap(row.data_key, Cell("intake", "data_key", row.id))
    return Card.from_bytes(unseal(key, row.sealed_card, Cell("intake", "sealed_card", row.id)))
