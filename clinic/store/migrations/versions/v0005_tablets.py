"""Tablets that staff hand to patients, and which forms were begun on one."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ON_TABLET = sa.text("tablet_at IS NOT NULL")


def upgrade() -> None:
    """Make the table, and note of no form of before that it was begun on a tablet."""
    op.create_table(
        "tablet",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("bound_by", sa.Uuid(), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["bound_by"], ["staff.id"], name=op.f("fk_tablet_bound_by")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_tablet")),
    )
    op.add_column("intake", sa.Column("tablet_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_intake_tablet",
        "intake",
        ["state", "tablet_at"],
        unique=False,
        sqlite_where=ON_TABLET,
        postgresql_where=ON_TABLET,
    )
