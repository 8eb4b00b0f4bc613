"""What the form asks in Spanish: all that safety rests on, and no scale without a text."""

from collections import defaultdict

import pytest

from clinic.library.marked_yaml import load
from clinic.library.overlays import read_overlay
from clinic.library.places import content_dir
from clinic.library.questionnaires import Questionnaires
from clinic.library.rulebook import read_rulebook
from clinic.library.wordings import words_of
from clinic.questionnaire.response import unasked
from clinic.questionnaire.speaking import asked_in
from clinic.triage.derived import questions_read
from tests.make import make_intake

NAME = "questionnaires/low-back-intake.yaml"
SCALES = {"peg", "rmdq", "phq4"}

ENGLISH = load((content_dir() / NAME).read_text(encoding="utf-8"))
OVERLAY = read_overlay(content_dir(), "es", NAME, ENGLISH)
BOOK = read_rulebook(content_dir())
WHOLE = Questionnaires(content_dir()).get("low-back-intake")
SPANISH = asked_in(WHOLE, "es", {})


def questions_of(form):
    """Give the link ids that a form asks."""
    return {item.link_id for item in form.walk() if not unasked(item)}


GONE = questions_of(WHOLE) - questions_of(SPANISH)


def test_only_the_questions_of_the_three_scales_are_not_asked_in_spanish():
    assert {link_id.split("-")[0] for link_id in GONE} == SCALES
    assert set(OVERLAY.left_out) == {
        "peg-pain", "peg-enjoyment", "peg-activity", "rmdq-intro", "rmdq", "mood-intro", "phq4",
    }  # fmt: skip


def test_no_red_flag_no_stretch_and_no_answer_of_the_gate_rests_on_what_spanish_does_not_ask():
    rules = [rule.when for rule in BOOK.red_flags.rules]

    assert not GONE & questions_read([*rules, BOOK.red_flags.self_care])
    assert not GONE & BOOK.stretches.questions
    assert not GONE & BOOK.regenerative.questions


def test_two_pages_have_nothing_to_ask_in_spanish_and_no_other():
    pages = [step.id for step in make_intake(questionnaire=WHOLE).steps]
    left = [step.id for step in make_intake(questionnaire=SPANISH).steps]

    assert [page for page in pages if page not in left] == ["back-today", "mood"]
    assert "function" in left, "the activities are asked, though the PEG beside them is not"


def test_staff_can_still_note_that_a_patient_may_harm_themselves():
    assert "staff-self-harm" in SPANISH.by_link_id


def spanish_of_each_answer():
    """Give each English answer with every Spanish one that stands for it."""
    found = defaultdict(set)
    for link_id, words in words_of(NAME, ENGLISH, OVERLAY.left_out).items():
        for code, english in words.get("options", {}).items():
            found[english].add(OVERLAY.words[link_id]["options"][code])
    return found


def test_one_answer_has_one_spanish_and_two_answers_have_two():
    found = spanish_of_each_answer()

    assert {english: spanish for english, spanish in found.items() if len(spanish) > 1} == {}
    assert len({next(iter(spanish)) for spanish in found.values()}) == len(found)


@pytest.mark.parametrize(
    ("english", "spanish"),
    [("Yes", "Sí"), ("No", "No"), ("Not sure", "No sé"), ("None of these", "Nada de esto")],
)
def test_the_answers_that_decide_are_said_in_the_same_words_everywhere(english, spanish):
    assert spanish_of_each_answer()[english] == {spanish}
