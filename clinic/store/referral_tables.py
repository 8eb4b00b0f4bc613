"""The tables of the loop: the directory, referrals, invitations, and what a patient adds.

A column called `sealed_...` is encrypted, as in tables.py: what belongs to an intake with the
data key of the intake. A provider is no patient: the directory is plain.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from clinic.store.columns import binary, metadata, moment, row_id, row_of, text

provider = Table(
    "provider",
    metadata,
    row_id(),
    text("name", 160),
    Column("is_facility", Boolean, nullable=False),
    text("service", 60),
    text("npi", 10, nullable=True),
    text("licence", 80),
    text("board", 120),
    Column("board_checked_on", Date, nullable=True),
    text("board_checked_by", 120),
    text("board_checked_where", 200),
    text("phone", 40),
    text("fax", 40),
    text("email", 200),
    text("address", 300),
    text("languages", 120),
    text("accepts", 300),
    text("financial_tie", 300),
    Column("notes", Text, nullable=False),
    moment("created_at"),
    moment("updated_at"),
    moment("removed_at", nullable=True),
    Column("version", Integer, nullable=False),
    UniqueConstraint("npi"),
)
Index("ix_provider_name", provider.c.name, provider.c.id)
Index("ix_provider_service", provider.c.service, provider.c.name)

provider_word = Table(
    "provider_word",
    metadata,
    Column("word", String(60), primary_key=True),
    Column("provider_id", Uuid, ForeignKey("provider.id", ondelete="CASCADE"), primary_key=True),
)
Index(None, provider_word.c.provider_id)

sharing_consent = Table(
    "sharing_consent",
    metadata,
    row_id(),
    row_of("intake", ends=True),
    row_of("staff", "recorded_by"),
    moment("recorded_at"),
    moment("withdrawn_at", nullable=True),
    binary("sealed_consent"),
)
Index("ix_sharing_consent_intake", sharing_consent.c.intake_id, sharing_consent.c.id)

referral = Table(
    "referral",
    metadata,
    row_id(),
    text("reference", 20),
    row_of("intake"),
    row_of("patient"),
    text("service", 60),
    row_of("provider", nullable=True),
    text("kind", 20),
    text("urgency", 20),
    moment("act_by"),
    text("state", 30),
    moment("entered_at"),
    moment("created_at"),
    moment("sent_at", nullable=True),
    moment("seen_at", nullable=True),
    moment("due_at", nullable=True),
    moment("visit_at", nullable=True),
    row_of("staff", "owner_id", nullable=True),
    row_of("referral", "replaces_id", nullable=True),
    moment("escalated_at", nullable=True),
    Column("version", Integer, nullable=False),
    binary("sealed_letter"),
    UniqueConstraint("reference"),
)
_is_open = referral.c.due_at.is_not(None)
Index(
    "ix_referral_due",
    referral.c.due_at,
    referral.c.id,
    sqlite_where=_is_open,
    postgresql_where=_is_open,
)
Index("ix_referral_intake", referral.c.intake_id, referral.c.id)
Index("ix_referral_patient", referral.c.patient_id, referral.c.id)
Index("ix_referral_state", referral.c.state, referral.c.due_at, referral.c.id)

referral_event = Table(
    "referral_event",
    metadata,
    row_id(),
    row_of("referral", ends=True),
    text("act", 30),
    text("made_by", 20),
    row_of("staff", "actor_id", nullable=True),
    moment("at"),
    text("source", 30),
    text("target", 30),
    moment("visit_at", nullable=True),
    binary("sealed_words"),
)
Index("ix_referral_event_referral", referral_event.c.referral_id, referral_event.c.id)

referral_door = Table(
    "referral_door",
    metadata,
    row_id(),
    row_of("referral", ends=True),
    Column("token_hash", LargeBinary(32), nullable=False),
    Column("code_hash", LargeBinary(32), nullable=False),
    moment("made_at"),
    moment("expires_at"),
    moment("revoked_at", nullable=True),
    binary("sealed_door"),
    UniqueConstraint("token_hash"),
    UniqueConstraint("code_hash"),
)
Index("ix_referral_door_referral", referral_door.c.referral_id)

attachment = Table(
    "attachment",
    metadata,
    row_id(),
    row_of("referral", ends=True),
    text("media_type", 60),
    Column("size_bytes", Integer, nullable=False),
    moment("made_at"),
    text("made_by", 20),
    binary("sealed_name"),
    binary("sealed_content"),
)
Index("ix_attachment_referral", attachment.c.referral_id, attachment.c.id)

emergency_step = Table(
    "emergency_step",
    metadata,
    row_id(),
    row_of("intake", ends=True),
    Column("number", Integer, nullable=False),
    text("step", 30),
    row_of("staff", "made_by"),
    moment("made_at"),
    moment("due_at", nullable=True),
    binary("sealed_words"),
    UniqueConstraint("intake_id", "number"),
)

amendment = Table(
    "amendment",
    metadata,
    row_id(),
    row_of("intake", ends=True),
    Column("number", Integer, nullable=False),
    text("once", 64),
    moment("made_at"),
    moment("read_at", nullable=True),
    row_of("staff", "read_by", nullable=True),
    binary("sealed_text"),
    UniqueConstraint("intake_id", "number"),
    UniqueConstraint("once"),
)

invitation = Table(
    "invitation",
    metadata,
    row_id(),
    Column("token_hash", LargeBinary(32), nullable=True),
    row_of("patient", nullable=True),
    row_of("staff", "made_by"),
    Column("appointment_on", Date, nullable=True),
    text("language", 10),
    text("channel", 20),
    moment("made_at"),
    moment("expires_at"),
    moment("mailed_at", nullable=True),
    moment("opened_at", nullable=True),
    moment("spent_at", nullable=True),
    moment("revoked_at", nullable=True),
    moment("remind_at", nullable=True),
    Column("reminders", Integer, nullable=False),
    row_of("intake", nullable=True),
    binary("data_key"),
    binary("sealed_person"),
    UniqueConstraint("token_hash"),
)
_to_remind = invitation.c.remind_at.is_not(None)
Index(
    "ix_invitation_remind",
    invitation.c.remind_at,
    sqlite_where=_to_remind,
    postgresql_where=_to_remind,
)
Index("ix_invitation_made", invitation.c.made_at, invitation.c.id)

case_access = Table(
    "case_access",
    metadata,
    row_id(),
    row_of("intake", ends=True),
    row_of("staff"),
    moment("opened_at"),
    moment("ends_at"),
    moment("told_at", nullable=True),
    Column("told_by", Uuid, nullable=True),
    binary("sealed_reason"),
)
Index("ix_case_access_staff", case_access.c.staff_id, case_access.c.intake_id)
