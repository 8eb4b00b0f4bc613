"""What a person typed, read as a value. Judging the value is the engine's work."""

import re
import unicodedata
from decimal import Decimal

from clinic.errors import BadInput
from clinic.marked import marked
from clinic.questionnaire.checks import NO_DECIMALS

NUMBER_IN_FIGURES = marked("Write only a number, in figures, such as 5.")
POINT_NOT_COMMA = marked("Write the number with a point, such as 1.5.")
NUMBER_TOO_LONG = marked("Write a shorter number.")
ADD_NUMBER = marked("Write the number too.")
CHOOSE_UNIT = marked("Choose the unit too.")
WRITE_OTHER = marked("Write your answer in the box.")
ANSWER_FIRST = marked("Fill in this one first, or remove it.")

MOST_DIGITS = 40

_COMMAS_AT_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")
_WITH_COMMA = re.compile(r"[+-]?\d*,\d+")


class Unreadable(BadInput):
    """What was typed is no value of this kind: a pattern, its values, and the part to mend."""

    def __init__(self, pattern: str, part: str = "", **values: str | int) -> None:
        super().__init__(pattern.format(**values))
        self.pattern = pattern
        self.part = part
        self.values = values


SHAPELESS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters by their class, which are drawn as nothing."""


def tidy(text: str) -> str:
    """Give the text without white space around it, with one kind of line end.

    Of a text in which nothing can be seen nothing is left: it is no answer, and no name.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return plain if plain.isascii() or any(map(_has_shape, plain)) else ""


def _has_shape(letter: str) -> bool:
    return unicodedata.category(letter)[0] != "Z" and not (
        unicodedata.category(letter) in ("Cc", "Cf", "Cs") or letter in SHAPELESS
    )


def printable(text: str) -> str:
    """Leave out control characters, which a page cannot show."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))


def read_integer(text: str) -> int:
    """Read a whole number. Raises Unreadable."""
    number = read_decimal(text)
    if number != number.to_integral_value():
        raise Unreadable(NO_DECIMALS)
    return int(number)


def read_decimal(text: str) -> Decimal:
    """Read a number: 1200, 1,200 and 1200.50 are the same to us. Raises Unreadable."""
    plain = unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-").strip()
    if _COMMAS_AT_THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    if _WITH_COMMA.fullmatch(plain):
        raise Unreadable(POINT_NOT_COMMA)
    if not _PLAIN.fullmatch(plain):
        raise Unreadable(NUMBER_IN_FIGURES)
    if len(plain) > MOST_DIGITS:
        raise Unreadable(NUMBER_TOO_LONG)
    return Decimal(plain)


def number_words(number: int | Decimal) -> str:
    """Give a number as it is typed, never with an exponent."""
    return format(number, "f") if isinstance(number, Decimal) else str(number)
