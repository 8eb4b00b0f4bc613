"""Scores, stretch plan, gate and set level on both papers, and the worst case on one page."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache

import pytest

from clinic.pdf.handout import NEXT
from clinic.pdf.render import Edition
from clinic.summary.given import EarlierScores, LevelSet, TypedByStaff
from clinic.triage.assess import assess_intake
from clinic.triage.guidance import guidance_of_intake
from clinic.triage.rules import Urgency
from clinic.triage.typed_totals import typed_score
from tests.pdf.printing import (
    face,
    face_pages,
    make_renderer,
    pages_of,
    patient_words,
    printed_pages,
    shipped_handouts,
    words_of,
)
from tests.summary.patients import (
    EMERGENCY,
    LONG,
    LONG_TEXT,
    PLAIN,
    SENT,
    make_sent_intake,
    shipped_book,
    summary_of,
)

END_OF_PAGE_ONE = "Every question with its answer: page"
BY_STAFF = "Dr. Amira Lee"
BOTH_PAPERS = ["letter", pytest.param("a4", marks=pytest.mark.proof)]
EVERY_TEXT = (
    *("childs-pose", "knee-to-chest", "sphinx"),
    *("stem-cell-therapy", "platelet-rich-plasma", "choosing-a-facility"),
)
WORST = {
    **LONG,
    **EMERGENCY,
    **dict.fromkeys(
        [
            *("chest-now", "arm-jaw", "sudden-severe", "faint", "fever", "tearing"),
            *("poop-change", "legs-weak", "unsteady", "major-injury", "hit-head"),
            *("aneurysm", "leg-cold", "leg-swollen"),
        ],
        "yes",
    ),
    "full-name": "Maximiliana Konstantinopoulou-Featherstonehaugh",
    "helper-name": "Wilhelmina Featherstonehaugh-Konstantinopoulou",
    "chest-kind": ["new"],
    "sudden-kind": "nothing",
    "faint-kind": ["passed-out"],
    "very-ill": ["confused", "racing"],
    "walk-now": "no-legs",
    "cancer-when": "active",
    "infection-risk": ["injects", "dialysis"],
    "injury-when": "within-7-days",
    "injury-checked": "not-checked",
    "belly-signs": ["belly-bad", "vomit-blood", "black-poop"],
    "pain-story": LONG_TEXT,
    "goals": LONG_TEXT,
    "peg-enjoyment": 9,
    "peg-activity": 9,
    "rmdq": [f"item-{n}" for n in range(1, 25)],
    **{f"phq4-{part}": "nearly-every-day" for part in ("nervous", "worry", "interest", "down")},
    **{f"medicines.{n}.medicine-name": f"Levothyroxine sodium {n}" for n in range(12)},
}
TYPED = {
    "odi": {"total": Decimal(44)},
    "start-back": {"total": Decimal(7), "psych": Decimal(4)},
    "orebro-short": {"total": Decimal(61)},
    "nih-impact": {"total": Decimal(36)},
}


def squeezed(text):
    return re.sub(r"\s+", "", text)


def typed_totals():
    table = shipped_book().scores
    return [
        TypedByStaff(typed_score(table, total, parts), date(2026, 11, 24), BY_STAFF)
        for total, parts in TYPED.items()
    ]


def earlier_scores(answers):
    intake = make_sent_intake(answers)
    assessment = assess_intake(shipped_book().red_flags, intake, SENT.date())
    day = date(2026, 8, 3)
    return EarlierScores(day, guidance_of_intake(shipped_book(), intake, assessment, day).scores)


def routine_instead_of(computed):
    at = datetime(2026, 11, 24, 15, 5, tzinfo=UTC)
    return LevelSet(computed, Urgency.ROUTINE, "Examined today.", BY_STAFF, at)


def paper(answers, edition, part="body", **more):
    """The words of a paper, or of a part of it."""
    return words_of(make_renderer().html(summary_of(answers, **more), edition), part)


@cache
def second_visit(edition, part="body"):
    """The paper of a patient whom staff know from August, or a part of it."""
    more = {
        "earlier": [earlier_scores({**PLAIN, "pain-now": 7})],
        "typed": typed_totals(),
        "level": routine_instead_of(Urgency.SAME_DAY),
    }
    return paper(PLAIN, edition, part, **more)


def careful_plan(part="body"):
    """The patient's edition of somebody with one stretch eased, one left out, one to ask for."""
    return paper(
        {
            **PLAIN,
            "move-limits": ["knee", "belly-down"],
            "new-joints": ["hip"],
            "leg-pain": "above-knee",
        },
        Edition.PATIENT,
        part,
    )


