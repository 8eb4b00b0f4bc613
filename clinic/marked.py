"""Marks English words that are put into other languages elsewhere, where they are shown.

The core names its sentences in English and knows no other language: the edge that shows one
looks it up in the catalogue. What stands within `marked(...)` is found for the catalogue.
"""

from collections.abc import Callable
from typing import Self

Say = Callable[[str], str]
"""Gives English words in another language."""


def marked(words: str) -> str:
    """Give the words as they are."""
    return words


class Tongue(str):
    """The code of a language that brings with it what puts English words into the language."""

    __slots__ = ("say",)
    say: Say

    def __new__(cls, code: str, say: Say = str) -> Self:
        """Make a code that is equal to the bare one."""
        tongue = super().__new__(cls, code)
        tongue.say = say
        return tongue


def said(words: str, language: str) -> str:
    """Give English words in a language; of a bare code nothing but English is known."""
    return language.say(words) if isinstance(language, Tongue) else words
