"""The part of a patient's paper that is the same for everybody: articles, ready for print."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

FACILITY = "choosing-a-facility"
"""The text on how to choose a place, by the id of its article."""
NEXT = ("next-steps", "advice", "safety-net", "after-hours")
"""The texts of the first page for the patient, by the ids of their articles."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing of content/figures, by its file name without ending, and words for it."""

    name: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StretchSheet:
    """One stretch on one page. Texts are HTML with the clinic's own values filled in.

    `often` is the part of `dose` that says how many times, without how long.
    """

    id: str
    title: str
    purpose: str
    start: Picture
    end: Picture
    easier_pictures: tuple[Picture, ...]
    steps: Markup
    dose: Markup
    often: Markup
    feel: Markup
    breathing: Markup
    easier: Markup
    floor: Markup
    not_if: tuple[Markup, ...]
    stop: tuple[Markup, ...]

    def form(self, name: str) -> Picture:
        """Give the drawing of one form of the stretch; the full form for an unknown name."""
        return next((each for each in self.easier_pictures if each.name == name), self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactLine:
    """One line of an option's label, and when it was checked."""

    label: str
    text: str
    checked_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionSheet:
    """One option that is being studied: a label of facts, what is known and what is not.

    `sources` are those of the label, in short.
    """

    id: str
    title: str
    purpose: str
    facts: tuple[FactLine, ...]
    sources: tuple[str, ...]
    know: Markup
    not_know: Markup

    @property
    def checked_on(self) -> date | None:
        """The day on which the oldest line of the label was checked."""
        return min((fact.checked_on for fact in self.facts), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handout:
    """All of it in one language. `next_steps` goes by urgency, and has `incomplete` as well.

    `advice` are the extra words of some rules, by the ids that the rules name. `closed` is
    for the hours in which nobody is there, and `closed_today` for whoever was to talk with a
    clinician on a day on which nobody comes any more. `marks` says by the id of each text who
    has not looked at it yet, and `due` by when it is to be checked again.
    """

    language: str
    marks: Mapping[str, tuple[str, ...]]
    due: Mapping[str, date]
    next_steps: Mapping[str, tuple[str, Markup]]
    advice: Mapping[str, Markup]
    signs: Markup
    signs_more: Markup
    crisis: Markup
    closed: Markup
    closed_today: Markup
    stretches: tuple[StretchSheet, ...]
    options: tuple[OptionSheet, ...]
    questions: tuple[str, ...]
    facility: tuple[tuple[str, Markup], ...]
    talk: Markup
    stand_ins: tuple[str, ...] = ()
    """The English words of the rules that are printed for want of those of the language."""

    def overdue_on(self, day: date) -> tuple[str, ...]:
        """Give the ids of the texts that were to be checked again before a day."""
        return tuple(text_id for text_id, review_by in self.due.items() if day > review_by)

    @property
    def marks_on_what_is_next(self) -> tuple[str, ...]:
        """What is told below what happens next, and when not to wait: each mark once."""
        return tuple(dict.fromkeys(mark for text in NEXT for mark in self.marks[text]))

    def stretch(self, stretch_id: str) -> StretchSheet:
        """Give the page of a stretch by its id. Raises KeyError."""
        for sheet in self.stretches:
            if sheet.id == stretch_id:
                return sheet
        raise KeyError(stretch_id)
