"""A sentence that the core names in English, in the reader's language: looked up, then filled."""

from collections.abc import Mapping
from datetime import date

from clinic.marked import Say, Tongue
from clinic.questionnaire.checks import Filling
from clinic.questionnaire.model import Text
from clinic.summary.words import long_date

MONTH = "month"
"""The one filling that is itself a word of the catalogue."""


def sentence(pattern: str, values: Mapping[str, Filling], say: Say, language: str) -> str:
    """Put a pattern into a language, with what fills its gaps."""
    filled = {name: _filled(name, value, say, language) for name, value in values.items()}
    return say(pattern).format(**filled)


def _filled(name: str, value: Filling, say: Say, language: str) -> str | int:
    match value:
        case Text():
            return value.within(language)
        case date():
            return long_date(value, Tongue(language, say))
        case int():
            return value if name == "year" else f"{value:,}"
        case _:
            return say(value) if name == MONTH else value
