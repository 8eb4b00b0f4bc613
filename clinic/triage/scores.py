"""The scores of one response."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date

from clinic.questionnaire.conditions import (
    Facts,
    Remembering,
    Truth,
    evaluate,
)
from clinic.questionnaire.model import Questionnaire
from clinic.questionnaire.response import Place, Response, enabled_places, enabled_response
from clinic.triage.derived import score_facts
from clinic.triage.facts import TriageFacts
from clinic.triage.score import Score, ScoreDefinition, ScoreTable, Unscored
from clinic.triage.scoring import OUT_OF_RANGE, WAYS, Answered, Unusable, without_score


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
    shown = enabled_response(questionnaire, response)
    on_form = {place.item.link_id: place.key for place in _shown(questionnaire, response)}
    given = Answered(questionnaire, shown, TriageFacts(questionnaire, shown, today, offered))
    found = [
        replace(_score(definition, given), keys=tuple(_keys(definition, shown)))
        for definition in table.scores
        if any(link_id in on_form for link_id in definition.questions)
        and all(given.asks(link_id) for link_id in definition.questions)
    ]
    more = score_facts((definition.id for definition in table.scores), found)
    facts = Remembering(TriageFacts(questionnaire, shown, today, offered, more))
    return tuple(_with_notes(table, score, facts) for score in found)


def _shown(questionnaire: Questionnaire, response: Response) -> Iterator[Place]:
    return enabled_places(questionnaire, response.answers, least=1)


def _keys(definition: ScoreDefinition, shown: Response) -> Iterator[str]:
    for key in shown.answers:
        if any(key == link_id or key.endswith(f".{link_id}") for link_id in definition.questions):
            yield key


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
