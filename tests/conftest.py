"""What tests of any folder may ask for and must have cleaned up: PostgreSQL, and a browser."""

import ctypes
import gc
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from tests import postgres

GARBAGE_THRESHOLD = (100_000, 20, 20)

settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first draws no window of its own: a page is there in a third of the time."""


def pytest_collection_finish() -> None:
    """Look for garbage less often, and never among the tests: that took an eighth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLD)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A private PostgreSQL cluster, one for each worker that needs one."""
    if not (postgres.find("initdb") and postgres.find("postgres")):
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with postgres.running_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: postgres.Server) -> Iterator[str]:
    """The address of an empty PostgreSQL database of this test's own."""
    with postgres_server.fresh_database() as url:
        yield url


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The system's Chromium; Ubuntu's, which only points at a snap, does not count."""
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        pytest.skip("Playwright cannot start here: apt-get install libatomic1")
    for name in BROWSERS:
        path = shutil.which(name)
        if path and b"/snap/" not in Path(path).read_bytes()[:4096]:
            return path
    pytest.skip("Chromium is not installed: apt-get install chromium-headless-shell")


@pytest.fixture(scope="session")
def chromium(chromium_path: str) -> Iterator[Browser]:
    """One headless browser for all tests of a worker: a second Playwright would not start."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield browser
        browser.close()
