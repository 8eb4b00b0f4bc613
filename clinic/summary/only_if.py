"""When a question is to be answered, in words: what a screen hides, a paper has to say."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal

from clinic.intake import AGE_YEARS
from clinic.marked import marked, said
from clinic.questionnaire.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    Comparison,
    Condition,
    Named,
    NoneOf,
    Operator,
)
from clinic.questionnaire.model import Item, Questionnaire
from clinic.questionnaire.values import Quantity, Value
from clinic.summary.words import value_words

ONLY_IF = marked("Only if {when}.")
OR, AND = marked("{one}, or {other}"), marked("{one}, and {other}")
TICKED = marked("you ticked {answers} at {code}")
NOT_TICKED = marked("you did not tick {answers} at {code}")
EITHER, QUOTED = marked("{one} or {other}"), marked("“{answer}”")
ANSWERED, BLANK = marked("you answered {code}"), marked("you left {code} blank")
NONE_OF = marked("none of this is so: {parts}")
AT_LEAST = marked("at least {count} of this is so: {parts}")
YOUR_ANSWER: Mapping[Operator, str] = {
    Operator.EQUAL: marked("your answer at {code} is {answer}"),
    Operator.NOT_EQUAL: marked("your answer at {code} is not {answer}"),
    Operator.GREATER: marked("your answer at {code} is more than {answer}"),
    Operator.LESS: marked("your answer at {code} is less than {answer}"),
    Operator.GREATER_OR_EQUAL: marked("your answer at {code} is {answer} or more"),
    Operator.LESS_OR_EQUAL: marked("your answer at {code} is {answer} or less"),
}
YOUR_AGE: Mapping[Operator, str] = {
    Operator.EQUAL: marked("you are {answer} years old"),
    Operator.NOT_EQUAL: marked("you are not {answer} years old"),
    Operator.GREATER: marked("you are older than {answer}"),
    Operator.LESS: marked("you are younger than {answer}"),
    Operator.GREATER_OR_EQUAL: marked("you are {answer} or older"),
    Operator.LESS_OR_EQUAL: marked("you are {answer} or younger"),
}


def can_hold(condition: Condition, form: Questionnaire) -> bool:
    """True unless a condition waits for an answer to a question that the form does not ask."""
    match condition:
        case Comparison():
            waits = condition.operator is not Operator.NOT_EQUAL and condition.answer is not False
            return condition.name in form.by_link_id or not waits
        case Named():
            return can_hold(condition.condition, form)
        case AllOf():
            return all(can_hold(part, form) for part in condition.parts)
        case AnyOf():
            return any(can_hold(part, form) for part in condition.parts)
        case NoneOf() | AtLeast():
            return True


@dataclass(frozen=True)
class WhenWords:
    """Says conditions of one form in one language, naming questions by their codes."""

    form: Questionnaire
    codes: Mapping[str, str]
    language: str

    def sentence(self, condition: Condition) -> str:
        """Give the sentence that stands over a question."""
        return said(ONLY_IF, self.language).format(when=self.words(condition))

    def words(self, condition: Condition) -> str:
        """Give a condition as the second half of a sentence."""
        match condition:
            case Named():
                return self.words(condition.condition)
            case Comparison():
                return self._comparison([condition])
            case AllOf():
                return self._joined(AND, [self.words(part) for part in self._able(condition.parts)])
            case AnyOf():
                parts = list(self._able(condition.parts))
                return self._joined(OR, list(self._any(parts)))
            case NoneOf():
                parts_words = "; ".join(self.words(part) for part in condition.parts)
                return said(NONE_OF, self.language).format(parts=parts_words)
            case AtLeast():
                parts_words = "; ".join(self.words(part) for part in condition.parts)
                return said(AT_LEAST, self.language).format(
                    count=condition.count, parts=parts_words
                )

    def _able(self, parts: Iterable[Condition]) -> Iterator[Condition]:
        return (part for part in parts if can_hold(part, self.form))

    def _any(self, parts: list[Condition]) -> Iterator[str]:
        """Say the parts of an "or"; answers to one question become one part."""
        told: set[str] = set()
        for part in parts:
            if not isinstance(part, Comparison) or not self._is_pick(part):
                yield self.words(part)
            elif part.name not in told:
                told.add(part.name)
                yield self._comparison(
                    [
                        each
                        for each in parts
                        if isinstance(each, Comparison)
                        and each.name == part.name
                        and self._is_pick(each)
                    ]
                )

    def _is_pick(self, part: Comparison) -> bool:
        """True of "this answer was ticked"."""
        item = self.form.by_link_id.get(part.name)
        return part.operator is Operator.EQUAL and item is not None and _is_picked(item, part)

    def _joined(self, joint: str, words: list[str]) -> str:
        whole = words[0] if words else ""
        for more in words[1:]:
            whole = said(joint, self.language).format(one=whole, other=more)
        return whole

    def _comparison(self, alike: list[Comparison]) -> str:
        first = alike[0]
        item = self.form.by_link_id.get(first.name)
        code = self.codes.get(first.name, first.name)
        if first.operator is Operator.EXISTS:
            return said(ANSWERED if first.answer else BLANK, self.language).format(code=code)
        if item is not None and _is_picked(item, first):
            pattern = NOT_TICKED if first.operator is Operator.NOT_EQUAL else TICKED
            answers = [self._quoted(item, each.answer) for each in alike]
            return said(pattern, self.language).format(
                answers=self._joined(EITHER, answers), code=code
            )
        patterns = YOUR_AGE if first.name == AGE_YEARS else YOUR_ANSWER
        return said(patterns[first.operator], self.language).format(
            code=code, answer=self._value(item, first.answer)
        )

    def _quoted(self, item: Item, value: Value) -> str:
        words = self._value(item, value)
        return said(QUOTED, self.language).format(answer=words)

    def _value(self, item: Item | None, value: Value) -> str:
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return f"{value}"
        if isinstance(value, Quantity):
            return f"{value.value} {value.unit or value.code or ''}".strip()
        return value_words(item, value, self.language, UTC) if item else str(value)


def _is_picked(item: Item, part: Comparison) -> bool:
    return bool(item.options) or isinstance(part.answer, bool)
