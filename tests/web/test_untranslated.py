"""A text that a language does not have yet is shown in English, and the page says so."""

from dataclasses import replace

import pytest

from clinic.app import create_app
from clinic.errors import Misconfigured
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


def test_a_language_that_lacks_a_text_of_safety_cannot_be_offered(settings, database, shelf, pool):
    unsafe = replace(shelf, unsafe={"es": "content/es/rules/red-flags.yaml:1: old"})

    with pytest.raises(Misconfigured, match="CLINIC_LANGUAGES: es lacks a text of safety"):
        create_app(settings, database=database, shelf=unsafe, pool=pool)
    assert not shelf.unsafe


def test_a_language_without_a_folder_cannot_be_offered(settings, database, shelf, pool):
    french = settings.model_copy(update={"languages": ("en", "fr")})

    with pytest.raises(Misconfigured, match="there is no folder content/fr"):
        create_app(french, database=database, shelf=shelf, pool=pool)


def test_a_text_that_is_there_names_none(without_privacy):
    page = without_privacy.get("/es/accessibility")

    assert not page.has("main [lang]")
    assert "todavía no está en su idioma" not in page.text
