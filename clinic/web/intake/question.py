"""A question as a WTForms field: its words, its answer, and what is wrong with it."""

from collections.abc import Callable
from dataclasses import dataclass
from textwrap import shorten
from typing import Any

from wtforms import Field

from clinic.library.glossary import glossary
from clinic.marked import marked
from clinic.questionnaire.model import Item
from clinic.questionnaire.response import Answer, Place
from clinic.web.intake.explained import explanations
from clinic.web.intake.manners import Setting
from clinic.web.intake.names import element_id, part_name
from clinic.web.intake.posted import Posted
from clinic.web.intake.reading import Unreadable

YOUR_ANSWER = marked("Your answer")
FOR_EXAMPLE = marked("For example: {form}")
SHORT = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What every question of one page shares."""

    language: str
    setting: Setting
    taken: frozenset[str]
    say: Callable[[str], str]


class Question(Field):
    """A question of a step. `data` is its answer, or None when blank or unreadable."""

    data: Answer | None
    component = ""

    def __init__(self, place: Place, page: Page, optional: bool, **kwargs: Any) -> None:
        super().__init__(id=element_id(place.key), **kwargs)
        self.place = place
        self.page = page
        self.optional = optional
        self.reading_error: Unreadable | None = None
        self.wrong_row = 0

    @property
    def item(self) -> Item:
        """The item that is asked."""
        return self.place.item

    @property
    def key(self) -> str:
        """Where the answer is kept, and the name of the field."""
        return self.place.key

    @property
    def words(self) -> str:
        """The question, in the language of the page."""
        text = self.item.text.within(self.page.language) or self.page.say(YOUR_ANSWER)
        return f"{self.item.prefix.within(self.page.language)} {text}".strip()

    @property
    def short_words(self) -> str:
        """The question up to its question mark, in one line."""
        first = self.words.partition("?")
        return shorten(first[0] + first[1], SHORT, placeholder=" …")

    @property
    def hint(self) -> str:
        """The help beside the question, the form that is asked for, and what its words mean."""
        help_text = self.item.help_text(self.page.language)
        form = self.item.entry_format
        meant = explanations(
            [self.words, help_text, *self.offered_words], glossary(self.page.language)
        )
        shown = "" if form in help_text else self.page.say(FOR_EXAMPLE).format(form=form)
        return " ".join(filter(None, [help_text, shown, *meant]))

    @property
    def offered_words(self) -> list[str]:
        """The words of the answers that are offered to pick from."""
        return []

    @property
    def error(self) -> str:
        """The one sentence to show, or nothing."""
        return self.errors[0] if self.errors else ""

    @property
    def error_id(self) -> str:
        """The id of the box that an error link lands on."""
        return str(self.id)

    @property
    def posted_names(self) -> list[str]:
        """The names under which this question is posted."""
        return [self.key]

    def name_of(self, part: str) -> str:
        """Name one box of the question."""
        return part_name(self.key, part, self.page.taken) if part else self.key

    def process(
        self,
        formdata: Posted | None,
        data: Any = (),
        extra_filters: Any = None,  # noqa: ARG002
    ) -> None:
        """Take the texts of a post, or else the answer that is kept."""
        answer: Answer = data if isinstance(data, tuple) else ()
        self.take_stored(answer)
        if formdata is not None:
            self.take_posted(formdata)

    def take_stored(self, answer: Answer) -> None:
        """Show an answer."""
        raise NotImplementedError

    def take_posted(self, posted: Posted) -> None:
        """Show what was posted, and read it."""
        raise NotImplementedError

    def refuse(self, error: Unreadable, row: int = 0) -> None:
        """Remember the first thing that could not be read."""
        if self.reading_error is None:
            self.reading_error, self.wrong_row = error, row
