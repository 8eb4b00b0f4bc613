"""Lays the words of another language over English YAML, in new mappings that know their lines."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from clinic.fhir.extensions import TRANSLATION
from clinic.library.marked_yaml import LinedList, LinedMap
from clinic.library.overlays import FIRST_LANGUAGE, Overlay, read_overlay
from clinic.library.wordings import UNIT, WORDINGS, Words


def in_language(content: Path, language: str, file: Path, english: LinedMap) -> LinedMap:
    """Give a file of rules or of the summary in a language, as far as it has words for it.

    `file` is its path within the content folder.
    """
    name = file.as_posix()
    if language == FIRST_LANGUAGE or name not in WORDINGS:
        return english
    return laid_over(english, read_overlay(content, language, name, english), name)


def laid_over(english: LinedMap, overlay: Overlay, name: str) -> LinedMap:
    """Give a file of rules or of the summary with its words in the overlay's language."""
    wording = WORDINGS[name]
    made = _copied(english)
    for key, value in english.items():
        if key in wording.alone and key in overlay.words:
            laid = overlay.words[key]
            made[key] = _put(value, laid) if isinstance(value, LinedMap) else laid["text"]
        elif key in wording.lists and isinstance(value, LinedList):
            made[key] = _put(value, [overlay.words.get(str(each.get("id")), {}) for each in value])
    return made


def _put(english: Any, words: Any) -> Any:
    """Put words in the place of the English ones."""
    if isinstance(english, LinedMap):
        made = _copied(english)
        made.update({key: _put(english[key], each) for key, each in words.items()})
        return made
    if isinstance(english, LinedList):
        listed = LinedList()
        listed.extend(_put(each, inner) for each, inner in zip(english, words, strict=True))
        listed.lines = english.lines
        return listed
    return words


def _copied(mapping: LinedMap) -> LinedMap:
    made = LinedMap(mapping.line)
    made.update(mapping)
    made.lines = mapping.lines
    return made


def with_translations(resource: LinedMap, overlays: Collection[Overlay]) -> LinedMap:
    """Give a Questionnaire whose words carry their translations, as FHIR's extension has them."""
    made = _copied(resource)
    for overlay in overlays:
        _translate(made, "title", overlay.words.get("", {}).get("title"), overlay.language)
    made["item"] = _translated_items(resource, overlays)
    return made


def _translated_items(holder: LinedMap, overlays: Collection[Overlay]) -> LinedList:
    items = LinedList()
    items.lines = holder["item"].lines
    for item in holder["item"]:
        made = _copied(item)
        for overlay in overlays:
            _translate_item(made, overlay.words.get(str(item.get("linkId")), {}), overlay.language)
        if "item" in item:
            made["item"] = _translated_items(item, overlays)
        items.append(made)
    return items


def _translate_item(item: LinedMap, words: Words, language: str) -> None:
    for key in ("prefix", "text"):
        _translate(item, key, words.get(key), language)
    if unit := words.get("unit"):
        _translate_each(item, "extension", lambda each: _unit_in(each, unit, language))
    if options := words.get("options"):
        _translate_each(item, "answerOption", lambda each: _option_in(each, options, language))


def _translate_each(item: LinedMap, key: str, lay: Callable[[LinedMap], LinedMap]) -> None:
    """Lay words over what a list holds; what is no list of mappings is a fault told elsewhere."""
    listed = item.get(key)
    if isinstance(listed, LinedList):
        made = LinedList()
        made.lines = listed.lines
        made.extend(lay(each) if isinstance(each, LinedMap) else each for each in listed)
        item[key] = made


def _unit_in(extension: LinedMap, words: str, language: str) -> LinedMap:
    if extension.get("url") != UNIT:
        return extension
    made = _copied(extension)
    if isinstance(coding := extension.get("valueCoding"), LinedMap):
        made["valueCoding"] = _copied(coding)
        _translate(made["valueCoding"], "display", words, language)
    return made


def _option_in(option: LinedMap, options: Words, language: str) -> LinedMap:
    made = _copied(option)
    if isinstance(coding := option.get("valueCoding"), LinedMap):
        made["valueCoding"] = _copied(coding)
        words = options.get(str(coding.get("code")))
        _translate(made["valueCoding"], "display", words, language)
    elif isinstance(text := option.get("valueString"), str):
        _translate(made, "valueString", options.get(text), language)
    return made


def _translate(element: LinedMap, key: str, words: str | None, language: str) -> None:
    """Put a translation beside the words under a key, after those that stand there already."""
    if not words:
        return
    beside = dict(element.get(f"_{key}") or {})
    said = {
        "url": TRANSLATION,
        "extension": [
            {"url": "lang", "valueCode": language},
            {"url": "content", "valueString": words},
        ],
    }
    beside["extension"] = [*beside.get("extension", ()), said]
    element[f"_{key}"] = beside
