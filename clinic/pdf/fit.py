"""How much of each thing a first page shows, from roomy to tight."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Rest(StrEnum):
    """How much of the history a first page holds."""

    ALL = "all"
    CORE = "core"
    SHORT = "short"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Fit:
    """Limits of one first page: characters of one text, and how many stand in one list.

    `level` chooses the size of type in print.css. Findings of emergency and same-day rules
    are shown at every level; `behind` are the characters of each answer behind one, and with
    none the answers fill what is left of its line. `rest` says how much of the history stands
    on the first page. What does not, begins the next one.
    """

    level: int
    text: int
    items: int
    findings: int
    behind: int = 0
    rest: Rest = Rest.ALL

    @property
    def line(self) -> int:
        """How many characters of a finding stand on one line."""
        return LINE_CHARACTERS[self.level]

    @property
    def medicines(self) -> int:
        """How many medicines are shown: a few more, since each may change what is done."""
        return max(self.items, FEWEST_MEDICINES)


LINE_CHARACTERS = (98, 105, 111, 118, 125)
FEWEST_MEDICINES = 4

FITS = (
    Fit(level=0, text=340, items=12, findings=8, behind=400),
    Fit(level=1, text=200, items=8, findings=6, behind=300),
    Fit(level=2, text=120, items=6, findings=5, behind=240),
    Fit(level=3, text=80, items=5, findings=4, behind=160),
    Fit(level=2, text=140, items=6, findings=4, behind=240, rest=Rest.CORE),
    Fit(level=3, text=80, items=5, findings=3, behind=160, rest=Rest.CORE),
    Fit(level=4, text=48, items=3, findings=2, behind=90, rest=Rest.CORE),
    Fit(level=4, text=48, items=2, findings=0, rest=Rest.CORE),
    Fit(level=3, text=80, items=5, findings=3, behind=90, rest=Rest.SHORT),
    Fit(level=4, text=48, items=3, findings=0, rest=Rest.SHORT),
    Fit(level=4, text=60, items=2, findings=0, rest=Rest.NONE),
)
"""Tried in order until the first page fits."""

FACE_END = "face-end"
"""The id of the last thing on a first page."""


def shortened(text: str, limit: int) -> str:
    """Cut a text at a word, with an ellipsis, so that it has at most `limit` characters."""
    flat = " ".join(text.split())
    if len(flat) <= limit:
        return flat
    head = flat[: limit - 1]
    at_word = head.rpartition(" ")[0]
    return (at_word if len(at_word) > limit // 2 else head).rstrip(" ,;:") + "…"


def within(texts: Sequence[str], limit: int) -> list[str]:
    """Give the first texts that stand whole within `limit` characters, the first one cut."""
    shown: list[str] = []
    left = limit
    for text in texts:
        if shown and len(text) > left:
            break
        shown.append(shortened(text, left))
        left -= len(text) + len("; ")
    return shown


def is_short(text: str, limit: int) -> bool:
    """True when nothing would be cut."""
    return len(" ".join(text.split())) <= limit


def lower_first(text: str) -> str:
    """Give the text with a small first letter, to stand within a sentence."""
    return text[:1].lower() + text[1:]
