"""The ways in which answers become a score, each as instruments.md states it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from clinic.questionnaire.conditions import Facts, Truth, evaluate
from clinic.questionnaire.model import Item, Questionnaire
from clinic.questionnaire.response import Answer, Response, enabled_places
from clinic.questionnaire.values import Coding, Value
from clinic.triage.score import (
    Method,
    Score,
    ScoreDefinition,
    ScorePart,
    Unscored,
    band_of,
    rounded,
)

NOT_ANSWERED = "Not answered."
NOT_ASKED = "Not asked in {language}: no official text here."
SOME_MISSING = "{missing} of {of} questions not answered."
OUT_OF_RANGE = "An answer does not fit the scale."
BOTH_TICKED = "“None of these” is ticked beside another box: ask again."
NOT_RATED = "No activity was rated."
RATED_WITHOUT_NAME = "A rating stands without its activity."
PRORATED = "Prorated from {counted} of {of} answers."


@dataclass(frozen=True, slots=True)
class Answered:
    """What the ways of scoring read: the form, the answers that count, and the facts."""

    questionnaire: Questionnaire
    response: Response
    facts: Facts

    def number(
        self, link_id: str, definition: ScoreDefinition, prefix: str = ""
    ) -> Fraction | None:
        """Give the number of one answer, or None where it is missing. Raises Unusable."""
        answer = self.response.answers.get(prefix + link_id, ())
        return _number(self.questionnaire.by_link_id[link_id], answer, definition)

    def codes(self, link_id: str) -> list[str]:
        """Give the codes ticked under a question; a value that is no choice as its text."""
        answer = self.response.answers.get(link_id, ())
        return [value.code if isinstance(value, Coding) else str(value) for value in answer]

    def asks(self, link_id: str) -> bool:
        """True when the form has this question."""
        return link_id in self.questionnaire.by_link_id


class Unusable(Exception):
    """An answer that the scale does not know: out of range, not whole, or no option."""


def _number(item: Item, answer: Answer, definition: ScoreDefinition) -> Fraction | None:
    if not answer:
        return None
    if len(answer) > 1:
        raise Unusable
    value = answer[0]
    return _of_option(item, value) if item.options else _of_integer(value, definition)


def _of_option(item: Item, value: Value) -> Fraction:
    option = item.option(value.code) if isinstance(value, Coding) else None
    if option is None or option.score is None:
        raise Unusable
    return Fraction(option.score)


def _of_integer(value: Value, definition: ScoreDefinition) -> Fraction:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Unusable
    low, high = definition.lowest, definition.highest
    if (low is not None and value < low) or (high is not None and value > high):
        raise Unusable
    return Fraction(value)


def _blank(definition: ScoreDefinition) -> Score:
    return Score(
        id=definition.id,
        name=definition.name,
        lowest=definition.lowest,
        highest=definition.highest,
        higher_is=definition.higher_is,
        source=definition.source,
        loinc=definition.loinc,
    )


def without_score(definition: ScoreDefinition, why: Unscored, reason: str) -> Score:
    """Give the score that is none, with the reason."""
    return replace(_blank(definition), unscored=why, reason=reason)


def scored(definition: ScoreDefinition, exact: Fraction, decimals: int | None = None) -> Score:
    """Give the score of an exact number: rounded for show, its band on the exact one."""
    shown = rounded(exact, definition.decimals if decimals is None else decimals)
    band = band_of(definition.bands, exact)
    return replace(
        _blank(definition),
        value=int(shown) if shown.as_tuple().exponent == 0 else shown,
        exact=exact,
        text=f"{shown:f}",
        band=band,
        band_kind=definition.band_kind if band else _blank(definition).band_kind,
    )


def of_questions(definition: ScoreDefinition, given: Answered) -> Score:
    """Score a number, a mean or a sum: every question is needed."""
    numbers = [given.number(link_id, definition) for link_id in definition.questions]
    have = [number for number in numbers if number is not None]
    if len(have) < len(numbers):
        many = {"missing": len(numbers) - len(have), "of": len(numbers)}
        reason = SOME_MISSING.format(**many) if have else NOT_ANSWERED
        score = without_score(definition, Unscored.MISSING, reason)
    else:
        total = sum(have, Fraction(0))
        share = len(have) if definition.method is Method.MEAN else 1
        score = scored(definition, total / share)
    return score if len(numbers) == 1 else replace(score, counted=len(have), of=len(numbers))


def of_ticks(definition: ScoreDefinition, given: Answered) -> Score:
    """Count the ticked boxes; nothing ticked is no answer, and "none" stands alone."""
    (link_id,) = definition.questions
    item, codes = given.questionnaire.by_link_id[link_id], given.codes(link_id)
    alone = {option.code for option in item.options if option.exclusive}
    if not codes:
        return without_score(definition, Unscored.MISSING, NOT_ANSWERED)
    if any(item.option(code) is None for code in codes):
        raise Unusable
    if alone & set(codes) and len(set(codes)) > 1:
        return without_score(definition, Unscored.CONFLICT, BOTH_TICKED)
    return scored(definition, Fraction(len(set(codes) - alone)))


def of_yes_and_no(definition: ScoreDefinition, given: Answered) -> Score:
    """Count the yes of a list asked one by one; a few blanks are made up for in proportion."""
    replies = [given.codes(link_id) for link_id in definition.questions]
    answered = [reply[0] for reply in replies if reply]
    if any(reply not in ("yes", "no", "True", "False") for reply in answered):
        raise Unusable
    of, counted = len(replies), len(answered)
    if of - counted > definition.spare or not counted:
        reason = SOME_MISSING.format(missing=of - counted, of=of)
        score = without_score(definition, Unscored.MISSING, reason)
        return replace(score, counted=counted, of=of)
    yes = sum(reply in ("yes", "True") for reply in answered)
    score = scored(definition, Fraction(yes * of, counted), 0 if counted == of else None)
    notes = () if counted == of else (PRORATED.format(counted=counted, of=of),)
    return replace(score, counted=counted, of=of, notes=notes)


def of_ratings(definition: ScoreDefinition, given: Answered) -> Score:
    """Average what a patient named and rated; the names are kept for the next time."""
    rows = list(_ratings(definition, given))
    if any(rating is not None and not name for name, rating in rows):
        return without_score(definition, Unscored.REJECTED, RATED_WITHOUT_NAME)
    parts = [(name, rating) for name, rating in rows if rating is not None]
    named = sum(bool(name) for name, _ in rows)
    if not parts:
        reason = NOT_RATED if named else NOT_ANSWERED
        score = without_score(definition, Unscored.MISSING, reason)
        return replace(score, counted=0, of=named)
    mean = sum((rating for _, rating in parts), Fraction(0)) / len(parts)
    kept = tuple(ScorePart(name, rounded(rating, 0)) for name, rating in parts)
    return replace(scored(definition, mean), counted=len(parts), of=named, parts=kept)


def _ratings(definition: ScoreDefinition, given: Answered) -> Iterator[tuple[str, Fraction | None]]:
    name_id, rating_id = definition.questions
    top = [given.questionnaire.by_link_id[name_id], *given.questionnaire.ancestors(name_id)][-1]
    for place in enabled_places(given.questionnaire, given.response.answers, (top,)):
        if place.item.link_id == name_id:
            answer = given.response.answers.get(place.key, ())
            name = str(answer[0]).strip() if answer else ""
            rating = given.number(rating_id, definition, place.prefix)
            if name or rating is not None:
                yield name, rating


def of_classes(definition: ScoreDefinition, given: Answered) -> Score:
    """Give the first class that is sure; unknown when none is and some may be."""
    truths = [(each.label, evaluate(each.when, given.facts)) for each in definition.classes]
    for label, truth in truths:
        if truth is Truth.TRUE:
            kind = definition.band_kind
            return replace(_blank(definition), text=label, band=label, band_kind=kind)
    return without_score(definition, Unscored.MISSING, NOT_ANSWERED)


WAYS: Mapping[Method, Callable[[ScoreDefinition, Answered], Score]] = {
    Method.NUMBER: of_questions,
    Method.MEAN: of_questions,
    Method.SUM: of_questions,
    Method.TICKED: of_ticks,
    Method.YES_NO: of_yes_and_no,
    Method.RATED: of_ratings,
    Method.CLASSES: of_classes,
}