@pytest.mark.parametrize("edition", list(Edition))
@pytest.mark.parametrize("name", ["plain", pytest.param("emergency", marks=pytest.mark.proof)])
def test_the_numbers_to_call_stand_on_every_page(name, edition):
    """The patient of an emergency is a proof; in each run the plain one holds the same line."""
    for page in printed_pages(name, edition):
        assert "In danger: call 911. Thoughts of suicide: call or text 988." in page


def test_the_provider_reads_number_range_and_direction_but_no_band_on_the_patients_paper():
    first = face("plain", Edition.PATIENT)[0]

    assert "Scores (higher = worse, unless it says better)" in first
    assert "PEG 4.7 of 10" in first
    assert "Own activities 4.5 of 10, higher = better" in first
    for word in ("official", "informal", "moderate", "Severe band", "Persistent"):
        assert word not in first


def test_the_clinic_reads_band_kind_range_direction_and_source():
    pages = printed_pages("plain", Edition.CLINIC)
    text = " ".join(pages)

    assert "PEG 4.7 of 10, moderate (informal)" in pages[0]
    assert "0 to 10, higher = worse. moderate (informal band)." in text
    assert "Informal bands: mild from 0, moderate from 4, severe from 7." in text
    assert "Source: Boonstra and others 2016" in text


def test_what_is_not_scored_says_why():
    assert "PEG: 2 of 3 questions not answered." in face("emergency", Edition.PATIENT)[0]


def test_the_change_since_last_time_is_told_by_both_tests_to_the_clinic_alone():
    clinic = second_visit(Edition.CLINIC)

    assert "better by 3 since August 3, 2026, meaningful" in clinic
    assert "Test by points (2 or more): met. Test by percent (42.9%; 30% or more): met." in clinic
    assert "since August 3" not in second_visit(Edition.PATIENT)


def test_a_typed_total_stands_with_who_typed_it_and_when():
    clinic = second_visit(Edition.CLINIC)

    assert "Oswestry Disability Index 44 of 100" in clinic
    assert "Typed in by Dr. Amira Lee, November 24, 2026." in clinic


def test_the_level_set_stands_beside_the_one_of_the_rules_for_the_clinic_alone():
    words = "Rules: same day. Set to routine by Dr. Amira Lee (clinician) on November 24, 2026"

    assert words in second_visit(Edition.CLINIC, "#face")
    assert "Examined today" not in second_visit(Edition.PATIENT)
    assert BY_STAFF not in second_visit(Edition.PATIENT, "#you")


def test_the_plan_gives_each_stretch_its_verdict_reason_change_and_hold():
    plan = careful_plan(".plan")

    assert "You may try this stretch in an easier way." not in plan
    assert "Ask your provider before you try this stretch." in plan
    assert "Leave this stretch out for now." in plan
    assert "Left out because you told us that you can't lie on your belly." in plan
    assert "If your provider says yes:" in plan


def test_what_may_not_be_done_now_has_no_steps_and_no_drawing():
    text = careful_plan()

    assert "Lie on the floor on your stomach." not in text
    assert "Get on your hands and knees" not in text


