"""The tables. A column called `sealed_...` is encrypted, and so is `data_key`.

Everything that a patient said is sealed. Plain columns hold only what lists and clocks need.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

OVERDUE_QUEUE = 3
"""Rows in a later queue than this wait for the clock to move them here (worklist.py)."""


class Instant(TypeDecorator[datetime]):
    """A moment in UTC. SQLite knows no zones, so that they are put on again when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC. Raises ValueError for a time without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


def _id(**more: Any) -> Column[Any]:
    return Column("id", Uuid, primary_key=True, **more)


def _of(table: str, name: str = "", *, nullable: bool = False, ends: bool = False) -> Column[Any]:
    """A column that names a row of another table; `ends` when it goes with that row."""
    target = ForeignKey(f"{table}.id", ondelete="CASCADE" if ends else None)
    return Column(name or f"{table}_id", Uuid, target, nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> Column[datetime]:
    return Column(name, Instant, nullable=nullable)


def _text(name: str, length: int, *, nullable: bool = False) -> Column[str]:
    return Column(name, String(length), nullable=nullable)


def _bytes(name: str, *, nullable: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=nullable)


meta = Table(
    "meta",
    metadata,
    Column("name", String(40), primary_key=True),
    _bytes("value"),
)

staff = Table(
    "staff",
    metadata,
    _id(),
    _text("username", 80),
    _text("name", 120),
    _text("role", 20),
    _text("password_hash", 200),
    Column("must_change_password", Boolean, nullable=False),
    _moment("created_at"),
    _moment("password_set_at"),
    _moment("disabled_at", nullable=True),
    UniqueConstraint("username"),
)

patient = Table(
    "patient",
    metadata,
    _id(),
    _moment("created_at"),
    _bytes("data_key"),
    _bytes("sealed_person"),
)

patient_search = Table(
    "patient_search",
    metadata,
    Column("hash", LargeBinary(16), primary_key=True),
    Column("patient_id", Uuid, ForeignKey("patient.id", ondelete="CASCADE"), primary_key=True),
)
Index(None, patient_search.c.patient_id)

intake = Table(
    "intake",
    metadata,
    _id(),
    _text("reference", 20),
    _text("idempotency_key", 64),
    _text("questionnaire_id", 80),
    _text("questionnaire_version", 40),
    _text("language", 10),
    _text("state", 20),
    _text("urgency", 20, nullable=True),
    Column("incomplete", Boolean, nullable=False),
    Column("emergency_open", Boolean, nullable=False),
    Column("queue", SmallInteger, nullable=True),
    _moment("queued_at", nullable=True),
    _moment("created_at"),
    _moment("updated_at"),
    _moment("submitted_at", nullable=True),
    _moment("act_by", nullable=True),
    _moment("outcome_at", nullable=True),
    _moment("raised_at", nullable=True),
    _moment("reviewed_at", nullable=True),
    _of("patient", nullable=True),
    _of("staff", "owner_id", nullable=True),
    Column("version", Integer, nullable=False),
    Column("birth_hash", LargeBinary(32), nullable=True),
    _bytes("data_key"),
    _bytes("sealed_response"),
    _bytes("sealed_journal"),
    _bytes("sealed_card", nullable=True),
    UniqueConstraint("reference"),
    UniqueConstraint("idempotency_key"),
)
_listed = intake.c.queue.is_not(None)
Index(
    "ix_intake_worklist",
    intake.c.queue,
    intake.c.queued_at,
    intake.c.id,
    sqlite_where=_listed,
    postgresql_where=_listed,
)
Index(
    "ix_intake_owner_worklist",
    intake.c.owner_id,
    intake.c.queue,
    intake.c.queued_at,
    intake.c.id,
    sqlite_where=_listed,
    postgresql_where=_listed,
)
_may_fall_due = intake.c.queue > OVERDUE_QUEUE
Index(
    "ix_intake_due",
    intake.c.act_by,
    sqlite_where=_may_fall_due,
    postgresql_where=_may_fall_due,
)
Index("ix_intake_patient", intake.c.patient_id, intake.c.id)
Index("ix_intake_state", intake.c.state, intake.c.updated_at)

resume_code = Table(
    "resume_code",
    metadata,
    Column("code_hash", LargeBinary(32), primary_key=True),
    _of("intake", ends=True),
    _moment("made_at"),
    _moment("expires_at"),
)
Index(None, resume_code.c.intake_id)

assessment = Table(
    "assessment",
    metadata,
    _id(),
    _of("intake", ends=True),
    _moment("made_at"),
    _text("rules_version", 40),
    _text("rules_hash", 80),
    _bytes("sealed_assessment"),
)
Index("ix_assessment_intake", assessment.c.intake_id, assessment.c.id)

note = Table(
    "note",
    metadata,
    _id(),
    _of("intake", ends=True),
    _of("staff", "author_id"),
    _moment("made_at"),
    _bytes("sealed_text"),
)
Index("ix_note_intake", note.c.intake_id, note.c.id)

outcome = Table(
    "outcome",
    metadata,
    _id(),
    _of("intake", ends=True),
    _text("outcome", 40),
    _of("staff", "recorded_by"),
    _moment("recorded_at"),
    _bytes("sealed_note"),
)
Index("ix_outcome_intake", outcome.c.intake_id, outcome.c.id)

set_level = Table(
    "set_level",
    metadata,
    _id(),
    _of("intake", ends=True),
    _text("computed", 20),
    _text("level", 20),
    _of("staff", "set_by"),
    _moment("set_at"),
    _bytes("sealed_reason"),
)
Index("ix_set_level_intake", set_level.c.intake_id, set_level.c.id)

typed_total = Table(
    "typed_total",
    metadata,
    _id(),
    _of("intake", ends=True),
    _of("typed_total", "replaces_id", nullable=True, ends=True),
    _of("staff", "typed_by"),
    _moment("typed_at"),
    _bytes("sealed_total"),
    UniqueConstraint("replaces_id"),
)
Index("ix_typed_total_intake", typed_total.c.intake_id, typed_total.c.id)

staff_fact = Table(
    "staff_fact",
    metadata,
    _id(),
    _of("intake", ends=True),
    _of("staff", "stated_by"),
    _moment("stated_at"),
    _bytes("sealed_fact"),
)
Index("ix_staff_fact_intake", staff_fact.c.intake_id, staff_fact.c.id)

patient_match = Table(
    "patient_match",
    metadata,
    _id(),
    Column("act_id", Uuid, nullable=False),
    Column("undoes_id", Uuid, nullable=True),
    _of("patient", "first_id", ends=True),
    _of("patient", "second_id", ends=True),
    Column("number", Integer, nullable=False),
    _text("state", 20),
    _of("staff", "decided_by"),
    _moment("decided_at"),
    UniqueConstraint("first_id", "second_id", "number"),
    UniqueConstraint("undoes_id", "first_id", "second_id"),
)
Index("ix_patient_match_second", patient_match.c.second_id)
Index("ix_patient_match_act", patient_match.c.act_id)

document = Table(
    "document",
    metadata,
    _id(),
    _of("intake", ends=True),
    _text("kind", 40),
    _text("edition", 20),
    _text("language", 10),
    Column("version", Integer, nullable=False),
    Column("content_hash", LargeBinary(32), nullable=False),
    _moment("made_at"),
    _bytes("sealed_pdf"),
    UniqueConstraint("intake_id", "kind", "edition", "language", "content_hash"),
)

session = Table(
    "session",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    _of("staff", nullable=True, ends=True),
    _moment("created_at"),
    _moment("seen_at"),
    _moment("expires_at"),
    _bytes("sealed_data"),
)
Index(None, session.c.staff_id)
Index(None, session.c.expires_at)

counter = Table(
    "counter",
    metadata,
    Column("bucket", String(40), primary_key=True),
    Column("key_hash", LargeBinary(16), primary_key=True),
    Column("hits", Integer, nullable=False),
    _moment("ends_at"),
)
Index(None, counter.c.ends_at)

audit_row = Table(
    "audit_row",
    metadata,
    _id(),
    _moment("at"),
    _text("actor_kind", 20),
    Column("actor_id", Uuid, nullable=True),
    _text("action", 60),
    _text("subject_kind", 40, nullable=True),
    Column("subject_id", Uuid, nullable=True),
    _text("result", 40),
    _text("session", 40),
    _text("request_id", 60),
    _text("detail", 300),
    Column("seal_number", BigInteger, nullable=True),
    Column("seal", LargeBinary(32), nullable=True),
    UniqueConstraint("seal_number"),
)
_unsealed = audit_row.c.seal_number.is_(None)
Index(
    "ix_audit_row_unsealed",
    audit_row.c.id,
    sqlite_where=_unsealed,
    postgresql_where=_unsealed,
)
Index("ix_audit_row_subject", audit_row.c.subject_kind, audit_row.c.subject_id, audit_row.c.id)
Index("ix_audit_row_actor", audit_row.c.actor_id, audit_row.c.id)

outbox = Table(
    "outbox",
    metadata,
    _id(),
    _text("kind", 40),
    _text("once", 120, nullable=True),
    _moment("created_at"),
    _moment("due_at"),
    _moment("claimed_until", nullable=True),
    _moment("sent_at", nullable=True),
    _moment("given_up_at", nullable=True),
    Column("attempts", Integer, nullable=False),
    _text("fault", 80),
    _bytes("sealed_payload"),
    UniqueConstraint("once"),
)
_unsent = outbox.c.sent_at.is_(None) & outbox.c.given_up_at.is_(None)
Index("ix_outbox_due", outbox.c.due_at, sqlite_where=_unsent, postgresql_where=_unsent)
