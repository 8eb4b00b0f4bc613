"""The options of a choice: answerOption, or the value set that the form itself contains."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from clinic.fhir.complaints import Spot
from clinic.fhir.extensions import Extensions, extensions, translations
from clinic.fhir.values import read_boolean, read_coding, read_decimal, read_string, read_value
from clinic.questionnaire.model import Option, Text
from clinic.questionnaire.values import Coding, Value

OPTION_KEYS = frozenset(
    {
        "id", "extension", "modifierExtension", "initialSelected",
        "valueCoding", "valueString", "valueInteger", "valueDate", "valueTime", "valueReference",
    }
)  # fmt: skip
OPTION_EXTENSIONS = frozenset({"score", "optionExclusive", "optionPrefix"})
CODING_EXTENSIONS = frozenset({"score", "translation"})
CONCEPT_EXTENSIONS = frozenset({"score"})


def read_options(
    item: Mapping[str, Any], contained: Mapping[str, Any], spot: Spot
) -> tuple[Option, ...]:
    """Give the options of an item, in order."""
    if "answerOption" in item and "answerValueSet" in item:
        spot.complain("answerOption and answerValueSet exclude each other")
    if "answerValueSet" in item:
        options = tuple(
            _of_value_set(item["answerValueSet"], contained, spot.down("answerValueSet"))
        )
    else:
        options = tuple(
            option
            for place, raw in spot.objects(item, "answerOption")
            if (option := _of_answer_option(raw, place)) is not None
        )
    codes = [option.code for option in options]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        spot.complain(f"the option {code!r} stands twice")
    return options


def _of_answer_option(raw: Mapping[str, Any], spot: Spot) -> Option | None:
    spot.refuse_unknown_keys(raw, OPTION_KEYS, "answerOption")
    found = extensions(raw, spot, OPTION_EXTENSIONS)
    ends = [key for key in raw if key.startswith("value")]
    if len(ends) != 1:
        spot.complain("an option needs one value")
        return None
    key = ends[0]
    value = spot.down(key).read(
        raw[key], lambda it: read_value(key.removeprefix("value"), it), "an option"
    )
    if value is None:
        return None
    text, score = _words(raw, key, value, spot), _score(found)
    if isinstance(value, Coding):
        inner = extensions(raw[key], spot.down(key), CODING_EXTENSIONS)
        score = score if score is not None else _score(inner)
    prefix = found.value("optionPrefix")
    if prefix is not None and isinstance(prefix[2], str):
        text = _prefixed(prefix[2], text)
    return Option(
        value=value,
        text=text,
        exclusive=_flag(found, "optionExclusive"),
        initially_selected=bool(spot.member(raw, "initialSelected", read_boolean)),
        score=score,
    )


def _words(raw: Mapping[str, Any], key: str, value: Value, spot: Spot) -> Text:
    if isinstance(value, Coding):
        return Text(value.display or value.code, translations(raw[key], "display", spot.down(key)))
    return Text(str(value), translations(raw, key, spot))


def _prefixed(prefix: str, text: Text) -> Text:
    translated = {language: f"{prefix} {words}" for language, words in text.translations.items()}
    return Text(f"{prefix} {text.words}", MappingProxyType(translated))


def _score(found: Extensions) -> Any:
    held = found.value("score")
    return held and held[0].read(held[2], read_decimal, "score")


def _flag(found: Extensions, name: str) -> bool:
    held = found.value(name)
    return bool(held and held[0].read(held[2], read_boolean, name))


def _of_value_set(raw: Any, contained: Mapping[str, Any], spot: Spot) -> Iterator[Option]:
    if not isinstance(raw, str) or not raw.startswith("#"):
        spot.complain(f"the value set {raw} is outside of the form, which is not supported")
        return
    value_set = contained.get(raw[1:])
    if not isinstance(value_set, Mapping) or value_set.get("resourceType") != "ValueSet":
        spot.complain(f"the form contains no value set {raw}")
        return
    options = list(_listed(value_set, contained, spot))
    if not options:
        spot.complain(f"the value set {raw} lists no codes")
    yield from options


def _listed(
    value_set: Mapping[str, Any], contained: Mapping[str, Any], spot: Spot
) -> Iterator[Option]:
    expansion, compose = value_set.get("expansion"), value_set.get("compose")
    if isinstance(expansion, Mapping) and expansion.get("contains"):
        yield from _expanded(expansion, None, spot)
    elif isinstance(compose, Mapping):
        excluded = {
            option.code
            for place, part in spot.objects(compose, "exclude")
            for option in _included(part, contained, place)
        }
        for place, part in spot.objects(compose, "include"):
            for option in _included(part, contained, place):
                if option.code not in excluded:
                    yield option


def _included(
    part: Mapping[str, Any], contained: Mapping[str, Any], spot: Spot
) -> Iterator[Option]:
    system = part.get("system")
    if "filter" in part or "valueSet" in part:
        spot.complain("a value set made of filters or of other value sets is not supported")
    elif "concept" in part:
        for place, concept in spot.objects(part, "concept"):
            yield from _concept(concept, system, place)
    else:
        code_system = next(
            (
                resource
                for resource in contained.values()
                if resource.get("resourceType") == "CodeSystem" and resource.get("url") == system
            ),
            None,
        )
        if code_system is None or system is None:
            spot.complain(
                f"all codes of {system}, which stands outside of the form, are not supported"
            )
            return
        yield from _all_concepts(code_system, system, spot)


def _all_concepts(holder: Mapping[str, Any], system: str, spot: Spot) -> Iterator[Option]:
    for place, concept in spot.objects(holder, "concept"):
        yield from _concept(concept, system, place)
        yield from _all_concepts(concept, system, place)


def _expanded(holder: Mapping[str, Any], system: str | None, spot: Spot) -> Iterator[Option]:
    for place, entry in spot.objects(holder, "contains"):
        own_system = entry.get("system", system)
        if entry.get("abstract") is not True and entry.get("inactive") is not True:
            yield from _concept(entry, own_system, place)
        yield from _expanded(entry, own_system, place)


def _concept(concept: Mapping[str, Any], system: Any, spot: Spot) -> Iterator[Option]:
    coding = spot.read(concept, read_coding, "a code of the value set")
    if coding is None:
        return
    if system is not None:
        coding = replace(coding, system=spot.read(system, read_string, "system"))
    score = _score(extensions(concept, spot, CONCEPT_EXTENSIONS))
    words: dict[str, str] = {
        designation["language"]: designation["value"]
        for _, designation in spot.objects(concept, "designation")
        if isinstance(designation.get("language"), str)
        and isinstance(designation.get("value"), str)
    }
    words.update(translations(concept, "display", spot))
    text = Text(coding.display or coding.code, MappingProxyType(words))
    yield Option(value=coding, text=text, score=score)
