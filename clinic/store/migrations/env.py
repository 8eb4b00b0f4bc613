"""Runs migrations on the connection that clinic/store/schema.py hands over."""

from alembic import context

from clinic.store import (  # noqa: F401  they join the metadata
    factor_tables,
    referral_tables,
    retention_tables,
    tables,
)
from clinic.store.columns import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
