"""What somebody answered: values by key, and which questions the answers switch on.

A key is the name of a form field. Outside any repetition it is the link id; inside
instance n (from 0) of a repeated group it is `<group>.<n>.<link id>`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from clinic.questionnaire.conditions import Kind, Known, Silence, Truth, evaluate
from clinic.questionnaire.model import Item, ItemType, Questionnaire
from clinic.questionnaire.values import Value

Answer = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Response:
    """Answers to one questionnaire. A key without an entry was not answered."""

    answers: Mapping[str, Answer] = field(
        default_factory=lambda: MappingProxyType({}), hash=False
    )
    language: str = "en"
    authored: datetime | None = None

    def with_answers(self, changes: Mapping[str, Answer | None]) -> "Response":
        """Give the response with these answers set; None or () takes an answer back."""
        merged = dict(self.answers)
        for key, answer in changes.items():
            if answer:
                merged[key] = tuple(answer)
            else:
                merged.pop(key, None)
        return replace(self, answers=MappingProxyType(merged))


@dataclass(frozen=True, slots=True)
class Place:
    """An item where it stands: in which instances of the repetitions around it."""

    item: Item
    prefix: str = ""

    @property
    def key(self) -> str:
        """Where the answer is kept, and the name of the form field."""
        return self.prefix + self.item.link_id

    def inside(self, instance: int) -> str:
        """Give the prefix of what stands below, in one instance."""
        return f"{self.key}.{instance}."


def instances(place: Place, answers: Mapping[str, Answer]) -> int:
    """How many instances a repetition has: one more than the highest that is answered."""
    start = place.key + "."
    highest = -1
    for key in answers:
        if key.startswith(start):
            number = key[len(start) :].partition(".")[0]
            if number.isascii() and number.isdigit():
                highest = max(highest, int(number))
    if place.item.is_question:
        highest = max(highest, len(answers.get(place.key, ())) - 1)
    return highest + 1


def places(
    items: tuple[Item, ...], answers: Mapping[str, Answer], prefix: str = "", least: int = 0
) -> Iterator[Place]:
    """Every item where it stands, in order; repetitions opened, at least `least` instances."""
    for item in items:
        place = Place(item, prefix)
        yield place
        if item.holds_instances:
            for instance in range(max(least, instances(place, answers))):
                yield from places(item.items, answers, place.inside(instance), least)
        else:
            yield from places(item.items, answers, prefix, least)


@dataclass(frozen=True, slots=True)
class Showing:
    """The two-valued facts that show and hide questions, seen from one place.

    A question named by enableWhen is looked for in the instances around the place,
    nearest first, then outside.
    """

    questionnaire: Questionnaire
    answers: Mapping[str, Answer]
    prefix: str = ""

    def known(self, kind: Kind, name: str) -> Known:
        """Give the answer of a question that is itself shown; anything else is absent."""
        item = self.questionnaire.by_link_id.get(name)
        if kind is not Kind.QUESTION or item is None:
            return Silence.ABSENT
        prefix = scope(self.questionnaire, name, self.prefix)
        answer = self.answers.get(prefix + name)
        if not answer or not is_enabled(self.questionnaire, self.answers, Place(item, prefix)):
            return Silence.ABSENT
        return answer


def scope(questionnaire: Questionnaire, link_id: str, prefix: str) -> str:
    """Give the part of a prefix that a question is answered under."""
    scoped, rest = "", prefix
    above = [item for item in questionnaire.ancestors(link_id) if item.holds_instances]
    for item in reversed(above):
        start = item.link_id + "."
        if not rest.startswith(start):
            break
        number, _, after = rest[len(start) :].partition(".")
        scoped, rest = f"{scoped}{start}{number}.", after
    return scoped


def is_enabled(questionnaire: Questionnaire, answers: Mapping[str, Answer], place: Place) -> bool:
    """True when the answers show this item and everything that it stands in."""
    chain = [place.item, *questionnaire.ancestors(place.item.link_id)]
    return all(
        item.enable_when is None
        or evaluate(item.enable_when, Showing(questionnaire, answers, place.prefix)) is Truth.TRUE
        for item in chain
    )


def enabled_places(
    questionnaire: Questionnaire, answers: Mapping[str, Answer], items: tuple[Item, ...] = ()
) -> Iterator[Place]:
    """Every item that the answers show, where it stands, in order."""
    for place in places(items or questionnaire.items, answers):
        if is_enabled(questionnaire, answers, place):
            yield place


def enabled_response(questionnaire: Questionnaire, response: Response) -> Response:
    """Leave out the answers to switched-off questions: for triage, summary, PDF and FHIR."""
    shown = {
        place.key: response.answers[place.key]
        for place in enabled_places(questionnaire, response.answers)
        if place.item.is_question and place.key in response.answers
    }
    return replace(response, answers=MappingProxyType(shown))


def initial_answers(questionnaire: Questionnaire) -> dict[str, Answer]:
    """The answers that a questionnaire itself starts with, outside repetitions."""
    found: dict[str, Answer] = {}
    for place in places(questionnaire.items, {}):
        item = place.item
        if not item.is_question:
            continue
        selected = tuple(option.value for option in item.options if option.initially_selected)
        if item.initial or selected:
            found[place.key] = item.initial or selected
    return found


def unasked(item: Item) -> bool:
    """True of what nobody is asked: words to read, hidden and read-only items."""
    return item.type in (ItemType.GROUP, ItemType.DISPLAY) or item.hidden or item.read_only
