"""What somebody answered: values by key, and which questions the answers switch on.

A key is the name of a form field. Outside any repetition it is the link id; inside
instance n (from 0) of a repeated group it is `<group>.<n>.<link id>`.
"""

from collections.abc import Iterable, Iterator, Mapping
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

    answers: Mapping[str, Answer] = field(default_factory=lambda: MappingProxyType({}), hash=False)
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
            number, _, rest = key[len(start) :].partition(".")
            if _is_number(number) and _is_below(place.item, rest):
                highest = max(highest, int(number))
    if place.item.is_question:
        highest = max(highest, len(answers.get(place.key, ())) - 1)
    return highest + 1


def _is_below(holder: Item, rest: str) -> bool:
    """True when the rest of a key leads to a question of this repetition.

    A link id may itself hold dots, so that "1.2" need not be instance 2 of "1".
    """
    return any(_leads_to(item, rest) for item in holder.items)


def _leads_to(item: Item, rest: str) -> bool:
    if item.is_question and item.link_id == rest:
        return True
    if not item.holds_instances:
        return _is_below(item, rest)
    number, _, after = rest.removeprefix(item.link_id + ".").partition(".")
    return rest.startswith(item.link_id + ".") and _is_number(number) and _is_below(item, after)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6


def least_instances(item: Item) -> int:
    """How many instances of a group are asked for even when none is answered."""
    return max(1, item.min_occurs or 0) if item.required and not item.is_question else 0


def places(
    items: tuple[Item, ...], answers: Mapping[str, Answer], prefix: str = "", least: int = 0
) -> Iterator[Place]:
    """Every item where it stands, in order; repetitions opened, at least `least` instances."""
    for item in items:
        place = Place(item, prefix)
        yield place
        if item.holds_instances:
            count = max(least, least_instances(item), instances(place, answers))
            for instance in range(count):
                yield from places(item.items, answers, place.inside(instance), least)
        else:
            yield from places(item.items, answers, prefix, least)


@dataclass(frozen=True, slots=True)
class Showing:
    """Which items some answers show. It remembers what it found: make one for each pass."""

    questionnaire: Questionnaire
    answers: Mapping[str, Answer]
    found: dict[tuple[str, str], bool] = field(default_factory=dict)

    def shows(self, place: Place) -> bool:
        """True when the answers show this item and everything that it stands in."""
        return self._shows(place.item, place.prefix)

    def _shows(self, item: Item, prefix: str) -> bool:
        key = (item.link_id, prefix)
        found = self.found.get(key)
        if found is None:
            self.found[key] = False  # an item that hangs on itself is never shown
            found = self.found[key] = self._judge(item, prefix)
        return found

    def _judge(self, item: Item, prefix: str) -> bool:
        parent = self.questionnaire.parents[item.link_id]
        if parent is not None and not self._shows(parent, _outside(parent, prefix)):
            return False
        condition = item.enable_when
        if condition is None:
            return True
        return evaluate(condition, _SeenFrom(self, Place(item, prefix))) is Truth.TRUE

    def nearest(self, link_id: str, place: Place) -> Place:
        """Give the occurrence of a question that enableWhen means, seen from a place.

        It is the one in the same instances as the place; of a repetition that the place
        does not stand in, the last instance before it, or else the first after it.
        """
        item = self.questionnaire.by_link_id[link_id]
        holders = self.questionnaire.holders[link_id]
        if not holders:
            return Place(item)
        scoped = ""
        around = dict(self._opened(place)) if place.prefix else {}
        for holder in holders:
            if holder.link_id in around:
                scoped = around[holder.link_id]
                continue
            last = max(instances(Place(holder, scoped), self.answers) - 1, 0)
            before = self._stands_before(holder, place.item)
            scoped = Place(holder, scoped).inside(last if before else 0)
        return Place(item, scoped)

    def _opened(self, place: Place) -> Iterator[tuple[str, str]]:
        """The repetitions around a place, each with the prefix of what stands in the instance."""
        inside = place.prefix
        for holder in reversed(self.questionnaire.holders[place.item.link_id]):
            yield holder.link_id, inside
            inside = _outside(holder, inside)

    def _stands_before(self, one: Item, other: Item) -> bool:
        order = list(self.questionnaire.by_link_id)
        return order.index(one.link_id) < order.index(other.link_id)


def _outside(holder: Item, prefix: str) -> str:
    """Give the prefix of an item from that of what stands directly below it."""
    if not holder.holds_instances:
        return prefix
    return prefix[: prefix[:-1].rindex(".") - len(holder.link_id)]


@dataclass(frozen=True, slots=True)
class _SeenFrom:
    """The two-valued facts that show and hide an item: what is hidden is absent."""

    showing: Showing
    place: Place

    def known(self, kind: Kind, name: str) -> Known:
        """Give the answer of a question that is itself shown; anything else is absent."""
        if kind is not Kind.QUESTION or name not in self.showing.questionnaire.by_link_id:
            return Silence.ABSENT
        question = self.showing.nearest(name, self.place)
        answer = self.showing.answers.get(question.key)
        return answer if answer and self.showing.shows(question) else Silence.ABSENT


def is_enabled(questionnaire: Questionnaire, answers: Mapping[str, Answer], place: Place) -> bool:
    """True when the answers show this item and everything that it stands in."""
    return Showing(questionnaire, answers).shows(place)


def enabled_places(
    questionnaire: Questionnaire,
    answers: Mapping[str, Answer],
    items: tuple[Item, ...] = (),
    least: int = 0,
) -> Iterator[Place]:
    """Every item that the answers show, where it stands, in order.

    `least` is how many instances of each repetition are opened even when none is answered.
    """
    return _shown(Showing(questionnaire, answers), items or questionnaire.items, "", least)


def _shown(showing: Showing, items: tuple[Item, ...], prefix: str, least: int) -> Iterator[Place]:
    """As `places`, without what is not shown; nothing below that is shown either."""
    for item in items:
        place = Place(item, prefix)
        if not showing.shows(place):
            continue
        yield place
        if item.holds_instances:
            count = max(least, least_instances(item), instances(place, showing.answers))
            for instance in range(count):
                yield from _shown(showing, item.items, place.inside(instance), least)
        elif item.items:
            yield from _shown(showing, item.items, prefix, least)


def enabled_response(questionnaire: Questionnaire, response: Response) -> Response:
    """Leave out the answers to switched-off questions: for triage, summary, PDF and FHIR."""
    return answered(enabled_places(questionnaire, response.answers), response)


def answered(where: Iterable[Place], response: Response) -> Response:
    """Keep the answers of the questions at these places alone."""
    answers = response.answers
    shown = {
        place.key: answers[place.key]
        for place in where
        if place.item.is_question and place.key in answers
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
