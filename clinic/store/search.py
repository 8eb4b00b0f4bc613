"""The terms by which a patient is found: spelled one way, so that their hashes are equal."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

PREFIX_LETTERS = 3
LONGEST_PREFIX = 12
"""Longer starts of a word are found by their first twelve letters."""
PHONE_DIGITS = 10
LEAST_PHONE_DIGITS = 7
ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
US_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
LEAST_MONTH_LETTERS = 3


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


def terms_of_query(text: str) -> tuple[tuple[str, ...], ...]:
    """Give what typed words may stand for, the likeliest first; nothing when they are too few.

    Each is a set of terms that all have to fit. Several words of a name find whoever has a word
    that begins with each; where one is too short to be found by, the whole name comes first.
    """
    if (born := _date(text)) is not None:
        return ((f"born:{born.isoformat()}",),)
    if not any(letter.isalpha() for letter in text):
        digits = "" if _looks_like_a_date(text) else plain_phone(text)
        return ((f"phone:{digits}",),) if digits else ()
    words = plain_words(text)
    starts = _terms(f"start:{word[:LONGEST_PREFIX]}" for word in words if _is_long(word))
    if len(words) < 2 or all(map(_is_long, words)):
        return (starts,) if starts else ()
    whole = (f"name:{' '.join(sorted(words))}",)
    return (whole, starts) if starts else (whole,)


def plain_words(text: str) -> list[str]:
    """The words of a name in small letters, without accents or points."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"\w+", "".join(c for c in apart if not unicodedata.combining(c)))


def plain_phone(text: str) -> str:
    """The last ten digits of a number, or nothing when there are too few."""
    digits = "".join(letter for letter in text if letter in "0123456789")
    return digits[-PHONE_DIGITS:] if len(digits) >= LEAST_PHONE_DIGITS else ""


def _is_long(word: str) -> bool:
    return len(word) >= PREFIX_LETTERS


def _terms(found: Iterable[str]) -> tuple[str, ...]:
    """Each once, the longest first: fewest people have it."""
    return tuple(sorted(dict.fromkeys(found), key=len, reverse=True))


def _starts(word: str) -> Iterator[str]:
    for letters in range(PREFIX_LETTERS, min(len(word), LONGEST_PREFIX) + 1):
        yield word[:letters]


def _looks_like_a_date(text: str) -> bool:
    """True of a date that there is not: its digits are no phone number."""
    return any(pattern.fullmatch(text.strip()) for pattern in (ISO_DATE, US_DATE))


def _date(text: str) -> date | None:
    """Give the birth date that was typed: in numbers, month first, or with the month's name."""
    plain = text.strip()
    if found := ISO_DATE.fullmatch(plain):
        year, month, day = found.groups()
    elif found := US_DATE.fullmatch(plain):
        month, day, year = found.groups()
    else:
        year, month, day = _named(plain_words(plain))
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _named(words: Sequence[str]) -> tuple[str, str, str]:
    """Give year, month and day of March 17, 1980 or 17 Mar 1980; else what no date has."""
    if len(words) != 3:
        return ("", "", "")
    first, second, year = words
    name, day = (first, second) if first.isalpha() else (second, first)
    months = [
        number
        for number, month in enumerate(MONTHS, 1)
        if len(name) >= LEAST_MONTH_LETTERS and month.startswith(name)
    ]
    numbers = year.isascii() and year.isdecimal() and day.isascii() and day.isdecimal()
    if not months or not numbers or len(year) != 4:
        return ("", "", "")
    return year, str(months[0]), day
