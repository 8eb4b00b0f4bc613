"""The tables of second factors: the secret of an app, passkeys, recovery codes."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, UniqueConstraint

from clinic.store.columns import binary, metadata, moment, row_id, row_of, text

staff_totp = Table(
    "staff_totp",
    metadata,
    row_id(),
    row_of("staff", ends=True),
    binary("sealed_secret"),
    Column("last_step", BigInteger, nullable=False),
    moment("made_at"),
    UniqueConstraint("staff_id"),
)

staff_passkey = Table(
    "staff_passkey",
    metadata,
    row_id(),
    row_of("staff", ends=True),
    Column("credential_id", LargeBinary(1023), nullable=False),
    binary("public_key"),
    Column("sign_count", BigInteger, nullable=False),
    text("name", 80),
    moment("made_at"),
    moment("used_at", nullable=True),
    UniqueConstraint("credential_id"),
)
Index(None, staff_passkey.c.staff_id)

staff_recovery = Table(
    "staff_recovery",
    metadata,
    Column("code_hash", LargeBinary(32), primary_key=True),
    row_of("staff", ends=True),
    moment("made_at"),
)
Index(None, staff_recovery.c.staff_id)
