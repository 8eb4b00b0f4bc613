"""One patient's way through one questionnaire: steps, what was offered, what was answered when."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from clinic.errors import AlreadySubmitted, UnknownStep
from clinic.marked import marked
from clinic.questionnaire.checks import Problem, response_problems
from clinic.questionnaire.model import Item, Questionnaire, Step
from clinic.questionnaire.response import (
    Answer,
    Place,
    Response,
    answered,
    enabled_places,
    unasked,
)
from clinic.questionnaire.speaking import asked_in
from clinic.questionnaire.values import Coding, PartialDate, whole_years

BIRTH_DATE = "birth-date"
AGE_YEARS = "age-years"
ADULT_YEARS = 18
"""The screen was written for adults (red_flags.md, AG-1)."""

BODY_MAP = "body-map"
PAIN_WHERE = "pain-where"
PAIN_WHERE_OF_REGION: Mapping[str, str] = {
    "low_back": "low-back",
    "low_spine": "low-back",
    "tailbone": "low-back",
    "upper_back": "upper-back",
    "upper_spine": "upper-back",
    "buttock": "buttock",
    "groin": "groin",
    "thigh": "leg",
    "knee": "leg",
    "calf": "leg",
    "shin": "leg",
    "lower_leg": "leg",
    "foot": "leg",
    "heel": "leg",
    "neck": "neck",
}
"""The start of a body map region, and the place of pain that it counts as."""


class IntakeState(StrEnum):
    """Where an intake stands between the first answer and the filed chart."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    REVIEWED = "reviewed"
    CLOSED = "closed"


