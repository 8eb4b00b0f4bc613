"""What the clinic tells people, and the day on which each of it has to be looked at again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from pathlib import Path

from clinic.library.article import Article
from clinic.library.lined_yaml import Fields, read_mapping
from clinic.library.overlays import languages
from clinic.library.texts import text_of
from clinic.triage.guidance import RuleBook
from clinic.triage.tables import Row, editions

SOON = timedelta(days=60)


class ClaimKind(StrEnum):
    """What a claim is."""

    TEXT = "text"
    LABEL = "label"
    RULES = "rules"
    WORDS = "words"


class Due(StrEnum):
    """Whether a claim has to be looked at."""

    OVERDUE = "overdue"
    SOON = "soon"
    LATER = "later"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One thing to be reviewed: a text, the facts label of an option, or rows of a rule file.

    `file` stands below `content/`. `parts` are the ids of the rows, or the names of the facts.
    """

    kind: ClaimKind
    file: str
    title: str
    parts: tuple[str, ...] = ()
    review_by: date
    reviewed_by: str | None
    reviewed_on: date | None
    is_translation: bool = False

    def due(self, today: date) -> Due:
        """Overdue from the day after `review_by`, as the page tells the patient."""
        if today > self.review_by:
            return Due.OVERDUE
        return Due.SOON if self.review_by - today <= SOON else Due.LATER


def claims(
    articles: Iterable[Article], book: RuleBook, more: Iterable[Claim] = ()
) -> tuple[Claim, ...]:
    """Give everything that has a review date, the soonest first; `more` is put among it."""
    found = [*_of_articles(articles), *_of_rules(book), *more]
    return tuple(sorted(found, key=lambda claim: (claim.review_by, claim.file, claim.kind)))


def words_of_languages(content: Path) -> Iterator[Claim]:
    """Give one claim for each file of words that another language lays over the English."""
    for language in languages(content):
        for path in sorted((content / language).rglob("*.yaml")):
            name = path.relative_to(content).as_posix()
            mapping = read_mapping(text_of(path), name, [])
            if mapping is None or "source_hash" not in mapping:
                continue
            fields = Fields(mapping, name, [])
            yield Claim(
                kind=ClaimKind.WORDS,
                file=name,
                title=fields.text_or_none("title", required=False) or "words of a language",
                review_by=fields.date("review_by"),
                reviewed_by=fields.text_or_none("reviewed_by"),
                reviewed_on=fields.date_or_none("reviewed_on"),
                is_translation=True,
            )


def unsigned_lines(articles: Iterable[Article]) -> Iterator[str]:
    """Give a line for each text that patients see with a mark, with what it waits for."""
    for article in sorted(articles, key=lambda article: article.file):
        if not article.is_signed:
            yield f"{article.file}: {article.title}: {article.status}"


def due_lines(found: Iterable[Claim], today: date) -> Iterator[str]:
    """Give a line for each claim that is overdue or due soon, to be printed."""
    for claim in found:
        due = claim.due(today)
        if due is not Due.LATER:
            word = "overdue since" if due is Due.OVERDUE else "due by"
            signed = claim.reviewed_by or "nobody"
            yield f"{claim.file}: {claim.title}: {word} {claim.review_by}, signed by {signed}"


def _of_articles(articles: Iterable[Article]) -> Iterator[Claim]:
    for article in articles:
        text = Claim(
            kind=ClaimKind.TEXT,
            file=article.file,
            title=article.title,
            review_by=article.review_by,
            reviewed_by=article.reviewed_by,
            reviewed_on=article.reviewed_on,
            is_translation=article.source_hash is not None,
        )
        yield text
        yield from _of_label(article, text)


def _of_label(article: Article, text: Claim) -> Iterator[Claim]:
    """Give one claim for all lines of a label that are due on one day."""
    lines = sorted(article.facts.items(), key=lambda line: line[1].review_by)
    for review_by, alike in groupby(lines, key=lambda line: line[1].review_by):
        names = tuple(name for name, _ in alike)
        yield replace(text, kind=ClaimKind.LABEL, parts=names, review_by=review_by)


def _of_rules(book: RuleBook) -> Iterator[Claim]:
    """Give one claim for all rows of a file that were signed alike and are due on one day."""
    for edition in editions(book):
        rows = sorted(edition.rows, key=_signing)
        for (review_by, _, _), alike in groupby(rows, key=_signing):
            kept = list(alike)
            yield Claim(
                kind=ClaimKind.RULES,
                file=f"rules/{edition.table}.yaml",
                title=f"{len(kept)} of {len(edition.rows)} rows, version {edition.version}",
                parts=tuple(row.id for row in kept),
                review_by=review_by,
                reviewed_by=kept[0].reviewed_by,
                reviewed_on=kept[0].reviewed_on,
            )


def _signing(row: Row) -> tuple[date, str, date]:
    return row.review_by, row.reviewed_by or "", row.reviewed_on or date.min
