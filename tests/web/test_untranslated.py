"""A text that a language does not have yet is shown in English, and the page says so."""

from dataclasses import replace

import pytest

from clinic.app import create_app
from clinic.library.articles import Articles
from tests.web.browser import Browser


@pytest.fixture
def without_privacy(settings, database, shelf, pool, compiled, clock):
    """A browser of a clinic whose content has no privacy page in Spanish."""
    kept = {place: each for place, each in shelf.articles.by_place.items()
            if place != ("pages", "privacy", "es")}  # fmt: skip
    less = replace(shelf, articles=Articles(kept))
    app = create_app(settings, database=database, shelf=less, pool=pool, clock=clock)
    app.jinja_env.bytecode_cache = compiled
    return Browser(app)


def test_an_english_text_stands_in_and_names_its_language(without_privacy):
    page = without_privacy.get("/es/privacy")

    assert page.select_one("html")["lang"] == "es"
    assert page.select_one("h1")["lang"] == "en"
    assert page.select_one(".lead")["lang"] == "en"
    assert page.select_one(".prose > div")["lang"] == "en"
    assert "Este texto todavía no está en su idioma." in page.text


def test_a_text_that_is_there_names_none(without_privacy):
    page = without_privacy.get("/es/accessibility")

    assert not page.has("main [lang]")
    assert "todavía no está en su idioma" not in page.text
