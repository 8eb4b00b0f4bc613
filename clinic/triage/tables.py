"""Every row of every clinical table, in one shape, as a reviewer reads and signs it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from clinic.marked import Say, marked
from clinic.questionnaire.conditions import Condition
from clinic.triage.advice import advice_ids
from clinic.triage.assess import Finding
from clinic.triage.derived import questions_read
from clinic.triage.guidance import RuleBook
from clinic.triage.readable import in_words, named_in
from clinic.triage.regenerative import GateFact
from clinic.triage.rules import QuietRule, Rule
from clinic.triage.score import Direction, Labelled, ScoreDefinition, TypedTotal
from clinic.triage.stretches import StretchRule

NOTE = "note"
OR = marked("Or {words}.")


class Table(StrEnum):
    """The four tables, by the name of their file in `content/rules/`."""

    RED_FLAGS = "red-flags"
    SCORES = "scores"
    STRETCHES = "stretches"
    REGENERATIVE = "regenerative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: what it gives, when, in what words, on what grounds, and who has signed it.

    `verdict` is the level of a red flag or of a gate fact, the range of a score, or what a
    stretch row says of each stretch. `when` is the condition in words. `list_words` are
    those of lists, `public` those of the public page.
    """

    table: Table
    id: str
    verdict: str
    flags: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    when: str = ""
    staff: str
    list_words: str = ""
    public: str = ""
    details: tuple[str, ...] = ()
    source: tuple[str, ...]
    reviewed_by: str | None = None
    reviewed_on: date | None = None
    review_by: date

    @property
    def is_signed(self) -> bool:
        """True when somebody has reviewed it."""
        return self.reviewed_by is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One table: its version, the hash of its file, its rows and its named conditions.

    `said` is what the table says beside its rows, such as when a patient may start alone.
    """

    table: Table
    version: str
    hash: str
    rows: tuple[Row, ...]
    quiet: tuple[QuietRule, ...] = ()
    named: tuple[tuple[str, str], ...] = ()
    said: tuple[tuple[str, str], ...] = ()

    @property
    def first_review_by(self) -> date:
        """The day on which the first of its rows has to be looked at again."""
        return min(row.review_by for row in self.rows)

    @property
    def unsigned(self) -> tuple[Row, ...]:
        """The rows that nobody has signed."""
        return tuple(row for row in self.rows if not row.is_signed)


def editions(book: RuleBook, say: Say = str) -> tuple[Edition, ...]:
    """Give the four tables whole; `say` gives English words in the language of the book."""
    flags, scores = book.red_flags, book.scores
    stretches, gate = book.stretches, book.regenerative
    return (
        Edition(
            table=Table.RED_FLAGS,
            version=flags.version,
            hash=flags.hash,
            rows=tuple(map(_red_flag, flags.rules)),
            quiet=flags.quiet,
            named=_named((*(rule.when for rule in flags.rules), flags.self_care)),
            said=(("self_care when no rule fires and", in_words(flags.self_care)),),
        ),
        Edition(
            table=Table.SCORES,
            version=scores.version,
            hash=scores.hash,
            rows=(*map(_score, scores.scores), *map(_total, scores.typed)),
            named=_named(each.when for score in scores.scores for each in _labelled(score)),
        ),
        Edition(
            table=Table.STRETCHES,
            version=stretches.version,
            hash=stretches.hash,
            rows=tuple(_stretch(rule, say) for rule in stretches.rules),
            quiet=stretches.quiet,
            named=_named(rule.when for rule in stretches.rules),
            said=(
                ("none now", stretches.none_now),
                ("walk", stretches.walk),
                ("walk when", in_words(stretches.walk_when)),
            ),
        ),
        Edition(
            table=Table.REGENERATIVE,
            version=gate.version,
            hash=gate.hash,
            rows=tuple(map(_gate, gate.facts)),
            named=_named(fact.when for fact in gate.facts),
            said=(
                *((level.result, level.patient) for level in gate.levels),
                *((note.staff, in_words(note.when)) for note in gate.notes),
                ("ask staff", ", ".join(gate.ask_staff)),
            ),
        ),
    )


def _named(conditions: Iterable[Condition]) -> tuple[tuple[str, str], ...]:
    found = named_in(conditions)
    return tuple((name.upper(), in_words(found[name])) for name in sorted(found))


def _labelled(score: ScoreDefinition) -> tuple[Labelled, ...]:
    return (*score.classes, *score.notes)


def _reads(conditions: Iterable[Condition]) -> tuple[str, ...]:
    return tuple(sorted(questions_read(conditions)))


def _red_flag(rule: Rule) -> Row:
    return Row(
        table=Table.RED_FLAGS,
        id=rule.id,
        verdict=rule.urgency or NOTE,
        flags=rule.flags,
        reads=_reads([rule.when]),
        when=in_words(rule.when),
        staff=rule.staff,
        list_words=rule.row_words,
        public=rule.about,
        details=tuple(_extra_words(rule)),
        source=rule.source,
        reviewed_by=rule.reviewed_by,
        reviewed_on=rule.reviewed_on,
        review_by=rule.review_by,
    )


def _extra_words(rule: Rule) -> Iterator[str]:
    """What the patient reads besides, when this rule decides; by the ids of the advice page."""
    alone = Finding(
        rule_id=rule.id,
        urgency=rule.urgency,
        flags=rule.flags,
        staff=rule.staff,
        advice=rule.advice,
    )
    if told := advice_ids([alone]):
        yield f"the patient also reads: {', '.join(told)}"


def _stretch(rule: StretchRule, say: Say) -> Row:
    verdicts = (
        f"{stretch_id} {effect.verdict}" + (f" ({effect.change})" if effect.change else "")
        for stretch_id, effect in rule.effects.items()
    )
    return Row(
        table=Table.STRETCHES,
        id=rule.id,
        verdict="; ".join(verdicts),
        reads=_reads([rule.when]),
        when=in_words(rule.when),
        staff=rule.staff,
        public=rule.about or _because(rule, say),
        source=rule.source,
        reviewed_by=rule.reviewed_by,
        reviewed_on=rule.reviewed_on,
        review_by=rule.review_by,
    )


def _because(rule: StretchRule, say: Say) -> str:
    """The words of the reasons; with several, any of them brings the row about."""
    first, *others = (because.words for because in rule.because)
    told = (say(OR).format(words=words) for words in others)
    return " ".join((f"{first[:1].upper()}{first[1:]}.", *told))


def _gate(fact: GateFact) -> Row:
    return Row(
        table=Table.REGENERATIVE,
        id=fact.id,
        verdict=fact.level,
        reads=_reads([fact.when]),
        when=in_words(fact.when),
        staff=fact.staff,
        public=fact.about,
        source=fact.source,
        reviewed_by=fact.reviewed_by,
        reviewed_on=fact.reviewed_on,
        review_by=fact.review_by,
    )


def _score(score: ScoreDefinition) -> Row:
    classes = (f"{each.label}: {in_words(each.when)}" for each in score.classes)
    notes = (f"{each.label} ({in_words(each.when)})" for each in score.notes)
    return Row(
        table=Table.SCORES,
        id=score.id,
        verdict=f"{_range(score.lowest, score.highest)}{_direction(score.higher_is)}",
        reads=score.questions,
        when=f"method {score.method}; {score.spare or 'none'} may be missing",
        staff=score.name,
        public=score.about,
        details=(*_bands(score), *classes, *notes, *_limits(score)),
        source=score.source,
        reviewed_by=score.reviewed_by,
        reviewed_on=score.reviewed_on,
        review_by=score.review_by,
    )


def _total(total: TypedTotal) -> Row:
    first = total.parts[0]
    parts = (f"{p.name}: {_range(p.lowest, p.highest)}" for p in total.parts[1:])
    classes = (f"{each.label}: {in_words(each.when)}" for each in total.classes)
    return Row(
        table=Table.SCORES,
        id=total.id,
        verdict=f"{_range(first.lowest, first.highest)}{_direction(total.higher_is)}",
        when=f"typed by staff; {total.licence}",
        staff=total.name,
        public=total.about,
        details=(*parts, *_bands(total), *classes, *_limits(total)),
        source=total.source,
        reviewed_by=total.reviewed_by,
        reviewed_on=total.reviewed_on,
        review_by=total.review_by,
    )


def _range(lowest: int | None, highest: int | None) -> str:
    return "a class" if lowest is None or highest is None else f"{lowest} to {highest}"


def _direction(direction: Direction | None) -> str:
    return f", higher is {direction}" if direction else ""


def _bands(score: ScoreDefinition | TypedTotal) -> Iterator[str]:
    if score.bands:
        told = ", ".join(f"{_number(band.least)} {band.label}" for band in score.bands)
        yield f"{score.band_kind} bands from: {told}"


def _limits(score: ScoreDefinition | TypedTotal) -> Iterator[str]:
    limits = score.limits
    told = [
        f"{_number(limit)} {unit}"
        for limit, unit in (
            (limits.points, "points"),
            (limits.percent, "percent of the first score"),
            (limits.points_of_one, "points of one activity"),
        )
        if limit is not None
    ]
    if told:
        yield f"change that matters: {' or '.join(told)} ({', '.join(limits.source)})"


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"
