"""English words of the rules that stand in for those that a language lacks: pages name them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from clinic.library.lined_yaml import read_mapping
from clinic.library.overlays import FIRST_LANGUAGE, languages, read_overlay
from clinic.library.texts import text_of
from clinic.library.wordings import WORDINGS, every_word, words_of

LEAST_LETTERS = 4
"""Shorter words are the same in many languages, and would be found within others."""


def stand_ins(content: Path) -> dict[str, tuple[str, ...]]:
    """Give by language the English texts that are shown in it, the longest first."""
    found = {
        language: {text for name in WORDINGS for text in _lacking(content, language, name)}
        for language in languages(content)
        if language != FIRST_LANGUAGE
    }
    return {code: tuple(sorted(texts, key=len, reverse=True)) for code, texts in found.items()}


def _lacking(content: Path, language: str, name: str) -> Iterator[str]:
    """Give the texts of one file that the language has no words for."""
    file = content / name
    english = read_mapping(text_of(file), name, []) if file.is_file() else None
    if english is None:
        return
    laid = read_overlay(content, language, name, english).words
    for entry_id, words in words_of(name, english).items():
        yield from _left(words, laid.get(entry_id, {}))


def _left(english: Any, laid: Any) -> Iterator[str]:
    if isinstance(english, Mapping):
        for key, words in english.items():
            yield from _left(words, laid.get(key) if isinstance(laid, Mapping) else None)
    elif not laid:
        texts = (text.strip().rstrip(".") for text in every_word(english))
        yield from (text for text in texts if len(text) >= LEAST_LETTERS)
