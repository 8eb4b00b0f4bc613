"""Everything of `content/` that pages stand on, read once."""

from dataclasses import dataclass
from pathlib import Path

from clinic.library.articles import Articles, read_articles
from clinic.library.destinations import read_destinations
from clinic.library.drawings import Drawings, read_drawings
from clinic.library.questionnaires import Questionnaires
from clinic.library.rulebook import read_rulebook
from clinic.library.sources import Sources, read_sources
from clinic.library.summaries import read_summary_plan
from clinic.referral.destinations import DestinationTable
from clinic.summary.lines import SummaryPlan
from clinic.triage.guidance import RuleBook
from clinic.triage.rules import RuleSet


@dataclass(frozen=True, slots=True)
class Shelf:
    """The questionnaires, rules, articles, drawings and citations of one content folder."""

    questionnaires: Questionnaires
    book: RuleBook
    destinations: DestinationTable
    summary_plan: SummaryPlan
    articles: Articles
    drawings: Drawings
    sources: Sources

    @property
    def rules(self) -> RuleSet:
        """The red-flag rules."""
        return self.book.red_flags


def read_shelf(content: Path) -> Shelf:
    """Read all of it. Raises ContentFault with every fault of the first part that has some."""
    book = read_rulebook(content)
    return Shelf(
        questionnaires=Questionnaires(content),
        book=book,
        destinations=read_destinations(content, book.red_flags),
        summary_plan=read_summary_plan(content),
        articles=read_articles(content),
        drawings=read_drawings(content),
        sources=read_sources(content),
    )
