"""The English words of a content file that a translation must give, in the shape it gives them.

A file of `content/` holds many entries, each with an id. For each entry this gives the words alone:
`{"about": ...}` of a rule, `{"text": ..., "options": {code: ...}}` of a question.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from clinic.library.marked_yaml import LinedList, LinedMap

QUESTIONNAIRES = "questionnaires"
UNIT = "http://hl7.org/fhir/StructureDefinition/questionnaire-unit"
HIDDEN = "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden"

Words = Mapping[str, Any]
"""The words of one entry: text, or a list or a mapping of words, under each key."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Which words of a kind of file are translated.

    `lists` are the lists of entries, `alone` the keys that are an entry of their own, `keys` the
    names under which words stand; whatever else an entry holds is no words.
    """

    lists: tuple[str, ...]
    keys: frozenset[str]
    alone: tuple[str, ...] = ()


WORDINGS: Mapping[str, Wording] = {
    "rules/red-flags.yaml": Wording(("subjects", "rules"), frozenset({"title", "about"})),
    "rules/stretches.yaml": Wording(
        ("stretches", "rules"),
        frozenset({"text", "about", "because", "words", "change"}),
        ("none_now", "walk"),
    ),
    "rules/scores.yaml": Wording(("scores", "typed_totals"), frozenset({"about", "label"})),
    "rules/regenerative.yaml": Wording(("levels", "facts"), frozenset({"patient", "about"})),
    "rules/destinations.yaml": Wording(("services",), frozenset({"patient"})),
    "summary/low-back-intake.yaml": Wording((), frozenset(), ("stretches",)),
}
"""The files of rules and of the summary that hold words for patients or for the public.

`label` under a score is that of a band, which /how-we-decide tells; its notes are for staff.
"""

NO_WORDS = frozenset({"when", "notes", "classes", "forms", "parts", "staff"})
"""Keys below which nothing is for patients."""


def words_of(name: str, english: LinedMap, left_out: Collection[str] = ()) -> dict[str, Words]:
    """Give the words of each entry of a file by its id, in the order of the file.

    `name` is the file's path within `content/`. Under "" stand the words of the file itself.
    `left_out` are link ids that the language does not ask; nothing below them is given.
    """
    if name.startswith(f"{QUESTIONNAIRES}/"):
        return dict(_of_form(english, frozenset(left_out)))
    wording = WORDINGS[name]
    found: dict[str, Words] = {}
    for key, value in english.items():
        if key in wording.alone:
            found[key] = _alone(value, wording.keys)
        elif key in wording.lists and isinstance(value, list):
            for entry in value:
                if words := _within(entry, wording.keys):
                    found[str(entry.get("id"))] = words
    return found


def source_hash(words: Mapping[str, Words]) -> str:
    """Give the hash of English words: SHA-256 of them in order, joined by newlines."""
    return hashlib.sha256("\n".join(every_word(words)).encode()).hexdigest()


def every_word(words: Any) -> Iterator[str]:
    """Give each text of a shape of words, in order."""
    if isinstance(words, str):
        yield words
    elif isinstance(words, Mapping):
        for inner in words.values():
            yield from every_word(inner)
    elif isinstance(words, list | tuple):
        for inner in words:
            yield from every_word(inner)


def _alone(value: Any, keys: Collection[str]) -> Words:
    """Take an entry under a key of its own; a mapping of a file without keys is all words."""
    if isinstance(value, LinedMap):
        return _within(value, keys or tuple(value))
    return {"text": value}


def _within(entry: LinedMap, keys: Collection[str]) -> dict[str, Any]:
    """Keep the words of an entry, in its shape."""
    found = {
        key: value if isinstance(value, str) and key in keys else _deeper(value, keys)
        for key, value in entry.items()
        if key not in NO_WORDS
    }
    return {key: words for key, words in found.items() if words}


def _deeper(value: Any, keys: Collection[str]) -> Any:
    """Give the words of a mapping, or of a list whose every entry has some; else nothing."""
    if isinstance(value, LinedMap):
        return _within(value, keys)
    if isinstance(value, LinedList) and all(isinstance(each, LinedMap) for each in value):
        words = [_within(each, keys) for each in value]
        return words if all(words) else None
    return None


def _of_form(resource: LinedMap, left_out: frozenset[str]) -> Iterator[tuple[str, Words]]:
    """Give the words of a FHIR Questionnaire, item by item."""
    if isinstance(resource.get("title"), str):
        yield "", {"title": resource["title"]}
    yield from _of_items(resource, left_out)


def _of_items(holder: LinedMap, left_out: frozenset[str]) -> Iterator[tuple[str, Words]]:
    for item in holder.get("item") or ():
        link_id = str(item.get("linkId"))
        if link_id in left_out or extension_value(item, HIDDEN) is True:
            continue
        if words := _of_item(item):
            yield link_id, words
        yield from _of_items(item, left_out)


def _of_item(item: LinedMap) -> dict[str, Any]:
    words: dict[str, Any] = {key: item[key] for key in ("prefix", "text") if item.get(key)}
    unit = extension_value(item, UNIT)
    if isinstance(unit, dict) and isinstance(unit.get("display"), str):
        words["unit"] = unit["display"]
    if options := dict(_options(item)):
        words["options"] = options
    return words


def _options(item: LinedMap) -> Iterator[tuple[str, str]]:
    """Give the words of each answer on offer by its code; a number is no words."""
    for option in item.get("answerOption") or ():
        coding = option.get("valueCoding")
        if isinstance(coding, dict) and isinstance(coding.get("display"), str):
            yield str(coding.get("code")), coding["display"]
        elif isinstance(option.get("valueString"), str):
            yield option["valueString"], option["valueString"]


def extension_value(item: LinedMap, url: str) -> Any:
    """Give the plain value of an item's extension, or None."""
    for extension in item.get("extension") or ():
        if extension.get("url") == url:
            return next((extension[key] for key in extension if key.startswith("value")), None)
    return None
