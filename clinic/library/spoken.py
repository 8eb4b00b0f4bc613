"""What patients read of the rules and of the summary, in one language."""

from dataclasses import dataclass
from pathlib import Path

from clinic.library.destinations import read_destinations
from clinic.library.overlays import languages
from clinic.library.rulebook import read_rulebook
from clinic.library.summaries import read_summary_plan
from clinic.referral.destinations import DestinationTable
from clinic.summary.lines import SummaryPlan
from clinic.triage.guidance import RuleBook


@dataclass(frozen=True, slots=True)
class Spoken:
    """The same tables as in English, with other words for patients; nothing else differs."""

    book: RuleBook
    destinations: DestinationTable
    summary_plan: SummaryPlan


def read_spoken(content: Path) -> dict[str, Spoken]:
    """Read the tables in each language that has a folder. Raises ContentFault."""
    return {language: _spoken(content, language) for language in languages(content)}


def _spoken(content: Path, language: str) -> Spoken:
    book = read_rulebook(content, language)
    return Spoken(
        book=book,
        destinations=read_destinations(content, book.red_flags, language),
        summary_plan=read_summary_plan(content, language=language),
    )
