"""Lays the words of `content/<language>/<file>` over the English YAML of `content/<file>`.

An overlay names the English that it was made from by `source_hash`. Where it has no words for an
entry the English stays, and a fault tells of it: one of the unfinished, unless safety rests on it.
"""

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clinic.library.faults import Fault
from clinic.library.lined_yaml import Fields, read_mapping
from clinic.library.marked_yaml import LinedList, LinedMap
from clinic.library.texts import text_of
from clinic.library.wordings import Words, every_word, source_hash, words_of

FIRST_LANGUAGE = "en"
LANGUAGE = re.compile("[a-z]{2}")
STATUSES = ("awaiting review by a qualified translator", "reviewed")
KEYS = (
    *("source_hash", "status", "reviewed_by", "reviewed_on", "review_by"),
    *("title", "left_out", "words"),
)


@dataclass(frozen=True)
class Overlay:
    """The words of one file in one language; `left_out` tells why a question is not asked in it."""

    language: str
    words: Mapping[str, Words] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)


def languages(content: Path) -> tuple[str, ...]:
    """Give the languages that have a folder of content, English first."""
    found = {path.name for path in content.iterdir() if LANGUAGE.fullmatch(path.name)}
    return (FIRST_LANGUAGE, *sorted(found - {FIRST_LANGUAGE}))


def overlay_path(content: Path, language: str, name: str) -> Path:
    """Give where the words for a file lie; `name` is its path within `content/`."""
    return content / language / name


def read_overlay(content: Path, language: str, name: str, english: LinedMap) -> Overlay:
    """Give what there is of the words; an overlay without any where the file is missing."""
    return check_overlay(content, language, name, english)[0]


def check_overlay(
    content: Path,
    language: str,
    name: str,
    english: LinedMap,
    safety: Collection[str] | None = None,
    always_asked: Collection[str] = (),
) -> tuple[Overlay, list[Fault]]:
    """Give the words that fit the English, and everything to mend, as `path:line: message`.

    `safety` are the ids of the entries that somebody's safety rests on; None: all of them. Where
    there are some, the file must be made from the English as it stands. `always_asked` are link
    ids that no language may leave out.
    """
    file = overlay_path(content, language, name)
    faults: list[Fault] = []
    path = file.relative_to(content.parent).as_posix()
    if not file.is_file():
        hashed = source_hash(words_of(name, english))
        message = f"this file is missing: the words of content/{name}; source_hash: {hashed}"
        lesser = safety is not None and not safety
        return Overlay(language), [Fault(path, 1, message, unfinished=lesser)]
    mapping = read_mapping(text_of(file), path, faults)
    if mapping is None:
        return Overlay(language), faults
    reader = _Reader(Fields(mapping, path, faults), name, english, safety)
    return reader.overlay(language, always_asked), sorted(faults)


