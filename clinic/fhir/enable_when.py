"""FHIR's enableWhen as a condition."""

from collections.abc import Iterator, Mapping
from typing import Any

from clinic.fhir.complaints import Spot
from clinic.fhir.extensions import extensions
from clinic.fhir.values import read_value
from clinic.questionnaire.conditions import AllOf, AnyOf, Comparison, Condition, Kind, Operator

ANSWER_ENDS = (
    "Boolean", "Decimal", "Integer", "Date", "DateTime", "Time", "String", "Coding", "Quantity",
)  # fmt: skip
ENABLE_WHEN_KEYS = frozenset(
    {"id", "extension", "modifierExtension", "question", "operator", "answerReference"}
    | {"answer" + end for end in ANSWER_ENDS}
)


def read_enable_when(item: Mapping[str, Any], spot: Spot) -> Condition | None:
    """Give the condition that shows an item, or None when it is always shown.

    Several conditions without enableBehavior are an author's error; they are read as `all`.
    """
    parts = tuple(_comparisons(item, spot))
    behavior = item.get("enableBehavior", "all")
    if behavior not in ("all", "any"):
        spot.down("enableBehavior").complain("enableBehavior must be all or any")
    if not item.get("enableWhen"):
        return None
    if len(parts) == 1:
        return parts[0]
    return AnyOf(parts) if behavior == "any" else AllOf(parts)


def _comparisons(item: Mapping[str, Any], spot: Spot) -> Iterator[Comparison]:
    for place, raw in spot.objects(item, "enableWhen"):
        place.refuse_unknown_keys(raw, ENABLE_WHEN_KEYS, "enableWhen")
        extensions(raw, place)
        comparison = _comparison(raw, place)
        if comparison is not None:
            yield comparison


def _comparison(raw: Mapping[str, Any], spot: Spot) -> Comparison | None:
    question = raw.get("question")
    if not isinstance(question, str):
        spot.complain("enableWhen needs the linkId of its question")
        return None
    try:
        operator = Operator(str(raw.get("operator")))
    except ValueError:
        known = " ".join(one.value for one in Operator)
        spot.complain(f"enableWhen: the operator {raw.get('operator')!r} is not one of {known}")
        return None
    ends = [key for key in raw if key.startswith("answer")]
    if len(ends) != 1:
        spot.complain("enableWhen needs one answer")
        return None
    answer = spot.read(
        raw[ends[0]],
        lambda value: read_value(ends[0].removeprefix("answer"), value),
        f"enableWhen {ends[0]}",
    )
    if answer is None:
        return None
    return Comparison(Kind.QUESTION, question, operator, answer)
