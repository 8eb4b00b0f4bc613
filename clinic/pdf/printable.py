"""Makes any text fit for print: no control characters, no letter that no shipped font can draw."""

import unicodedata
from collections.abc import Collection
from io import BytesIO

from fontTools.ttLib import TTFont
from markupsafe import Markup

NO_GLYPH = "\N{WHITE SQUARE}"
"""Stands for a letter that the shipped fonts do not have."""

UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Unicode classes of characters that have no shape of their own."""

JOINERS = frozenset("\u200c\u200d\u200e\u200f")
"""Marks that join letters or turn their direction, kept where text needs them."""

SPACES = str.maketrans({"\t": " ", "\r": " "})


class Printable:
    """Knows what the shipped fonts can draw."""

    def __init__(self, fonts: Collection[bytes]) -> None:
        self.covered = frozenset[int]().union(*(_covered(font) for font in fonts))

    def __call__(self, value: object) -> object:
        """Clean a value on its way into a template; markup of ours passes as it is."""
        if isinstance(value, Markup) or not isinstance(value, str):
            return value
        return self.text(value)

    def text(self, text: str) -> str:
        """Give the text with every character that can be printed."""
        if text.isascii() and text.isprintable():
            return text
        whole = unicodedata.normalize("NFC", text).translate(SPACES)
        return "".join(self._character(each) for each in whole)

    def lacks(self, text: str) -> bool:
        """True when some letter of the text has to be printed as a square."""
        return NO_GLYPH in self.text(text) and NO_GLYPH not in text

    def _character(self, character: str) -> str:
        if character == "\n" or character in JOINERS:
            return character
        kind = unicodedata.category(character)
        if kind in UNSEEN or 0xFE00 <= ord(character) <= 0xFE0F:
            return ""
        if ord(character) in self.covered:
            return character
        if kind == "So":
            return f"[{unicodedata.name(character, 'picture').lower()}]"
        return NO_GLYPH


def _covered(font: bytes) -> frozenset[int]:
    """The code points that a font draws."""
    with TTFont(BytesIO(font), lazy=True) as opened:
        return frozenset(opened.getBestCmap())
