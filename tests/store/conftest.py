"""A real database for each test, once on SQLite and once on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic.config import Settings
from clinic.store.columns import metadata
from clinic.store.database import Database, open_database
from clinic.store.keys import new_key_file
from clinic.store.tables import meta
from tests import postgres
from tests.prepared import lay_database


def settings_in(folder: Path, database_url: str | None = None) -> Settings:
    """Settings of a clinic whose data and key lie in a folder of the test's own."""
    key_file = folder / "keys" / "clinic.key"
    if not key_file.exists():
        new_key_file(key_file)
    return Settings(data=folder / "data", key_file=key_file, database_url=database_url)


def laid_in(folder: Path) -> Settings:
    """Settings of an embedded database that has its tables already, to spare the test the time."""
    settings = Settings(data=folder / "data", key_file=folder / "keys" / "clinic.key")
    lay_database(settings)
    return settings


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings that name an empty database of either kind."""
    if request.param == "sqlite":
        return laid_in(tmp_path)
    return emptied(request.getfixturevalue("postgres_home"))


@pytest.fixture(scope="session")
def postgres_home(
    postgres_server: postgres.Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """A PostgreSQL database with its key, made once: to make one takes half a second."""
    with postgres_server.fresh_database() as url:
        yield settings_in(tmp_path_factory.mktemp("postgres"), url)


def emptied(settings: Settings) -> Settings:
    """The settings, when nothing but its root key is left in the database."""
    with open_database(settings) as database, database.writing() as tx:
        for table in reversed(metadata.sorted_tables):
            if table is not meta:
                tx.execute(table.delete())
    return settings


@pytest.fixture
def sqlite_settings(tmp_path: Path) -> Settings:
    """Settings of the embedded database."""
    return settings_in(tmp_path)


@pytest.fixture
def postgres_settings(tmp_path: Path, postgres_url: str) -> Settings:
    """Settings of a PostgreSQL database."""
    return settings_in(tmp_path, postgres_url)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """An open, empty database."""
    with open_database(settings) as opened:
        yield opened


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    """An open, empty embedded database."""
    with open_database(laid_in(tmp_path)) as opened:
        yield opened
