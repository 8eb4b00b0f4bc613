"""FHIR's own rules for items, and ours: what would be asked wrongly is refused."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from clinic.fhir.complaints import Path, Spot
from clinic.fhir.values import NAMES_OF
from clinic.questionnaire.checks import KIND_OF
from clinic.questionnaire.conditions import Comparison, Operator, comparisons
from clinic.questionnaire.model import Item, ItemType, Questionnaire
from clinic.questionnaire.values import Coding, Today, Value

RESERVED_LINK_IDS = frozenset({"csrf_token", "_offered"})
"""Names that a form needs for itself."""

CHOICES = (ItemType.CHOICE, ItemType.OPEN_CHOICE)
TEXTS = (ItemType.STRING, ItemType.TEXT, ItemType.URL, ItemType.OPEN_CHOICE)
ORDERS = (Operator.GREATER, Operator.LESS, Operator.GREATER_OR_EQUAL, Operator.LESS_OR_EQUAL)


def item_complaints(item: Item, raw: Mapping[str, Any], spot: Spot) -> None:
    """Complain of what one item says against itself."""
    for message in _against_itself(item, raw):
        spot.complain(message)


def _against_itself(item: Item, raw: Mapping[str, Any]) -> Iterator[str]:
    yield from _structure(item, raw)
    yield from _options(item, raw)
    yield from _limits(item)
    if item.pattern is not None:
        try:
            re.compile(item.pattern)
        except re.error as fault:
            yield f"the regular expression cannot be read: {fault}"


def _structure(item: Item, raw: Mapping[str, Any]) -> Iterator[str]:
    if item.type is ItemType.GROUP and not raw.get("item"):
        yield "a group needs items"
    if item.type is ItemType.DISPLAY and raw.get("item"):
        yield "words to read (display) cannot hold items"
    if item.type is ItemType.DISPLAY and (item.required or item.repeats):
        yield "words to read (display) cannot be required or repeat"
    if not item.is_question and item.initial:
        yield "a group or display cannot have a first answer"
    if item.link_id in RESERVED_LINK_IDS:
        yield "this linkId is kept for the form itself"


def _options(item: Item, raw: Mapping[str, Any]) -> Iterator[str]:
    choice = item.type in CHOICES
    if item.options and not choice:
        yield f"a {item.type} question cannot have options"
    offered = "answerOption" in raw or "answerValueSet" in raw
    if item.type is ItemType.CHOICE and not offered:
        yield "a choice needs options"
    selected = [option for option in item.options if option.initially_selected]
    if len(item.initial) + len(selected) > 1 and not item.repeats:
        yield "only a repeating question can start with several answers"
    if item.initial and selected:
        yield "initial and initialSelected exclude each other"


def _limits(item: Item) -> Iterator[str]:
    for name, limit in (("minValue", item.minimum), ("maxValue", item.maximum)):
        if limit is not None and not _fits(limit, item):
            yield f"{name} does not fit a {item.type} question"
    for name, number in (
        ("minLength", item.min_length),
        ("maxLength", item.max_length),
        ("maxDecimalPlaces", item.max_decimal_places),
        ("minOccurs", item.min_occurs),
        ("maxOccurs", item.max_occurs),
    ):
        if number is not None and number < 0:
            yield f"{name} cannot be below 0"
    if item.max_length is not None and item.type not in TEXTS:
        yield f"maxLength does not fit a {item.type} question"
    if (item.max_occurs or 0) > 1 and not item.repeats:
        yield "maxOccurs above 1 needs repeats"


def _fits(limit: Value | Today, item: Item) -> bool:
    if isinstance(limit, Today):
        return item.type in (ItemType.DATE, ItemType.DATETIME)
    if item.type is ItemType.QUANTITY and not isinstance(limit, bool):
        return isinstance(limit, KIND_OF[ItemType.QUANTITY] + KIND_OF[ItemType.DECIMAL])
    if item.type is ItemType.INTEGER and not isinstance(limit, bool):
        return isinstance(limit, KIND_OF[ItemType.DECIMAL])
    if item.type is ItemType.DATE:
        return isinstance(limit, KIND_OF[ItemType.DATETIME])
    return item.type in NAMES_OF and isinstance(limit, KIND_OF[item.type])


def form_complaints(questionnaire: Questionnaire, resource: Mapping[str, Any], top: Spot) -> None:
    """Complain of what the items say against each other."""
    spots = dict(_spots(resource, (), top))
    _double_link_ids(resource, top)
    for item in questionnaire.walk():
        spot = spots.get(item.link_id, top)
        if item.enable_when is not None:
            for comparison in comparisons(item.enable_when):
                for message in _against_question(comparison, questionnaire, spots):
                    spot.complain(f"enableWhen: {message}")
        if _needs(questionnaire, item) & {item.link_id}:
            spot.complain("enableWhen: this item is shown only when it is shown itself")
    for link_id, holder in _unclear_keys(questionnaire):
        spots[link_id].complain(f"this linkId reads like an answer inside {holder}; change one")


def _spots(holder: Mapping[str, Any], path: Path, top: Spot) -> Iterator[tuple[str, Spot]]:
    raw = holder.get("item", [])
    for number, inner in enumerate(raw if isinstance(raw, list) else []):
        if not isinstance(inner, Mapping):
            continue
        below = (*path, "item", number)
        link_id = inner.get("linkId")
        if isinstance(link_id, str):
            yield link_id, top.down(*below, link_id=link_id)
        yield from _spots(inner, below, top)


def _double_link_ids(resource: Mapping[str, Any], top: Spot) -> None:
    found = list(_spots(resource, (), top))
    count = Counter(link_id for link_id, _ in found)
    for link_id, spot in found:
        if count[link_id] > 1:
            spot.complain(f"the linkId stands {count[link_id]} times; each must be its own")
            count[link_id] = 0


def _against_question(
    comparison: Comparison, questionnaire: Questionnaire, spots: Mapping[str, Spot]
) -> Iterator[str]:
    question = questionnaire.by_link_id.get(comparison.name)
    if question is None:
        if comparison.name not in spots:
            yield f"there is no item {comparison.name!r}"
        return
    if not question.is_question:
        yield f"{comparison.name!r} is not a question"
        return
    answer, kinds = comparison.answer, KIND_OF[question.type]
    if comparison.operator is Operator.EXISTS:
        if not isinstance(answer, bool):
            yield "exists needs answerBoolean"
    elif not isinstance(answer, kinds) or (isinstance(answer, bool) and bool not in kinds):
        yield f"this answer can never be given to {comparison.name!r}, a {question.type} question"
    else:
        yield from _against_operator(comparison, question)


def _against_operator(comparison: Comparison, question: Item) -> Iterator[str]:
    answer = comparison.answer
    if comparison.operator in ORDERS and isinstance(answer, bool | Coding):
        yield f"{comparison.operator} needs answers that have an order"
    elif isinstance(answer, Coding) and not _offers(question, answer):
        yield f"{comparison.name!r} has no option {answer.code!r}"


def _offers(question: Item, answer: Coding) -> bool:
    unread = not question.options  # which is named already
    return (
        unread
        or question.type is ItemType.OPEN_CHOICE
        or any(
            isinstance(option.value, Coding) and option.value.same_code(answer)
            for option in question.options
        )
    )


def _needs(questionnaire: Questionnaire, item: Item) -> set[str]:
    """Every item that must be judged before this one can be: a cycle holds the item itself."""
    needed: set[str] = set()
    waiting = list(_direct_needs(questionnaire, item))
    while waiting:
        name = waiting.pop()
        if name not in needed and name in questionnaire.by_link_id:
            needed.add(name)
            waiting.extend(_direct_needs(questionnaire, questionnaire.by_link_id[name]))
    return needed


def _direct_needs(questionnaire: Questionnaire, item: Item) -> Iterator[str]:
    if item.enable_when is not None:
        yield from (comparison.name for comparison in comparisons(item.enable_when))
    parent = questionnaire.parents[item.link_id]
    if parent is not None:
        yield parent.link_id


def _unclear_keys(questionnaire: Questionnaire) -> Iterator[tuple[str, str]]:
    """Link ids that could be taken for the key of an answer inside a repetition."""
    holders = [item for item in questionnaire.walk() if item.holds_instances]
    for holder in holders:
        below = [item.link_id for item in holder.walk() if item is not holder]
        for item in questionnaire.walk():
            rest = item.link_id.removeprefix(holder.link_id + ".")
            number, dot, tail = rest.partition(".")
            if rest != item.link_id and dot and number.isdigit() and tail in below:
                yield item.link_id, holder.link_id