class _Reader:
    """Reads one overlay beside its English; what is wrong joins the faults of its fields."""

    def __init__(
        self, top: Fields, name: str, english: LinedMap, safety: Collection[str] | None
    ) -> None:
        self.top = top
        self.name = name
        self.english = english
        self.safety = safety

    def overlay(self, language: str, always_asked: Collection[str]) -> Overlay:
        """Read the whole file."""
        top = self.top
        top.only(KEYS)
        top.one_of("status", STATUSES)
        top.text_or_none("reviewed_by")
        top.date_or_none("reviewed_on")
        top.date("review_by")
        left_out = dict(self._left_out())
        wanted = words_of(self.name, self.english, left_out)
        self._check_asked(wanted, always_asked)
        self._check_hash(source_hash(wanted))
        found: dict[str, Words] = {}
        entries = top.fields("words")
        if "" in wanted:
            found[""] = self._title(wanted[""])
        if entries is not None:
            self._check_ids(entries, wanted, left_out)
            for entry_id, words in wanted.items():
                if entry_id and entry_id in entries.mapping:
                    found[entry_id] = self._laid_mapping(entries, entry_id, words)
        return Overlay(language, {key: words for key, words in found.items() if words}, left_out)

    def _title(self, wanted: Words) -> Words:
        """Give the words of the file itself, which stand at its top."""
        found = {}
        for key in wanted:
            if key in self.top.mapping:
                found[key] = self.top.text(key)
            else:
                self._lacking(self.top, key, f"{key!r} is missing: add it", "")
        return found

    def _lacking(self, part: Fields, key: Any, message: str, entry_id: str) -> None:
        """Note words that are missing or old; of safety they are a fault of the first kind."""
        lesser = self.safety is not None and entry_id not in self.safety
        part.faults.append(Fault(part.path, part.line(key), message, unfinished=lesser))

    def _check_hash(self, expected: str) -> None:
        if self.top.value("source_hash") != expected:
            message = "not made from the English as it stands: bring it up to date, then set"
            first = next(iter(self.safety or ()), "")
            self._lacking(self.top, "source_hash", f"{message} source_hash: {expected}", first)

    def _left_out(self) -> Iterator[tuple[str, str]]:
        """Give the link ids that are not asked in the language, with why."""
        rows = self.top.value("left_out", required=False)
        if rows is None:
            return
        if not isinstance(rows, LinedList) or not all(isinstance(row, LinedMap) for row in rows):
            self.top.fault("left_out", "'left_out' must be a list of `{id: a link id, why: words}`")
            return
        known = words_of(self.name, self.english)
        for row in rows:
            part = Fields(row, self.top.path, self.top.faults)
            part.only(("id", "why"))
            link_id, why = part.text("id"), part.text("why")
            if link_id not in known:
                part.fault("id", f"there is no question {link_id!r}{_near(link_id, known)}")
            yield link_id, why

    def _check_asked(self, wanted: Mapping[str, Words], always_asked: Collection[str]) -> None:
        """No question of safety is left out, nor stands below what is."""
        for link_id in words_of(self.name, self.english):
            if link_id in always_asked and link_id not in wanted:
                message = f"{link_id!r} is a question of safety, which every language asks"
                self.top.fault("left_out", message)

    def _check_ids(
        self, entries: Fields, wanted: Mapping[str, Words], left_out: Collection[str]
    ) -> None:
        for entry_id in entries.mapping:
            if entry_id not in wanted:
                why = "is left out" if entry_id in left_out else "is unknown"
                near = _near(str(entry_id), wanted)
                entries.fault(entry_id, f"{entry_id!r} {why}: take it out{near}")
        for entry_id, words in wanted.items():
            if entry_id and entry_id not in entries.mapping:
                first = next(every_word(words))
                message = f"no words for {entry_id!r} ({', '.join(words)}): {first!r}"
                self._lacking(entries, "", message, entry_id)

    def _laid_mapping(self, part: Fields, key: Any, wanted: Words) -> dict[str, Any]:
        """Give the words under a key in the shape of the English, without those that lack."""
        value = part.mapping[key]
        if isinstance(value, str) and len(wanted) == 1:
            inner_key = next(iter(wanted))
            inner = self._laid(part, key, wanted[inner_key])
            return {inner_key: inner} if inner else {}
        inner_part = part.fields(key)
        if inner_part is None:
            return {}
        found: dict[str, Any] = {}
        for inner_key in inner_part.mapping:
            if inner_key not in wanted:
                near = _near(str(inner_key), wanted)
                inner_part.fault(inner_key, f"{key!r} has no {inner_key!r} in English{near}")
        for inner_key, words in wanted.items():
            if inner_key not in inner_part.mapping:
                part.fault(key, f"{key!r} has no {inner_key!r}: add it")
            elif laid := self._laid(inner_part, inner_key, words):
                found[inner_key] = laid
        return found

    def _laid(self, part: Fields, key: Any, wanted: Any) -> Any:
        """Give the words under a key, or nothing and a fault where they have another shape."""
        if isinstance(wanted, Mapping):
            return self._laid_mapping(part, key, wanted)
        if isinstance(wanted, str):
            return part.text(key)
        value = part.mapping[key]
        if not isinstance(value, LinedList) or len(value) != len(wanted):
            part.fault(key, f"{key!r} must be a list of {len(wanted)}, as in English")
            return []
        items = Fields(_numbered(value), part.path, part.faults, part.first_line)
        return [self._laid_mapping(items, place, each) for place, each in enumerate(wanted)]


def _numbered(items: LinedList) -> LinedMap:
    """See a list as a mapping by place, so that its items know their lines."""
    made = LinedMap(items.lines[0] if items.lines else 0)
    made.update(enumerate(items))
    made.lines.update(enumerate(items.lines))
    return made


def _near(given: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(given, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
