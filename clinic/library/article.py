"""One text for patients: a stretch, an option or a page."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from markupsafe import escape

from clinic.errors import NotFound
from clinic.library.sections import ForeignHtml, Section
from clinic.marked import marked

AWAITS_CLINICIAN = marked("Awaiting clinical review.")
AWAITS_TRANSLATOR = marked("Awaiting review by a qualified translator.")
LOCAL = "clinic"
"""The kind of a page that the clinic alone has, such as where to park."""


@dataclass(frozen=True)
class Figures:
    """The drawings of a stretch, by the name of their file in `content/figures/`."""

    start: str
    end: str
    easier: tuple[str, ...]


@dataclass(frozen=True)
class Hold:
    """How long a stretch is held, in seconds, and on how many sides.

    `least_seconds` is None when any shorter time will do.
    """

    least_seconds: int | None
    most_seconds: int
    sides: int


@dataclass(frozen=True)
class Span:
    """From the least to the most."""

    least: int
    most: int


@dataclass(frozen=True)
class Fact:
    """One line of an option's label, the keys of the sources it rests on, and how fresh it is.

    `checked_on` and `review_by` are those of the article, unless the line has its own.
    """

    text: str
    sources: tuple[str, ...]
    checked_on: dt.date
    review_by: dt.date

    def is_overdue(self, today: dt.date) -> bool:
        """True from the day after it should have been checked again."""
        return today > self.review_by


@dataclass(frozen=True)
class Article:
    """One text for patients with all that its file says about it.

    `dose` fields are set for stretches only, and `facts` for options only. `digest` is the
    SHA-256 of the file; a translation carries that of its English as `source_hash`.
    """

    kind: str
    id: str
    language: str
    title: str
    purpose: str
    version: int
    status: str
    reviewed_by: str | None
    reviewed_on: dt.date | None
    review_by: dt.date
    checked_on: dt.date
    sources: tuple[str, ...]
    intro: Section
    sections: tuple[Section, ...]
    digest: str
    order: int = 100
    source_hash: str | None = None
    figures: Figures | None = None
    hold: Hold | None = None
    repeats: Span | None = None
    times_a_day: Span | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)
    foreign: bool = False
    """True of an English text that stands in for one that is not translated."""
    own: bool = False
    """True of a text in the words of the clinic, from its own folder."""
    english: "Article | None" = None
    """What a translation was made from: a clinician approves that one, a translator this."""

    def section(self, section_id: str) -> Section:
        """Give the section with this id; NotFound when there is none."""
        for section in self.sections:
            if section.id == section_id:
                return section
        raise NotFound(f"The article {self.id!r} has no section {section_id!r}.")

    def is_overdue(self, today: dt.date) -> bool:
        """True from the day after the text, or a line of its label, should have been checked."""
        label = self.facts.values()
        return today > self.due_by or any(fact.is_overdue(today) for fact in label)

    @property
    def due_by(self) -> dt.date:
        """The day by which the text is to be checked; of a translation, the English as well."""
        return min(self.review_by, self.english.review_by) if self.english else self.review_by

    @property
    def is_signed(self) -> bool:
        """True when the file, or an approval of it, says who has approved it and when."""
        return self.reviewed_by is not None and self.reviewed_on is not None

    @property
    def clinical(self) -> "Article":
        """The text that a clinician approves: the English of a translation, else this one."""
        return self.english or self

    @property
    def marks(self) -> tuple[str, ...]:
        """What the reader is told of who has not looked at the text yet, in English words."""
        return tuple(
            mark
            for mark, holds in (
                (AWAITS_CLINICIAN, not self.clinical.is_signed),
                (AWAITS_TRANSLATOR, self.english is not None and not self.is_signed),
            )
            if holds
        )

    @property
    def file(self) -> str:
        """Where the text lies within `content/`, or within the clinic's own folder."""
        folder = "pages" if self.kind == LOCAL else self.kind
        return f"{self.language}/{folder}/{self.id}.md"

    @property
    def most_seconds(self) -> int | None:
        """How long a stretch is held at most; None for another kind of text."""
        return self.hold.most_seconds if self.hold else None

    @property
    def html(self) -> str:
        """The whole body, with a second-level heading before each section."""
        parts = (
            f'<h2 id="{section.id}">{escape(section.title)}</h2>\n{section.html}'
            for section in self.sections
        )
        html = "\n".join(filter(None, (self.intro.html, *parts)))
        return ForeignHtml(html, self.language) if self.foreign else html

    def as_foreign(self) -> "Article":
        """Give the article as it stands in for one in another language: its HTML says so."""

        def named(section: Section) -> Section:
            return replace(section, html=ForeignHtml(section.html, self.language))

        return replace(
            self,
            foreign=True,
            intro=named(self.intro),
            sections=tuple(named(section) for section in self.sections),
        )
