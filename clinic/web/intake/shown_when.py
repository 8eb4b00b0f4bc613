"""An enableWhen as JSON, so that a script can show a follow-up at once.

Only questions of the same page are left open in it; what the rest of the answers say is
settled here. The server decides anew when the page is sent, so the script may be wrong
about nothing that matters.
"""

from collections.abc import Mapping
from datetime import datetime, time
from decimal import Decimal
from typing import Any, Protocol

from clinic.questionnaire.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    Comparison,
    Condition,
    Kind,
    Known,
    Named,
    NoneOf,
    Silence,
    Truth,
    evaluate,
)
from clinic.questionnaire.model import ItemType, Questionnaire
from clinic.questionnaire.response import Answer, Place, Showing
from clinic.questionnaire.values import Coding, PartialDate, Quantity, Value


class Asked(Protocol):
    """What a script must know of a question on the page."""

    @property
    def posted_names(self) -> list[str]:
        """The names under which it is posted."""


class Settled:
    """One answer that the page does not ask for, or its absence."""

    def __init__(self, answer: Answer | None) -> None:
        self.answer = answer

    def known(self, kind: Kind, name: str) -> Known:  # noqa: ARG002
        """Give the answer; what is hidden or blank is absent."""
        return self.answer or Silence.ABSENT


class Open:
    """The questions that a page asks, beside all that is answered."""

    def __init__(
        self,
        questionnaire: Questionnaire,
        answers: Mapping[str, Answer],
        asked: Mapping[str, Asked],
    ) -> None:
        self.questionnaire = questionnaire
        self.showing = Showing(questionnaire, answers)
        self.asked = asked

    def json(self, condition: Condition, place: Place) -> dict[str, Any]:
        """Give a condition, seen from one place, as what JSON can hold."""
        match condition:
            case Named(condition=inner):
                return self.json(inner, place)
            case AllOf(parts):
                return {"all": [self.json(part, place) for part in parts]}
            case AnyOf(parts):
                return {"any": [self.json(part, place) for part in parts]}
            case NoneOf(parts):
                return {"none": [self.json(part, place) for part in parts]}
            case AtLeast(count, parts):
                return {"at_least": count, "of": [self.json(part, place) for part in parts]}
            case Comparison():
                return self._comparison(condition, place)

    def _comparison(self, comparison: Comparison, place: Place) -> dict[str, Any]:
        item = self.questionnaire.by_link_id.get(comparison.name)
        if comparison.kind is not Kind.QUESTION or item is None:
            return {"truth": False}
        question = self.showing.nearest(comparison.name, place)
        asked = self.asked.get(question.key)
        if asked is None:
            answer = self.showing.answers.get(question.key)
            settled = Settled(answer if self.showing.shows(question) else None)
            return {"truth": evaluate(comparison, settled) is Truth.TRUE}
        return {
            "names": asked.posted_names,
            "type": item.type.value,
            "operator": comparison.operator.value,
            "answer": _plain(comparison.answer, item.type),
        }


def _plain(value: Value, asked: ItemType) -> str | float | bool:
    """Give a value as the page posts it."""
    match value:
        case bool():
            return ("yes" if value else "no") if asked is ItemType.BOOLEAN else value
        case Coding():
            return value.code
        case Quantity():
            return float(value.value)
        case int() | Decimal():
            return float(value)
        case PartialDate():
            return str(value)
        case datetime():
            return value.date().isoformat()
        case time():
            return value.isoformat("minutes")
        case _:
            return value
