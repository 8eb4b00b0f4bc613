"""A scale that a language does not ask is called so, and nothing is held back or denied for it."""

from functools import cache

import pytest

from clinic.library.places import content_dir
from clinic.library.questionnaires import Questionnaires
from clinic.library.rulebook import read_rulebook
from clinic.questionnaire.model import Questionnaire
from clinic.questionnaire.response import Response
from clinic.questionnaire.speaking import asked_in, not_asked
from clinic.triage.assess import Assessment, FlagState, assess
from clinic.triage.guidance import Guidance, guidance
from clinic.triage.regenerative import GateResult
from clinic.triage.score import Unscored
from tests.make import TODAY, make_response
from tests.summary.patients import PLAIN

BOOK = read_rulebook(content_dir())
WELL = {
    "pain-duration": "2-to-4-weeks",
    "pain-now": 4,
    "saddle-numb": "no",
    "regen-interest": "yes",
    "regen-wait": ["none"],
    "regen-caution": ["none"],
    "care-tried": ["exercise"],
}
OPEN = {"severe-mood": FlagState.NOT_ANSWERED, "questions-open": FlagState.PRESENT}
SCALES = {"nprs-average", "peg", "rmdq", "phq-2", "gad-2", "phq-4"}


@cache
def whole() -> Questionnaire:
    return Questionnaires(content_dir()).current("low-back-intake")


def judged(language: str, /, **answers: object) -> tuple[Assessment, Guidance]:
    response = make_response(WELL | answers)
    spoken = asked_in(whole(), language, response.answers)
    response = Response(answers=response.answers, language=language)
    found = assess(BOOK.red_flags, spoken, response, today=TODAY)
    return found, guidance(BOOK, spoken, response, found, today=TODAY)


def test_no_rule_of_an_urgency_rests_on_what_spanish_leaves_out():
    missing = not_asked(asked_in(whole(), "es", {}))

    assert {"rmdq", "phq4-down", "peg-activity"} <= missing
    assert not missing & frozenset().union(*(rule.reads for rule in BOOK.red_flags.rules))


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_level_the_flags_and_what_is_unanswered_do_not_hang_on_the_language(language):
    here, there = judged("en")[0], judged(language)[0]

    assert (there.urgency, there.incomplete, there.flags) == (
        here.urgency,
        here.incomplete,
        here.flags,
    )
    assert there.unanswered == here.unanswered


def test_each_scale_that_spanish_leaves_out_is_told_as_not_asked():
    scores = {score.id: score for score in judged("es")[1].scores}

    assert {
        each for each, score in scores.items() if score.unscored is Unscored.NOT_ASKED
    } == SCALES
    assert scores["rmdq"].reason == "Not asked in Spanish: no official text here."
    assert scores["nprs-now"].text == "4"


def test_an_answer_given_in_english_is_scored_in_spanish_too():
    scores = {score.id: score for score in judged("es", rmdq=["item-1", "item-2"])[1].scores}

    assert scores["rmdq"].text == "2"
    assert scores["peg"].unscored is Unscored.NOT_ASKED


def test_what_is_not_asked_leaves_the_gate_as_unfinished_as_a_blank():
    mood = {f"phq4-{each}": "not-at-all" for each in ("nervous", "worry", "interest", "down")}
    wants = {
        key: WELL[key] for key in ("regen-interest", "regen-wait", "regen-caution", "care-tried")
    }
    told = {key: value for key, value in PLAIN.items() if key not in mood}
    told |= wants | {"sex-at-birth": "male"}
    gates = {language: judged(language, **told)[1].regenerative for language in ("es", "en")}

    for gate in gates.values():
        open_lines = {line.id: line.state for line in gate.checklist if line.id in OPEN}
        assert open_lines == OPEN
        assert gate.result is GateResult.CAUTION
    assert judged("en", **told | mood)[1].regenerative.result is GateResult.TALK_FIRST
