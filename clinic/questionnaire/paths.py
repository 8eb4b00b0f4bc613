"""How long a questionnaire is on one path through it: steps, questions, estimated seconds."""

from collections.abc import Mapping
from dataclasses import dataclass

from clinic.questionnaire.model import Item, ItemType, Questionnaire
from clinic.questionnaire.response import Answer, Place, enabled_places, places, unasked
from clinic.questionnaire.values import Coding

YES_NO_SECONDS = 5
CHOICE_SECONDS = 8
TICK_LIST_SECONDS = 10
TEXT_SECONDS = 20
LEFT_BLANK_SECONDS = 3
SECONDS_OF: Mapping[str, int] = {"rmdq": 60}
"""Planning numbers of the project, per question; 24 sentences to read take longer than a list."""


@dataclass(frozen=True, slots=True)
class StepLength:
    """One step on a path: its questions and the seconds they take."""

    step_id: str
    questions: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Path:
    """One way through a questionnaire."""

    name: str
    steps: tuple[StepLength, ...]

    @property
    def questions(self) -> int:
        """How many legends are read."""
        return sum(step.questions for step in self.steps)

    @property
    def minutes(self) -> float:
        """The estimated time, in minutes."""
        return sum(step.seconds for step in self.steps) / 60


def path(questionnaire: Questionnaire, name: str, answers: Mapping[str, Answer]) -> Path:
    """Give the path of somebody who answers so; unanswered optional words are passed over."""
    return _path(questionnaire, name, list(enabled_places(questionnaire, answers)), answers)


def longest_path(questionnaire: Questionnaire) -> Path:
    """Give the path on which every question is shown and answered, each repetition once."""
    everything = list(places(questionnaire.items, {}, least=1))
    return _path(questionnaire, "longest", everything, None)


def _path(
    questionnaire: Questionnaire,
    name: str,
    shown: list[Place],
    answers: Mapping[str, Answer] | None,
) -> Path:
    asked = [place for place in shown if not unasked(place.item)]
    steps = []
    for step in questionnaire.steps:
        below = {item.link_id for item in step.walk()}
        here = [place for place in asked if place.item.link_id in below]
        if here:
            total = sum(_seconds(place.item, _passed_over(place, answers)) for place in here)
            steps.append(StepLength(step.id, len(here), total))
    return Path(name, tuple(steps))


def _passed_over(place: Place, answers: Mapping[str, Answer] | None) -> bool:
    return answers is not None and not place.item.required and place.key not in answers


def _seconds(item: Item, passed_over: bool) -> int:
    if passed_over:
        return LEFT_BLANK_SECONDS
    if item.link_id in SECONDS_OF:
        return SECONDS_OF[item.link_id]
    if item.type in (ItemType.STRING, ItemType.TEXT, ItemType.URL, ItemType.DATE):
        return TEXT_SECONDS
    if item.repeats and item.options:
        return TICK_LIST_SECONDS
    return YES_NO_SECONDS if _is_yes_or_no(item) else CHOICE_SECONDS


def _is_yes_or_no(item: Item) -> bool:
    codes = {option.value.code for option in item.options if isinstance(option.value, Coding)}
    return item.type is ItemType.BOOLEAN or {"yes", "no"} <= codes
