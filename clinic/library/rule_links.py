"""What the rule files name in other files: sources, questions, scores, flags, drawings."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from clinic.library.destinations import DESTINATIONS
from clinic.library.faults import Fault
from clinic.library.regenerative import REGENERATIVE
from clinic.library.rules import RED_FLAGS
from clinic.library.scores import SCORES
from clinic.library.sources import Sources
from clinic.library.stretches import STRETCHES
from clinic.questionnaire.conditions import Comparison, Condition, Kind, Operator, comparisons
from clinic.questionnaire.model import Item, Questionnaire
from clinic.questionnaire.values import Coding
from clinic.referral.destinations import DestinationTable
from clinic.triage.derived import INCOMPLETE_SCREEN, LEVEL
from clinic.triage.facts import AGE_YEARS
from clinic.triage.guidance import RuleBook
from clinic.triage.regenerative import GATE_QUESTIONS, OPEN_LEVEL
from clinic.triage.rules import RuleSet
from clinic.triage.stretches import STRETCH_QUESTIONS

FACTS = frozenset({AGE_YEARS, STRETCH_QUESTIONS, GATE_QUESTIONS, OPEN_LEVEL})


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a rule file, with everything it names."""

    path: Path
    id: str
    conditions: tuple[Condition, ...]
    source: tuple[str, ...]


def link_faults(
    content: Path,
    book: RuleBook,
    form: Questionnaire | None,
    sources: Sources,
    destinations: DestinationTable | None = None,
) -> Iterator[Fault]:
    """Everything that the rule files name and that is nowhere."""
    for entry in (*entries(book), *_destinations(destinations)):
        path = str(content / entry.path)
        for key in entry.source:
            if key not in sources:
                yield Fault(path, 1, f"{entry.id} names no known source {key!r}")
        for condition in entry.conditions:
            for comparison in comparisons(condition):
                for message in _faults(comparison, book, form):
                    yield Fault(path, 1, f"{entry.id}: {message}")
    if form is not None:
        yield from _scales(content, book, form)
    yield from _drawings(content, book)


def entries(book: RuleBook) -> Iterator[Entry]:
    """Every row of every rule file."""
    yield from _red_flags(book.red_flags)
    for score in book.scores.scores:
        labelled = (*score.classes, *score.notes)
        source = (*score.source, *score.limits.source)
        yield Entry(SCORES, score.id, tuple(each.when for each in labelled), source)
    for total in book.scores.typed:
        yield Entry(SCORES, total.id, (), (*total.source, *total.limits.source))
    for rule in book.stretches.rules:
        told = tuple(because.when for because in rule.because if because.when is not None)
        yield Entry(STRETCHES, rule.id, (rule.when, *told), rule.source)
    for quiet in book.stretches.quiet:
        yield Entry(STRETCHES, quiet.id, (), quiet.source)
    yield Entry(STRETCHES, "walk", (book.stretches.walk_when,), ())
    for fact in book.regenerative.facts:
        yield Entry(REGENERATIVE, fact.id, (fact.when,), fact.source)
    for note in book.regenerative.notes:
        yield Entry(REGENERATIVE, note.id, (note.when,), ())


def _red_flags(rules: RuleSet) -> Iterator[Entry]:
    yield Entry(RED_FLAGS, "self_care", (rules.self_care,), ())
    for rule in rules.rules:
        yield Entry(RED_FLAGS, rule.id, (rule.when,), rule.source)
    for quiet in rules.quiet:
        yield Entry(RED_FLAGS, quiet.id, (), quiet.source)


def _destinations(table: DestinationTable | None) -> Iterator[Entry]:
    for row in table.destinations if table else ():
        when = (row.when,) if row.when is not None else ()
        yield Entry(DESTINATIONS, row.id, when, row.source)


def questions_of(book: RuleBook) -> frozenset[str]:
    """The link ids that some row reads."""
    read = {
        comparison.name
        for entry in entries(book)
        for condition in entry.conditions
        for comparison in comparisons(condition)
        if comparison.kind is Kind.QUESTION
    }
    scales = (link_id for score in book.scores.scores for link_id in score.questions)
    return frozenset(read).union(scales)


def _faults(comparison: Comparison, book: RuleBook, form: Questionnaire | None) -> Iterator[str]:
    name = comparison.name
    if comparison.kind is Kind.QUESTION:
        if form is not None:
            yield from _against_question(form, comparison)
        return
    known: Mapping[Kind, Collection[str]] = {
        Kind.SCORE: {score.id for score in book.scores.scores},
        Kind.FLAG: (*book.red_flags.flags, INCOMPLETE_SCREEN),
        Kind.URGENCY: (LEVEL,),
        Kind.FACT: FACTS,
    }
    if name not in known[comparison.kind]:
        yield f"there is no {comparison.kind} {name!r}"


def _against_question(form: Questionnaire, comparison: Comparison) -> Iterator[str]:
    item = form.by_link_id.get(comparison.name)
    if item is None or not item.is_question:
        yield f"{form.id} has no question {comparison.name!r}"
        return
    is_of_codes = item.options and comparison.operator is not Operator.EXISTS
    if is_of_codes and comparison.answer not in _codes(item):
        yield f"{comparison.name!r} does not offer {comparison.answer!r}"


def _codes(item: Item) -> set[str]:
    return {o.value.code for o in item.options if isinstance(o.value, Coding)}


def _scales(content: Path, book: RuleBook, form: Questionnaire) -> Iterator[Fault]:
    """A scale is asked whole, or not at all."""
    for score in book.scores.scores:
        missing = _not_asked(score.questions, form)
        if missing and len(missing) < len(score.questions):
            message = f"{score.id}: {form.id} does not ask {', '.join(missing)}"
            yield Fault(str(content / SCORES), 1, message)


def _not_asked(questions: Iterable[str], form: Questionnaire) -> list[str]:
    return [link_id for link_id in questions if link_id not in form.by_link_id]


def _drawings(content: Path, book: RuleBook) -> Iterator[Fault]:
    for stretch in book.stretches.stretches:
        for drawing in stretch.drawings:
            if not (content / "figures" / f"{drawing}.svg").is_file():
                path = str(content / STRETCHES)
                yield Fault(path, 1, f"{stretch.id}: there is no drawing {drawing!r}")
