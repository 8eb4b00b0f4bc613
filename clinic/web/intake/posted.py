"""What a page sent, before anything is read: lists of texts, what was offered, rows moved."""

from collections.abc import Collection
from urllib.parse import quote, unquote

from werkzeug.datastructures import MultiDict

OFFERED = "_offered"
ADD = "_add"
REMOVE = "_remove"
LANGUAGE = "_language"
"""Posted by the button that shows the page in another language: the one it was typed in."""
LOOK = "_look"
"""Posted by the switch of large print."""
LONGEST_INDEX = 4


def offered_text(keys: Collection[str]) -> str:
    """Write keys into the hidden field that says which questions a page showed."""
    return " ".join(quote(key, safe="") for key in keys)


class Posted:
    """The texts of one post. A removed row is taken out, and the later ones move up."""

    def __init__(self, posted: MultiDict[str, str]) -> None:
        self.lists: dict[str, list[str]] = {name: posted.getlist(name) for name in posted}
        self.says_offered = OFFERED in self.lists
        self.offered = frozenset(unquote(word) for word in self.first(OFFERED).split())
        self.added = self.first(ADD)
        self.removed = _row(self.first(REMOVE))
        self.switched = LANGUAGE in self.lists or LOOK in self.lists

    def first(self, name: str) -> str:
        """Give the one text under a name, or nothing."""
        return next(iter(self.lists.get(name, ())), "")

    def getlist(self, name: str) -> list[str]:
        """Give every text under a name."""
        return self.lists.get(name, [])

    def rows(self, key: str) -> int:
        """How many instances of a repetition were sent: 0, 1, 2 ... without a gap."""
        start = f"{key}."
        numbers = {
            name[len(start) :].partition(".")[0]
            for name in (*self.lists, *self.offered)
            if name.startswith(start)
        }
        count = 0
        while str(count) in numbers:
            count += 1
        return count

    def move_up(self, key: str, removed: int) -> None:
        """Take instance `removed` of a repetition out, and renumber those behind it."""
        moved = {name: _moved(name, key, removed) for name in self.lists}
        self.lists = {new: self.lists[name] for name, new in moved.items() if new is not None}
        offered = (_moved(name, key, removed) for name in self.offered)
        self.offered = frozenset(name for name in offered if name is not None)


def _row(text: str) -> tuple[str, int] | None:
    """Read `<key>.<n>`, as a Remove button sends it."""
    key, _, number = text.rpartition(".")
    index = _index(number)
    return (key, index) if key and index is not None else None


def _moved(name: str, key: str, removed: int) -> str | None:
    start = f"{key}."
    number, dot, rest = name.removeprefix(start).partition(".")
    index = _index(number)
    if not name.startswith(start) or index is None or index < removed:
        return name
    return None if index == removed else f"{start}{index - 1}{dot}{rest}"


def _index(text: str) -> int | None:
    plain = text.isascii() and text.isdecimal() and len(text) <= LONGEST_INDEX
    return int(text) if plain else None
