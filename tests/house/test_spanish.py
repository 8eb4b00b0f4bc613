"""The Spanish says what the English says, whole, and a tired person can read it."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from clinic.library.articles import read_articles
from clinic.library.drawings import read_drawings
from clinic.library.marked_yaml import load
from clinic.library.overlays import read_overlay
from clinic.library.placeholders import PLACE
from clinic.library.wordings import QUESTIONNAIRES, WORDINGS, every_word, words_of
from tests.house.patient_words import interface
from tests.house.spanish_reading import spanish_reading, syllables, words

CONTENT = Path(__file__).parents[2] / "content"
LOWEST_SCORE = 70  # Fernández-Huerta: "fairly easy"
LONGEST_SENTENCE = 20  # words
SHORTEST_MEASURED = 8  # words; shorter ones are measured together

GLOSSARY = YAML(typ="safe").load((CONTENT / "es/words.yaml").read_text(encoding="utf-8"))
FILLED = {
    "emergency_number": "911",
    "crisis_line": "988",
    "clinic_phone": "555-0100",
    "clinic_name": "la clínica",
    "call_by": "las 5 p.m.",
    "resume_days": "14",
}
DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
TAG = re.compile(r"<(/?\w+)")
LINK = re.compile(r'href="([^"]*)"')

ARTICLES = read_articles(CONTENT)
ENGLISH = {(each.kind, each.id): each for each in ARTICLES if each.language == "en"}
SPANISH = {(each.kind, each.id): each for each in ARTICLES if each.language == "es"}
DRAWINGS = read_drawings(CONTENT).by_place


def texts_of(article):
    """Give each text of an article by the name of its part."""
    yield "title", article.title
    yield "purpose", article.purpose
    yield "intro", article.intro.text
    for section in article.sections:
        yield section.id, f"{section.title}\n{section.text}"
    for name, fact in article.facts.items():
        yield f"fact {name}", fact.text


def html_of(article):
    """Give the HTML of each part of an article."""
    yield "intro", article.intro.html
    for section in article.sections:
        yield section.id, section.html


def laid_words():
    """Give file, id, English and Spanish words of each entry that has words laid over it."""
    for file in [
        *sorted((CONTENT / QUESTIONNAIRES).glob("*.yaml")),
        *map(CONTENT.joinpath, WORDINGS),
    ]:
        name = file.relative_to(CONTENT).as_posix()
        english = load(file.read_text(encoding="utf-8"))
        overlay = read_overlay(CONTENT, "es", name, english)
        for entry_id, found in words_of(name, english, overlay.left_out).items():
            if entry_id in overlay.words:
                yield name, entry_id, found, overlay.words[entry_id]


LAID = list(laid_words())


def step_of_each_question():
    """Give the step that each question stands in, by link id."""
    for file in sorted((CONTENT / QUESTIONNAIRES).glob("*.yaml")):
        for step in load(file.read_text(encoding="utf-8"))["item"]:
            yield from ((link_id, step["linkId"]) for link_id in _below(step))


def _below(item):
    yield item["linkId"]
    for child in item.get("item", ()):
        yield from _below(child)


def measured_parts():
    """Give each Spanish text to be measured: a part of an article, a step, a row of rules."""
    for article in SPANISH.values():
        told = dict(texts_of(article))
        yield f"{article.id}: head", f"{told.pop('title')}\n{told.pop('purpose')}"
        yield from ((f"{article.id}: {part}", text) for part, text in told.items())
    for (name, language), drawing in DRAWINGS.items():
        if language == "es" and drawing.alt:  # a decorative one is not read aloud
            yield f"drawing: {name}", f"{drawing.title}\n{drawing.alt}"
    steps = dict(step_of_each_question())
    together = {}
    for name, entry_id, _, spanish in LAID:
        text = "\n".join(every_word(spanish))
        part = steps.get(entry_id, "head") if name.startswith(QUESTIONNAIRES) else entry_id
        if not name.startswith(QUESTIONNAIRES) and len(words(text)) < SHORTEST_MEASURED:
            part = "short ones"
        together.setdefault(f"{name}: {part}", []).append(text)
    yield from ((part, "\n".join(texts)) for part, texts in together.items())


def words_of_pages():
    """Give the words of pages, papers, mails and errors; a short label cannot be measured."""
    for _, spanish, _ in interface():
        yield f"page: {spanish[:40]}", spanish


PAGES = [(name, text) for name, text in words_of_pages() if len(words(text)) >= SHORTEST_MEASURED]
PARTS = [
    pytest.param(PLACE.sub(lambda place: FILLED.get(place[1], "1"), text), id=part)
    for part, text in [*measured_parts(), *PAGES]
    if text.strip()
]
PAIRS = [pytest.param(ENGLISH[key], SPANISH[key], id="/".join(key)) for key in SPANISH]


@pytest.mark.parametrize("text", PARTS)
def test_a_spanish_text_scores_70_or_more(text):
    assert spanish_reading(text, GLOSSARY).score >= LOWEST_SCORE


def test_the_sentences_of_the_pages_are_measured():
    assert len(PAGES) > 200


@pytest.mark.parametrize("text", PARTS)
def test_no_spanish_sentence_is_over_20_words(text):
    measured = spanish_reading(text)

    assert measured.longest <= LONGEST_SENTENCE, measured.longest_sentence


@pytest.mark.parametrize("term", GLOSSARY)
def test_a_spanish_word_left_out_of_the_score_is_used_and_explained(term):
    used = "\n".join(part.values[0] for part in PARTS).lower()

    assert term.lower() in used, f"nothing uses {term!r}: take it out of es/words.yaml"
    assert spanish_reading(GLOSSARY[term]).score >= LOWEST_SCORE
    assert term.lower() not in GLOSSARY[term].lower()


# --- nothing is lost and nothing is added ---


def test_every_article_is_there_in_spanish():
    assert SPANISH.keys() == ENGLISH.keys()


@pytest.mark.parametrize(("english", "spanish"), PAIRS)
def test_a_translated_article_has_the_parts_and_the_facts_of_the_english(english, spanish):
    same = ("version", "order", "figures", "hold", "repeats", "times_a_day")
    same += ("sources", "checked_on", "review_by")

    assert {key: getattr(spanish, key) for key in same} == {
        key: getattr(english, key) for key in same
    }
    assert [part.id for part in spanish.sections] == [part.id for part in english.sections]
    assert {name: _without_words(fact) for name, fact in spanish.facts.items()} == {
        name: _without_words(fact) for name, fact in english.facts.items()
    }


def _without_words(fact):
    return fact.sources, fact.checked_on, fact.review_by


@pytest.mark.parametrize(("english", "spanish"), PAIRS)
def test_a_translated_article_says_the_same_numbers_and_leaves_the_same_places(english, spanish):
    told = dict(texts_of(spanish))

    for part, text in texts_of(english):
        assert numbers(told[part]) == numbers(text), part
        assert places(told[part]) == places(text), part
        assert told[part] != text or not text, f"{part} is not translated"


@pytest.mark.parametrize(("english", "spanish"), PAIRS)
def test_a_translated_article_has_the_paragraphs_lists_and_links_of_the_english(english, spanish):
    told = dict(html_of(spanish))

    for part, html in html_of(english):
        assert TAG.findall(told[part]) == TAG.findall(html), part
        assert LINK.findall(told[part]) == [in_spanish(link) for link in LINK.findall(html)], part


@pytest.mark.parametrize(("english", "spanish"), PAIRS)
def test_a_translated_list_keeps_each_number_and_place_on_its_line(english, spanish):
    for theirs, ours in zip(english.sections, spanish.sections, strict=True):
        for old, new in zip(theirs.items, ours.items, strict=True):
            assert (numbers(new), places(new)) == (numbers(old), places(old)), new


@pytest.mark.parametrize("name", sorted({name for name, language in DRAWINGS if language == "en"}))
def test_a_drawing_is_told_in_spanish(name):
    english, spanish = DRAWINGS[name, "en"], DRAWINGS[name, "es"]

    assert spanish.title not in ("", english.title)
    assert bool(spanish.alt) == bool(english.alt)
    assert numbers(spanish.alt) == numbers(english.alt)


def test_words_laid_over_the_english_keep_its_numbers_and_places():
    for name, entry_id, english, spanish in LAID:
        for old, new in zip(every_word(english), every_word(spanish), strict=True):
            kept = (numbers(new), places(new))
            assert kept == (numbers(old), places(old)), f"{name}: {entry_id}: {new}"


def test_the_areas_of_the_body_have_one_spanish_name():
    drawn = json.loads((CONTENT / "figures/body_regions.json").read_text(encoding="utf-8"))
    (offered,) = [spanish["options"] for _, entry_id, _, spanish in LAID if entry_id == "body-map"]

    assert {region["id"]: region["es"] for region in drawn} == offered


def numbers(text):
    """Give the numbers written in digits, in no order."""
    return Counter(DIGITS.findall(text))


def places(text):
    """Give the places that the clinic fills, in no order."""
    return Counter(PLACE.findall(text))


def in_spanish(link):
    """Give a link with the language before a page of this site."""
    return f"/es{link}" if link.startswith("/") else link


# --- the measure itself ---


@pytest.mark.parametrize(
    ("word", "spoken"),
    [
        ("sol", 1), ("dolor", 2), ("espalda", 3), ("adormecimiento", 6), ("guía", 2), ("siete", 2),
        ("ahora", 3), ("día", 2), ("continúo", 4), ("queso", 2), ("guerra", 2), ("vergüenza", 3),
        ("muy", 1), ("ciudad", 2), ("oído", 3), ("ayuda", 3), ("y", 1), ("caída", 3), ("hay", 1),
        ("prohibir", 2), ("cirugía", 4), ("911", 1), ("FDA", 4), ("plaquetas", 3), ("agua", 2),
        ("respiración", 4), ("ruido", 2), ("yoga", 2), ("células", 3), ("búho", 2),
    ],
)  # fmt: skip
def test_spanish_syllables_are_counted_as_spoken(word, spoken):
    assert syllables(word) == spoken


def test_the_score_is_that_of_fernandez_huerta():
    # 9 words in 2 sentences, 15 syllables
    assert spanish_reading(
        "Me duele la espalda. No puedo caminar muy bien."
    ).score == pytest.approx(206.84 - 60 * 15 / 9 - 1.02 * 4.5, abs=0.05)


def test_a_hard_spanish_text_is_told_to_be_hard():
    measured = spanish_reading(
        "La sintomatología neuromusculoesquelética predominantemente lumbosacra "
        "requiere evaluación multidisciplinaria especializada."
    )

    assert measured.score < 0


def test_a_spanish_term_is_left_out_of_the_score_and_not_of_the_length():
    text = "Tiene espondilolistesis degenerativa."

    assert spanish_reading(text, {"espondilolistesis"}).score > spanish_reading(text).score
    assert spanish_reading(text, {"espondilolistesis"}).longest == 3
