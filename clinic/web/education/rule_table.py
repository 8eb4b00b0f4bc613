"""The clinical tables in words for the public: what counts, how soon, and nobody's condition."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import gettext

from clinic.library.sources import Source, Sources
from clinic.questionnaire.model import Questionnaire
from clinic.triage.guidance import RuleBook
from clinic.triage.regenerative import GateResult
from clinic.triage.rules import Rule, Subject, Urgency
from clinic.triage.score import Direction, ScoreDefinition, TypedTotal
from clinic.triage.stretches import StretchRule, Verdict
from clinic.triage.tables import Edition, Row, Table, editions

LEVELS: tuple[Urgency | None, ...] = (*Urgency, None)


@dataclass(frozen=True, slots=True)
class Line:
    """One row: the id to link to, and its words."""

    anchor: str
    words: str


@dataclass(frozen=True, slots=True)
class Group:
    """The rules of one subject by level, soonest first, and the questions that they read."""

    id: str
    title: str
    levels: tuple[tuple[Urgency | None, tuple[Line, ...]], ...]
    questions: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many rules it holds."""
        return sum(len(lines) for _, lines in self.levels)


@dataclass(frozen=True, slots=True)
class StretchLine:
    """One row of the stretch table; `effects` are (stretch ids, verdict, change), alike joined."""

    anchor: str
    words: str
    effects: tuple[tuple[tuple[str, ...], Verdict, str], ...]


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One score: what it tells, its range, what a higher number means, and its words."""

    anchor: str
    words: str
    lowest: int | None
    highest: int | None
    higher_is: Direction | None
    bands: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands under a table: version, hash, and how many of its rows are signed."""

    version: str
    hash: str
    rows: int
    signed: int
    review_by: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicTables:
    """All four tables, ready to be shown."""

    groups: tuple[Group, ...]
    stretches: tuple[tuple[Verdict, tuple[StretchLine, ...]], ...]
    gate: tuple[tuple[str, tuple[Line, ...]], ...]
    scores: tuple[ScoreLine, ...]
    standing: Mapping[Table, Standing]
    sources: Mapping[Table, tuple[Source, ...]]


def public_tables(
    book: RuleBook, form: Questionnaire, sources: Sources, language: str
) -> PublicTables:
    """Give every row of every table in words for the public."""
    told = {edition.table: edition for edition in editions(book, gettext)}
    flags = {rule.id: rule for rule in book.red_flags.rules}
    return PublicTables(
        groups=tuple(_group(subject, flags, form, language) for subject in book.red_flags.subjects),
        stretches=tuple(_stretches(book.stretches.rules, told[Table.STRETCHES].rows)),
        gate=tuple(_gate(book, told[Table.REGENERATIVE].rows)),
        scores=(*map(_score, book.scores.scores), *map(_score, book.scores.typed)),
        standing={table: _standing(edition) for table, edition in told.items()},
        sources={table: tuple(_cited(edition, sources)) for table, edition in told.items()},
    )


def anchor(table: Table, row_id: str) -> str:
    """Give the id that a row has on the page."""
    return f"{table}-{row_id}".lower()


def _group(
    subject: Subject, flags: Mapping[str, Rule], form: Questionnaire, language: str
) -> Group:
    rules = [flags[rule_id] for rule_id in subject.rules]
    levels = (
        (level, tuple(_line(rule) for rule in rules if rule.urgency is level)) for level in LEVELS
    )
    read = frozenset().union(*(rule.reads for rule in rules))
    texts = (
        item.text.within(language)
        for item in form.walk()
        if item.link_id in read and not item.hidden
    )
    return Group(
        id=subject.id,
        title=subject.title,
        levels=tuple((level, lines) for level, lines in levels if lines),
        questions=tuple(dict.fromkeys(texts)),
    )


def _line(rule: Rule) -> Line:
    return Line(anchor(Table.RED_FLAGS, rule.id), rule.about)


def _stretches(
    rules: Iterable[StretchRule], rows: Iterable[Row]
) -> Iterator[tuple[Verdict, tuple[StretchLine, ...]]]:
    """Give the rows by the strictest thing that they say of a stretch."""
    words = {row.id: row.public for row in rows}
    by_worst: dict[Verdict, list[StretchLine]] = {verdict: [] for verdict in Verdict}
    for rule in rules:
        worst = min((effect.verdict for effect in rule.effects.values()), key=lambda v: v.rank)
        by_worst[worst].append(
            StretchLine(anchor(Table.STRETCHES, rule.id), words[rule.id], _effects(rule))
        )
    return ((verdict, tuple(lines)) for verdict, lines in by_worst.items() if lines)


def _effects(rule: StretchRule) -> tuple[tuple[tuple[str, ...], Verdict, str], ...]:
    alike: dict[tuple[Verdict, str], list[str]] = {}
    for stretch_id, effect in rule.effects.items():
        alike.setdefault((effect.verdict, effect.change), []).append(stretch_id)
    return tuple((tuple(ids), verdict, change) for (verdict, change), ids in alike.items())


def _gate(book: RuleBook, rows: Iterable[Row]) -> Iterator[tuple[str, tuple[Line, ...]]]:
    """Give the facts by the sentence that a patient is shown."""
    by_words: dict[str, list[Line]] = {}
    for row in rows:
        words = book.regenerative.level(GateResult(row.verdict)).patient
        line = Line(anchor(Table.REGENERATIVE, row.id), row.public)
        by_words.setdefault(words, []).append(line)
    return ((words, tuple(lines)) for words, lines in by_words.items())


def _score(score: ScoreDefinition | TypedTotal) -> ScoreLine:
    whole = score if isinstance(score, ScoreDefinition) else score.parts[0]
    return ScoreLine(
        anchor=anchor(Table.SCORES, score.id),
        words=score.about,
        lowest=whole.lowest,
        highest=whole.highest,
        higher_is=score.higher_is,
        bands=tuple((_number(band.least), band.label) for band in score.bands),
    )


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _standing(edition: Edition) -> Standing:
    return Standing(
        version=edition.version,
        hash=edition.hash,
        rows=len(edition.rows),
        signed=len(edition.rows) - len(edition.unsigned),
        review_by=edition.first_review_by,
    )


def _cited(edition: Edition, sources: Sources) -> Iterator[Source]:
    """Give the works of a table; a title may name a condition, so the page leaves it out."""
    told = set()
    for key in dict.fromkeys(key for row in edition.rows for key in row.source):
        source = sources.source(key)
        name = (source.by, source.year, source.link)
        if name not in told:
            told.add(name)
            yield source
