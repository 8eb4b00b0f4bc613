"""Guesses the height of a first page from its HTML, so that few documents are laid out twice.

It counts lines: each row of a table has as many as its longer cell needs. It knows the
columns and sizes of print.css; where it is wrong, the document is laid out once more.
"""

import re
from math import ceil

from clinic.pdf.fit import Fit

ROOM_PX = {"letter": 957.0, "a4": 1024.0}
"""The height that a first page has for text, in CSS pixels."""

NEAR_PX = 26.0
"""A first page that is guessed to be so little too high is laid out alone to see: many fit."""

SAFE_PX = 14.0
WRAPPING = 1.02
"""Lines break at words, so a little more is needed than their characters would fill."""
WIDTH_PX = 720.0
FONT_PX = (11.07, 10.4, 9.87, 9.33, 8.8)
LINE_PX = (14.05, 12.9, 11.84, 11.01, 10.2)
PICTURE_PX = (200.0, 175.0, 150.0, 115.0, 115.0)
ROW_PX = 1.6
HEADING_PX = (21.0, 19.5, 18.5, 16.0, 15.5)
CHARACTER = 0.505
"""Width of a character in type sizes, on average."""

TAG = re.compile(r"<[^>]+>")
PARTS = re.compile(
    r'<div class="(wide|narrow|half(?: half--right)?|scores-(?:left|right)|block block--safety)">'
    r'|<p class="(face__end)"'
)
ROW = re.compile(r"<tr.*?</tr>|<h2>|<div><span|<p class", re.DOTALL)
CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
SHARES = {
    "": (0.14, 0.79),
    "wide": (0.16, 0.50),
    "narrow": (0.15, 0.30),
    "half": (0.14, 0.333),
    "half half--right": (0.14, 0.333),
    "block block--safety": (0.11, 0.88),
    "scores-left": (0.12, 0.28),
    "scores-right": (0.12, 0.28),
    "face__end": (0.1, 0.9),
}
"""Which share of the page the first and the last cell of a row have, in each part."""


def estimated_px(html: str, fit: Fit) -> float:
    """Give the height that a first page will take, in CSS pixels."""
    pieces = PARTS.split(html.partition("<body")[2])
    height = {"": _height(pieces[0], "", fit)}
    for name, other, text in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        part = name or other
        height[part] = height.get(part, 0.0) + _height(text, part, fit)
    row = max(height.get("wide", 0.0), PICTURE_PX[fit.level] + height.get("narrow", 0.0))
    columns = max(height.get("half", 0.0), height.get("half half--right", 0.0))
    columns += max(height.get("scores-left", 0.0), height.get("scores-right", 0.0))
    stacked = sum(height.get(part, 0.0) for part in ("", "block block--safety", "face__end"))
    return (stacked + columns + (row if "wide" in height else 0.0)) * WRAPPING + SAFE_PX


def _height(html: str, part: str, fit: Fit) -> float:
    line, heading = LINE_PX[fit.level], HEADING_PX[fit.level]
    total = 0.0
    for row in ROW.findall(html):
        if row.startswith("<h2"):
            total += heading
        elif row.startswith("<tr"):
            total += _lines(row, part, fit) * line + ROW_PX
        else:
            total += line
    return total


def _lines(row: str, part: str, fit: Fit) -> int:
    cells = [len(" ".join(TAG.sub("", cell).split())) for cell in CELL.findall(row)] or [0]
    wide = CHARACTER * FONT_PX[fit.level]
    shares = SHARES[part]
    needed = [ceil(cells[0] * wide / (WIDTH_PX * shares[0]))] if len(cells) == 2 else []
    longest = max(cells)
    return max([*needed, ceil(longest * wide / (WIDTH_PX * shares[1])), 1])
