"""Names and ids on a page: what a key is called in a form, and where an error link lands."""

from collections.abc import Collection

PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")


def part_name(key: str, part: str, taken: Collection[str]) -> str:
    """Name one box of a question, such as `birth-date-year`, unlike any key of the page."""
    name = f"{key}-{part}"
    while name in taken:
        name += "-"
    return name


def element_id(name: str) -> str:
    """Make an id of a name. A link id may hold anything; an id holds letters, digits, `.` and `-`.

    `__` never occurs in it, so that `<id>__2` is free for the second box of a list.
    """
    return "".join(c if c in PLAIN else f"_{ord(c):x}_" for c in name)


def nth_id(element: str, number: int) -> str:
    """Give the id of the n-th (from 0) box of a list; the first has the id of the question."""
    return f"{element}__{number + 1}" if number else element
