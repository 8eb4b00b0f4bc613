"""The part of a patient's paper that is the same for everybody: articles, ready for print."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing of content/figures, by its file name without ending, and words for it."""

    name: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StretchSheet:
    """One stretch on one page. Texts are HTML with the clinic's own values filled in."""

    id: str
    title: str
    purpose: str
    start: Picture
    end: Picture
    easier_pictures: tuple[Picture, ...]
    steps: Markup
    dose: Markup
    feel: Markup
    breathing: Markup
    easier: Markup
    floor: Markup
    not_if: tuple[Markup, ...]
    stop: tuple[Markup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionSheet:
    """One option that is being studied: a label of facts, what is known and what is not."""

    id: str
    title: str
    purpose: str
    facts: tuple[tuple[str, str], ...]
    know: Markup
    not_know: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Handout:
    """All of it in one language. `next_steps` goes by urgency, and has `incomplete` as well.

    `advice` are the extra words of some rules, by the ids that the rules name.
    """

    language: str
    status: str
    next_steps: Mapping[str, tuple[str, Markup]]
    advice: Mapping[str, Markup]
    signs: Markup
    signs_more: Markup
    crisis: Markup
    stretches: tuple[StretchSheet, ...]
    options: tuple[OptionSheet, ...]
    questions: tuple[str, ...]
    facility: tuple[tuple[str, Markup], ...]
    talk: Markup
