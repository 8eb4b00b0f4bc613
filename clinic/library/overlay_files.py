"""Writes an overlay: the words of a file under the head that every overlay has."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from clinic.errors import BadInput
from clinic.library.lined_yaml import read_mapping
from clinic.library.texts import text_of
from clinic.library.wordings import QUESTIONNAIRES, WORDINGS, Words, source_hash, words_of

HEAD = """\
source_hash: {hash}
status: awaiting review by a qualified translator
reviewed_by: null
reviewed_on: null
review_by: {review_by}
"""
REVIEW_BY = "2027-05-01"


def english_overlay(content: Path, name: str) -> str:
    """Give the English words of a file of content in the shape of an overlay.

    Raises BadInput for a file that has none.
    """
    if name not in WORDINGS and not name.startswith(f"{QUESTIONNAIRES}/"):
        raise BadInput(f"No words of {name!r} are translated. Try one of: {', '.join(WORDINGS)}.")
    return overlay_text(content, name, str)


def overlay_text(
    content: Path, name: str, put: Callable[[str], str], left_out: Collection[str] = ()
) -> str:
    """Give an overlay for a file of content, each of its words put into another language."""
    path = content / name
    if not path.is_file():
        raise BadInput(f"There is no file {name!r} in the content folder.")
    mapping = read_mapping(text_of(path), name, [])
    if mapping is None:
        raise BadInput(f"{name!r} is not YAML. `clinic check` tells why.")
    words = words_of(name, mapping, left_out)
    lines = [HEAD.format(hash=source_hash(words), review_by=REVIEW_BY).rstrip()]
    if "" in words:
        lines.extend(_lines(words[""], put, 0))
    if left_out:
        lines.append("left_out:")
        lines.extend(f"  - {{id: {link_id}, why: no official text}}" for link_id in left_out)
    lines.append("words:")
    lines.extend(_lines({key: each for key, each in words.items() if key}, put, 1))
    return "\n".join(lines) + "\n"


def _lines(
    words: Words | Mapping[str, Words], put: Callable[[str], str], depth: int
) -> Iterator[str]:
    """Write words as YAML, a line for each."""
    space = "  " * depth
    for key, value in words.items():
        name = json.dumps(str(key), ensure_ascii=False)
        if isinstance(value, Mapping):
            yield f"{space}{name}:"
            yield from _lines(value, put, depth + 1)
        elif isinstance(value, str):
            yield f"{space}{name}: {_text(value, put)}"
        else:
            yield f"{space}{name}:"
            yield from (f"{space}  - {_one(each, put)}" for each in value)


def _one(words: Any, put: Callable[[str], str]) -> str:
    pairs = (f"{key}: {_text(value, put)}" for key, value in words.items())
    return f"{{{', '.join(pairs)}}}"


def _text(words: str, put: Callable[[str], str]) -> str:
    return json.dumps(put(words), ensure_ascii=False)
