"""Whoever sends people to a process is told whether it can work, and what is missing if not."""

import time

import pytest
from sqlalchemy import select, update

from clinic.store.schema import ROOT_KEY
from clinic.store.tables import meta
from clinic.web import readiness
from clinic.web.health import READINESS
from clinic.web.visit import house_of


def asked(browser, status):
    page = browser.get("/readyz", status=status)
    return page.body.decode().split()


@pytest.fixture
def parts(app, database, settings, monkeypatch):
    """How each part is taken away."""

    def away():
        database.close()
        settings.database_path.rename(settings.data / "elsewhere.db")
        settings.database_path.mkdir()

    def other_keys():
        with database.writing() as tx:
            root = meta.c.name == ROOT_KEY.row
            kept = tx.scalar(select(meta.c.value).where(root))
            tx.execute(update(meta).where(root).values(value=kept[:-1] + bytes([kept[-1] ^ 1])))

    def broken_pool():
        class Broken:
            starts = False

            def warm(self):
                self.starts = None

        object.__setattr__(house_of(app), "pool", Broken())

    def full():
        # So much room has no machine that runs this.
        monkeypatch.setattr(readiness, "LEAST_BYTES", 2**80)

    return {"database": away, "keys": other_keys, "papers": broken_pool, "disk": full}


@pytest.mark.parametrize("name", ["database", "keys", "papers", "disk"])
def test_what_is_missing_is_named_by_one_word_with_503(browser, parts, name):
    assert asked(browser, 200) == ["ready"]
    parts[name]()

    assert asked(browser, 503) == [name]
    assert int(browser.page.headers["Retry-After"]) > 0
    assert browser.get("/healthz").status == 200


def test_it_is_ready_again_once_what_was_missing_is_back(browser, app, database, settings, parts):
    parts["database"]()
    assert asked(browser, 503) == ["database"]
    settings.database_path.rmdir()
    (settings.data / "elsewhere.db").rename(settings.database_path)

    assert asked(browser, 200) == ["ready"]


def test_a_folder_that_is_made_at_its_first_use_is_not_missed(app, browser, settings):
    """Beside PostgreSQL nothing lies in it before the first act is sealed."""
    elsewhere = settings.model_copy(update={"data": settings.data / "not" / "yet"})
    object.__setattr__(house_of(app), "settings", elsewhere)

    assert asked(browser, 200) == ["ready"]


def test_a_database_that_hangs_holds_nobody_up(app, browser, monkeypatch):
    monkeypatch.setattr(readiness, "LOOK_SECONDS", 0.2)
    looks = []

    class Hanging:
        def ready(self):
            looks.append(1)
            time.sleep(1)

    object.__setattr__(app.extensions[READINESS].house, "database", Hanging())
    began = time.monotonic()

    assert asked(browser, 503) == asked(browser, 503) == ["database"]
    assert time.monotonic() - began < 0.9
    assert len(looks) == 1