class GivenBy(StrEnum):
    """Who gave an answer."""

    PATIENT = "patient"
    HELPER = "helper"
    INTERPRETER = "interpreter"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Consent:
    """What was agreed to: the typed name, the version and hash of the exact text, the time."""

    name: str
    text_version: str
    text_hash: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer as it was set at one moment; an empty answer was taken back."""

    key: str
    answer: Answer
    at: datetime
    language: str = "en"
    given_by: GivenBy = GivenBy.PATIENT


@dataclass(frozen=True, slots=True)
class Alarm:
    """An emergency rule that was true when a page was left. It is never taken back."""

    rule_id: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Intake:
    """One patient's answers to one version of one questionnaire."""

    id: UUID
    reference: str
    questionnaire: Questionnaire
    created_at: datetime
    response: Response = field(default_factory=Response)
    state: IntakeState = IntakeState.DRAFT
    offered: frozenset[str] = frozenset()
    history: tuple[Entry, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    consent: Consent | None = None
    updated_at: datetime | None = None
    submitted_at: datetime | None = None
    version: int = 0
    answered_on: date | None = None
    """The day on which the patient answered on paper; None of answers that were given here."""

    @property
    def submitted(self) -> bool:
        """True once the answers were sent."""
        return self.state is not IntakeState.DRAFT

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Every item that the answers show, where it stands, in order."""
        return tuple(enabled_places(self.questionnaire, self.response.answers))

    @cached_property
    def shown(self) -> Response:
        """The response without the answers to switched-off questions."""
        return answered(self.places, self.response)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The steps that have something to show, in order."""
        shown = {place.item.link_id for place in self.places if not place.item.hidden}
        return tuple(
            step
            for step in self.questionnaire.steps
            if any(item.link_id in shown and _asks(item) for item in step.walk())
        )

    def step(self, step_id: str) -> Step:
        """Give a step by its address. Raises UnknownStep."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise UnknownStep(step_id)

    def step_after(self, step: Step) -> Step | None:
        """Give the next step in order, or None after the last."""
        ids = [candidate.id for candidate in self.questionnaire.steps]
        later = ids[ids.index(step.id) + 1 :]
        return next((candidate for candidate in self.steps if candidate.id in later), None)

    def step_before(self, step: Step) -> Step | None:
        """Give the step before, or None at the first."""
        ids = [candidate.id for candidate in self.questionnaire.steps]
        earlier = ids[: ids.index(step.id)]
        return next(
            (candidate for candidate in reversed(self.steps) if candidate.id in earlier), None
        )

    def first_open_step(self) -> Step | None:
        """Give the first step with a question that was never offered, or with a problem."""
        for step in self.steps:
            if self.not_offered(step) or self.problems(step):
                return step
        return None

    def questions(self, step: Step) -> Iterator[str]:
        """The keys of the questions that a step shows."""
        here = {item.link_id for item in step.walk()}
        for place in self.places:
            if place.item.link_id in here and not unasked(place.item):
                yield place.key

    def not_offered(self, step: Step) -> list[str]:
        """The keys that a step shows now and that were on no page left so far."""
        return [key for key in self.questions(step) if key not in self.offered]

    def problems(self, step: Step | None = None) -> list[Problem]:
        """What stands in the way of sending, in page order; of one step, or of all."""
        items: tuple[Item, ...] = step.items if step else ()
        return response_problems(self.questionnaire, self.response.answers, items)

    def in_language(self, language: str) -> "Intake":
        """Give a draft as it goes on in a language; what was sent stays in its own."""
        if self.submitted:
            return self
        response = replace(self.response, language=language)
        form = asked_in(self.questionnaire, language, response.answers)
        return replace(self, response=response, questionnaire=form)

    def recorded(
        self,
        changes: Mapping[str, Answer | None],
        *,
        offered: Collection[str],
        now: datetime,
        today: date,
        given_by: GivenBy = GivenBy.PATIENT,
    ) -> "Intake":
        """Give the intake with answers set, and the keys of the page that was left.

        `today` is the day in the clinic's zone, for the age. Raises AlreadySubmitted.
        """
        if self.submitted:
            raise AlreadySubmitted(marked("These answers were sent and can no longer be changed."))
        entries = tuple(
            Entry(key, tuple(answer or ()), now, self.response.language, given_by)
            for key, answer in changes.items()
            if tuple(answer or ()) != self.response.answers.get(key, ())
        )
        response = self.response.with_answers(changes)
        response = response.with_answers(derived_answers(self.questionnaire, response, today))
        return replace(
            self,
            response=response,
            offered=self.offered | frozenset(offered),
            history=self.history + entries,
            updated_at=now,
        )

    def alarmed(self, rule_ids: Collection[str], now: datetime) -> "Intake":
        """Give the intake with these emergency rules kept, each at the first time it was true."""
        known = {alarm.rule_id for alarm in self.alarms}
        new = tuple(Alarm(rule_id, now) for rule_id in rule_ids if rule_id not in known)
        return replace(self, alarms=self.alarms + new) if new else self

    def sent(self, now: datetime) -> "Intake":
        """Give the intake as it was sent, with the moment of sending. Raises AlreadySubmitted."""
        if self.submitted:
            raise AlreadySubmitted(marked("These answers were sent already."))
        response = replace(self.response, authored=now.astimezone(UTC))
        return replace(
            self,
            state=IntakeState.SUBMITTED,
            response=response,
            submitted_at=now,
            updated_at=now,
        )

    def entries(self, key: str) -> tuple[Entry, ...]:
        """Everything that was ever answered under a key, oldest first."""
        return tuple(entry for entry in self.history if entry.key == key)

    @cached_property
    def givers(self) -> Mapping[str, tuple[GivenBy, ...]]:
        """Who gave each answer that stands, by key: the last one last, those before it changed.

        Nothing of an answer without a journal, such as one that follows from others.
        """
        found: dict[str, tuple[GivenBy, ...]] = {}
        for entry in self.history:
            before = found.get(entry.key, ())
            if entry.answer and before[-1:] != (entry.given_by,):
                found[entry.key] = (*before, entry.given_by)
        return {key: found[key] for key in self.response.answers if key in found}


def _asks(item: Item) -> bool:
    """True of a question, and of a list that one may add to, even while it is empty."""
    return not unasked(item) or (item.holds_instances and not item.read_only)


def derived_answers(
    questionnaire: Questionnaire, response: Response, today: date
) -> dict[str, Answer | None]:
    """Answers that follow from others, so that nothing is asked twice.

    The age in whole years comes from the birth date, and places of pain ticked on the
    body map count as ticked in the list.
    """
    derived: dict[str, Answer | None] = {}
    known = questionnaire.by_link_id
    if AGE_YEARS in known and known[AGE_YEARS].hidden:
        derived[AGE_YEARS] = _age(response.answers.get(BIRTH_DATE, ()), today)
    if PAIN_WHERE in known and BODY_MAP in known and BODY_MAP in response.answers:
        ticked = response.answers.get(PAIN_WHERE, ())
        places = ticked + _places_on_map(known[PAIN_WHERE], response, ticked)
        offered = [option.value for option in known[PAIN_WHERE].options]
        derived[PAIN_WHERE] = tuple(
            sorted(places, key=lambda place: offered.index(place) if place in offered else -1)
        )
    return derived


def _age(born: Answer, today: date) -> Answer | None:
    match born:
        case (PartialDate() as day,) if day.is_full and day.first_day <= today:
            return (whole_years(day.first_day, today),)
        case _:
            return None


def _places_on_map(item: Item, response: Response, ticked: Answer) -> Answer:
    have = {value.code for value in ticked if isinstance(value, Coding)}
    marked = [value.code for value in response.answers[BODY_MAP] if isinstance(value, Coding)]
    found: list[Coding] = []
    for region, place in PAIN_WHERE_OF_REGION.items():
        option = item.option(place)
        if place in have or option is None or not isinstance(option.value, Coding):
            continue
        if any(code.startswith(region) for code in marked):
            have.add(place)
            found.append(option.value)
    return tuple(found)
