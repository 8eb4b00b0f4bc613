"""EDGE: English words in another language, from the catalogues of clinic/translations.

For what is made outside a request: papers, mails and summaries. Pages ask Flask-Babel, which
reads the same files.
"""

import re
from collections.abc import Collection
from functools import cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import get_date_format
from babel.support import NullTranslations, Translations
from markupsafe import Markup, escape

from clinic.marked import Say, Tongue

FOLDER = Path(__file__).parent / "translations"
PARTS_OF_DATE = {"M": "month", "d": "day", "y": "year"}


@cache
def catalogue(language: str) -> NullTranslations:
    """Give the catalogue of a language by its code; an empty one for English."""
    return Translations.load(FOLDER, [language])


def say_in(language: str) -> Say:
    """Give what puts English words into a language."""
    words = catalogue(language)
    return lambda text: words.ugettext(text) if text else ""


def tongue(language: str) -> Tongue:
    """Give a language by its code, for what is put into words by the core."""
    return Tongue(language, say_in(language))


def with_english_marked(text: str, phrases: Collection[str]) -> str:
    """Name the language of English words that stand in a text; `phrases` are those there may be."""
    here = [str(escape(phrase)) for phrase in phrases if phrase in text]
    if not here:
        return text
    found = re.compile("|".join(map(re.escape, here)))
    marked = found.sub(lambda words: f'<span lang="en">{words[0]}</span>', str(escape(text)))
    return Markup(marked)  # nosec B704  # noqa: S704  both were escaped above


@cache
def date_order(language: str) -> tuple[str, ...]:
    """Give the parts of a date in the order in which a language writes them here."""
    place = f"{language}_US" if language in ("en", "es") else language.replace("-", "_")
    try:
        pattern = str(get_date_format("short", locale=Locale.parse(place)).pattern)
        found = sorted((pattern.index(sign), part) for sign, part in PARTS_OF_DATE.items())
    except (UnknownLocaleError, ValueError):  # nobody knows its dates: as in English
        return tuple(PARTS_OF_DATE.values())
    return tuple(part for _, part in found)


class Phrases:
    """The words of one language for a template, called as gettext is called in the pages."""

    def __init__(self, language: str) -> None:
        self._words = catalogue(language)

    def gettext(self, text: str, **values: object) -> str:
        """Give words, with what fills their gaps."""
        return str(self._words.ugettext(text)) % values if values else self._words.ugettext(text)

    def pgettext(self, context: str, text: str) -> str:
        """Give words that mean one thing here and another elsewhere."""
        return str(self._words.upgettext(context, text))

    def ngettext(self, one: str, many: str, number: int, **values: object) -> str:
        """Give words for a number of things."""
        return str(self._words.ungettext(one, many, number)) % {"num": number, **values}
