"""A clinical word is explained where it first stands: in a question, and on every page."""

import re
from dataclasses import replace

import pytest

from clinic.library.articles import read_articles
from clinic.library.glossary import glossary
from clinic.library.marked_yaml import load
from clinic.library.overlays import read_overlay
from clinic.library.places import content_dir
from clinic.library.questionnaires import Questionnaires
from clinic.library.wordings import WORDINGS, every_word, words_of
from clinic.web.intake.explained import explanations
from clinic.web.intake.forms import StepForm
from tests.make import TODAY, make_intake

WHOLE = Questionnaires(content_dir()).get("low-back-intake")
PARENTHESES = re.compile(r"\([^()]*\)")
WORD = re.compile(r"[^\W\d_]+")
STEM = 5  # letters that "narrow" and "narrowed" share
FAMILY = 7  # letters that "certified" and "certification" share, "osteopenia" not
SHORT = 3  # letters of "the", "con": words that explain nothing
FILLING = {
    "that", "your", "with", "have", "when", "this", "small", "where", "doctor", "para", "como",
    "cuando", "donde", "tiene", "puede", "pueden", "hace", "muchos", "otros", "otras", "médico",
}  # fmt: skip
LEAST_SHARED = 0.5  # of the words of the plain meaning, which have to stand beside the term


# --- questions ---


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


# --- articles ---


def stems(text):
    """Give the starts of the words that carry the meaning of a text."""
    carrying = (word for word in WORD.findall(text.lower()) if len(word) > SHORT)
    return {stem(word) for word in carrying} - set(map(stem, FILLING))


def stem(word):
    return word.rstrip("s")[:STEM]


def blocks_of(article):
    """Give the texts of a page in the order in which they are read, each on its own.

    What stands right under a title or a heading may explain its words.
    """
    yield f"{article.title}\n{article.purpose}"
    for fact in article.facts.values():
        yield fact.text
    yield from lines(article.intro.text)
    for section in article.sections:
        first, *rest = lines(section.text) or [""]
        yield f"{section.title}\n{first}"
        yield from rest


def lines(text):
    return [line for line in text.split("\n") if line.strip()]


def forms_of(terms):
    """Give each term with its forms: "stem cell" and "stem cells" are explained once for both."""
    families = {}
    for term in terms:
        words = (word.rstrip("s")[:FAMILY] for word in WORD.findall(term) if len(word) > SHORT)
        families.setdefault(frozenset(words), []).append(term)
    return families.values()


def first_place(texts, forms, longer):
    """Give what stands beside the first of these words: its sentence and the two after it."""
    looked_for = re.compile(
        "|".join(rf"(?<![\w-]){re.escape(form)}(?:e?s)?(?![\w-])" for form in forms), re.IGNORECASE
    )
    for text in texts:
        covered = text
        for other in longer:
            covered = re.sub(
                re.escape(other), lambda it: "_" * len(it[0]), covered, flags=re.IGNORECASE
            )
        if found := looked_for.search(covered):
            parts = re.split(r"(?<=[.?!])\s+|\n", text[found.end() :])
            before = re.split(r"(?<=[.?!])\s+|\n", text[: found.start()])[-1]
            return looked_for.sub(" ", " ".join([before, *parts[:3]]))
    return None


def unexplained(article, meanings):
    """Give each listed word of a page that nothing beside its first place explains."""
    yield from unsaid(article.file, list(blocks_of(article)), meanings)


def unsaid(name, texts, meanings):
    """Give each listed word that nothing beside its first place in these texts explains."""
    for forms in forms_of(meanings):
        longer = [term for term in meanings if any(form in term for form in forms)]
        longer = [term for term in longer if term not in forms]
        beside = first_place(texts, forms, longer)
        if beside is not None:
            plain = stems(beside)
            shared = max(
                len(meant & plain) / len(meant) for meant in map(stems, map(meanings.get, forms))
            )
            if shared < LEAST_SHARED:
                yield f"{name}: {forms[0]}: {beside.strip()}"


ARTICLES = list(read_articles(content_dir()))


# --- rules: each sentence stands alone beside a drawing, on paper or in the public table ---


def words_of_rules(language):
    """Give each text of the rules that a patient reads, with its id."""
    for name in (each for each in WORDINGS if each.startswith("rules/")):
        english = load((content_dir() / name).read_text(encoding="utf-8"))
        laid = read_overlay(content_dir(), language, name, english).words
        for entry, words in words_of(name, english).items():
            said = words if language == "en" else laid.get(entry, {})
            yield from ((f"{name}: {entry}", text) for text in every_word(said))


@pytest.mark.parametrize("language", ["en", "es"])
def test_each_clinical_word_of_a_rule_is_explained_in_its_sentence(language):
    meanings = glossary(language)
    told = list(words_of_rules(language))

    assert len(told) > 300
    assert [line for name, text in told for line in unsaid(name, [text], meanings)] == []
    bare = [
        line for name, text in told for line in unsaid(name, [PARENTHESES.sub("", text)], meanings)
    ]
    assert len(bare) > 6


# --- articles, measured ---


@pytest.mark.parametrize("language", ["en", "es"])
def test_each_clinical_word_of_an_article_is_explained_where_it_first_stands(language):
    meanings = glossary(language)
    read = [article for article in ARTICLES if article.language == language]

    assert len(read) > 15
    assert [told for article in read for told in unexplained(article, meanings)] == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_page_without_its_plain_words_would_be_seen(language):
    meanings = glossary(language)
    missed = set()
    for article in (each for each in ARTICLES if each.language == language):
        bare = replace(
            article,
            sections=tuple(
                replace(section, text=PARENTHESES.sub("", section.text))
                for section in article.sections
            ),
        )
        missed |= {told.split(":")[1].strip() for told in unexplained(bare, meanings)}

    if language == "en":
        assert missed >= {"pacemaker", "stimulator", "dialysis", "Medicare", "ClinicalTrials.gov"}
    else:
        assert missed >= {"marcapasos", "estimulador", "diálisis", "Medicare", "anticoagulante"}


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("You got a pacemaker.", False),
        ("You got a pacemaker (it keeps the heart in step).", True),
        ("You got a pacemaker. Stay well. Rest. Eat. It keeps the heart in step.", False),
        ("You got a pacemaker.\nIt keeps the heart in step.", False),
        ("No word of the list.", True),
    ],
)
def test_plain_words_count_only_beside_the_term(text, is_told):
    home = next(each for each in ARTICLES if each.file == "en/pages/home.md")
    page = replace(home, intro=replace(home.intro, text=text), sections=())

    told = list(unexplained(page, {"pacemaker": glossary("en")["pacemaker"]}))

    assert (told == []) is is_told
