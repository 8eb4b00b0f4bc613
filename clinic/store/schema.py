"""Is the database ours, and of which age? Brings an older one up to date, in one transaction."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select, text

from clinic.errors import Misconfigured
from clinic.store.keys import Key, Ring
from clinic.store.sealing import Cell, key_id_of, unwrap, wrap_with, wrapping_id
from clinic.store.tables import meta

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
VERSION_TABLE = "alembic_version"
RESTORING = "clinic_restoring"
"""A table that stands in a PostgreSQL database while it is being restored."""
MIGRATION_LOCK = 0x0C11_41C0
"""The number of the lock that processes opening one PostgreSQL database take in turn."""
ROOT_KEY = Cell("meta", "value", "root key")


def bring_up_to_date(
    connection: Connection, *, must_exist: bool = False, restoring: bool = False
) -> None:
    """Make or migrate the tables. The connection is in a transaction that writes.

    Raises Misconfigured when the database is read-only, newer, or not ours, and when it is
    empty although it must not be.
    """
    if connection.dialect.name == "postgresql":
        _take_turn(connection)
    tables = set(inspect(connection).get_table_names())
    if RESTORING in tables and not restoring:
        raise Misconfigured(
            "A restore into this database was not finished. Empty it, and run `clinic restore` "
            "again."
        )
    config = _config(connection)
    script = ScriptDirectory.from_config(config)
    head = script.get_current_head()
    if tables and not {VERSION_TABLE, meta.name} <= tables:
        raise Misconfigured(
            "The database holds tables of another program. They were left alone: "
            "name an empty database, or the clinic's own."
        )
    if must_exist and not tables:
        raise Misconfigured(
            "The database is empty: set CLINIC_DATA or DATABASE_URL to the clinic's."
        )
    revision = _revision(connection) if tables else None
    if revision == head:
        return
    if revision is not None and revision not in _known(script):
        raise Misconfigured(
            f"The database was made by a newer version of this program (schema {revision}, and "
            f"this one knows up to {head}). Start the newer version."
        )
    command.upgrade(config, "head")


def root_key(connection: Connection, keyring: Ring) -> Key:
    """The random key of this database, made at its first opening.

    Raises Misconfigured when it was wrapped with a key that is not in the key file.
    """
    key = kept_root_key(connection, keyring)
    if key is None:
        key = Key.new()
        value = wrap_with(keyring.current, key, ROOT_KEY)
        connection.execute(meta.insert().values(name=ROOT_KEY.row, value=value))
    return key


def kept_root_key(connection: Connection, keyring: Ring) -> Key | None:
    """The root key of a database, or None before its first opening. Raises as root_key does."""
    wrapped = connection.scalar(select(meta.c.value).where(meta.c.name == ROOT_KEY.row))
    if wrapped is None:
        return None
    if not any(wrapping_id(key) == key_id_of(wrapped) for key in keyring.keys):
        raise Misconfigured(
            "The key file does not open this database: it was made with another key. "
            "Set CLINIC_KEY_FILE to the key file that belongs to it."
        )
    return unwrap(keyring, wrapped, ROOT_KEY)


def revision_of(connection: Connection) -> str:
    """The schema that a database has; nothing when it has none."""
    return _revision(connection) or ""


def is_known(revision: str) -> bool:
    """True when this version of the program can bring a schema up to date."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return revision in _known(ScriptDirectory.from_config(config))


def _take_turn(connection: Connection) -> None:
    if connection.scalar(text("SHOW transaction_read_only")) == "on":
        raise Misconfigured(
            "The database that DATABASE_URL names is read-only. Name the primary, and a role "
            "that may write."
        )
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _revision(connection: Connection) -> str | None:
    query = f"SELECT version_num FROM {VERSION_TABLE}"  # nosec B608  # noqa: S608  our constant
    found = connection.scalar(text(query))
    return None if found is None else str(found)


def _known(script: ScriptDirectory) -> set[str]:
    return {revision.revision for revision in script.walk_revisions()}
