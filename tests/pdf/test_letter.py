"""The letter on paper: one page, nothing urgent cut, and a draft that cannot pass for a letter."""

from dataclasses import replace
from functools import cache
from io import BytesIO

import pikepdf
import pytest
from pypdf import PdfReader

from clinic.pdf.letter import NEVER_CUT, ROOMS, LetterHead, fax_cover, letter_paper
from clinic.pdf.paper import Paper, render_paper
from clinic.referral.draft import draft_letter
from clinic.referral.letter import Letter, LetterLine, Part, Request
from clinic.referral.topics import Topic
from clinic.triage.rules import Urgency
from tests.pdf.printing import PATIENTS, make_renderer, pages_of
from tests.summary.patients import CLINIC, summary_of

REQUEST = Request(
    question="Please assess the leg pain.",
    kind_words="Consult: advise us",
    service="Spine clinic",
    act_by="by December 8, 2026",
    told_patient="The signs that cannot wait",
    meanwhile="Exercise goes on.",
    responsible="Dr. Amira Lee",
    call_back="By the code below",
    financial_tie="We own a tenth of this clinic.",
    written_by="Dr. Amira Lee",
)
TOKEN = "ab-cd-" * 7 + "e"
HEAD = LetterHead(
    reference="R-7K2M9Q",
    urgency=Urgency.URGENT_2WK,
    urgency_word="Within 2 weeks",
    act_by="By December 8, 2026",
    to=(("To", "Mill Road Spine"), ("Service", "Spine clinic"), ("Fax", "555-555-0177")),
    person=(("Patient", "Rosa Delgado"), ("Born", "May 4, 1961 (65)")),
    written="Written by Sam Ortiz",
    signed="Signed by Dr. Amira Lee, clinician, November 24, 2026, 9:15 am",
    hash="ab" * 32,
    mark="",
    answer="Answer without an account.",
    link=f"https://clinic-with-a-long-name.example/r/{TOKEN}",
    code="3K7Q9-M2RXD",
    until="March 24, 2027",
)


def letter_of(name: str) -> Letter:
    return draft_letter(summary_of(PATIENTS[name]), REQUEST, tuple(Topic))


def paper_of(letter: Letter, **changes) -> Paper:
    return letter_paper(
        letter, replace(HEAD, **changes), made="rules 1.0 abcdef", clinic=CLINIC, size="letter"
    )


def printed(letter: Letter, **changes) -> bytes:
    return render_paper(make_renderer(), paper_of(letter, **changes))


@cache
def signed(name: str) -> bytes:
    """The letter of a believable patient, signed, made once."""
    return printed(letter_of(name))


def lines_never_cut(letter: Letter):
    for block in letter.blocks:
        for line in block.lines:
            if line.label in NEVER_CUT or block.part is Part.REQUEST:
                yield line


@pytest.mark.parametrize("name", ["plain", "emergency", "long"])
@pytest.mark.parametrize("mark", ["", pytest.param("DRAFT", marks=pytest.mark.proof)])
def test_a_letter_is_one_page_and_cuts_nothing_urgent(name, mark):
    """With a mark across it a proof: in each run another test lays a draft of the plain one out."""
    letter = letter_of(name)

    pages = pages_of(printed(letter, mark=mark) if mark else signed(name))

    assert len(pages) == 1
    squeezed = pages[0].replace(" ", "")
    for line in lines_never_cut(letter):
        assert " ".join(line.text.split()).replace(" ", "") in squeezed, line.text


def worst_letter() -> Letter:
    letter = letter_of("long")
    more = tuple(
        LetterLine(label=f"More {number}", text="many words " * 40, by="Dr. Lee")
        for number in range(60)
    )
    block = letter.block(Part.BACKGROUND)
    return letter._with(block, (*block.lines, *more))


