"""Everything of `content/` that pages stand on, read once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from clinic.library.articles import Articles, read_all_sources, read_articles
from clinic.library.drawings import Drawings, read_drawings
from clinic.library.logo import Logo, read_logo
from clinic.library.overlays import FIRST_LANGUAGE, languages
from clinic.library.own_folder import read_own_folder
from clinic.library.questionnaires import Questionnaires
from clinic.library.sources import Sources, read_sources
from clinic.library.spoken import Spoken, read_spoken
from clinic.library.stand_ins import stand_ins
from clinic.library.translations import unsafe_languages
from clinic.referral.destinations import DestinationTable
from clinic.summary.lines import SummaryPlan
from clinic.triage.guidance import RuleBook
from clinic.triage.rules import RuleSet


@dataclass(frozen=True, slots=True)
class Shelf:
    """The questionnaires, rules, articles, drawings and citations of one content folder.

    `spoken` are the tables and the plan of the summary by language; English is among them.
    """

    questionnaires: Questionnaires
    spoken: Mapping[str, Spoken]
    articles: Articles
    drawings: Drawings
    sources: Sources
    logo: Logo | None = None
    """The clinic's own; without one the shipped mark stands in its place."""
    stand_ins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By language the English words of the rules that are shown in it for want of its own."""
    unsafe: Mapping[str, str] = field(default_factory=dict)
    """The languages that may not be offered: a text of safety is missing there, or old."""

    @property
    def book(self) -> RuleBook:
        """The clinical tables as the clinic reads them."""
        return self.spoken[FIRST_LANGUAGE].book

    @property
    def destinations(self) -> DestinationTable:
        """Where a patient may be sent."""
        return self.spoken[FIRST_LANGUAGE].destinations

    @property
    def summary_plan(self) -> SummaryPlan:
        """Which question feeds which line of a summary."""
        return self.spoken[FIRST_LANGUAGE].summary_plan

    @property
    def rules(self) -> RuleSet:
        """The red-flag rules."""
        return self.book.red_flags


def read_shelf(content: Path, own_folder: Path | None = None) -> Shelf:
    """Read all of it. Raises ContentFault with every fault of the first part that has some.

    `own_folder` is the folder of a clinic's own, which stands beside the shipped content.
    """
    own = read_own_folder(own_folder, languages(content)) if own_folder else None
    articles = read_articles(content, own)
    logo = read_logo(own.logo) if own and own.logo else None
    spoken, forms = read_spoken(content), Questionnaires(content)
    rules = spoken[FIRST_LANGUAGE].book.red_flags
    return Shelf(
        questionnaires=forms,
        spoken=spoken,
        articles=articles,
        drawings=read_drawings(content),
        sources=read_all_sources(content, own) if own else read_sources(content),
        logo=logo,
        stand_ins=stand_ins(content),
        unsafe=unsafe_languages(content, articles, forms, rules),
    )
