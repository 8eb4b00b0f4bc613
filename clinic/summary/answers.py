"""The answers of an intake, found by question and put into words."""

from collections import Counter
from dataclasses import dataclass
from datetime import tzinfo
from functools import cached_property

from clinic.intake import Intake
from clinic.questionnaire.model import Item, ItemType, Step
from clinic.questionnaire.response import Answer, Place, unasked
from clinic.summary.givers import Givers
from clinic.summary.model import Said, StepAnswers
from clinic.summary.words import answer_words, codes, is_typed


@dataclass(frozen=True)
class Answers:
    """Every question that an intake shows, where it stands, with the words of its answer."""

    intake: Intake
    language: str
    zone: tzinfo

    @cached_property
    def places(self) -> dict[str, list[Place]]:
        """Where each question stands, by link id; in a repetition, once for each instance."""
        found: dict[str, list[Place]] = {}
        for place in self.intake.places:
            if place.item.is_question:
                found.setdefault(place.item.link_id, []).append(place)
        return found

    def answer(self, key: str) -> Answer:
        """Give the answer under a key; nothing when it is blank or switched off."""
        return self.intake.shown.answers.get(key, ())

    def words(self, place: Place) -> tuple[str, ...]:
        """Give the values of an answer in the reader's words."""
        return answer_words(place.item, self.answer(place.key), self.language, self.zone)

    def typed(self, place: Place) -> bool:
        """True when the answer holds the patient's own words."""
        return is_typed(place.item, self.answer(place.key))

    def codes(self, place: Place) -> frozenset[str]:
        """Give the codes of an answer."""
        return codes(self.answer(place.key))

    def regions(self, place: Place) -> tuple[str, ...]:
        """Give the code of each value of an answer, in order."""
        return tuple(code for value in self.answer(place.key) for code in codes((value,)))

    def at(self, link_id: str) -> list[Place]:
        """Give the places of a question; none when it is not shown."""
        return self.places.get(link_id, [])

    def text(self, link_id: str) -> str:
        """Give the whole answer to a question as one text."""
        return ", ".join(words for place in self.at(link_id) for words in self.words(place))

    def said(self, place: Place) -> Said:
        """Give a question with its answer."""
        return Said(
            key=place.key,
            link_id=place.item.link_id,
            question=self.question(place.item),
            answers=self.words(place),
            typed=self.typed(place),
            spoken=self.spoken(place),
            given_by=self.givers.mark(place.key),
        )

    @cached_property
    def givers(self) -> Givers:
        """Who gave each answer."""
        return Givers(self.intake, self.language)

    def spoken(self, place: Place) -> str:
        """Give the language of words that the patient typed, where it is not the reader's."""
        language = self.languages.get(place.key, self.intake.response.language)
        return language if self.typed(place) and language != self.language else ""

    @cached_property
    def languages(self) -> dict[str, str]:
        """In which language each answer was given, by key; nothing of those without a journal."""
        return {entry.key: entry.language for entry in self.intake.history}

    def answered_in(self) -> tuple[str, ...]:
        """Give every language that an answer as it stands was given in, the most used first."""
        own = self.intake.response.language
        counted = Counter(self.languages.get(key, own) for key in self.intake.shown.answers)
        return tuple(language for language, _ in counted.most_common())

    def question(self, item: Item) -> str:
        """Give the words of a question, or its link id where it has none."""
        return item.label(self.language) or item.link_id

    def steps(self) -> tuple[StepAnswers, ...]:
        """Every shown question of every step, in page order, each once."""
        found = (self._step(step) for step in self.intake.questionnaire.steps)
        return tuple(step for step in found if step.said)

    def _step(self, step: Step) -> StepAnswers:
        here = {item.link_id for item in step.walk()}
        places = (place for place in self.intake.places if place.item.link_id in here)
        said = tuple(self.said(place) for place in places if self._is_listed(place))
        return StepAnswers(step.id, step.title.within(self.language), said)

    def _is_listed(self, place: Place) -> bool:
        item = place.item
        if item.type in (ItemType.GROUP, ItemType.DISPLAY) or item.hidden:
            return False
        return not unasked(item) or bool(self.answer(place.key))