@pytest.mark.parametrize("rooms", [pytest.param(len(ROOMS), marks=pytest.mark.proof), 4])
def test_the_worst_letter_says_how_many_lines_it_leaves_out(rooms):
    """Through all rooms a proof; in each run the last ones, which the worst letter comes to."""
    paper = paper_of(worst_letter())

    pages = pages_of(render_paper(make_renderer(), replace(paper, fits=paper.fits[-rooms:])))

    assert len(pages) == 1
    assert "more lines: see the answers" in pages[0]
    assert REQUEST.question in pages[0]


def too_urgent() -> Letter:
    letter = letter_of("emergency")
    word = next(iter(NEVER_CUT & {line.label for line in letter.block(Part.SITUATION).lines}))
    more = tuple(
        LetterLine(label=word, text=f"Finding {number}. " + "so many words " * 30)
        for number in range(60)
    )
    return letter._with(letter.block(Part.SITUATION), (*letter.block(Part.SITUATION).lines, *more))


def test_no_room_cuts_an_urgent_finding_and_the_last_takes_another_page():
    """With test_paper, which holds that the last fit is taken when none is one page."""
    paper = paper_of(too_urgent())
    for fit in paper.fits:
        told = [line.text for block in fit["blocks"] for line in block.lines]
        assert sum(text.startswith("Finding ") for text in told) == 60
        assert all(len(text) > 400 for text in told if text.startswith("Finding "))

    pages = pages_of(render_paper(make_renderer(), replace(paper, fits=paper.fits[-1:])))

    assert len(pages) > 1
    assert all(f"Finding {number}." in " ".join(pages) for number in range(60))


@pytest.mark.proof
def test_too_many_urgent_findings_go_on_another_page_before_one_is_cut():
    """In each run the test before holds it, with the tightest room alone."""
    text = " ".join(pages_of(printed(too_urgent())))

    assert all(f"Finding {number}." in text for number in range(60))


def test_a_signed_letter_says_who_when_what_and_how_to_answer():
    page = pages_of(signed("plain"))[0]

    assert "Signed by Dr. Amira Lee, clinician" in page
    assert "ab" * 32 in page.replace(" ", "")
    assert "Code 3K7Q9-M2RXD, until March 24, 2027" in page
    assert "not examined" in page
    assert "We own a tenth of this clinic." in page
    assert "Page 1 of 1" in page
    assert "DRAFT" not in page


def test_the_end_of_a_link_stands_whole_on_a_line_of_its_own():
    lines = PdfReader(BytesIO(signed("plain"))).pages[0].extract_text().splitlines()

    assert TOKEN in [line.strip() for line in lines]


def test_a_draft_says_so_across_the_page_and_in_its_heading():
    page = pages_of(
        printed(letter_of("plain"), mark="DRAFT", link="", code="", signed="Not signed")
    )

    assert len(page) == 1
    assert "DRAFT" in page[0]
    assert "Referral R-7K2M9Q: draft" in page[0]
    assert "Code" not in page[0]


def test_the_patient_s_own_words_stand_in_quotation_marks():
    letter = letter_of("plain")
    quoted = [line for block in letter.blocks for line in block.lines if line.quoted]
    page = pages_of(signed("plain"))[0]

    assert quoted
    for line in quoted:
        assert f"“{line.text[:20]}" in page


def test_a_letter_is_tagged_and_titled_without_the_patient():
    with pikepdf.open(BytesIO(signed("plain"))) as opened:
        assert opened.Root.MarkInfo.Marked
        assert str(opened.docinfo["/Title"]) == "Referral R-7K2M9Q"
        assert str(opened.Root.Lang) == "en"


def test_the_cover_sheet_of_a_fax_names_no_patient():
    cover = fax_cover(
        HEAD,
        fax="555-555-0177",
        sent_by="Sam Ortiz",
        on="November 24, 2026",
        clinic=CLINIC,
        size="letter",
    )

    page = pages_of(render_paper(make_renderer(), cover))

    assert len(page) == 1
    assert "555-555-0177" in page[0]
    assert "R-7K2M9Q" in page[0]
    assert "Rosa" not in page[0]
    assert "Delgado" not in page[0]
