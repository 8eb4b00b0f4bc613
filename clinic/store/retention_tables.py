"""The tables of what is kept and what was deleted: legal holds, and tombstones.

A hold names its intake without going with it: the database itself refuses to delete an intake
that is held. A tombstone names a row that is no more.
"""

from sqlalchemy import Column, Index, Table, Uuid

from clinic.store.columns import binary, metadata, moment, row_id, row_of, text

legal_hold = Table(
    "legal_hold",
    metadata,
    row_id(),
    row_of("intake"),
    row_of("staff", "set_by"),
    moment("set_at"),
    row_of("staff", "lifted_by", nullable=True),
    moment("lifted_at", nullable=True),
    binary("sealed_reason"),
    binary("sealed_lift_reason", nullable=True),
)
_stands = legal_hold.c.lifted_at.is_(None)
Index(
    "uq_legal_hold_standing",
    legal_hold.c.intake_id,
    unique=True,
    sqlite_where=_stands,
    postgresql_where=_stands,
)
Index("ix_legal_hold_intake", legal_hold.c.intake_id, legal_hold.c.id)

tombstone = Table(
    "tombstone",
    metadata,
    Column("id", Uuid, primary_key=True),
    text("kind", 20),
    moment("deleted_at"),
    text("policy", 80),
)
Index(None, tombstone.c.deleted_at)
