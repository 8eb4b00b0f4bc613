"""Reads content/demo/*.yaml: the made-up staff and patients of `clinic run --demo`."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from clinic.errors import ContentFault
from clinic.fhir.response import response_from_json
from clinic.library.faults import Fault
from clinic.library.lined_yaml import Fields, read_mapping
from clinic.library.marked_yaml import LinedList, LinedMap
from clinic.library.texts import text_of
from clinic.questionnaire.model import Item, ItemType, Questionnaire
from clinic.questionnaire.response import Answer
from clinic.questionnaire.values import PartialDate, Value

FOLDER = "demo"
EXAMPLES = "examples"
AGO = re.compile(r"(\d+)([mhd])")
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
ROLES = ("front_desk", "clinician", "admin")

Answers = Mapping[str, Answer | None]


@dataclass(frozen=True, slots=True)
class DemoMember:
    """Somebody who may sign in to the demo."""

    username: str
    name: str
    role: str
    password: str


@dataclass(frozen=True, slots=True)
class DemoAct:
    """What somebody did to an intake: a verb or an outcome, some minutes after sending.

    `in_days` is how many days later the visit is that was booked then.
    """

    by: str
    act: str
    after_minutes: int
    words: str
    in_days: int


@dataclass(frozen=True, slots=True)
class DemoPatient:
    """One made-up patient. `stops` is the last step left, or "" for an intake that was sent."""

    id: str
    ago: timedelta
    stops: str
    answers: Answers
    then: Answers
    then_minutes: int
    acts: tuple[DemoAct, ...]


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """Everybody in the demo."""

    questionnaire: str
    staff: tuple[DemoMember, ...]
    patients: tuple[DemoPatient, ...]


def read_demo(content: Path, questionnaire: Questionnaire) -> DemoPlan:
    """Read the demo of a questionnaire. Raises ContentFault with every fault."""
    path = content / FOLDER / f"{questionnaire.id}.yaml"
    faults: list[Fault] = []
    if not path.is_file():
        raise ContentFault([f"{path}:1: this file is missing: the demo is made from it"])
    mapping = read_mapping(text_of(path), str(path), faults)
    plan = None
    if mapping is not None:
        plan = _DemoReader(content, str(path), questionnaire, faults).plan(mapping)
    if faults or plan is None:
        raise ContentFault([str(fault) for fault in faults])
    return plan


class _DemoReader:
    """Reads one file; what is wrong joins `faults`."""

    def __init__(
        self, content: Path, path: str, questionnaire: Questionnaire, faults: list[Fault]
    ) -> None:
        self.content = content
        self.path = path
        self.questionnaire = questionnaire
        self.faults = faults
        self.base: dict[str, Answer | None] = {}

    def plan(self, mapping: LinedMap) -> DemoPlan:
        """Read the whole file."""
        top = Fields(mapping, self.path, self.faults)
        top.only(("questionnaire", "base", "usual", "staff", "patients"))
        example = self.content / EXAMPLES / f"{top.text('base')}.json"
        resource = json.loads(text_of(example))
        self.base |= response_from_json(self.questionnaire, resource).answers
        self.base |= self._answers(top, "usual")
        return DemoPlan(
            questionnaire=top.text("questionnaire"),
            staff=tuple(self._member(part) for part in self._parts(top, "staff")),
            patients=tuple(self._patient(part) for part in self._parts(top, "patients")),
        )

    def _member(self, part: Fields) -> DemoMember:
        part.only(("username", "name", "role", "password"))
        return DemoMember(
            part.text("username"),
            part.text("name"),
            part.one_of("role", ROLES),
            part.text("password"),
        )

    def _patient(self, part: Fields) -> DemoPatient:
        part.only(("id", "ago", "stops", "then", "staff", "answers"))
        then = part.fields("then") if "then" in part.mapping else None
        acts = self._parts(part, "staff") if "staff" in part.mapping else []
        return DemoPatient(
            id=part.text("id"),
            ago=self._ago(part),
            stops=part.text_or_none("stops", required=False) or "",
            answers={**self.base, **self._answers(part)},
            then=self._answers(then) if then else {},
            then_minutes=then.number("after") if then else 0,
            acts=tuple(self._act(act) for act in acts),
        )

    def _act(self, part: Fields) -> DemoAct:
        part.only(("by", "act", "after", "words", "in_days"))
        return DemoAct(
            by=part.text("by"),
            act=part.text("act"),
            after_minutes=part.number("after"),
            words=part.text_or_none("words", required=False) or "",
            in_days=part.number("in_days") if "in_days" in part.mapping else 0,
        )

    def _ago(self, part: Fields) -> timedelta:
        found = AGO.fullmatch(part.text("ago"))
        if found is None:
            part.fault("ago", "write how long ago as 90m, 5h or 3d")
            return timedelta()
        return int(found[1]) * UNITS[found[2]]

    def _answers(self, part: Fields, name: str = "answers") -> dict[str, Answer | None]:
        given = part.fields(name)
        if given is None:
            return {}
        return {
            str(key): plain_answer(given, self.questionnaire, str(key), value)
            for key, value in given.mapping.items()
        }

    def _parts(self, fields: Fields, key: str) -> list[Fields]:
        value = fields.value(key)
        if isinstance(value, LinedList) and all(isinstance(e, LinedMap) for e in value):
            return [Fields(each, self.path, self.faults, fields.first_line) for each in value]
        fields.fault(key, f"{key!r} must be a list of `key: value` entries")
        return []


def plain_answer(part: Fields, questionnaire: Questionnaire, key: str, plain: Any) -> Answer | None:
    """Give the answer that a plain value stands for; None takes an answer back."""
    item = item_of(questionnaire, key)
    if item is None:
        part.fault(key, f"{questionnaire.id} has no question {key!r}")
        return None
    if plain is None:
        return None
    values = list(plain) if isinstance(plain, LinedList) else [plain]
    found = tuple(value for each in values for value in _value(item, each))
    if len(found) != len(values):
        part.fault(key, f"{key!r} does not take {plain!r}")
    return found


def item_of(questionnaire: Questionnaire, key: str) -> Item | None:
    """Give the question of a key such as `medicines.0.medicine-name`."""
    known, parts = questionnaire.by_link_id, key.split(".")
    names = (".".join(parts[start:]) for start in range(len(parts)))
    return next((known[name] for name in names if name in known), None)


def _value(item: Item, plain: Any) -> Iterator[Value]:
    """Give the value that a plain one stands for; nothing when the question does not take it."""
    option = item.option(str(plain)) if item.options else None
    if option is not None:
        yield option.value
    elif item.options:
        return
    elif item.type is ItemType.INTEGER and isinstance(plain, int):
        yield int(plain)
    elif item.type is ItemType.DATE:
        yield from _day(str(plain))
    elif item.type in (ItemType.STRING, ItemType.TEXT):
        yield str(plain).strip()


def _day(text: str) -> tuple[PartialDate, ...]:
    try:
        return (PartialDate.parse(text),)
    except ValueError:
        return ()
