"""What an assessment and the scores tell other rules: flags, the level, unanswered questions."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from clinic.intake import BIRTH_DATE
from clinic.questionnaire.conditions import (
    Condition,
    Kind,
    Known,
    Silence,
    comparisons,
)
from clinic.questionnaire.model import Questionnaire
from clinic.triage.assess import Assessment, FlagState
from clinic.triage.facts import AGE_YEARS, TriageFacts
from clinic.triage.score import Score

LEVEL = "level"
INCOMPLETE_SCREEN = "incomplete_screen"
ANSWERED = "answered"
BLANK = "blank"


def assessment_facts(assessment: Assessment) -> dict[tuple[Kind, str], Known]:
    """Give the level and every flag as facts.

    A flag that is present holds "present" and the levels at which it was raised; one that
    was denied holds "denied", and one that hangs on a "not sure" alone "not_answered": no rule of
    it fires. Of any other nobody knows. `incomplete_screen` is a flag too.
    """
    facts: dict[tuple[Kind, str], Known] = {
        (Kind.FLAG, flag): _flag(assessment, flag, state)
        for flag, state in assessment.flags.items()
    }
    screen = FlagState.PRESENT if assessment.incomplete else FlagState.DENIED
    facts[Kind.FLAG, INCOMPLETE_SCREEN] = (str(screen),)
    facts[Kind.URGENCY, LEVEL] = (str(assessment.urgency),)
    return facts


def _flag(assessment: Assessment, flag: str, state: FlagState) -> Known:
    if state is FlagState.NOT_ANSWERED and flag not in assessment.unsure:
        return Silence.BLANK
    levels = (f.urgency for f in assessment.findings if flag in f.flags and f.urgency is not None)
    return (str(state), *dict.fromkeys(str(level) for level in levels))


def questions_read(conditions: Iterable[Condition]) -> frozenset[str]:
    """Give the link ids of the questions that conditions rest on; an age rests on a birth date."""
    parts = [part for condition in conditions for part in comparisons(condition)]
    read = {part.name for part in parts if part.kind is Kind.QUESTION}
    return frozenset(read | {BIRTH_DATE for part in parts if part.name == AGE_YEARS})


def unanswered(
    questionnaire: Questionnaire, facts: TriageFacts, read: frozenset[str]
) -> Iterator[str]:
    """Give the questions that were left blank or not asked yet, in page order.

    What the form does not have was not asked either; it comes last.
    """
    known = questionnaire.by_link_id
    for link_id in (*known, *sorted(read - known.keys())):
        if link_id in read and (link_id not in known or _is_open(facts, link_id)):
            yield link_id


def _is_open(facts: TriageFacts, link_id: str) -> bool:
    return facts.known(Kind.QUESTION, link_id) in (Silence.BLANK, Silence.NOT_ASKED)


def score_facts(score_ids: Iterable[str], found: Iterable[Score]) -> dict[tuple[Kind, str], Known]:
    """Give these scores as facts: blank without a result, absent when the form has none of it."""
    facts: dict[tuple[Kind, str], Known] = {
        (Kind.SCORE, score_id): Silence.ABSENT for score_id in score_ids
    }
    facts |= {
        (Kind.SCORE, score.id): _score(score) for score in found if (Kind.SCORE, score.id) in facts
    }
    return facts


def _score(score: Score) -> Known:
    if not score.scored:
        return Silence.BLANK
    if score.exact is None:
        return (score.band,)
    return (Decimal(score.exact.numerator) / Decimal(score.exact.denominator),)
