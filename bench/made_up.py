"""Draws made-up outpatients from the assumptions in week.yaml, as answers to the questionnaire.

Questions are drawn in page order and only while the questionnaire shows them, so that a follow-up
exists only where its first question was answered so. Same seed, same people.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from ruamel.yaml import YAML

from clinic.intake import derived_answers
from clinic.questionnaire.model import Item, ItemType, Questionnaire, Step
from clinic.questionnaire.response import (
    Answer,
    Response,
    enabled_places,
    enabled_response,
    unasked,
)
from clinic.questionnaire.values import PartialDate, Value

ASSUMPTIONS = Path(__file__).with_name("week.yaml")
TODAY = date(2026, 11, 23)
AGES = (40, 55, 65, 75)
"""Where the age groups of `by_age` begin, after the first."""
BLANK = "blank"
COURSE = "-course"
QUIET = ("none", "no", "never", "not-at-all")
WRITTEN = {"full-name": "Made-up Person", "phone": "555-010-0100"}
YEARS = {"3-to-6-months": 0, "6-to-12-months": 1, "1-to-5-years": 3, "over-5-years": 10}

Shares = dict[str, float]


def read_assumptions(path: Path = ASSUMPTIONS) -> dict[str, Any]:
    """Read the table of assumptions."""
    found: dict[str, Any] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True)
class Person:
    """Somebody who was never born: what they have, and what they answered."""

    kind: str
    serious: bool
    response: Response


@dataclass
class Draft:
    """A person while being drawn."""

    kind: Mapping[str, Any]
    age: int
    habit: float
    draw: Random
    codes: dict[str, tuple[str, ...]] = field(default_factory=dict)


class Clinic:
    """Draws people of one set of assumptions."""

    def __init__(self, questionnaire: Questionnaire, assumed: Mapping[str, Any]) -> None:
        self.questionnaire = questionnaire
        self.assumed = assumed
        self.kinds: Mapping[str, Any] = assumed["classes"]

    def people(self, count: int, seed: int) -> Iterator[Person]:
        """Draw a crowd."""
        for index, name in enumerate(self.turns(count, seed)):
            yield self.person(name, f"{seed}/{index}")

    def turns(self, count: int, seed: int) -> Iterator[str]:
        """The class of each person; each class gets its share, to within one person."""
        total = sum(kind["share"] for kind in self.kinds.values())
        start = Random(seed).random()  # noqa: S311
        below, taken = 0.0, 0
        for name, kind in self.kinds.items():
            below += kind["share"] / total * count
            while taken < count and taken + start < below:
                yield name
                taken += 1

    def person(self, name: str, seed: str) -> Person:
        """Draw one person of a class."""
        kind = self.kinds[name]
        draw = Random(seed)  # noqa: S311
        youngest, commonest, oldest = kind["age"]
        age = int(draw.triangular(youngest, oldest + 1, commonest))
        draft = Draft(kind, age, kind.get("habit") or self._habit(draw), draw)
        return Person(name, bool(kind.get("serious")), self._answers(draft))

    def _habit(self, draw: Random) -> float:
        habits = self.assumed["habits"]
        return float(draw.choices(habits, [one["share"] for one in habits])[0]["times"])

    def _answers(self, draft: Draft) -> Response:
        born = PartialDate(TODAY.year - draft.age, 3, 17)
        response = Response().with_answers({"birth-date": (born,)})
        response = response.with_answers(derived_answers(self.questionnaire, response, TODAY))
        asked = {"birth-date"}
        for step in self.questionnaire.steps:
            while waiting := self._waiting(step, response, asked):
                asked |= {item.link_id for item in waiting}
                drawn = {item.link_id: self._answer(item, draft) for item in waiting}
                response = response.with_answers(drawn)
        return enabled_response(self.questionnaire, response)

    def _waiting(self, step: Step, response: Response, asked: set[str]) -> list[Item]:
        """What a page shows that was not drawn yet."""
        return [
            place.item
            for place in enabled_places(self.questionnaire, response.answers, step.items)
            if place.item.is_question and not unasked(place.item) and not place.prefix
            if place.item.link_id not in asked
        ]

    def _answer(self, item: Item, draft: Draft) -> Answer | None:
        """One answer; what no rule reads and nobody must answer stays blank."""
        skipped = self.assumed["skipped"].get(item.link_id, 0)
        if draft.draw.random() * 100 < skipped:
            return None
        if item.type is ItemType.INTEGER:
            return self._number(item, draft)
        if not item.options:
            return (WRITTEN.get(item.link_id, "made up"),) if item.required else None
        codes = self._codes(item, draft)
        draft.codes[item.link_id] = codes
        return tuple(_value(item, code) for code in codes) or None

    def _number(self, item: Item, draft: Draft) -> Answer | None:
        if item.link_id == "pain-now":
            least, commonest, most = draft.kind["pain"]
            number = round(draft.draw.triangular(least, most, commonest))
            draft.codes[item.link_id] = (str(number),)
            return (number,)
        if item.link_id == "first-age":
            ago = YEARS.get(draft.codes["pain-duration"][0], 0) + draft.draw.randrange(4)
            return (max(0, draft.age - ago),)
        return None

    def _codes(self, item: Item, draft: Draft) -> tuple[str, ...]:
        if item.link_id.endswith(COURSE):
            return _one_of(self._course(item.link_id.removesuffix(COURSE), draft), draft.draw)
        if item.link_id in self.assumed["looks_at"]:
            return self._second_look(item, draft)
        shares = self._shares(item, draft)
        if not shares and not item.required:
            return ()
        if item.repeats:
            ticked = tuple(code for code in shares if draft.draw.random() * 100 < shares[code])
            return ticked or (self._quiet(item),)
        return _one_of(shares, draft.draw, self._quiet(item))

    def _course(self, sign: str, draft: Draft) -> Shares:
        own: Mapping[str, Shares] = draft.kind.get("courses", {})
        if sign in own:
            return own[sign]
        new = self.assumed["real_new"] if self._is_real(sign, draft) else draft.kind["new"]
        table = self.assumed.get(sign + COURSE, self.assumed["courses"])
        found: Shares = table["new" if draft.draw.random() * 100 < new else "old"]
        return found

    def _second_look(self, item: Item, draft: Draft) -> tuple[str, ...]:
        signs = self.assumed["looks_at"][item.link_id]
        real = any(self._is_real(sign, draft) for sign in signs)
        table = self.assumed["second_looks"]["real" if real else "harmless"]
        shares = draft.kind.get("second_looks", {}).get(item.link_id, table[item.link_id])
        first = _one_of(shares, draft.draw)
        if not item.repeats or draft.draw.random() * 100 >= self.assumed["second_box"]:
            return first
        second = _one_of(shares, draft.draw)
        alone = {option.code for option in item.options if option.exclusive}
        return first if alone & {*first, *second} or not first else tuple({*first, *second})

    @staticmethod
    def _is_real(sign: str, draft: Draft) -> bool:
        return sign in draft.kind.get("real", {})

    def _shares(self, item: Item, draft: Draft) -> Shares:
        """How likely each code is for this person, the habit and the ties included."""
        name, kind = item.link_id, draft.kind
        if name == "sex-at-birth" and "sex" in kind:
            return {kind["sex"]: 100.0}
        if self._is_real(name, draft):
            return self._with_not_sure(item, _by_code(kind["real"][name]), 1)
        plain = kind["answers"].get(name, self._assumed_of(name))
        shares = _by_code(plain) | self._by_age(name, draft)
        if not shares:
            return {}
        habit = draft.habit if name in self.assumed["signs"] else 1
        if kind.get("serious") and name in kind["answers"]:
            habit = 1
        shares = self._tied(name, {code: one * habit for code, one in shares.items()}, draft)
        if name in self.assumed["signs"]:
            shares = self._with_not_sure(item, shares, habit)
        return {code: min(one, 97.0 if habit != 1 else 100.0) for code, one in shares.items()}

    def _assumed_of(self, name: str) -> Any:
        for part in ("signs", "facts"):
            if name in self.assumed[part]:
                return self.assumed[part][name]
        return self.assumed.get(name, {})

    def _by_age(self, name: str, draft: Draft) -> Shares:
        group = sum(draft.age >= begins for begins in AGES)
        everyone = self.assumed["by_age"].get(name, {})
        own = draft.kind.get("by_age", {}).get(name, {})
        return {code: float(shares[group]) for code, shares in (everyone | own).items()}

    def _tied(self, name: str, shares: Shares, draft: Draft) -> Shares:
        for tie in self.assumed["ties"]:
            if not all(
                {str(code) for code in codes} & set(draft.codes.get(question, ()))
                for question, codes in tie["when"].items()
            ):
                continue
            if name in tie.get("set", {}):
                shares = {"yes": max(shares.get("yes", 0), float(tie["set"][name]))}
            times = tie.get("times", {}).get(name, 1)
            shares = {code: share * times for code, share in shares.items()}
        return shares

    def _with_not_sure(self, item: Item, shares: Shares, habit: float) -> Shares:
        if item.repeats or item.option("not-sure") is None or "not-sure" in shares:
            return shares
        more = self.assumed["not_sure"]
        unsure = more["always"] * habit + sum(shares.values()) * more["of_yes"] / 100
        return {**shares, "not-sure": unsure}

    def _quiet(self, item: Item) -> str:
        told = self.assumed["quiet"].get(item.link_id)
        if told is not None:
            return str(told)
        codes = [option.code for option in item.options]
        return next((code for code in QUIET if code in codes), codes[0])


def _by_code(plain: Any) -> Shares:
    """A single number is the share of yes."""
    return {"yes": float(plain)} if isinstance(plain, int | float) else dict(plain)


def _one_of(shares: Shares, draw: Random, quiet: str = BLANK) -> tuple[str, ...]:
    """One code by its share; what is left over is the quiet one."""
    point = draw.random() * 100
    for code, share in shares.items():
        point -= share
        if point < 0:
            return () if code == BLANK else (code,)
    return () if quiet == BLANK else (quiet,)


def _value(item: Item, code: str) -> Value:
    option = item.option(code)
    if option is None:
        raise KeyError(f"week.yaml: {item.link_id} has no answer {code}")
    return option.value
