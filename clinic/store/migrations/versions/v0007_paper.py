"""Which intakes staff type in from paper, and who began each."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

FROM_PAPER = sa.text("paper_at IS NOT NULL")


def upgrade() -> None:
    """Add two columns that hold nothing for the forms of before."""
    op.add_column("intake", sa.Column("paper_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("intake", sa.Column("paper_by", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_intake_paper",
        "intake",
        ["state", "paper_at"],
        unique=False,
        sqlite_where=FROM_PAPER,
        postgresql_where=FROM_PAPER,
    )