def test_an_eased_stretch_shows_the_form_to_use_and_its_shorter_hold():
    text = paper({**PLAIN, "move-limits": ["shoulder"]}, Edition.PATIENT)

    assert "The form for you Your own way" in text
    assert "“Your own way” comes first." in text
    assert "Made easier because you told us about a sore shoulder." in text
    assert text.count("Hold for up to 30 seconds.") >= 4


def test_a_stretch_that_is_never_longer_than_a_minute_is_told_with_its_own_hold():
    text = " ".join(printed_pages("plain", Edition.PATIENT))

    assert "Hold for 1 minute, or as long as it feels good." in text
    assert "You may try this stretch." in text


def test_the_clinic_reads_the_staff_reasons_for_each_verdict():
    text = paper({**PLAIN, "pregnant": "could-be"}, Edition.CLINIC)

    assert "Stretch advice" in text
    assert "Could be pregnant" in text


def test_a_private_answer_is_not_named_in_the_patients_plan():
    plan = paper({**PLAIN, "pregnant": "could-be"}, Edition.PATIENT, ".plan")

    assert "one of your private answers calls for care" in plan
    assert "pregnan" not in plan.lower()


def test_the_gate_has_one_sentence_for_the_patient_and_a_checklist_for_the_clinic():
    clinic = patient_words("long", Edition.CLINIC)
    options = paper(LONG, Edition.PATIENT, ".options")
    gate = summary_of(LONG).regenerative

    assert gate.patient in options
    assert "Checklist for PRP or stem cells" in clinic
    for line in gate.present:
        assert squeezed(line.staff) in squeezed(clinic)
        assert line.staff not in options
    assert "Platelet count" not in options
    denied = re.search(r"Denied (.*?) To look up", clinic)[1]
    assert squeezed(gate.in_state("denied")[0].staff) in squeezed(denied)


def test_who_did_not_ask_is_told_nothing_by_the_gate():
    text = " ".join(printed_pages("plain", Edition.PATIENT))

    assert summary_of(PLAIN).regenerative.patient not in text
    assert "Checked on November 23, 2026." in text


@pytest.mark.parametrize(
    ("day", "overdue"), [(date(2027, 5, 1), ()), (date(2027, 5, 2), (*NEXT, *EVERY_TEXT))]
)
def test_every_text_on_paper_is_overdue_from_the_day_after_its_date(day, overdue):
    assert shipped_handouts()["en"].overdue_on(day) == overdue


def test_a_label_with_one_line_that_is_due_is_overdue():
    handout = shipped_handouts()["en"]
    option = handout.options[0]
    sooner = replace(handout, due={**handout.due, option.id: SENT.date()})

    assert sooner.overdue_on(date(2026, 11, 24)) == (option.id,)


def test_the_paper_says_which_of_its_texts_were_to_be_checked_again():
    told = "This was due to be checked again. It may be out of date. Ask your provider."
    words = [
        make_renderer().html(summary_of(PLAIN, overdue=overdue), Edition.PATIENT).count(told)
        for overdue in ((), ("stem-cell-therapy",), EVERY_TEXT)
    ]

    assert words == [0, 1, len(EVERY_TEXT)]


def test_each_text_on_paper_says_who_has_not_read_it_until_somebody_has():
    mark, handout = "Awaiting clinical review.", shipped_handouts()["en"]
    summary, kept = summary_of(PLAIN), ("childs-pose", "stem-cell-therapy", *NEXT)
    signed = dict.fromkeys(handout.marks, ())
    some = signed | dict.fromkeys(kept, (mark,))
    renderer = make_renderer()
    told = []
    for marks in (handout.marks, some, signed):
        before = renderer.handouts
        renderer.handouts = {"en": replace(handout, marks=marks)}
        try:
            told.append(renderer.html(summary, Edition.PATIENT).count(mark))
        finally:
            renderer.handouts = before
    allowed = sum(stretch.allowed for stretch in summary.stretches)

    # Twice a stretch, once an option, once for what is next, once for choosing a place.
    assert told == [2 * allowed + len(handout.options) + 2, 2 + 1 + 1, 0]
    assert allowed == 3


