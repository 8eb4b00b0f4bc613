"""Who gave an answer: kept for each, one line where all are the same, a mark where they differ."""

from datetime import UTC, date
from functools import cache

import pytest
from hypothesis import given, settings

from clinic.actions.cards import who_answers
from clinic.catalogue import tongue
from clinic.fhir.intake import intake_to_json
from clinic.fhir.response import GIVEN_BY, response_from_json
from clinic.intake import GivenBy
from clinic.library.places import content_dir
from clinic.library.shelf import read_shelf
from clinic.store.journals import Journal
from clinic.summary.answers import Answers
from clinic.triage.assess import assess_intake
from tests.make import NOW, TODAY, make_intake, make_response, shipped_questionnaire
from tests.strategies import answers_for


@cache
def red_flags():
    return read_shelf(content_dir()).rules


def answered(*pages):
    """An intake answered page by page, each by somebody."""
    intake = make_intake({})
    for by, answers in pages:
        said = make_response(answers).answers
        intake = intake.recorded(said, offered=(), now=NOW, today=TODAY, given_by=by)
    return intake


def marks(intake, language="en"):
    answers = Answers(intake, language, UTC)
    said = [each for step in answers.steps() for each in step.said if each.answered]
    return answers.givers.line(), {each.key: each.given_by for each in said if each.given_by}


def test_where_one_person_gave_all_one_line_says_so():
    intake = answered((GivenBy.HELPER, {"full-name": "Pat", "pain-now": 4}))

    assert marks(intake) == ("Answered by a helper.", {})


def test_what_the_patient_changed_later_at_home_shows_both():
    helped = {"full-name": "Pat", "pain-now": 4, "walk-now": "yes", "faint": "no"}
    intake = answered(
        (GivenBy.HELPER, helped),
        (GivenBy.PATIENT, {"pain-now": 6, "walk-now": "yes", "fever": "no"}),
    )

    line, marked = marks(intake)
    assert line == "Answered by a helper, where nothing else is said."
    assert marked == {
        "pain-now": "first by a helper, then by the patient",
        "fever": "by the patient",
    }
    assert marks(intake, tongue("es"))[1]["fever"] == "por el paciente"


def test_what_staff_typed_says_on_which_day_it_was_answered():
    intake = make_intake({}, answered_on=date(2026, 3, 2))
    said = make_response({"full-name": "Pat"}).answers
    typed = intake.recorded(said, offered=(), now=NOW, today=TODAY, given_by=GivenBy.STAFF)

    assert marks(typed)[0] == "Answered on paper on March 2, 2026, typed in by staff."
    kept = Journal.from_bytes(Journal.of(typed).to_bytes())
    assert (kept.answered_on, kept.history) == (typed.answered_on, typed.history)


@pytest.mark.parametrize(
    ("answers", "by"),
    [
        ({"who-answers": "me"}, GivenBy.PATIENT),
        ({"who-answers": "helped", "helper-relation": "Wife"}, GivenBy.HELPER),
        ({"who-answers": "helped", "helper-relation": "An Interpreter"}, GivenBy.INTERPRETER),
        ({"who-answers": "for-someone-else", "helper-relation": "Intérprete"}, GivenBy.INTERPRETER),
    ],
)
def test_the_first_questions_say_who_answers(answers, by):
    assert who_answers(make_response(answers)) is by


def test_the_export_names_the_giver_of_each_answer_and_is_read_back_equal():
    intake = answered(
        (GivenBy.HELPER, {"full-name": "Pat", "pain-now": 4}), (GivenBy.PATIENT, {"pain-now": 6})
    )

    resource = intake_to_json(intake)
    (step,) = [each for each in resource["item"] if each["linkId"] == "pain"]
    (item,) = step["item"]
    codes = [each["valueCode"] for each in item["extension"] if each["url"] == GIVEN_BY]
    assert codes == ["helper", "patient"]
    assert response_from_json(intake.questionnaire, resource).answers == intake.shown.answers


@settings(max_examples=8, deadline=None)
@given(answers=answers_for(shipped_questionnaire()))
def test_what_is_typed_from_paper_is_assessed_as_the_same_answers_online(answers):
    online = make_intake({}).recorded(answers, offered=answers, now=NOW, today=TODAY)
    typed = make_intake({}, answered_on=date(2026, 3, 2)).recorded(
        answers, offered=answers, now=NOW, today=TODAY, given_by=GivenBy.STAFF
    )

    assert assess_intake(red_flags(), typed, TODAY) == assess_intake(red_flags(), online, TODAY)
