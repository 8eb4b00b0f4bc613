"""One step of a questionnaire as a form, built from its items.

WTForms reads texts into values; the engine judges them. Every question of the step has a
field, so that a script can show follow-ups at once; what counts is what was offered.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, tzinfo
from functools import cached_property
from typing import cast

from werkzeug.datastructures import MultiDict
from wtforms.form import BaseForm

from clinic.intake import Intake, derived_answers
from clinic.marked import Say
from clinic.questionnaire.checks import Problem, answer_problems, limit_words, response_problems
from clinic.questionnaire.model import Item, Step
from clinic.questionnaire.optional import says_optional
from clinic.questionnaire.response import (
    Answer,
    Place,
    Showing,
    instances,
    unasked,
)
from clinic.web.intake.fields import FIELD_FOR, NO, YES
from clinic.web.intake.manners import Setting
from clinic.web.intake.posted import Posted, offered_text
from clinic.web.intake.question import Page, Question
from clinic.web.intake.shown_when import Open
from clinic.web.intake.tree import Layout, Node
from clinic.web.sentences import sentence


class StepForm(BaseForm):
    """One step as a form. Fields are named by key, read by `form[key]`."""

    def __init__(
        self,
        step: Step,
        intake: Intake,
        posted: MultiDict[str, str] | None = None,
        language: str = "en",
        *,
        today: date | None = None,
        zone: tzinfo = UTC,
        translate: Say = str,
        codes: Mapping[str, str] | None = None,
    ) -> None:
        self.step = step
        self.intake = intake
        self.today = today or datetime.now(zone).date()
        self.translate = translate
        self.language = language
        self.codes = codes or {}
        self.posted = Posted(posted) if posted is not None else None
        self._take_out_row()
        places = [place for place in self._places(step.items) if not unasked(place.item)]
        page = Page(
            language=language,
            setting=Setting(self.today, zone),
            taken=frozenset(place.key for place in places),
            say=translate,
        )
        super().__init__(
            [
                (place.key, FIELD_FOR[place.item.type](place, page, self._is_optional(place)))
                for place in places
            ]
        )
        self.process(self.posted, data=intake.response.answers)

    @property
    def questions(self) -> Iterator[Question]:
        """Every field, in page order."""
        return cast("Iterator[Question]", iter(self))

    # What was said ---------------------------------------------------------------

    @cached_property
    def offered(self) -> frozenset[str]:
        """The keys that the page showed, as far as they are questions of this step."""
        if self.posted is None:
            return self._shown_with(self.intake.response.answers)
        if self.posted.says_offered:
            return self.posted.offered & frozenset(self._fields)
        before = self._shown_with(self.intake.response.answers)
        sent = {
            field.key
            for field in self.questions
            if any(self.posted.getlist(name) for name in field.posted_names)
        }
        return before | sent

    def valid_answers(self) -> dict[str, Answer | None]:
        """Give the answers to keep: None takes one back; what is wrong is left out."""
        kept: dict[str, Answer | None] = dict.fromkeys(self._removed_keys)
        for field in self.questions:
            if field.key not in self.offered or field.reading_error is not None:
                continue
            if not (field.data and answer_problems(field.place, field.data, self.today)):
                kept[field.key] = field.data
        return kept

    @cached_property
    def answers(self) -> Mapping[str, Answer]:
        """All answers of the intake as they will stand once this page is kept."""
        if self.posted is None:
            return self.intake.response.answers
        response = self.intake.response.with_answers(self.valid_answers())
        derived = derived_answers(self.intake.questionnaire, response, self.today)
        return response.with_answers(derived).answers

    @property
    def rearranged(self) -> bool:
        """True when a row or another dress was asked for: keep the answers, show it again."""
        posted = self.posted
        return posted is not None and bool(posted.added or posted.removed or posted.switched)

    # What is wrong ---------------------------------------------------------------

    def validate(self) -> bool:
        """Judge what was offered and is switched on. Fills the errors of the fields."""
        judged = response_problems(
            self.intake.questionnaire, self.answers, self.step.items, self.today
        )
        standing: dict[str, Problem] = {}
        for problem in judged:
            standing.setdefault(problem.key, problem)
        for field in self.questions:
            sentence = self._sentence(field, standing.get(field.key))
            field.errors = [sentence] if sentence else []
        return not self.has_errors

    @property
    def has_errors(self) -> bool:
        """True when there is something to mend."""
        return any(field.errors for field in self.questions)

    @property
    def errors_in_order(self) -> list[tuple[str, str]]:
        """Every sentence with the id of the box it speaks of, in page order."""
        return [(field.error_id, field.error) for field in self.questions if field.errors]

    @property
    def errors_with_questions(self) -> list[tuple[str, str, str]]:
        """The same, each with the start of its question, so that like sentences differ."""
        return [
            (field.error_id, field.error, field.short_words)
            for field in self.questions
            if field.errors
        ]

    def _sentence(self, field: Question, standing: Problem | None) -> str:
        """Give what to mend: what cannot be read, what is wrong, or what stands so far."""
        if field.key not in self.offered or not self._showing.shows(field.place):
            return ""
        if field.reading_error is not None:
            error = field.reading_error
            return sentence(error.pattern, error.values, self.translate, self.language)
        own = answer_problems(field.place, field.data, self.today) if field.data else []
        problem = next(iter(own), standing)
        if problem is None:
            return ""
        return sentence(problem.pattern, problem.values, self.translate, self.language)

    # What is shown ---------------------------------------------------------------

    @cached_property
    def tree(self) -> tuple[Node, ...]:
        """The step laid out, for templates."""
        open_ = Open(self.intake.questionnaire, self.answers, self._fields)
        layout = Layout(
            language=self.language,
            fields=self._fields,
            is_shown=self._showing.shows,
            condition=lambda place: open_.json(place.item.enable_when, place),  # type: ignore[arg-type]
            rows_of=self._rows,
            known=self._known_words,
            original=self.intake.questionnaire.language,
            codes=self.codes,
        )
        return layout.nodes(self.step.items)

    @property
    def has_foreign_words(self) -> bool:
        """True when something on the page has no words in its language."""
        return any(node.foreign for node in self.tree)

    @property
    def offered_value(self) -> str:
        """The text of the hidden field: the questions that the page will show."""
        shown = self._shown_with(self.answers)
        return offered_text([field.key for field in self.questions if field.key in shown])

    def _shown_with(self, answers: Mapping[str, Answer]) -> frozenset[str]:
        showing = Showing(self.intake.questionnaire, answers)
        return frozenset(field.key for field in self.questions if showing.shows(field.place))

    @cached_property
    def _showing(self) -> Showing:
        return Showing(self.intake.questionnaire, self.answers)

    def _known_words(self, place: Place) -> tuple[str, ...]:
        answer = self.answers.get(place.key, ())
        return tuple(
            _value_words(place.item, value, self.language, self.translate) for value in answer
        )

    # How it is built -------------------------------------------------------------

    def _places(self, items: tuple[Item, ...], prefix: str = "") -> Iterator[Place]:
        """Every item where it stands, with as many rows as the page has; hidden ones left out."""
        for item in items:
            place = Place(item, prefix)
            if item.hidden:
                continue
            yield place
            if item.holds_instances:
                for row in range(self._rows(place)):
                    yield from self._places(item.items, place.inside(row))
            else:
                yield from self._places(item.items, prefix)

    def _rows(self, place: Place) -> int:
        stored = instances(place, self.intake.response.answers)
        if self.posted is None:
            return max(1, stored)
        sent = self.posted.rows(place.key)
        if place.item.is_question:
            sent = max(sent, len(self.posted.getlist(place.key)))
        removed = self.posted.removed is not None and self.posted.removed[0] == place.key
        rows = sent if sent or removed else stored
        return max(1, rows) + (self.posted.added == place.key)

    def _take_out_row(self) -> None:
        """Move the rows behind a removed one up, where it is a row of this step."""
        if self.posted is None or self.posted.removed is None:
            return
        key, number = self.posted.removed
        self.posted.move_up(key, number)

    @cached_property
    def _removed_keys(self) -> list[str]:
        """The kept answers of rows that are no more."""
        if self.posted is None or self.posted.removed is None:
            return []
        start = f"{self.posted.removed[0]}."
        return [
            key
            for key in self.intake.response.answers
            if key.startswith(start) and key not in self._fields and self._is_of_step(key)
        ]

    def _is_of_step(self, key: str) -> bool:
        return any(
            place.item.holds_instances and key.startswith(f"{place.key}.")
            for place in self._places(self.step.items)
        )

    def _is_optional(self, place: Place) -> bool:
        return says_optional(self.intake.questionnaire, self.step, place.item)


def _value_words(item: Item, value: object, language: str, say: Say) -> str:
    for option in item.options:
        if option.value == value:
            return option.text.within(language)
    if isinstance(value, bool):
        return say(YES if value else NO)
    return limit_words(value)  # type: ignore[arg-type]
