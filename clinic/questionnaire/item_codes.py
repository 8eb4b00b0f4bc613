"""A short code for each item of a form, by which a question on paper is found on a screen.

The code is made from the link id and from nothing else: the first signs of its SHA-256, written
with digits and consonants that nobody mistakes for another (no vowels, so that no word comes of
it). A question that is added, moved or reworded later leaves every other code as it was. Should
the first four signs of two link ids of one form be the same (one chance in 500,000 for a pair),
both take as many more signs as tell them apart.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from hashlib import sha256

SIGNS = "23456789BCDFGHJKMNPQRSTVWXZ"
LENGTH = 4


def item_codes(link_ids: Iterable[str]) -> Mapping[str, str]:
    """Give the code of each link id. Give those of the whole form, whatever the language asks."""
    return dict(_codes(list(dict.fromkeys(link_ids)), LENGTH))


def _codes(link_ids: list[str], length: int) -> Iterator[tuple[str, str]]:
    alike: dict[str, list[str]] = {}
    for link_id in link_ids:
        alike.setdefault(_signs(link_id)[:length], []).append(link_id)
    for code, sharing in alike.items():
        if len(sharing) == 1:
            yield sharing[0], code
        else:
            yield from _codes(sharing, length + 1)


@cache
def _signs(link_id: str) -> str:
    number = int.from_bytes(sha256(link_id.encode()).digest())
    signs = []
    while number:
        number, sign = divmod(number, len(SIGNS))
        signs.append(SIGNS[sign])
    return "".join(signs)
