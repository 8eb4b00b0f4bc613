"""The terms by which a patient is found: spelled one way, so that their hashes are equal."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

PREFIX_LETTERS = 3
LONGEST_PREFIX = 12
"""Longer starts of a word are found by their first twelve letters."""
PHONE_DIGITS = 10
LEAST_PHONE_DIGITS = 7
ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
US_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)


def person_terms(name: str, born: date | None, phone: str) -> set[str]:
    """Give every term that finds somebody."""
    words = plain_words(name)
    terms = {f"start:{start}" for word in words for start in _starts(word)}
    if words:
        terms.add(f"name:{' '.join(sorted(words))}")
    if born is not None:
        terms.add(f"born:{born.isoformat()}")
    if digits := plain_phone(phone):
        terms.add(f"phone:{digits}")
    if (same := same_person_term(name, born, phone)) is not None:
        terms.add(same)
    return terms


def same_person_term(name: str, born: date | None, phone: str) -> str | None:
    """Give the term that two intakes of one person share, when all three parts are known."""
    words, digits = plain_words(name), plain_phone(phone)
    if not words or born is None or not digits:
        return None
    return f"same:{' '.join(sorted(words))}|{born.isoformat()}|{digits}"


def term_of_query(text: str) -> str | None:
    """Give the term that typed words stand for, or None when they are too few."""
    if (born := _date(text)) is not None:
        return f"born:{born.isoformat()}"
    if (digits := plain_phone(text)) and not any(letter.isalpha() for letter in text):
        return f"phone:{digits}"
    words = plain_words(text)
    if len(words) > 1:
        return f"name:{' '.join(sorted(words))}"
    if words and len(words[0]) >= PREFIX_LETTERS:
        return f"start:{words[0][:LONGEST_PREFIX]}"
    return None


def plain_words(text: str) -> list[str]:
    """The words of a name in small letters, without accents or points."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"\w+", "".join(c for c in apart if not unicodedata.combining(c)))


def plain_phone(text: str) -> str:
    """The last ten digits of a number, or nothing when there are too few."""
    digits = "".join(letter for letter in text if letter in "0123456789")
    return digits[-PHONE_DIGITS:] if len(digits) >= LEAST_PHONE_DIGITS else ""


def _starts(word: str) -> Iterator[str]:
    for letters in range(PREFIX_LETTERS, min(len(word), LONGEST_PREFIX) + 1):
        yield word[:letters]


def _date(text: str) -> date | None:
    plain = text.strip()
    if found := ISO_DATE.fullmatch(plain):
        year, month, day = found.groups()
    elif found := US_DATE.fullmatch(plain):
        month, day, year = found.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
