"""What clinicians add: levels, typed totals, facts of their own, and who is the same person."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and a column for an emergency that staff raised."""
    op.add_column("intake", sa.Column("raised_at", sa.DateTime(timezone=True), nullable=True))
    _set_levels()
    _typed_totals()
    _staff_facts()
    _patient_matches()


def _set_levels() -> None:
    op.create_table(
        "set_level",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("intake_id", sa.Uuid(), nullable=False),
        sa.Column("computed", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["intake_id"], ["intake.id"], name=op.f("fk_set_level_intake_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["set_by"], ["staff.id"], name=op.f("fk_set_level_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_set_level")),
    )
    op.create_index("ix_set_level_intake", "set_level", ["intake_id", "id"], unique=False)


def _typed_totals() -> None:
    op.create_table(
        "typed_total",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("intake_id", sa.Uuid(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("typed_by", sa.Uuid(), nullable=False),
        sa.Column("typed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_total", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["intake_id"], ["intake.id"], name=op.f("fk_typed_total_intake_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"],
            ["typed_total.id"],
            name=op.f("fk_typed_total_replaces_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["typed_by"], ["staff.id"], name=op.f("fk_typed_total_typed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_typed_total")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_typed_total_replaces_id")),
    )
    op.create_index("ix_typed_total_intake", "typed_total", ["intake_id", "id"], unique=False)


def _staff_facts() -> None:
    op.create_table(
        "staff_fact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("intake_id", sa.Uuid(), nullable=False),
        sa.Column("stated_by", sa.Uuid(), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_fact", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["intake_id"], ["intake.id"], name=op.f("fk_staff_fact_intake_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["stated_by"], ["staff.id"], name=op.f("fk_staff_fact_stated_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_fact")),
    )
    op.create_index("ix_staff_fact_intake", "staff_fact", ["intake_id", "id"], unique=False)


def _patient_matches() -> None:
    op.create_table(
        "patient_match",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("act_id", sa.Uuid(), nullable=False),
        sa.Column("undoes_id", sa.Uuid(), nullable=True),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["first_id"], ["patient.id"], name=op.f("fk_patient_match_first_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["second_id"],
            ["patient.id"],
            name=op.f("fk_patient_match_second_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["staff.id"], name=op.f("fk_patient_match_decided_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_match")),
        sa.UniqueConstraint(
            "first_id",
            "second_id",
            "number",
            name=op.f("uq_patient_match_first_id_second_id_number"),
        ),
        sa.UniqueConstraint(
            "undoes_id",
            "first_id",
            "second_id",
            name=op.f("uq_patient_match_undoes_id_first_id_second_id"),
        ),
    )
    op.create_index("ix_patient_match_second", "patient_match", ["second_id"], unique=False)
    op.create_index("ix_patient_match_act", "patient_match", ["act_id"], unique=False)
