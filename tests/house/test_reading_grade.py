"""A tired person can read it: grade 6 or lower, and no sentence over 20 words."""

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from clinic.library.articles import read_articles
from clinic.library.drawings import read_drawings
from clinic.library.rulebook import read_rulebook
from clinic.triage.derived import questions_read
from tests.house.patient_words import interface
from tests.house.reading import reading, sentences, syllables, without, words

CONTENT = Path(__file__).parents[2] / "content"
HARDEST_GRADE = 6.0  # Flesch-Kincaid
LONGEST_SENTENCE = 20  # words

GLOSSARY = YAML(typ="safe").load((CONTENT / "words.yaml").read_text(encoding="utf-8"))
QUESTIONNAIRES = sorted((CONTENT / "questionnaires").glob("*.yaml"))

SHORTEST_MEASURED = 8
"""Words of a label or a sentence of the pages; a shorter one is too short for the measure."""

# What has to be understood at once: grade 5.
SAFETY_GRADE = 5.0
SAFETY_PAGES = {"advice", "safety-net", "after-hours", "after-sending", "next-steps"}
EMERGENCY = re.compile(r"\b911\b|\b988\b|emergency|_number\}|crisis_line", re.IGNORECASE)
SAFETY_TEMPLATES = (
    "intake/urgent.html",
    "intake/under_age.html",
    "intake/tablet_ready.html",
    "components/closed_now.html",
    "components/no_stretch_now.html",
)

# Validated scales keep their authors' words.
VERBATIM = {"peg-pain", "peg-enjoyment", "peg-activity", "phq4", "rmdq-intro", "rmdq"}


def parts_of_articles():
    for article in read_articles(CONTENT):
        if article.language != "en":
            continue
        yield f"{article.id}: head", f"{article.title}\n{article.purpose}"
        yield f"{article.id}: intro", article.intro.text
        for section in article.sections:
            yield f"{article.id}: {section.id}", f"{section.title}\n{section.text}"
        for name, fact in article.facts.items():
            yield f"{article.id}: fact {name}", fact.text


def parts_of_drawings():
    for drawing in read_drawings(CONTENT).by_place.values():
        if drawing.language == "en" and drawing.alt:  # a decorative one is not read aloud
            yield f"drawing: {drawing.id}", f"{drawing.title}\n{drawing.alt}"


def parts_of_questionnaires():
    for path in QUESTIONNAIRES:
        questionnaire = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        for step in questionnaire["item"]:
            yield f"{path.stem}: {step['linkId']}", "\n".join(words_of_item(step))


def parts_of_interface():
    """Give the words of pages, papers, mails and errors."""
    for english, _, places in interface():
        if len(words(english)) >= SHORTEST_MEASURED:
            yield f"{places[0]}: {english[:40]}", english


def safety_parts():
    """Give each text that says what cannot wait, and each question that a red flag reads."""
    for name, text in parts_of_articles():
        if name.split(":")[0] in SAFETY_PAGES or EMERGENCY.search(text):
            yield name, text
    for template in SAFETY_TEMPLATES:
        told = [english for english, _, places in interface() if f"templates/{template}" in places]
        yield template, "\n".join(told)
    book = read_rulebook(CONTENT)
    read = questions_read([*(rule.when for rule in book.red_flags.rules), book.red_flags.self_care])
    for path in QUESTIONNAIRES:
        for item in below(YAML(typ="safe").load(path.read_text(encoding="utf-8"))):
            if item["linkId"] in read - VERBATIM:
                yield f"question: {item['linkId']}", "\n".join(words_of_question(item))


def below(holder):
    """Give every item of a form."""
    for item in holder.get("item", []):
        yield item
        yield from below(item)


def words_of_question(item):
    """Give a question with its answers and the help that stands with it."""
    yield item.get("text", "")
    for option in item.get("answerOption", []):
        yield option.get("valueCoding", {}).get("display", "")
    for child in item.get("item", []):
        if child["type"] == "display":
            yield child.get("text", "")


def words_of_item(item):
    if item["linkId"] in VERBATIM:
        return
    yield item.get("text", "")
    for option in item.get("answerOption", []):
        yield option.get("valueCoding", {}).get("display", "")
    for child in item.get("item", []):
        yield from words_of_item(child)


