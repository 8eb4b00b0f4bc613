"""A clinical word that a question uses is explained where it stands, in each language."""

import re

import pytest

from clinic.library.glossary import glossary
from clinic.library.places import content_dir
from clinic.library.questionnaires import Questionnaires
from clinic.web.intake.explained import explanations
from clinic.web.intake.forms import StepForm
from tests.make import TODAY, make_intake

WHOLE = Questionnaires(content_dir()).get("low-back-intake")
PARENTHESES = re.compile(r"\([^()]*\)")


def questions(language):
    """Give every question of the form as a page shows it."""
    intake = make_intake(questionnaire=WHOLE).in_language(language)
    for step in intake.questionnaire.steps:
        yield from StepForm(step, intake, None, language, today=TODAY)


@pytest.mark.parametrize(("language", "explained"), [("en", 10), ("es", 10)])
def test_each_clinical_word_of_a_question_is_explained_with_the_question(language, explained):
    meanings, found = glossary(language), set()
    for question in questions(language):
        told = " ".join([question.words, *question.offered_words])
        bare = PARENTHESES.sub("", told)
        for term, meaning in meanings.items():
            if re.search(rf"(?<![\w-]){re.escape(term)}(?![\w-])", bare, re.IGNORECASE):
                own = re.search(r"\((?:It is|Es|Son) ", told)
                assert meaning in question.hint or own, f"{question.key}: {term}"
                found.add(term)

    assert len(found) >= explained, found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("I am on dialysis", ["Dialysis: cleaning."]),
        ("I have weak bones (osteoporosis)", []),
        ("Do you have an aneurysm? (It is a bulge.)", []),
        ("A stem cell shot", ["Stem cell: one."]),
        ("A stem cellar", []),
    ],
)
def test_a_word_is_explained_unless_its_own_text_does_so(text, told):
    meanings = {
        "dialysis": "cleaning",
        "osteoporosis": "weak",
        "aneurysm": "bulge",
        "stem cell": "one",
    }

    assert list(explanations([text], meanings)) == told
