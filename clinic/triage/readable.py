"""A condition in words that a reviewer can read and compare."""

from collections.abc import Iterable, Sequence

from clinic.questionnaire.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    Comparison,
    Condition,
    Kind,
    Named,
    NoneOf,
    Operator,
)

WORDS = {
    Operator.EQUAL: "is",
    Operator.NOT_EQUAL: "is not",
    Operator.GREATER: "is more than",
    Operator.LESS: "is less than",
    Operator.GREATER_OR_EQUAL: "is at least",
    Operator.LESS_OR_EQUAL: "is at most",
}
MANY = {Operator.EQUAL: "is one of", Operator.NOT_EQUAL: "is none of"}
KINDS = {
    Kind.QUESTION: "",
    Kind.FACT: "fact ",
    Kind.SCORE: "score ",
    Kind.FLAG: "flag ",
    Kind.URGENCY: "urgency ",
}


def in_words(condition: Condition) -> str:
    """Give a condition as one sentence, with brackets; a named part by its name in capitals.

    `is not` is true of a blank; what "unknown" means there is said in the rule file.
    """
    return _said(condition, inside=False)


def _said(condition: Condition, *, inside: bool) -> str:
    match condition:
        case Named():
            return condition.name.upper()
        case Comparison():
            return _comparison([condition])
        case AtLeast():
            return f"at least {condition.count} of ({_listed(condition.parts, '; ')})"
        case NoneOf():
            return f"none of ({_listed(condition.parts, '; ')})"
        case AllOf():
            return _joined(condition.parts, Operator.NOT_EQUAL, " and ", inside)
        case AnyOf():
            return _joined(condition.parts, Operator.EQUAL, " or ", inside)


def _joined(parts: Sequence[Condition], one: Operator, word: str, inside: bool) -> str:
    """Say a group; comparisons of one question that differ by the answer become one list."""
    same = [part for part in parts if isinstance(part, Comparison) and part.operator is one]
    first = same[0] if same else None
    if first and len(same) == len(parts) and {(c.kind, c.name) for c in same} == {_key(first)}:
        return _comparison(same)
    said = word.join(_said(part, inside=True) for part in parts)
    return f"({said})" if inside and len(parts) > 1 else said or "never"


def _key(comparison: Comparison) -> tuple[Kind, str]:
    return comparison.kind, comparison.name


def _listed(parts: Sequence[Condition], mark: str) -> str:
    return mark.join(_said(part, inside=False) for part in parts)


def _comparison(alike: Sequence[Comparison]) -> str:
    first = alike[0]
    name = KINDS[first.kind] + first.name
    if first.operator is Operator.EXISTS:
        return f"{name} is answered" if first.answer else f"{name} is blank"
    words = WORDS if len(alike) == 1 else MANY
    return f"{name} {words[first.operator]} {', '.join(str(each.answer) for each in alike)}"


def named_in(conditions: Iterable[Condition]) -> dict[str, Condition]:
    """Give every named part that conditions rest on, by its name, those inside them too."""
    found: dict[str, Condition] = {}
    for condition in conditions:
        match condition:
            case Named():
                if condition.name not in found:
                    found[condition.name] = condition.condition
                    found |= named_in([condition.condition])
            case AllOf() | AnyOf() | NoneOf() | AtLeast():
                found |= named_in(condition.parts)
    return found