WRITTEN = [
    *parts_of_articles(),
    *parts_of_drawings(),
    *parts_of_questionnaires(),
    *parts_of_interface(),
]
PARTS = [pytest.param(text, id=name) for name, text in WRITTEN if text.strip()]


@pytest.mark.parametrize("text", PARTS)
def test_a_text_for_patients_reads_at_grade_6_or_lower(text):
    assert reading(text, GLOSSARY).grade <= HARDEST_GRADE


@pytest.mark.parametrize("text", PARTS)
def test_no_sentence_for_patients_is_over_20_words(text):
    measured = reading(text)

    assert measured.longest <= LONGEST_SENTENCE, measured.longest_sentence


def test_the_texts_of_safety_read_at_grade_5_or_lower():
    told = dict(safety_parts())

    assert len(told) > 100
    assert all(told[template] for template in SAFETY_TEMPLATES)
    measured = {
        name: reading(text, GLOSSARY).grade
        for name, text in told.items()
        if len(words(text)) >= SHORTEST_MEASURED
    }
    assert {name: grade for name, grade in measured.items() if grade > SAFETY_GRADE} == {}


def test_pages_papers_mails_and_errors_are_all_measured():
    measured = [place for _, _, places in interface() for place in places]

    for place in ("templates/pdf/", "templates/receiving/", "templates/errors/", "clinic/mail/"):
        assert any(each.startswith(place) for each in measured), place
    assert sum(name.startswith(("clinic/", "templates/")) for name, _ in WRITTEN) > 200


@pytest.mark.parametrize("term", GLOSSARY)
def test_a_word_left_out_of_the_grade_is_explained_in_plain_words(term):
    explained = reading(GLOSSARY[term])

    assert explained.grade <= HARDEST_GRADE, GLOSSARY[term]
    assert term.lower() not in GLOSSARY[term].lower()


@pytest.mark.parametrize("term", GLOSSARY)
def test_a_word_left_out_of_the_grade_is_used(term):
    told = "\n".join(part.values[0] for part in PARTS).lower()

    assert term.lower() in told, f"nothing uses {term!r}: take it out of words.yaml"


def test_every_shipped_questionnaire_is_measured():
    assert [path.stem for path in QUESTIONNAIRES] == ["low-back-intake"]


# --- the measure itself ---


@pytest.mark.parametrize(
    ("word", "spoken"),
    [
        ("cat", 1), ("table", 2), ("make", 1), ("walked", 1), ("needed", 2), ("area", 3),
        ("muscles", 2), ("exercise", 3), ("breathe", 1), ("clinician", 3), ("emergency", 4),
        ("don't", 1), ("doesn't", 2), ("X-ray", 2), ("911", 1), ("trial", 2), ("medicine", 3),
        ("hospital", 3), ("movement", 2), ("tension", 2), ("ages", 2), ("tables", 2), ("FDA", 3),
        ("regenerative", 5), ("osteoporosis", 6), ("platelet-rich", 3), ("lungs", 1),
    ],
)  # fmt: skip
def test_syllables_are_counted_as_spoken(word, spoken):
    assert syllables(word) == spoken


def test_the_grade_is_flesch_kincaid():
    # 12 words in 2 sentences, 13 syllables
    assert reading("The cat sat on the table. The dog ran to the door.").grade == pytest.approx(
        0.39 * 6 + 11.8 * 13 / 12 - 15.59, abs=0.05
    )


def test_a_hard_text_is_told_to_be_hard():
    measured = reading(
        "Individuals experiencing persistent lumbar discomfort necessitate comprehensive "
        "multidisciplinary evaluation incorporating radiological investigation."
    )

    assert measured.grade > 20


def test_a_line_of_a_list_is_a_sentence_of_its_own():
    assert sentences("Stop if you get:\nnew weakness\nchest pain") == [
        "Stop if you get:", "new weakness", "chest pain",
    ]  # fmt: skip


def test_a_number_with_a_point_does_not_end_a_sentence():
    assert len(sentences("It is 2.5 miles. Walk it.")) == 2


def test_the_longest_sentence_counts_every_word():
    measured = reading("Short one. " + "word " * 21 + "end.", {"word"})

    assert measured.longest == 22


def test_a_term_is_left_out_only_as_a_whole_word():
    assert without("A stem cell and a stem cellar.", {"stem cell"}) == "A  and a stem cellar."
    assert words(without("Weak bones (osteoporosis).", {"osteoporosis"})) == ["Weak", "bones"]
