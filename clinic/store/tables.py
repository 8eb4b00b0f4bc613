"""The tables. A column called `sealed_...` is encrypted, and so is `data_key`.

Everything that a patient said is sealed. Plain columns hold only what lists and clocks need.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    false,
)

from clinic.store.columns import binary, metadata, moment, row_id, row_of, text

OVERDUE_QUEUE = 3
"""Rows in a later queue than this wait for the clock to move them here (worklist.py)."""

meta = Table(
    "meta",
    metadata,
    Column("name", String(40), primary_key=True),
    binary("value"),
)

staff = Table(
    "staff",
    metadata,
    row_id(),
    text("username", 80),
    text("name", 120),
    text("role", 20),
    text("password_hash", 200),
    Column("must_change_password", Boolean, nullable=False),
    moment("created_at"),
    moment("password_set_at"),
    moment("disabled_at", nullable=True),
    Column("demo", Boolean, nullable=False, default=False, server_default=false()),
    moment("second_factor_at", nullable=True),
    UniqueConstraint("username"),
)

patient = Table(
    "patient",
    metadata,
    row_id(),
    moment("created_at"),
    binary("data_key"),
    binary("sealed_person"),
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
    row_id(),
    text("reference", 20),
    text("idempotency_key", 64),
    text("questionnaire_id", 80),
    text("questionnaire_version", 40),
    text("language", 10),
    text("state", 20),
    text("urgency", 20, nullable=True),
    Column("incomplete", Boolean, nullable=False),
    Column("emergency_open", Boolean, nullable=False),
    Column("queue", SmallInteger, nullable=True),
    moment("queued_at", nullable=True),
    moment("created_at"),
    moment("updated_at"),
    moment("submitted_at", nullable=True),
    moment("act_by", nullable=True),
    moment("outcome_at", nullable=True),
    moment("raised_at", nullable=True),
    moment("reviewed_at", nullable=True),
    moment("tablet_at", nullable=True),
    moment("paper_at", nullable=True),
    Column("paper_by", Uuid, nullable=True),
    row_of("patient", nullable=True),
    row_of("staff", "owner_id", nullable=True),
    Column("version", Integer, nullable=False),
    Column("birth_hash", LargeBinary(32), nullable=True),
    binary("data_key"),
    binary("sealed_response"),
    binary("sealed_journal"),
    binary("sealed_card", nullable=True),
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
Index(None, intake.c.submitted_at)
_from_paper = intake.c.paper_at.is_not(None)
Index(
    "ix_intake_paper",
    intake.c.state,
    intake.c.paper_at,
    sqlite_where=_from_paper,
    postgresql_where=_from_paper,
)
_on_tablet = intake.c.tablet_at.is_not(None)
Index(
    "ix_intake_tablet",
    intake.c.state,
    intake.c.tablet_at,
    sqlite_where=_on_tablet,
    postgresql_where=_on_tablet,
)

resume_code = Table(
    "resume_code",
    metadata,
    Column("code_hash", LargeBinary(32), primary_key=True),
    row_of("intake", ends=True),
    moment("made_at"),
    moment("expires_at"),
)
Index(None, resume_code.c.intake_id)

assessment = Table(
    "assessment",
    metadata,
    row_id(),
    row_of("intake", ends=True),
    moment("made_at"),
    text("rules_version", 40),
    text("rules_hash", 80),
    binary("sealed_assessment"),
)
Index("ix_assessment_intake", assessment.c.intake_id, assessment.c.id)

note = Table(
    "note",
    metadata,
    row_id(),
    row_of("intake", ends=True),
    row_of("staff", "author_id"),
    moment("made_at"),
    binary("sealed_text"),
)
Index("ix_note_intake", note.c.intake_id, note.c.id)

outcome = Table(
    "outcome",
    metadata,
    row_id(),
    row_of("intake", ends=True),
    text("outcome", 40),
    row_of("staff", "recorded_by"),
    moment("recorded_at"),
    binary("sealed_note"),
)
Index("ix_outcome_intake", outcome.c.intake_id, outcome.c.id)

set_level = Table(
    "set_level",
    metadata,
    row_id(),
    row_of("intake", ends=True),
    text("computed", 20),
    text("level", 20),
    row_of("staff", "set_by"),
    moment("set_at"),
    binary("sealed_reason"),
)
Index("ix_set_level_intake", set_level.c.intake_id, set_level.c.id)

typed_total = Table(
    "typed_total",
    metadata,
    row_id(),
    row_of("intake", ends=True),
    row_of("typed_total", "replaces_id", nullable=True, ends=True),
    row_of("staff", "typed_by"),
    moment("typed_at"),
    binary("sealed_total"),
    UniqueConstraint("replaces_id"),
)
Index("ix_typed_total_intake", typed_total.c.intake_id, typed_total.c.id)

staff_fact = Table(
    "staff_fact",
    metadata,
    row_id(),
    row_of("intake", ends=True),
    row_of("staff", "stated_by"),
    moment("stated_at"),
    binary("sealed_fact"),
)
Index("ix_staff_fact_intake", staff_fact.c.intake_id, staff_fact.c.id)

patient_match = Table(
    "patient_match",
    metadata,
    row_id(),
    Column("act_id", Uuid, nullable=False),
    Column("undoes_id", Uuid, nullable=True),
    row_of("patient", "first_id", ends=True),
    row_of("patient", "second_id", ends=True),
    Column("number", Integer, nullable=False),
    text("state", 20),
    row_of("staff", "decided_by"),
    moment("decided_at"),
    UniqueConstraint("first_id", "second_id", "number"),
    UniqueConstraint("undoes_id", "first_id", "second_id"),
)
Index("ix_patient_match_second", patient_match.c.second_id)
Index("ix_patient_match_act", patient_match.c.act_id)

document = Table(
    "document",
    metadata,
    row_id(),
    row_of("intake", ends=True),
    text("kind", 40),
    text("edition", 20),
    text("language", 10),
    Column("version", Integer, nullable=False),
    Column("content_hash", LargeBinary(32), nullable=False),
    moment("made_at"),
    binary("sealed_pdf"),
    UniqueConstraint("intake_id", "kind", "edition", "language", "content_hash"),
)

session = Table(
    "session",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    row_of("staff", nullable=True, ends=True),
    moment("created_at"),
    moment("seen_at"),
    moment("expires_at"),
    binary("sealed_data"),
)
Index(None, session.c.staff_id)
Index(None, session.c.expires_at)

tablet = Table(
    "tablet",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    row_of("staff", "bound_by"),
    moment("bound_at"),
)

counter = Table(
    "counter",
    metadata,
    Column("bucket", String(40), primary_key=True),
    Column("key_hash", LargeBinary(16), primary_key=True),
    Column("hits", Integer, nullable=False),
    moment("ends_at"),
)
Index(None, counter.c.ends_at)

audit_row = Table(
    "audit_row",
    metadata,
    row_id(),
    moment("at"),
    text("actor_kind", 20),
    Column("actor_id", Uuid, nullable=True),
    text("action", 60),
    text("subject_kind", 40, nullable=True),
    Column("subject_id", Uuid, nullable=True),
    text("result", 40),
    text("session", 40),
    text("request_id", 60),
    text("detail", 300),
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
    row_id(),
    text("kind", 40),
    text("once", 120, nullable=True),
    moment("created_at"),
    moment("due_at"),
    moment("claimed_until", nullable=True),
    moment("sent_at", nullable=True),
    moment("given_up_at", nullable=True),
    Column("attempts", Integer, nullable=False),
    text("fault", 80),
    binary("sealed_payload"),
    UniqueConstraint("once"),
)
_unsent = outbox.c.sent_at.is_(None) & outbox.c.given_up_at.is_(None)
Index("ix_outbox_due", outbox.c.due_at, sqlite_where=_unsent, postgresql_where=_unsent)
Index(None, outbox.c.sent_at)

alert = Table(
    "alert",
    metadata,
    row_id(),
    row_of("intake", ends=True),
    moment("raised_at"),
    moment("next_at"),
    Column("repeats", Integer, nullable=False),
    moment("acknowledged_at", nullable=True),
    row_of("staff", "acknowledged_by", nullable=True),
    moment("ended_at", nullable=True),
)
_standing = alert.c.acknowledged_at.is_(None) & alert.c.ended_at.is_(None)
Index(
    "uq_alert_standing",
    alert.c.intake_id,
    unique=True,
    sqlite_where=_standing,
    postgresql_where=_standing,
)
Index("ix_alert_intake", alert.c.intake_id, alert.c.id)
Index(None, alert.c.raised_at)
