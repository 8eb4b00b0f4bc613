"""The app with a real database, and `browser`, which checks every page it loads."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing.rules import Rule

from clinic.actions.printing import printing_kit
from clinic.app import create_app
from clinic.config import Settings
from clinic.library.shelf import Shelf
from clinic.pdf.pool import RenderPool
from clinic.store.database import Database, open_database
from clinic.web.visit import details_of
from tests.prepared import lay_database, shipped_shelf
from tests.web.browser import Browser
from tests.web.patient import Patient

BUILDERS: dict[tuple[object, ...], Any] = {}
_compile_builder = Rule._compile_builder


def _builder_once(rule: Rule, append_unknown: bool = True) -> Any:
    """Compile the builder of an address once, and not for every app: nine tenths of making one."""
    defaults = tuple(sorted((rule.defaults or {}).items()))
    key = (rule.rule, defaults, rule.subdomain, rule.host, append_unknown)
    if key not in BUILDERS:
        BUILDERS[key] = _compile_builder(rule, append_unknown)
    return BUILDERS[key]


Rule._compile_builder = _builder_once  # type: ignore[method-assign]


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 17, 14, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **time: float) -> None:
        """Move on by hours=, minutes= or days=."""
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", key_file=tmp_path / "keys" / "clinic.key")


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    lay_database(settings)
    with open_database(settings) as database:
        yield database


@pytest.fixture(scope="session")
def shelf() -> Shelf:
    return shipped_shelf()


@pytest.fixture(scope="session")
def pool(shelf: Shelf) -> Iterator[RenderPool]:
    with RenderPool(**printing_kit(shelf, details_of(Settings()))) as pool:
        yield pool


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Compiled templates, so that not every test compiles them anew."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(
    settings: Settings,
    database: Database,
    shelf: Shelf,
    pool: RenderPool,
    compiled: FileSystemBytecodeCache,
    clock: Clock,
) -> Flask:
    app = create_app(settings, database=database, shelf=shelf, pool=pool, clock=clock)
    app.jinja_env.bytecode_cache = compiled
    app.testing = True
    return app


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)


@pytest.fixture
def patient(browser: Browser) -> Patient:
    return Patient(browser)
