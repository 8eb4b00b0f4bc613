"""A FHIR R4 Questionnaire as our own: read whole, or refused with every reason named."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from clinic.errors import UnreadableQuestionnaire
from clinic.fhir.complaints import Complaint, Spot
from clinic.fhir.enable_when import read_enable_when
from clinic.fhir.extensions import CALCULATED_VALUE, Extensions, extensions, read_text
from clinic.fhir.item_rules import form_complaints, item_complaints
from clinic.fhir.value_sets import read_options
from clinic.fhir.values import (
    NAMES_OF,
    read_boolean,
    read_coding,
    read_integer,
    read_string,
    read_value,
)
from clinic.questionnaire.model import Control, Item, ItemType, Questionnaire, Text
from clinic.questionnaire.values import Coding, Today, Value

FORM_KEYS = frozenset(
    {
        "resourceType", "id", "meta", "implicitRules", "language", "text", "contained",
        "extension", "modifierExtension", "url", "identifier", "version", "name", "title",
        "derivedFrom", "status", "experimental", "subjectType", "date", "publisher", "contact",
        "description", "useContext", "jurisdiction", "purpose", "copyright", "approvalDate",
        "lastReviewDate", "effectivePeriod", "code", "item",
    }
)  # fmt: skip
ITEM_KEYS = frozenset(
    {
        "id", "extension", "modifierExtension", "linkId", "definition", "code", "prefix", "text",
        "type", "enableWhen", "enableBehavior", "required", "repeats", "readOnly", "maxLength",
        "answerValueSet", "answerOption", "initial", "item",
    }
)  # fmt: skip
INITIAL_KEYS = frozenset(
    {"id", "extension", "modifierExtension"} | {"value" + end for end in sum(NAMES_OF.values(), ())}
)
ITEM_EXTENSIONS = frozenset(
    {
        "itemControl", "hidden", "unit", "unitOption", "minOccurs", "maxOccurs", "minValue",
        "maxValue", "minLength", "maxDecimalPlaces", "regex", "entryFormat", "usageMode", "score",
    }
)  # fmt: skip
WORDS_APART = ("text", "title", "prefix")
"""Members whose `_` twin holds translations, which are read with their words."""

UNSUPPORTED_TYPES: Mapping[str, str] = {
    "attachment": "a file to send (attachment)",
    "reference": "a reference to another record",
    "question": "the abstract type question",
}
CONTROLS: Mapping[str, Control | None] = {
    **{control.value: control for control in Control},
    "autocomplete": Control.DROP_DOWN,
    "flyover": Control.HELP,
}
PLAIN_CONTROLS: Mapping[str, str] = {
    "list": "a group is a list of questions anyway",
    "gtable": "each row of the table stands as a group of its own",
    "htable": "each row of the table stands as a group of its own",
    "grid": "each row of the table stands as a group of its own",
    "atable": "the options stand below their question",
    "page": "each top-level group is a page anyway",
    "tab-container": "each tab stands below the one before",
    "header": "stands in its place in the order",
    "footer": "stands in its place in the order",
    "inline": "words to read stand in their place",
    "prompt": "words to read stand in their place",
    "unit": "the words of the unit stand below their question",
    "legal": "words to read stand in their place",
    "text-box": "a text is written into a box anyway",
    "spinner": "a number is typed",
}
"""Item controls that lose nothing when they are shown plainly, each with why."""


def questionnaire_from_json(resource: Any) -> Questionnaire:
    """Read a Questionnaire. Raises UnreadableQuestionnaire, naming everything unsupported."""
    questionnaire, complaints = read_questionnaire(resource)
    if questionnaire is None:
        raise UnreadableQuestionnaire([str(complaint) for complaint in complaints])
    return questionnaire


def questionnaire_problems(resource: Any) -> list[str]:
    """Everything that keeps us from rendering a Questionnaire whole: `linkId: what`."""
    return [str(complaint) for complaint in read_questionnaire(resource)[1]]


def read_questionnaire(
    resource: Any,
) -> tuple[Questionnaire | None, tuple[Complaint, ...]]:
    """Give the questionnaire, or none and what stands in its way, with the places."""
    top = Spot()
    questionnaire = None
    if not isinstance(resource, Mapping) or resource.get("resourceType") != "Questionnaire":
        top.complain('this is not a Questionnaire: resourceType must be "Questionnaire"')
    else:
        try:
            questionnaire = _form(resource, top)
        except RecursionError:
            top.complain("the items are nested too deep to be read")
    return (None if top.complaints else questionnaire), tuple(top.complaints)


def _form(resource: Mapping[str, Any], top: Spot) -> Questionnaire:
    top.refuse_unknown_keys(resource, FORM_KEYS, "a Questionnaire")
    extensions(resource, top)
    _twins(resource, top)
    contained = {str(inner.get("id")): inner for _, inner in top.objects(resource, "contained")}
    items = _in_their_place(tuple(_items(resource, contained, top, hidden=False)), None)
    if not items and not top.complaints:
        top.complain("the questionnaire has no items")
    url = top.member(resource, "url", read_string)
    questionnaire = Questionnaire(
        id=top.member(resource, "id", read_string) or (url or "questionnaire").rpartition("/")[2],
        url=url,
        version=top.member(resource, "version", read_string) or "",
        title=read_text(resource, "title", top),
        language=top.member(resource, "language", read_string) or "en",
        items=items,
    )
    form_complaints(questionnaire, resource, top)
    return questionnaire


def _items(
    holder: Mapping[str, Any], contained: Mapping[str, Any], spot: Spot, *, hidden: bool
) -> Iterator[Item]:
    for place, raw in spot.objects(holder, "item"):
        link_id = raw.get("linkId")
        named = place.down(link_id=str(link_id) if link_id else "an item without a linkId")
        item = _item(raw, contained, named, hidden=hidden)
        if item is not None:
            yield item


def _item(
    raw: Mapping[str, Any], contained: Mapping[str, Any], spot: Spot, *, hidden: bool
) -> Item | None:
    """Read one item; whatever stands in a hidden one is hidden with it."""
    spot.refuse_unknown_keys(raw, ITEM_KEYS, "an item")
    link_id = spot.read(raw.get("linkId"), read_string, "linkId")
    item_type = _type(raw, spot)
    found = extensions(raw, spot, ITEM_EXTENSIONS)
    _twins(raw, spot)
    hidden = bool(_plain(found, "hidden", read_boolean)) or hidden
    children = tuple(_items(raw, contained, spot, hidden=hidden))
    if link_id is None or item_type is None:
        return None
    item = Item(
        link_id=link_id,
        type=item_type,
        text=read_text(raw, "text", spot),
        prefix=read_text(raw, "prefix", spot),
        required=bool(spot.member(raw, "required", read_boolean)),
        repeats=bool(spot.member(raw, "repeats", read_boolean)),
        read_only=bool(spot.member(raw, "readOnly", read_boolean)),
        hidden=hidden,
        enable_when=read_enable_when(raw, spot),
        options=read_options(raw, contained, spot),
        initial=tuple(_initial(raw, item_type, spot)),
        min_length=_plain(found, "minLength", read_integer),
        max_length=spot.member(raw, "maxLength", read_integer),
        minimum=_limit(found, "minValue"),
        maximum=_limit(found, "maxValue"),
        max_decimal_places=_plain(found, "maxDecimalPlaces", read_integer),
        pattern=_plain(found, "regex", read_string),
        min_occurs=_plain(found, "minOccurs", read_integer),
        max_occurs=_plain(found, "maxOccurs", read_integer),
        entry_format=_plain(found, "entryFormat", read_string) or "",
        control=_control(found),
        unit=next(iter(_units(found, "unit")), None),
        unit_text=_unit_text(found),
        unit_options=tuple(_units(found, "unitOption")),
        codes=tuple(_codes(raw, spot)),
        items=children,
    )
    item = replace(item, items=_in_their_place(children, item))
    _usage(found)
    item_complaints(item, raw, spot)
    return item


def _in_their_place(items: tuple[Item, ...], parent: Item | None) -> tuple[Item, ...]:
    """Take the control off words that would otherwise be shown nowhere.

    Help belongs to what it stands in, and the words for the ends of a scale to a scale.
    """
    slider = parent is not None and parent.control is Control.SLIDER
    allowed = {Control.HELP: parent is not None, Control.LOWER: slider, Control.UPPER: slider}
    return tuple(
        replace(item, control=None)
        if item.control in allowed and not (allowed[item.control] and item.type is ItemType.DISPLAY)
        else item
        for item in items
    )


def _type(raw: Mapping[str, Any], spot: Spot) -> ItemType | None:
    place = spot.down("type") if "type" in raw else spot
    name: Any = raw.get("type")
    if isinstance(name, str) and name in UNSUPPORTED_TYPES:
        place.complain(f"{UNSUPPORTED_TYPES[name]} is not supported")
        return None
    try:
        return ItemType(name)
    except ValueError:
        known = ", ".join(kind.value for kind in ItemType)
        place.complain(f"the type {name!r} is not one of {known}")
        return None


def _twins(element: Mapping[str, Any], spot: Spot) -> None:
    """Look into `_required` and its like: an extension there can change a rule."""
    for key, beside in element.items():
        words = str(key).startswith("_") and key[1:] not in WORDS_APART
        if words and isinstance(beside, Mapping):
            extensions(beside, spot.down(key))


def _plain(found: Extensions, name: str, reader: Any) -> Any:
    held = found.value(name)
    return None if held is None else held[0].read(held[2], reader, name)


def _limit(found: Extensions, name: str) -> Value | Today | None:
    if any(_means_today(extension) for _, extension in found.every(name)):
        return Today()
    held = found.value(name)
    if held is None:
        return None
    spot, end, raw = held
    return spot.read(raw, lambda value: read_value(end, value), name)


def _means_today(extension: Mapping[str, Any]) -> bool:
    """True of FHIR's way to say "today": a date without value, calculated as today()."""
    beside = extension.get("_valueDate", extension.get("_valueDateTime"))
    inner = beside.get("extension") if isinstance(beside, Mapping) else None
    if not isinstance(inner, list) or len(inner) != 1 or not isinstance(inner[0], Mapping):
        return False
    expression = inner[0].get("valueExpression")
    return (
        inner[0].get("url") == CALCULATED_VALUE
        and isinstance(expression, Mapping)
        and expression.get("language") == "text/fhirpath"
        and str(expression.get("expression", "")).strip() == "today()"
    )


