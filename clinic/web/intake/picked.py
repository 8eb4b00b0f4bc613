"""A question that is answered by picking from what is shown."""

from collections.abc import Mapping
from typing import Any

from clinic.marked import marked
from clinic.questionnaire.checks import NOT_AN_OPTION
from clinic.questionnaire.model import Control, ItemType
from clinic.questionnaire.response import Answer, Place
from clinic.questionnaire.values import Value
from clinic.web.body_map import BodyPicture, body_picture
from clinic.web.intake.names import element_id, nth_id
from clinic.web.intake.options import is_same
from clinic.web.intake.parts import Choice, Part
from clinic.web.intake.posted import Posted
from clinic.web.intake.question import Page, Question
from clinic.web.intake.reading import WRITE_OTHER, Unreadable, printable, tidy

OTHER = "_other"
"""What the radio beside the patient's own words posts."""

OTHER_WORDS, WRITE_HERE = marked("Another answer"), marked("Write it here")

MOST_INLINE = 4
LONGEST_INLINE = 12
"""So many answers, of so many characters, stand in one line."""


class Picked(Question):
    """A question answered by picking; `component` says as what."""

    def __init__(
        self,
        place: Place,
        page: Page,
        optional: bool,
        component: str,
        answers: Mapping[str, tuple[Value, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(place, page, optional, **kwargs)
        self.component = component
        self.answers = answers
        self.codes: set[str] = set()
        self.others: list[str] = []

    @property
    def is_open(self) -> bool:
        """True when the patient may answer in words of their own."""
        return self.item.type is ItemType.OPEN_CHOICE

    @property
    def posted_names(self) -> list[str]:
        """The name of the list, and of the patient's own words."""
        return [self.key, *([self.name_of("other")] if self.is_open else [])]

    @property
    def offered_words(self) -> list[str]:
        """The words of the answers that are offered."""
        return [words for _, words in self.answers.values()]

    def take_stored(self, answer: Answer) -> None:
        """Show the answers as chosen."""
        self.codes = {
            code
            for code, (option, _) in self.answers.items()
            if any(is_same(option, value) for value in answer)
        }
        options = [option for option, _ in self.answers.values()]
        self.others = [
            str(value)
            for value in answer
            if isinstance(value, str) and not any(is_same(option, value) for option in options)
        ]
        self.data = answer or None

    def take_posted(self, posted: Posted) -> None:
        """Read codes and own words, in the order that they came."""
        codes = [code for code in posted.getlist(self.key) if code]
        typed = posted.getlist(self.name_of("other")) if self.is_open else []
        self.codes = set(codes)
        self.others = [printable(text) for text in typed]
        own = [text for text in map(tidy, typed) if text]
        known = dict.fromkeys(code for code in codes if code in self.answers)
        if any(code not in self.answers and not self._is_other(code) for code in codes):
            self.refuse(Unreadable(NOT_AN_OPTION))
        if any(map(self._is_other, codes)) and not own:
            self.refuse(Unreadable(WRITE_OTHER, "other"))
        self.data = (*(self.answers[code][0] for code in known), *own) or None

    def _is_other(self, code: str) -> bool:
        return self.is_open and code == OTHER

    @property
    def choices(self) -> list[Choice]:
        """The answers to show."""
        shown = [
            Choice(code=code, label=words, chosen=code in self.codes)
            for code, (_, words) in self.answers.items()
        ]
        if self.is_open and self.component == "radios":
            own = bool(self.others and self.others[0]) or OTHER in self.codes
            shown.append(Choice(code=OTHER, label=self.page.say(OTHER_WORDS), chosen=own))
        return shown

    @property
    def other_parts(self) -> list[Part]:
        """The boxes for the patient's own words."""
        if not self.is_open:
            return []
        name = self.name_of("other")
        return [
            Part(name=name, id=nth_id(element_id(name), n), label=self._other_label, text=text)
            for n, text in enumerate(self.others or [""])
        ]

    @property
    def _other_label(self) -> str:
        return self.page.say(WRITE_HERE if self.component == "radios" else OTHER_WORDS)

    @property
    def error_id(self) -> str:
        """The first answer, or the box of own words when that is what is wrong."""
        if self.reading_error and self.reading_error.part == "other":
            return self.other_parts[0].id
        return str(self.id)

    @property
    def inline(self) -> bool:
        """True when the answers are few and short enough to stand in one line."""
        return len(self.answers) <= MOST_INLINE and all(
            len(words) <= LONGEST_INLINE for _, words in self.answers.values()
        )

    @property
    def low(self) -> str:
        """The words at the low end of a scale."""
        return self._end(Control.LOWER)

    @property
    def high(self) -> str:
        """The words at the high end of a scale."""
        return self._end(Control.UPPER)

    def _end(self, control: Control) -> str:
        ends = (item for item in self.item.items if item.control is control)
        return " ".join(item.text.within(self.page.language) for item in ends)

    @property
    def picture(self) -> BodyPicture:
        """The drawing of which each answer is a region."""
        return body_picture()
