"""Scores, stretch advice and the gate, as `clinic assess` prints them."""

import json
from typing import Any

import pytest

from clinic.fhir.assessment import assessment_to_json
from clinic.intake import derived_answers
from clinic.library.places import content_dir
from clinic.library.rulebook import read_rulebook
from clinic.questionnaire.response import Response
from clinic.triage.assess import assess
from clinic.triage.guidance import guidance
from tests.make import TODAY, make_response, shipped_questionnaire

BOOK = read_rulebook(content_dir())
FORM = shipped_questionnaire()


def printed(answers: dict[str, Any]) -> dict[str, Any]:
    """What `clinic assess` prints of these answers, read back as JSON."""
    response: Response = make_response(answers)
    response = response.with_answers(derived_answers(FORM, response, TODAY))
    assessment = assess(BOOK.red_flags, FORM, response, today=TODAY)
    guided = guidance(BOOK, FORM, response, assessment, today=TODAY)
    found: dict[str, Any] = json.loads(json.dumps(assessment_to_json(FORM, assessment, guided)))
    return found


def test_a_score_has_its_number_range_direction_and_band() -> None:
    peg = printed({"peg-pain": 5, "peg-enjoyment": 6, "peg-activity": 6})["scores"]["peg"]

    assert (peg["value"], peg["text"], peg["lowest"], peg["highest"]) == (5.7, "5.7", 0, 10)
    assert (peg["higher_is"], peg["band"], peg["band_kind"]) == ("worse", "moderate", "informal")


def test_a_score_that_is_missing_says_why() -> None:
    peg = printed({"peg-pain": 5})["scores"]["peg"]

    assert (peg["value"], peg["not_scored"]) == (None, "missing")
    assert peg["reason"] == "2 of 3 questions not answered."


def test_nothing_answered_leaves_every_stretch_to_be_asked_about() -> None:
    found = printed({})

    assert set(found["stretches"]) == {"childs-pose", "knee-to-chest", "sphinx"}
    assert {each["verdict"] for each in found["stretches"].values()} == {"ask_first"}
    assert found["no_stretch_now"]["walk"] is None
    assert found["regenerative"]["result"] == "hard_stop"


@pytest.mark.parametrize("answers", [{"leg-cold": "yes"}])
def test_an_emergency_leaves_nothing_to_do_but_being_seen(answers: dict[str, Any]) -> None:
    found = printed(answers)

    assert {each["verdict"] for each in found["stretches"].values()} == {"avoid"}
    assert all(each["drawing"] is None for each in found["stretches"].values())
    assert found["regenerative"]["override"] == "none"
