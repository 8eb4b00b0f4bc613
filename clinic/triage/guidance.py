"""Scores, stretch advice and the regenerative gate of one response, from one set of tables."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from clinic.intake import Intake
from clinic.questionnaire.model import Questionnaire
from clinic.questionnaire.response import Response, enabled_response
from clinic.triage.assess import Assessment
from clinic.triage.regenerative import Gate, GateTable, regenerative_gate
from clinic.triage.rules import RuleSet, Urgency
from clinic.triage.score import Score, ScoreTable
from clinic.triage.scores import scores
from clinic.triage.stretches import StretchAdvice, StretchTable, stretch_advice


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Every clinical table of the content folder."""

    red_flags: RuleSet
    scores: ScoreTable
    stretches: StretchTable
    regenerative: GateTable


@dataclass(frozen=True, slots=True)
class Guidance:
    """What stands beside an assessment; none of it changes the level of a patient."""

    scores: tuple[Score, ...]
    stretches: StretchAdvice
    regenerative: Gate

    def score(self, score_id: str) -> Score | None:
        """Give a score by id, or None where nothing of it was asked."""
        return next((score for score in self.scores if score.id == score_id), None)


def guidance(
    book: RuleBook,
    questionnaire: Questionnaire,
    response: Response,
    assessment: Assessment,
    *,
    today: date,
    offered: Collection[str] | None = None,
    settled: Collection[str] = (),
    set_level: Urgency | None = None,
    shown: Response | None = None,
) -> Guidance:
    """Give all three for one assessed response.

    `offered` as in TriageFacts; `settled` are rule ids of findings with a recorded outcome,
    which the gate no longer holds back for; `set_level` and `shown` as in regenerative_gate.
    """
    shown = shown or enabled_response(questionnaire, response)
    found = scores(book.scores, questionnaire, response, today=today, offered=offered)
    stretches = stretch_advice(
        book.stretches,
        questionnaire,
        response,
        assessment,
        today=today,
        offered=offered,
        shown=shown,
    )
    gate = regenerative_gate(
        book.regenerative,
        questionnaire,
        response,
        assessment,
        found,
        today=today,
        offered=offered,
        settled=settled,
        set_level=set_level,
        shown=shown,
    )
    return Guidance(found, stretches, gate)


def guidance_of_intake(
    book: RuleBook,
    intake: Intake,
    assessment: Assessment,
    today: date,
    settled: Collection[str] = (),
    set_level: Urgency | None = None,
) -> Guidance:
    """Give all three for an intake as it stands."""
    return guidance(
        book,
        intake.questionnaire,
        intake.response,
        assessment,
        today=today,
        offered=None if intake.submitted else intake.offered,
        settled=settled,
        set_level=set_level,
        shown=intake.shown,
    )
