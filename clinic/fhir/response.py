"""A FHIR R4 QuestionnaireResponse: written from answers, and read back equal."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from clinic.errors import UnreadableResponse
from clinic.fhir.complaints import Spot
from clinic.fhir.values import (
    NAMES_OF,
    WrongValue,
    moment_text,
    read_date_time,
    read_string,
    read_value,
    write_value,
)
from clinic.questionnaire.model import Item, ItemType, Questionnaire
from clinic.questionnaire.response import Answer, Place, Response, instances
from clinic.questionnaire.values import Coding, Value

GIVEN_BY = "https://clinic-intake.example/fhir/StructureDefinition/answer-given-by"
"""On an item: a code for who gave its answer (patient, helper, interpreter, staff)."""

STATUSES = ("in-progress", "completed", "amended", "entered-in-error", "stopped")


def canonical(questionnaire: Questionnaire) -> str | None:
    """Give `url|version`, which names a questionnaire for good."""
    if questionnaire.url is None or not questionnaire.version:
        return questionnaire.url
    return f"{questionnaire.url}|{questionnaire.version}"


def response_to_json(
    questionnaire: Questionnaire,
    response: Response,
    *,
    status: str,
    reference: str | None = None,
    givers: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """Write every answer held, hidden or not: give `enabled_response(...)` to leave those out.

    `givers` says by key who gave an answer, those before it was changed first: each becomes an
    extension of its item, since R4 has a place for the source of a whole response alone.

    Raises UnreadableResponse when an answer stands under no question of the questionnaire.
    """
    if status not in STATUSES:
        raise ValueError(f"{status!r} is not a status of a QuestionnaireResponse")
    written: set[str] = set()
    writer = _Writing(response.answers, givers or {}, written)
    items = list(writer.items(questionnaire.items, ""))
    strange = sorted(set(response.answers) - written)
    if strange:
        raise UnreadableResponse([f"{key}: no question has this key" for key in strange])
    members = {
        "resourceType": "QuestionnaireResponse",
        "language": response.language,
        "identifier": {"value": reference} if reference else None,
        "questionnaire": canonical(questionnaire),
        "status": status,
        "authored": moment_text(response.authored) if response.authored else None,
        "item": items or None,
    }
    return {name: value for name, value in members.items() if value is not None}


@dataclass(frozen=True)
class _Writing:
    """Writes answers where their questions stand, and remembers which it has written."""

    answers: Mapping[str, Answer]
    givers: Mapping[str, Sequence[str]]
    written: set[str]

    def items(self, items: tuple[Item, ...], prefix: str) -> Iterator[dict[str, Any]]:
        """Give what is answered of these items."""
        for item in items:
            place = Place(item, prefix)
            if item.type is ItemType.GROUP:
                yield from self._group(place)
            elif item.is_question:
                yield from self._question(place)

    def _group(self, place: Place) -> Iterator[dict[str, Any]]:
        item = place.item
        if item.holds_instances:
            for number in range(instances(place, self.answers)):
                inner = list(self.items(item.items, place.inside(number)))
                yield {"linkId": item.link_id, **({"item": inner} if inner else {})}
            return
        inner = list(self.items(item.items, place.prefix))
        if inner:
            yield {"linkId": item.link_id, "item": inner}

    def _question(self, place: Place) -> Iterator[dict[str, Any]]:
        item, values = place.item, self.answers.get(place.key, ())
        if place.key in self.answers:
            self.written.add(place.key)
        entries = [_written_value(value, item) for value in values]
        if item.holds_instances:
            for number in range(instances(place, self.answers)):
                inner = list(self.items(item.items, place.inside(number)))
                if number >= len(entries):
                    entries.append({})
                entries[number].update({"item": inner} if inner else {})
        else:
            inner = list(self.items(item.items, place.prefix))
            if inner and not entries:
                entries.append({})
            if inner:
                entries[0]["item"] = inner
        if entries:
            yield {"linkId": item.link_id, **self._given_by(place), "answer": entries}

    def _given_by(self, place: Place) -> dict[str, Any]:
        given = self.givers.get(place.key, ())
        extensions = [{"url": GIVEN_BY, "valueCode": code} for code in given]
        return {"extension": extensions} if extensions else {}


def _written_value(value: Value, item: Item) -> dict[str, Any]:
    end, raw = write_value(value, item.type)
    return {"value" + end: raw}


def response_from_json(questionnaire: Questionnaire, resource: Any) -> Response:
    """Read the answers to a questionnaire; whether they are good is for the checks to say.

    Raises UnreadableResponse, naming every item that cannot be read; never its answer.
    """
    top = Spot()
    reading = _Reading(questionnaire)
    language, authored = "en", None
    if not isinstance(resource, Mapping) or resource.get("resourceType") != "QuestionnaireResponse":
        top.complain('this is not a response: resourceType must be "QuestionnaireResponse"')
    else:
        _refuse_another_form(questionnaire, resource, top)
        try:
            reading.items(resource, "", top)
        except RecursionError:
            top.complain("the items are nested too deep to be read")
        language = top.member(resource, "language", read_string) or questionnaire.language
        authored = top.member(resource, "authored", read_date_time)
    if top.complaints:
        raise UnreadableResponse([str(complaint) for complaint in top.complaints])
    return Response(
        language=language, authored=authored if isinstance(authored, datetime) else None
    ).with_answers(reading.answers)


def _refuse_another_form(
    questionnaire: Questionnaire, resource: Mapping[str, Any], top: Spot
) -> None:
    named = resource.get("questionnaire")
    if not isinstance(named, str) or questionnaire.url is None:
        return
    url = named.partition("|")[0]
    if url.startswith(("http", "urn:")) and url != questionnaire.url:
        top.complain(f"this answers another questionnaire: {url}, not {questionnaire.url}")


@dataclass
class _Reading:
    """Answers gathered from nested items."""

    questionnaire: Questionnaire
    answers: dict[str, Answer] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def items(self, holder: Mapping[str, Any], prefix: str, spot: Spot) -> None:
        """Read the items below a resource, an item or an answer."""
        for place, raw in spot.objects(holder, "item"):
            link_id = raw.get("linkId")
            if not isinstance(link_id, str):
                place.complain("an item without a linkId")
                continue
            named = place.down(link_id=link_id)
            item = self.questionnaire.by_link_id.get(link_id)
            if item is None:
                named.complain("the questionnaire has no such item")
            elif not self._stands_in(item, prefix):
                named.complain("this item stands outside of the group that it belongs to")
            else:
                self._item(Place(item, prefix), raw, named)

    def _stands_in(self, item: Item, prefix: str) -> bool:
        """True when the prefix opens just the repetitions that the item stands in."""
        rest = prefix
        for holder in self.questionnaire.holders[item.link_id]:
            start = holder.link_id + "."
            if not rest.startswith(start):
                return False
            rest = rest[len(start) :].partition(".")[2]
        return not rest

    def _item(self, place: Place, raw: Mapping[str, Any], spot: Spot) -> None:
        item = place.item
        if item.is_question:
            self._question(place, raw, spot)
            return
        if raw.get("answer"):
            spot.complain(f"a {item.type} cannot hold an answer")
        if item.holds_instances:
            number = self.counts.get(place.key, 0)
            self.counts[place.key] = number + 1
            self.items(raw, place.inside(number), spot)
        else:
            self.items(raw, place.prefix, spot)

    def _question(self, place: Place, raw: Mapping[str, Any], spot: Spot) -> None:
        entries = spot.objects(raw, "answer")
        if place.item.holds_instances:
            entries.sort(key=lambda entry: not _has_value(entry[1]))
        for where, entry in entries:
            value = self._value(place.item, entry, where)
            if value is not None:
                self.answers[place.key] = (*self.answers.get(place.key, ()), value)
            self._below(place, entry, where)
        if "item" in raw:  # FHIR wants these under the answer; older senders put them here
            self.items(raw, place.inside(0) if place.item.holds_instances else place.prefix, spot)

    def _below(self, place: Place, entry: Mapping[str, Any], spot: Spot) -> None:
        if not place.item.holds_instances:
            self.items(entry, place.prefix, spot)
            return
        number = self.counts.get(place.key, 0)
        self.counts[place.key] = number + 1
        self.items(entry, place.inside(number), spot)

    def _value(self, item: Item, entry: Mapping[str, Any], spot: Spot) -> Value | None:
        ends = [key.removeprefix("value") for key in entry if key.startswith("value")]
        if not ends:
            return None
        if len(ends) > 1 or ends[0] not in NAMES_OF[item.type]:
            kinds = " or ".join("value" + end for end in NAMES_OF[item.type])
            spot.complain(f"the answer must be one {kinds}")
            return None
        value = spot.read(
            entry["value" + ends[0]], lambda raw: _fitting(read_value(ends[0], raw), item), "answer"
        )
        return _as_offered(value, item) if isinstance(value, Coding) else value


def _has_value(entry: Mapping[str, Any]) -> bool:
    return any(key.startswith("value") for key in entry)


def _fitting(value: Value, item: Item) -> Value:
    """Bring a value that came under a neighbouring type into the question's own."""
    match item.type:
        case ItemType.INTEGER if isinstance(value, Decimal):
            if value != value.to_integral_value():
                raise WrongValue("a whole number is needed")
            return int(value)
        case ItemType.DECIMAL if isinstance(value, int):
            return Decimal(value)
        case ItemType.DATE if isinstance(value, datetime):
            raise WrongValue("a date without a time of day is needed")
    return value


def _as_offered(value: Coding, item: Item) -> Coding:
    """Give the option that has this code, as the questionnaire words it."""
    for option in item.options:
        if isinstance(option.value, Coding) and option.value.same_code(value):
            return option.value
    return value
