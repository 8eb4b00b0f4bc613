"""A summary says in which languages the answers were given, and marks words typed in another."""

from clinic.intake import Intake
from clinic.questionnaire.response import Response
from tests.make import NOW, TODAY, make_intake, make_response
from tests.summary.patients import make_summary

STORY = "Me duele desde que cargué una caja."


def told(answers: dict[str, object], later: dict[str, object], language: str) -> Intake:
    """An intake begun in English, whose later answers were given in a language."""
    begun = make_intake(answers)
    spoken = begun.in_language(language)
    given = make_response(later).answers
    return spoken.recorded(given, offered=(), now=NOW, today=TODAY).sent(NOW)


def quote(summary):
    (line,) = [each for each in summary.section("reason").lines if each.id == "began"]
    return line.pieces[0]


def test_answers_in_english_alone_are_not_spoken_of():
    summary = make_summary(told({"full-name": "Rosa"}, {"pain-story": "It hurts."}, "en"))

    assert summary.answered_in == ""
    assert quote(summary).spoken == ""


def test_both_languages_are_named_the_most_used_first():
    later = {"pain-story": STORY, "pain-now": 5, "phone": "555-555-0147"}
    summary = make_summary(told({"full-name": "Rosa Muestra"}, later, "es"))

    assert summary.answered_in == "Spanish and English"
    assert (quote(summary).text, quote(summary).spoken) == (STORY, "es")


def test_an_answer_out_of_a_list_is_nobodys_own_words():
    summary = make_summary(told({}, {"fever": "yes", "pain-story": STORY}, "es"))
    spoken = {said.link_id: said.spoken for said in summary.said() if said.answered}

    assert spoken == {"fever": "", "pain-story": "es"}


def test_answers_in_spanish_from_the_start_are_called_spanish():
    intake = make_intake({"full-name": "Rosa"}, response=Response(language="es"))

    assert make_summary(intake).answered_in == "Spanish"
