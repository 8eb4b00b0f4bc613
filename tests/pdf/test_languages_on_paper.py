"""A paper in two languages: the provider's page in the clinic's, the patient's part in another."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from clinic import catalogue
from clinic.actions.printing import printing_kit
from clinic.catalogue import tongue
from clinic.intake import Intake
from clinic.library.logo import Logo
from clinic.library.places import templates_dir
from clinic.library.shelf import Shelf, read_shelf
from clinic.pdf.render import Edition, Renderer
from clinic.questionnaire.response import Response
from clinic.questionnaire.speaking import asked_in
from clinic.summary.build import build_summary
from clinic.summary.model import Summary
from clinic.triage.assess import assess_intake
from tests.make import TODAY, make_intake
from tests.prepared import shipped_shelf
from tests.pseudo import accented, lay_catalogue, lay_content, mirrored
from tests.summary.patients import CLINIC, LONG, PLAIN, SENT, ZONE

LACKING = "usted nos dijo que tiene los huesos débiles"
"""Taken for English words, for a test of how those are named."""
MADE = {"eo": accented, "he": mirrored}
SCALES = ("peg-pain", "peg-enjoyment", "peg-activity", "rmdq")
WORD = re.compile(r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>')
PAGE = re.compile(r'<page width="(.*?)" height="(.*?)">(.*?)</page>', re.DOTALL)


def both(shelf: Shelf, language: str, answers=PLAIN) -> tuple[Summary, Summary]:
    """The summary of a patient who answered in a language: the clinic's, and the patient's."""
    form = shelf.questionnaires.current("low-back-intake")
    given = {
        key: value
        for key, value in answers.items()
        if not (language == "es" and (key in SCALES or key.startswith("phq4")))
    }
    intake = make_intake(
        given,
        questionnaire=asked_in(form, language, {}),
        response=Response(language=language),
        now=SENT,
    ).sent(SENT)
    return summary_in(shelf, intake, "en"), summary_in(shelf, intake, language)


def summary_in(shelf: Shelf, intake: Intake, language: str) -> Summary:
    tables = shelf.spoken[language]
    return build_summary(
        intake,
        assess_intake(shelf.rules, intake, TODAY),
        book=tables.book,
        plan=tables.summary_plan,
        clinic=CLINIC,
        zone=ZONE,
        today=TODAY,
        language=tongue(language),
    )


def page_in_spanish() -> BeautifulSoup:
    shelf = shipped_shelf()
    summary, mine = both(shelf, "es")
    renderer = Renderer(**printing_kit(shelf, CLINIC, ("en", "es")))
    return BeautifulSoup(
        renderer.html(summary, Edition.PATIENT, patient_summary=mine), "html.parser"
    )


def test_the_providers_page_stays_in_english_and_the_rest_is_spanish():
    page = page_in_spanish()
    face = page.select_one("#face").get_text(" ", strip=True)

    assert page.html["lang"] == "en"
    assert "Answered in Spanish; the patient's own words stand as typed." in " ".join(face.split())
    assert "not asked in Spanish: no official text here." in " ".join(face.split())
    assert {part["lang"] for part in page.select("section.you, section.stretch, #answers")} == {
        "es"
    }
    assert page.select_one("#you h1").text == "Para usted"


def test_the_patients_own_words_name_the_language_they_were_typed_in():
    page = page_in_spanish()

    assert {quote["lang"] for quote in page.select("#face .quoted")} == {"es"}
    assert not page.select("#answers .quoted[lang]")


@cache
def own_paper() -> tuple[Renderer, BeautifulSoup]:
    """The paper of a clinic with a logo of its own, where some words of a rule stay English."""
    shelf = shipped_shelf()
    summary, mine = both(shelf, "es", LONG)
    logo = Logo(b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 24"/>', ".svg", 2.0)
    shelf = replace(shelf, stand_ins={"es": (LACKING,)}, logo=logo)
    renderer = Renderer(**printing_kit(shelf, CLINIC, ("en", "es")))
    html = renderer.html(summary, Edition.PATIENT, patient_summary=mine)
    return renderer, BeautifulSoup(html, "html.parser")


def test_english_words_of_a_rule_are_named_on_the_spanish_pages():
    _, page = own_paper()
    whole = page.select('section[lang="es"] .why li')

    named = [each.text for each in page.select('section[lang="es"] span[lang="en"]')]
    assert set(named) == {LACKING}
    assert len(named) == sum(LACKING in line.text for line in whole) >= 3
    assert not page.select('#face span[lang="en"]')


def test_the_clinics_own_logo_stands_on_each_kind_of_paper():
    renderer, page = own_paper()
    templates = templates_dir() / "pdf"

    mark = renderer.environment.get_template("pdf/mark.html").module.clinic_mark("Harbor")
    assert mark == '<img class="mark" src="asset:logo.svg" alt="Harbor"> Harbor'
    assert len(page.select('img[src="asset:logo.svg"]')) == 2
    for name in ("face_clinic", "letter", "paper_form", "room_sheet", "slip"):
        assert "{{ clinic_mark(" in (templates / f"{name}.html").read_text("utf-8"), name


def test_our_own_words_for_a_source_are_spanish_on_the_patients_pages():
    sources = " ".join(
        source
        for option in printing_kit(shipped_shelf(), CLINIC, ("en", "es"))["handouts"]["es"].options
        for source in option.sources
    )

    assert "el artículo del que nació este programa" in sources
    assert "Schepers y otros 2022" in sources
    for english in ("article that", "general knowledge", "project decision", "and others"):
        assert english not in sources


def test_a_patient_who_answers_in_english_is_not_told_to_speak_it():
    summary, _ = both(shipped_shelf(), "en")

    assert summary.answered_in == ""
    assert not any(said.spoken for said in summary.said())


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Iterator[tuple[Renderer, Shelf]]:
    """A renderer with two languages that are made by code."""
    folder = tmp_path_factory.mktemp("languages")
    content = lay_content(folder, MADE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "FOLDER", lay_catalogue(folder / "translations", MADE))
        catalogue.catalogue.cache_clear()
        shelf = read_shelf(content)
        yield Renderer(**printing_kit(shelf, CLINIC, ("en", *MADE))), shelf
    catalogue.catalogue.cache_clear()


@pytest.mark.proof
@pytest.mark.parametrize("language", MADE)
@pytest.mark.parametrize("answers", [PLAIN, LONG])
@pytest.mark.parametrize("large", [False, True])
def test_no_word_leaves_the_page_in_a_long_language_or_one_from_right_to_left(
    made, tmp_path, language, answers, large
):
    renderer, shelf = made
    summary, mine = both(shelf, language, answers)
    pdf = tmp_path / "paper.pdf"
    pdf.write_bytes(
        renderer.render_summary(summary, Edition.PATIENT, large=large, patient_summary=mine)
    )

    for width, height, words in boxes(pdf):
        for left, top, right, bottom, word in words:
            assert 0 <= left <= right <= width, word
            assert 0 <= top <= bottom <= height, word


@pytest.mark.proof
@pytest.mark.parametrize("language", MADE)
def test_no_english_is_left_in_the_patients_part(made, language):
    renderer, shelf = made
    summary, mine = both(shelf, language)
    page = BeautifulSoup(
        renderer.html(summary, Edition.PATIENT, patient_summary=mine), "html.parser"
    )
    for part in page.select(".quoted, .asks, .source, .you__clinic, .status"):
        part.extract()
    words = " ".join(part.get_text(" ") for part in page.select(f'[lang="{language}"]'))
    plain = re.sub(r"\w*[^\W_A-Za-z]\w*", " ", words)

    assert re.findall("[A-Za-z]{4,}", plain) == []


def boxes(pdf: Path) -> Iterator[tuple[float, float, list[tuple[float, float, float, float, str]]]]:
    """The size of each page, and where each of its words stands."""
    told = subprocess.run(
        ["pdftotext", "-bbox", str(pdf), "-"], check=True, capture_output=True, text=True
    ).stdout
    for width, height, inside in PAGE.findall(told):
        words = [(*map(float, found[:4]), found[4]) for found in WORD.findall(inside)]
        yield float(width), float(height), words
