"""What a new password may be: long enough, and none that others would try first.

NIST SP 800-63B-4: a length, a list of common passwords and of words that lie near, and nothing
else: no kinds of characters are asked for, and no change after some time. The whole password is
compared, and what is left of it without digits at its ends, or with letters for look-alikes.
"""

import hashlib
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

MINIMUM_ALONE: Final = 15
MINIMUM_WITH_FACTOR: Final = 8
MAXIMUM_LENGTH: Final = 128

COMMON_FILE: Final = Path(__file__).parent / "common_passwords.bin"
"""The sorted marks of some 30,000 passwords that are used most; see NOTICE for their source."""
MARK_BYTES: Final = 5
SHORTEST_COMMON: Final = 5

LOOK_ALIKES: Final = tuple(str.maketrans("013457@$!|", f"o{one}eastasil") for one in "il")
ROWS: Final = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
MOST_IN_A_ROW: Final = 0.75
"""So much of a password may be steps along the alphabet, the digits or a row of keys."""
NEAR: Final = (
    *("clinic", "intake", "referral", "patient", "password", "passphrase", "welcome", "staff"),
    *("admin", "administrator", "clinician", "doctor", "nurse", "front", "desk", "login", "user"),
    *("low", "back", "pain", "spine", "health", "letmein", "changeme", "secret", "test", "demo"),
)
"""Words that lie near in a program like this one, whoever runs it."""
SHORTEST_NEAR: Final = 3
LETTERS_OF_ONES_OWN: Final = 4
"""So many letters at least must stand beside the words that lie near."""
WORD: Final = re.compile(r"[^\W_]+")

TOO_COMMON = "This is one of the passwords that are tried first. A few words in a row are better."
TOO_NEAR = (
    "This is made of your name, the clinic's, or words like them. "
    "Choose words that have nothing to do with either."
)
TOO_PLAIN = "This counts up, follows the keys, or repeats itself. A few words in a row are better."


def normal(password: str) -> str:
    """One spelling for what two keyboards write in different bytes; half a letter counts as one."""
    whole = password.encode("utf-8", "replace").decode()
    return unicodedata.normalize("NFKC", whole)


def minimum(*, has_factor: bool) -> int:
    """Give the least length: less is enough where it is not the only thing to know."""
    return MINIMUM_WITH_FACTOR if has_factor else MINIMUM_ALONE


def problem(password: str, *, has_factor: bool, near: Iterable[str]) -> str:
    """Say what is wrong with a new password, or "". `near`: names of the person and the clinic."""
    plain = normal(password)
    least = minimum(has_factor=has_factor)
    if not least <= len(plain) <= MAXIMUM_LENGTH:
        return f"Use {least} to {MAXIMUM_LENGTH} characters. A few words in a row are fine."
    text = folded(plain)
    if any(_is_common(form) for form in _forms(text)):
        return TOO_COMMON
    letters = "".join(each for each in text if each.isalnum())
    if not letters or _repeats(text) or _repeats(letters) or _runs(letters):
        return TOO_PLAIN
    words = _near_words(near)
    if min(_own_letters(form, words) for form in _spelt(letters)) < LETTERS_OF_ONES_OWN:
        return TOO_NEAR
    return ""


def folded(password: str) -> str:
    """Give a password as it is looked up: in small letters, in one spelling."""
    return normal(password).casefold()


def mark_of(word: str) -> bytes:
    """Give what is kept of a common password."""
    return hashlib.sha256(word.encode()).digest()[:MARK_BYTES]


def _forms(text: str) -> Iterator[str]:
    for form in {text, "".join(each for each in text if each.isalnum())}:
        for spelt in _spelt(form):
            yield spelt
            yield spelt.strip("0123456789.!?*#-_ ")


def _spelt(text: str) -> set[str]:
    """The text, and with letters where digits and signs look like some."""
    return {text, *(text.translate(table) for table in LOOK_ALIKES)}


def _is_common(word: str) -> bool:
    if len(word) < SHORTEST_COMMON:
        return False
    marks, mark = _marks(), mark_of(word)
    place = bisect_left(marks, mark)
    return place < len(marks) and marks[place] == mark


@cache
def _marks() -> tuple[bytes, ...]:
    whole = COMMON_FILE.read_bytes()
    return tuple(whole[start : start + MARK_BYTES] for start in range(0, len(whole), MARK_BYTES))


def _repeats(text: str) -> bool:
    """True when a text is one part again and again, as abcabc is."""
    return text in (text + text)[1:-1]


def _runs(letters: str) -> bool:
    steps = sum(one == other or _is_step(one, other) for one, other in pairwise(letters))
    return steps > MOST_IN_A_ROW * (len(letters) - 1)


def _is_step(one: str, other: str) -> bool:
    return any(one + other in row or other + one in row for row in ROWS)


def _near_words(near: Iterable[str]) -> frozenset[str]:
    named = {word for text in near for word in WORD.findall(folded(text))}
    return frozenset(word for word in named if len(word) >= SHORTEST_NEAR) | frozenset(NEAR)


def _own_letters(text: str, words: frozenset[str]) -> int:
    """Give how many letters of a text stand in no word that lies near; digits count for nothing."""
    least = [0]
    for end in range(1, len(text) + 1):
        found = least[end - 1] + (0 if text[end - 1].isdecimal() else 1)
        for word in words:
            if text.endswith(word, 0, end):
                found = min(found, least[end - len(word)])
        least.append(found)
    return least[-1]
