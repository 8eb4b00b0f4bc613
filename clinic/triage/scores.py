"""The scores of one response."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

from clinic.questionnaire.conditions import (
    Facts,
    Remembering,
    Truth,
    evaluate,
)
from clinic.questionnaire.model import Questionnaire
from clinic.questionnaire.response import Response, answered, enabled_places
from clinic.questionnaire.speaking import language_name, not_asked
from clinic.triage.derived import score_facts
from clinic.triage.facts import TriageFacts
from clinic.triage.score import Score, ScoreDefinition, ScoreTable, Unscored
from clinic.triage.scoring import NOT_ASKED, OUT_OF_RANGE, WAYS, Answered, Unusable, without_score


def scores(
    table: ScoreTable,
    questionnaire: Questionnaire,
    response: Response,
    *,
    today: date,
    offered: Collection[str] | None = None,
) -> tuple[Score, ...]:
    """Give every score of which some question is shown, in the order of the table.

    Scores never change the level of a patient. `offered` as in TriageFacts.
    """
    on_form = [*enabled_places(questionnaire, response.answers, least=1)]
    shown = answered(on_form, response)
    asked = {place.item.link_id for place in on_form}
    given_under = {place.key: place.item.link_id for place in on_form if place.key in shown.answers}
    given = Answered(questionnaire, shown, TriageFacts(questionnaire, shown, today, offered))
    found = [
        replace(_score(definition, given), keys=_keys(definition, given_under))
        for definition in table.scores
        if any(link_id in asked for link_id in definition.questions)
        and all(given.asks(link_id) for link_id in definition.questions)
    ]
    found = _with_not_asked(table, found, not_asked(questionnaire), response.language)
    more = score_facts((definition.id for definition in table.scores), found)
    facts = Remembering(TriageFacts(questionnaire, shown, today, offered, more))
    return tuple(_with_notes(table, score, facts) for score in found)


def _with_not_asked(
    table: ScoreTable, found: list[Score], missing: frozenset[str], language: str
) -> list[Score]:
    """Put in, in the order of the table, the scales that the language does not ask."""
    by_id = {score.id: score for score in found}
    reason = NOT_ASKED.format(language=language_name(language))
    for definition in table.scores:
        if missing.intersection(definition.questions):
            by_id[definition.id] = without_score(definition, Unscored.NOT_ASKED, reason)
    return [by_id[each.id] for each in table.scores if each.id in by_id]


def _keys(definition: ScoreDefinition, given_under: Mapping[str, str]) -> tuple[str, ...]:
    """Give under which keys the questions of a score were answered."""
    return tuple(key for key, link_id in given_under.items() if link_id in definition.questions)


def _score(definition: ScoreDefinition, given: Answered) -> Score:
    try:
        for link_id in definition.judged_with:
            given.number(link_id, definition)
        return WAYS[definition.method](definition, given)
    except Unusable:
        return without_score(definition, Unscored.REJECTED, OUT_OF_RANGE)


def _with_notes(table: ScoreTable, score: Score, facts: Facts) -> Score:
    definition = next(each for each in table.scores if each.id == score.id)
    if not score.scored:
        return score
    met = [note for note in definition.notes if evaluate(note.when, facts) is Truth.TRUE]
    told = (*score.notes, *(note.label for note in met))
    return replace(score, notes=told, beside=tuple(note.beside for note in met if note.beside))
