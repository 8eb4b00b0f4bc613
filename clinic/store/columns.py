"""The kinds of columns that tables are made of."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    LargeBinary,
    MetaData,
    String,
    TypeDecorator,
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


def row_id(**more: Any) -> Column[Any]:
    """The id of a row."""
    return Column("id", Uuid, primary_key=True, **more)


def row_of(
    table: str, name: str = "", *, nullable: bool = False, ends: bool = False
) -> Column[Any]:
    """A column that names a row of another table; `ends` when it goes with that row."""
    target = ForeignKey(f"{table}.id", ondelete="CASCADE" if ends else None)
    return Column(name or f"{table}_id", Uuid, target, nullable=nullable)


def moment(name: str, *, nullable: bool = False) -> Column[datetime]:
    """A moment in UTC."""
    return Column(name, Instant, nullable=nullable)


def text(name: str, length: int, *, nullable: bool = False) -> Column[str]:
    """Plain text, never of a patient."""
    return Column(name, String(length), nullable=nullable)


def binary(name: str, *, nullable: bool = False) -> Column[bytes]:
    """Bytes; sealed, where the name says so."""
    return Column(name, LargeBinary, nullable=nullable)
