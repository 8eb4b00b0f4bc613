"""What happened around a made-up intake: alarms, calls, additions, referrals, matches, the audit.

Its sealed parts are filler that no page of the measurement opens. It is there because the lists
count and look into these tables, which grow as the intakes do.
"""

import random
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from clinic.referral.emergency import EmergencyStep
from clinic.referral.states import State
from clinic.store.database import Transaction
from clinic.store.outcomes import OutcomeKind
from clinic.store.queues import Queue
from clinic.store.referral_tables import amendment, emergency_step, referral
from clinic.store.tables import alert, audit_row, intake, outcome, patient_match

FILLER = bytes(120)
EMERGENCIES = 0.05
ADDED_TO = 0.04
REFERRED = 0.1
OPEN_REFERRALS = 0.2
LATE_REFERRALS = 0.02
CAME_BEFORE = 0.15
STANDING = 3
"""So many of the newest emergencies wait for somebody; nobody acknowledged them."""
LATE_STEPS = 8
SERVICES = ("spine-surgery", "physical-therapy", "behavioral-health", "same-day-imaging")


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who may come again: the record, and name, birth date and phone."""

    patient_id: uuid.UUID
    who: tuple[Any, ...]


class Around:
    """Rows by table, for a part of the crowd at a time."""

    def __init__(self, draw: random.Random, owners: list[uuid.UUID], now: datetime) -> None:
        self.draw = draw
        self.owners = owners
        self.now = now
        self.rows: dict[sa.Table, list[dict[str, Any]]] = defaultdict(list)
        self.sealed = 0
        self.known: list[Known] = []

    def returning(self) -> Known | None:
        """Give somebody who came before, each only once, or None for a new face."""
        if len(self.known) < 20 or self.draw.random() >= CAME_BEFORE:
            return None
        return self.known.pop(self.draw.randrange(len(self.known)))

    def add(self, row: dict[str, Any], who: tuple[Any, ...], before: Known | None) -> None:
        """Make up what happened around one intake."""
        self._audit(row)
        if self.draw.random() < EMERGENCIES:
            self._rang(row)
        if self.draw.random() < ADDED_TO:
            self._added(row)
        if self.draw.random() < REFERRED:
            self._referred(row)
        if before is not None:
            self._matched(row, before)
        elif len(self.known) < 5000:
            self.known.append(Known(row["patient_id"], who))

    def put(self, tx: Transaction) -> None:
        """Write what was made up since the last time."""
        for table, rows in self.rows.items():
            put(tx, table, rows)
        self.rows.clear()

    def _id(self, row: dict[str, Any]) -> uuid.UUID:
        """An id of about the time of the intake, so that it stands near in each index."""
        return uuid.UUID(int=(row["id"].int >> 60 << 60) | self.draw.getrandbits(60) | 1 << 63)

    def _audit(self, row: dict[str, Any]) -> None:
        for action in ("intake.submit", "intake.view"):
            self.sealed += 1
            self.rows[audit_row].append(
                {
                    "id": self._id(row),
                    "at": row["submitted_at"],
                    "actor_kind": "staff",
                    "actor_id": self.draw.choice(self.owners),
                    "action": action,
                    "subject_kind": "intake",
                    "subject_id": row["id"],
                    "result": "done",
                    "session": "",
                    "request_id": "",
                    "detail": "",
                    "seal_number": self.sealed,
                    "seal": FILLER[:32],
                }
            )

    def _rang(self, row: dict[str, Any]) -> None:
        at, by = row["submitted_at"], self.owners[0]
        self.rows[alert].append(
            {
                "id": self._id(row),
                "intake_id": row["id"],
                "raised_at": at,
                "next_at": at,
                "repeats": 0,
                "acknowledged_at": at,
                "acknowledged_by": by,
                "ended_at": at,
            }
        )
        self.rows[outcome].append(
            {
                "id": self._id(row),
                "intake_id": row["id"],
                "outcome": OutcomeKind.SENT_TO_EMERGENCY_CARE.value,
                "recorded_by": by,
                "recorded_at": at,
                "sealed_note": FILLER,
            }
        )
        steps = (EmergencyStep.ADVISED, EmergencyStep.ARRIVED, EmergencyStep.OUTCOME_KNOWN)
        self.rows[emergency_step] += [self._step(row, *step) for step in enumerate(steps, 1)]

    def _step(self, row: dict[str, Any], number: int, step: EmergencyStep) -> dict[str, Any]:
        at = row["submitted_at"]
        ended = step is EmergencyStep.OUTCOME_KNOWN
        return {
            "id": self._id(row),
            "intake_id": row["id"],
            "number": number,
            "step": step.value,
            "made_by": self.owners[0],
            "made_at": at,
            "due_at": None if ended else at + timedelta(days=1),
            "sealed_words": FILLER,
        }

    def _added(self, row: dict[str, Any]) -> None:
        read = self.draw.random() < 0.7
        self.rows[amendment].append(
            {
                "id": self._id(row),
                "intake_id": row["id"],
                "number": 1,
                "once": f"{self.draw.getrandbits(256):064x}",
                "made_at": row["submitted_at"],
                "read_at": row["submitted_at"] if read else None,
                "read_by": self.owners[0] if read else None,
                "sealed_text": FILLER,
            }
        )

    def _referred(self, row: dict[str, Any]) -> None:
        at = row["submitted_at"]
        is_open = self.draw.random() < OPEN_REFERRALS
        late = self.draw.random() < LATE_REFERRALS
        self.rows[referral].append(
            {
                "id": self._id(row),
                "reference": f"B-{self.draw.getrandbits(60):015x}",
                "intake_id": row["id"],
                "patient_id": row["patient_id"],
                "service": self.draw.choice(SERVICES),
                "provider_id": None,
                "kind": "consult",
                "urgency": row["urgency"],
                "act_by": at + timedelta(days=14),
                "state": (State.SENT if is_open else State.REVIEWED_AND_PATIENT_TOLD).value,
                "entered_at": at,
                "created_at": at,
                "sent_at": at,
                "seen_at": None,
                "due_at": self._due(late=late) if is_open else None,
                "visit_at": None,
                "owner_id": self.draw.choice(self.owners),
                "replaces_id": None,
                "escalated_at": None,
                "version": 1,
                "sealed_letter": FILLER * 10,
            }
        )

    def _due(self, *, late: bool) -> datetime:
        away = timedelta(hours=self.draw.randrange(1, 300))
        return self.now - away if late else self.now + away

    def _matched(self, row: dict[str, Any], before: Known) -> None:
        first, second = sorted((row["patient_id"], before.patient_id))
        act_id = self._id(row)
        self.rows[patient_match].append(
            {
                "id": act_id,
                "act_id": act_id,
                "undoes_id": None,
                "first_id": first,
                "second_id": second,
                "number": 1,
                "state": "same",
                "decided_by": self.owners[0],
                "decided_at": row["submitted_at"],
            }
        )


def put(tx: Transaction, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """Put rows into SQLite as its driver takes them, which is quicker than one by one."""
    if not rows:
        return
    names = ", ".join(f'"{name}"' for name in rows[0])
    marks = ", ".join("?" for _ in rows[0])
    raw = tx.connection.connection.driver_connection
    assert raw is not None
    raw.executemany(
        f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})',  # noqa: S608
        ([_bound(value) for value in row.values()] for row in rows),
    )


def _bound(value: Any) -> Any:
    """A value as the columns of the program keep it in SQLite."""
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "microseconds")
    return value


def unrest(tx: Transaction, draw: random.Random, owners: list[uuid.UUID], now: datetime) -> None:
    """Make emergencies of the newest without an alarm: a few are open, of others a step is late."""
    made = Around(draw, owners, now)
    quiet = sa.select(intake.c.id, intake.c.submitted_at).where(
        ~sa.exists().where(alert.c.intake_id == intake.c.id)
    )
    newest = quiet.order_by(intake.c.submitted_at.desc()).limit(STANDING + LATE_STEPS)
    for place, row in enumerate(_plain(tx, newest)):
        made._rang(row)
        steps = made.rows[emergency_step]
        if place < STANDING:
            made.rows[alert][-1] |= {
                "acknowledged_at": None,
                "acknowledged_by": None,
                "ended_at": None,
                "raised_at": now - timedelta(minutes=5 + place),
                "next_at": now + timedelta(minutes=10),
            }
            made.rows[outcome].pop()
            del steps[-3:]
            _open(tx, row["id"])
        else:
            del steps[-2:]
            steps[-1]["due_at"] = now - timedelta(hours=1 + place)
    made.put(tx)


def _plain(tx: Transaction, statement: sa.Select[Any]) -> Iterator[dict[str, Any]]:
    return iter([dict(row._mapping) for row in tx.execute(statement)])


def _open(tx: Transaction, intake_id: uuid.UUID) -> None:
    tx.execute(
        sa.update(intake)
        .where(intake.c.id == intake_id)
        .values(
            state="submitted",
            urgency="emergency_now",
            emergency_open=True,
            queue=Queue.EMERGENCY.value,
            queued_at=intake.c.submitted_at,
        )
    )