def _control(found: Extensions) -> Control | None:
    held = found.value("itemControl")
    if held is None:
        return None
    spot, _, concept = held
    codings = concept.get("coding") if isinstance(concept, Mapping) else None
    codings = codings if isinstance(codings, list) else []
    codes = [str(coding.get("code")) for coding in codings if isinstance(coding, Mapping)]
    for code in codes:
        if code in CONTROLS:
            return CONTROLS[code]
    if not any(code in PLAIN_CONTROLS for code in codes):
        spot.complain(
            f"the item control {codes[0] if codes else 'without a code'} is not supported"
        )
    return None


def _usage(found: Extensions) -> None:
    held = found.value("usageMode")
    if held is not None and held[2] not in ("capture", "capture-display"):
        held[0].complain(f"the usage mode {held[2]} is not supported")


def _units(found: Extensions, name: str) -> Iterator[Coding]:
    for spot, extension in found.every(name):
        raw = extension.get("valueCoding", extension.get("valueCodeableConcept"))
        if isinstance(raw, Mapping) and isinstance(raw.get("coding"), list) and raw["coding"]:
            raw = raw["coding"][0]
        if isinstance(raw, Mapping) and "code" not in raw and "display" in raw:
            raw = {**raw, "code": raw["display"]}
        coding = spot.read(raw, read_coding, name)
        if coding is not None:
            yield coding


def _unit_text(found: Extensions) -> Text:
    """Give the words of the unit, with their translations."""
    for spot, extension in found.every("unit"):
        raw = extension.get("valueCoding")
        if isinstance(raw, Mapping):
            return read_text(raw, "display", spot.down("valueCoding"))
    return Text("")


def _codes(raw: Mapping[str, Any], spot: Spot) -> Iterator[Coding]:
    """Give the codes that name the question; one without a code names nothing."""
    for place, code in spot.objects(raw, "code"):
        coding = place.read(code, read_coding, "code") if "code" in code else None
        if coding is not None:
            yield coding


def _initial(raw: Mapping[str, Any], item_type: ItemType, spot: Spot) -> Iterator[Value]:
    for place, initial in spot.objects(raw, "initial"):
        place.refuse_unknown_keys(initial, INITIAL_KEYS, "initial")
        extensions(initial, place)
        for key in initial:
            end = key.removeprefix("value")
            if end == key:
                continue
            if end not in NAMES_OF.get(item_type, ()):
                place.complain(f"{key} cannot be the first answer to a {item_type} question")
                continue
            value = place.read(initial[key], lambda it, end=end: read_value(end, it), "initial")  # type: ignore[misc]
            if value is not None:
                yield value
