"""Measures how easy a Spanish text is to read: Fernández-Huerta score, and the longest sentence."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from tests.house.reading import sentences, without

# Letters said one by one, and foreign words. Numbers are syllables as spoken.
SYLLABLES = {
    "aa": 2, "aoa": 3, "clinicaltrials.gov": 6, "ct": 3, "do": 3, "fda": 4, "hiv": 4, "id": 2,
    "md": 3, "medwatch": 2, "mri": 4, "pm": 3, "pm&r": 5, "prp": 4, "tac": 1, "wcag": 6,
}  # fmt: skip

VOWELS = re.compile("[aeiouáéíóúü]+")
STRONG = re.compile("[aeoáéóíú]")
WORD = re.compile(r"[^\W_](?:[^\W_]|[.,'’%$/&-](?=[^\W_]))*%?")


@dataclass(frozen=True)
class SpanishReading:
    """How easy a text is, 100 for very easy, and its longest sentence with its word count."""

    score: float
    longest: int
    longest_sentence: str


def words(sentence: str) -> list[str]:
    """Give the words of a sentence; a word joined by a hyphen is one word."""
    return WORD.findall(sentence.replace("/", " "))


def syllables(word: str) -> int:
    """Count the syllables of one word as spoken. A number counts as one, as in English."""
    word = word.lower()
    if word in SYLLABLES:
        return SYLLABLES[word]
    if "-" in word:
        return sum(syllables(part) for part in word.split("-") if part)
    return max(1, sum(_beats(run) for run in VOWELS.findall(_as_spoken(word))))


def _as_spoken(word: str) -> str:
    """Leave only the vowels that sound, and the consonants that part them."""
    word = re.sub(r"qu(?=[eiéí])|gu(?=[eiéí])", "g", word)
    word = re.sub(r"(?<=[aeiouáéíóúü])h", "", word)  # it does not part two vowels: "prohibir"
    return re.sub(r"y(?![aeiouáéíóú])", "i", word)  # "muy", not "mayo"


def _beats(run: str) -> int:
    """Each strong vowel is a syllable; a weak one, without its accent, joins it."""
    return max(1, len(STRONG.findall(run)))


def spanish_reading(text: str, uncounted: Collection[str] = ()) -> SpanishReading:
    """Measure a text. Terms in `uncounted` are left out of the score, not of the length."""
    longest = max(sentences(text), key=lambda each: len(words(each)), default="")
    counted = [words(sentence) for sentence in sentences(without(text, uncounted))]
    counted = [sentence for sentence in counted if sentence]
    total = sum(len(sentence) for sentence in counted)
    score = 100.0
    if total:
        beats = sum(syllables(word) for sentence in counted for word in sentence)
        score = 206.84 - 60 * beats / total - 1.02 * total / len(counted)
    return SpanishReading(round(score, 1), len(words(longest)), longest)
