"""Findings on the clinic's face sheet: the answers behind them, and what changed since."""

import re
from dataclasses import replace
from html import unescape

import pytest

from clinic.pdf.fit import FITS, Fit, Rest
from clinic.pdf.render import Edition
from clinic.summary.model import Correction, Piece, Summary
from tests.pdf.printing import face_pages, make_renderer
from tests.pdf.test_guidance_on_paper import WORST
from tests.summary.patients import EMERGENCY, PLAIN, summary_of

TIGHTEST = next(fit for fit in FITS if not fit.behind)
LONGEST_NAME = "Maximiliana Konstantinopoulou-Featherstonehaugh de la Vega y Montenegro-Castellanos"
TWENTY_FIVE = {
    **WORST,
    **dict.fromkeys(
        [
            *("arm-jaw", "sudden-severe", "tearing", "poop-change", "unsteady", "hit-head"),
            *("aneurysm", "leg-cold", "leg-swollen", "chest-now", "faint", "major-injury"),
            "both-legs",
        ],
        "no",
    ),
    "belly-signs": ["none"],
    "very-ill": ["none"],
    "cancer-when": "over-5-years",
    "fever-number": "high",
    "bad-headache": "no",
    "full-name": LONGEST_NAME,
}
"""About as bad as it gets: some 25 findings, most of them for today, and a dozen medicines."""


def face(summary: Summary, fit: Fit = FITS[0]) -> str:
    html = make_renderer().html(summary, Edition.CLINIC, fit=fit, face_only=True)
    return " ".join(html.split())


def rows(summary: Summary, fit: Fit = FITS[0]) -> list[str]:
    return re.findall(r'<tr class="finding .*?</tr>', face(summary, fit))


def plain_words(html: str) -> str:
    return unescape(" ".join(re.sub(r"<[^>]+>", "", html.replace("</th>", " ")).split()))


def test_the_worst_case_holds_its_history_scores_and_medicines_on_one_page():
    summary = summary_of(TWENTY_FIVE)
    (first,) = face_pages(summary, Edition.CLINIC)
    squeezed = re.sub(r"\s+", "", first)

    assert 22 <= len(summary.findings) <= 28
    assert len(summary.leading) >= 13
    for finding in summary.leading:
        assert re.sub(r"\s+", "", finding.staff) in squeezed
    assert re.sub(r"\s+", "", LONGEST_NAME) in squeezed
    assert re.search(r"and \d+ more, page \d+ Flags", first)
    assert "Roland-Morris 24 of 24, many limits (informal)" in first
    assert re.search(r"Levothyroxine sodium 3 .* and \d+ more, page \d+", first)
    assert "Every question with its answer: page" in first


@pytest.mark.proof
def test_more_findings_than_anybody_has_leave_room_for_medicines_and_allergies():
    (first,) = face_pages(summary_of(WORST), Edition.CLINIC)

    assert "Medicines and allergies" in first
    assert "Penicillin: hives all over in 1998." in first


@pytest.mark.parametrize("fit", FITS, ids=range(len(FITS)))
def test_each_score_is_a_bar_wherever_scores_are_shown(fit):
    html = face(summary_of(PLAIN), fit)
    shown = fit.rest in (Rest.ALL, Rest.CORE)

    assert html.count('<img src="asset:bar') == (9 if shown else 0)


def test_an_answer_behind_a_finding_leads_to_the_whole_answer():
    summary = summary_of(EMERGENCY)
    html = make_renderer().html(summary, Edition.CLINIC)
    target = re.search(r'<a href="#(answer-\d+)">numb between the legs: Yes', html)[1]
    answer = re.search(rf'<tr id="{target}">(.*?)</tr>', html, re.DOTALL)[1]

    assert "numbness or tingling between your legs" in answer


def test_where_room_is_short_the_answers_fill_the_line_of_their_finding():
    summary = summary_of(EMERGENCY)
    told = [plain_words(row) for row in rows(summary, TIGHTEST)]

    assert len(told) == len(summary.leading)
    assert any("one leg weak" in row.lower() and "Yes" in row for row in told)
    for finding, row in zip(summary.leading, told, strict=True):
        assert finding.staff in row
        words = row.removeprefix(finding.urgency_word).removesuffix(finding.rule_id)
        assert len(words.strip()) <= TIGHTEST.line + 6


def test_every_answer_that_a_rule_read_stands_with_its_finding_in_full():
    summary = summary_of(EMERGENCY)
    html = make_renderer().html(summary, Edition.CLINIC)
    whole = html[html.index('id="findings"') : html.index('id="scores"')]
    told = plain_words(whole)

    for finding in summary.findings:
        for piece in (*finding.because, *finding.beside):
            assert piece.text in told, finding.rule_id


def test_what_was_read_and_does_not_speak_for_a_finding_is_told_apart():
    finding = next(each for each in summary_of(EMERGENCY).findings if each.rule_id == "CES-1")

    spoken = {piece.key for piece in finding.because}
    beside = {piece.key: piece.text for piece in finding.beside}
    assert beside["poop-change"] == "leaking or not feeling poop: No"
    assert not spoken & set(beside)


def held(summary: Summary) -> Summary:
    """The same, its first finding held after its answer was changed."""
    change = Correction(
        key="saddle-numb",
        question="Is there new numbness between your legs?",
        before="Yes",
        before_at="8:42 am",
        after="No",
        after_at="8:43 am",
        text="Yes at 8:42 am, changed to No at 8:43 am",
        safety=True,
    )
    first = next(each for each in summary.findings if each.rule_id == "CES-1")
    kept = replace(first, held=True, because=(Piece("Where: Low back", "pain-where"),))
    others = tuple(each for each in summary.findings if each is not first)
    return replace(summary, findings=(kept, *others), corrections=(change,))


@pytest.mark.parametrize("fit", [FITS[0], TIGHTEST], ids=["roomy", "tight"])
def test_a_finding_that_stays_after_a_change_tells_both_times_and_not_what_is_said_now(fit):
    row = plain_words(rows(held(summary_of(EMERGENCY)), fit)[0])

    assert "Answers changed since; it stands." in row
    assert "Yes at 8:42 am, changed to No at 8:43 am" in row
    assert "Where: Low back" not in row


def test_an_open_screen_stands_in_its_own_line_and_not_among_the_flags():
    flags = re.search(r'class="lines flags">(.*?)</table>', face(summary_of(PLAIN)))[1]

    assert "Fracture" in flags
    assert "Incomplete screen" not in flags
