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

INTERPRETER_NEEDED = "interpreter needed"
DAYS = ("birth_date", "last_on", "visit_on")
"""The members of a card that are dates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a list row shows of a patient. It is sealed.

    `reason` holds the sentences for staff of the leading findings, `reason_of` the level that
    they speak for ("" on an older card), which a clinician may have raised since. `last_on` is
    the day of the last intake of the same confirmed person, `changed` how the pain moved since.
    `appointment` is the visit in words, `visit_on` its day.
    """

    name: str
    birth_date: date | None = None
    phone: str = ""
    email: str = ""
    preferred_name: str = ""
    interpreter: str = ""
    appointment: str = ""
    visit_on: date | None = None
    areas: str = ""
    reason: tuple[str, ...] = ()
    reason_of: str = ""
    last_on: date | None = None
    changed: str = ""
    worse: bool = False

    @property
    def needs_interpreter(self) -> bool:
        """True when somebody has to be found who speaks the language."""
        return INTERPRETER_NEEDED in self.interpreter

    def to_bytes(self) -> bytes:
        """Write it as JSON."""
        members = {name: getattr(self, name) for name in self.__slots__}
        for name in DAYS:
            members[name] = members[name].isoformat() if members[name] else None
        return json.dumps(members, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, text: bytes) -> "Card":
        """Read what to_bytes wrote."""
        members = json.loads(text)
        days = {name: members.pop(name, None) for name in DAYS}
        read: dict[str, Any] = {name: date.fromisoformat(day) for name, day in days.items() if day}
        reason = tuple(members.pop("reason"))
        return cls(reason=reason, **read, **members)


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
