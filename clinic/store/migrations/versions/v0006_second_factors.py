"""Second factors of staff, and which accounts belong to the demo and need none."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables. Whoever stands already has no second factor yet, and is led to one."""
    op.add_column(
        "staff", sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("staff", sa.Column("second_factor_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "staff_totp",
        sa.Column("id", sa.Uuid(), nullable=False),
        _of_staff(),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        _ends_with_staff("staff_totp"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_totp")),
        sa.UniqueConstraint("staff_id", name=op.f("uq_staff_totp_staff_id")),
    )
    op.create_table(
        "staff_passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        _of_staff(),
        sa.Column("credential_id", sa.LargeBinary(length=1023), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        _ends_with_staff("staff_passkey"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_staff_passkey_credential_id")),
    )
    op.create_index("ix_staff_passkey_staff_id", "staff_passkey", ["staff_id"], unique=False)
    op.create_table(
        "staff_recovery",
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        _of_staff(),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        _ends_with_staff("staff_recovery"),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_staff_recovery")),
    )
    op.create_index("ix_staff_recovery_staff_id", "staff_recovery", ["staff_id"], unique=False)


def _of_staff() -> sa.Column[object]:
    return sa.Column("staff_id", sa.Uuid(), nullable=False)


def _ends_with_staff(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_staff_id")
    return sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=name, ondelete="CASCADE")