def test_each_label_on_paper_names_its_sources():
    html = make_renderer().html(summary_of(PLAIN), Edition.PATIENT)
    rows = re.findall(r"<b>Sources:</b> (.*?) <b>Checked on</b>", html)

    assert len(rows) == 2
    for name in ("Schneider and others", "American College of Physicians 2017"):
        assert all(name in row for row in rows), name


def test_the_clinics_paper_names_the_drawing_that_the_patient_is_shown():
    html = make_renderer().html(summary_of({**PLAIN, "move-limits": ["shoulder"]}), Edition.CLINIC)

    assert "Drawing shown: form with pillows." in html
    assert "Drawing shown: form on the forearms." in html


@pytest.mark.parametrize("edition", list(Edition))
def test_each_paper_names_the_tables_that_made_it_with_their_hashes(edition):
    html = make_renderer().html(summary_of(PLAIN), edition)
    book = shipped_book()

    for table in (book.scores, book.stretches, book.regenerative):
        assert f"{table.version} {table.hash[:12]}" in html


def worst_case():
    level = LevelSet(Urgency.EMERGENCY_NOW, Urgency.EMERGENCY_NOW, LONG_TEXT, BY_STAFF, SENT)
    return summary_of(WORST, typed=typed_totals(), earlier=[earlier_scores(PLAIN)], level=level)


def page_of_the_cut(summary, first):
    """Look at the first page of the worst case; give the page that it leads to."""
    others = len(summary.findings) - len(summary.leading)
    assert END_OF_PAGE_ONE in first
    for finding in summary.leading:
        assert squeezed(finding.staff) in squeezed(first)
    last = summary.leading[-1].rule_id
    cut = re.search(rf"{last} and (\d+) more, page (\d+)", first)
    assert int(cut[1]) <= others
    return int(cut[2])


@pytest.mark.parametrize("paper", BOTH_PAPERS)
def test_the_worst_case_holds_on_one_page_and_never_cuts_what_is_for_today(paper):
    summary = worst_case()
    printed = face_pages(summary, Edition.CLINIC, paper=paper)

    assert len(summary.findings) > 25
    assert len(summary.section("medicines").lines[0].pieces) >= 12
    assert len(printed) == 1
    assert page_of_the_cut(summary, printed[0])
    whole = words_of(make_renderer().html(summary, Edition.CLINIC))
    assert "Roland-Morris, 24 sentences" in whole


@pytest.mark.proof
@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_the_worst_case_leads_to_the_page_of_its_findings(paper):
    """In each run the test before holds the first page, and in test_render a cut list its page."""
    summary = worst_case()
    printed = pages_of(make_renderer().render_summary(summary, Edition.CLINIC, paper=paper))

    assert [END_OF_PAGE_ONE in page for page in printed] == [True] + [False] * (len(printed) - 1)
    assert "Findings in full" in printed[page_of_the_cut(summary, printed[0]) - 1]
    assert "Roland-Morris, 24 sentences" in " ".join(printed)


@pytest.mark.parametrize("paper", BOTH_PAPERS)
def test_many_findings_that_can_wait_are_cut_with_their_number_and_page(paper):
    waiting = {
        **LONG,
        "medicines.12.medicine-name": None,
        "medicines.13.medicine-name": None,
        "back-facts": ["stenosis", "disc", "slipped-bone"],
        "pain-nights": "yes",
        "unwell": "yes",
        "smoke-ever": "now",
        "pain-worst": 10,
        "pain-now": 9,
        "blood-thinner": ["not-sure"],
    }
    summary = summary_of(waiting)
    (first,) = face_pages(summary, Edition.CLINIC, paper=paper)
    others = len(summary.findings) - len(summary.leading)
    shown = [finding for finding in summary.findings if squeezed(finding.staff) in squeezed(first)]

    assert others > 5
    assert END_OF_PAGE_ONE in first
    assert f"and {len(summary.findings) - len(shown)} more, page" in first
