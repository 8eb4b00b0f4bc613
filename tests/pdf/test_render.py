"""The paper itself: real templates, real fonts, real WeasyPrint, read back by another library."""

import re
from dataclasses import replace
from io import BytesIO

import pikepdf
import pytest
from pypdf import PdfReader

from clinic.errors import Unavailable
from clinic.library.places import content_dir
from clinic.pdf.assets import Assets
from clinic.pdf.render import Edition
from clinic.summary.model import AdditionWords, Correction
from clinic.triage.rules import Urgency
from tests.make import make_intake
from tests.pdf.printing import (
    FONTS,
    PATIENTS,
    FaceAlone,
    face,
    face_pages,
    make_renderer,
    pages_of,
    patient_words,
    printed,
    printed_pages,
    shipped_handouts,
    words_of,
)
from tests.summary.patients import EMERGENCY, LONG, LONG_TEXT, PLAIN, make_summary, summary_of

SHORTER = [name for name in PATIENTS if name != "long"]
CONDITION_NAMES = ("cauda equina", "fracture", "infection", "cord compression", "spondylo")
END_OF_PAGE_ONE = "Every question with its answer: page"


def squeezed(text: str) -> str:
    """A text without its white space, since lines may break anywhere."""
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("edition", list(Edition))
@pytest.mark.parametrize("name", list(PATIENTS))
def test_the_first_page_is_one_page(name, edition):
    pages = face(name, edition)

    assert len(pages) == 1
    assert END_OF_PAGE_ONE in pages[0]


@pytest.mark.parametrize(
    "name", ["long", *(pytest.param(name, marks=pytest.mark.proof) for name in SHORTER)]
)
def test_the_first_page_stays_one_page_when_the_others_follow(name):
    """In each run the first page is laid out alone for every patient; here they are whole."""
    for edition in (Edition.PATIENT,) if name == "long" else tuple(Edition):
        pages = printed_pages(name, edition)

        assert [END_OF_PAGE_ONE in page for page in pages] == [True] + [False] * (len(pages) - 1)


def test_every_answer_stands_in_the_last_part():
    pages = printed_pages("long", Edition.PATIENT)
    start = next(n for n, page in enumerate(pages) if "Every question and answer" in page)
    holds_every_answer(" ".join(without_footer(page) for page in pages[start:]))


def test_every_answer_stands_in_the_last_part_of_the_clinics_paper():
    html = make_renderer().html(summary_of(LONG), Edition.CLINIC)
    holds_every_answer(words_of(html, "#answers"))


def holds_every_answer(part: str) -> None:
    last_part = squeezed(part)
    for said in summary_of(LONG).said():
        assert squeezed(said.question) in last_part, said.link_id
        for words in said.answers or ("Not answered",):
            assert squeezed(words) in last_part, said.link_id


def without_footer(page: str) -> str:
    return re.sub(r"\S+ \S+ · K7QM-2R9D Reported by.*?Page \d+ of \d+", " ", page)


@pytest.mark.parametrize("edition", list(Edition))
def test_every_page_has_name_reference_page_number_versions_and_hash(edition):
    pages = printed_pages("plain", edition)

    for number, page in enumerate(pages, 1):
        assert "Rosa Delgado · K7QM-2R9D" in page
        assert f"Page {number} of {len(pages)}" in page
        assert "Reported by the patient, not examined · low-back-intake 1.0.0" in page
        assert summary_of(PLAIN).versions.rules_hash[:12] in page


def test_the_patients_edition_names_no_level_and_no_condition():
    html = make_renderer().html(summary_of(EMERGENCY), Edition.PATIENT)
    text = face("emergency", Edition.PATIENT)[0] + words_of(html, "#you")

    for word in ("Emergency now", "Same day", "urgency", "CES-1"):
        assert word not in text
    for word in CONDITION_NAMES:
        assert word not in text.lower()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("emergency", "Call 911 or go to the emergency room now. Do not wait for us to call."),
        ("plain", "Book a visit. It can be a normal visit."),
        ("empty", "Some safety questions have no answer yet."),
    ],
)
def test_what_happens_next_is_said_in_fixed_words(name, words):
    html = make_renderer().html(summary_of(PATIENTS[name]), Edition.PATIENT)

    assert words in words_of(html, "#you")


def test_every_urgency_has_its_fixed_words():
    steps = shipped_handouts()["en"].next_steps

    assert set(steps) == {*(urgency.value for urgency in Urgency), "incomplete"}
    assert "If no one has talked with you by 5 pm" in steps["same_day"][1]


def test_the_safety_net_is_on_the_patients_page_with_its_date():
    page = printed_pages("plain", Edition.PATIENT)[1]

    assert "numbness between your legs or around your bottom" in page
    assert "Printed with your answers of November 23, 2026" in page
    assert "call or text 988" in page


def test_nobody_who_must_be_seen_today_is_given_a_stretch():
    text = patient_words("emergency", Edition.PATIENT)

    assert "No stretch here until you have talked with a provider." in text
    assert "Left out because you need to be seen first." in text
    assert "Get on your hands and knees" not in text


def test_the_three_stretches_have_steps_hold_stop_rules_and_drawings():
    text = " ".join(printed_pages("plain", Edition.PATIENT))

    for stretch in shipped_handouts()["en"].stretches:
        assert f"{stretch.title}: when not to do it" in text
        assert len(stretch.stop) == 2
        assert len(stretch.not_if) >= 2
    assert "Stop and call 911 if you get:" in text
    assert "Stop and call us at 555-555-0100 if:" in text
    assert "Hold for 30 seconds to 1 minute" in text
    assert (
        len(figures(printed("plain", Edition.PATIENT))) == 2 + 1 + 9 + 3 + 9
    )  # the clinic's mark on both first pages, body, bars, plan, pages


def test_the_clinic_edition_leads_with_urgency_findings_answers_and_flags():
    first = face("emergency", Edition.CLINIC)[0]

    assert "Emergency now Act now" in first
    for finding in summary_of(EMERGENCY).leading:
        assert squeezed(finding.staff) in squeezed(first)
    assert "numb between the legs: Yes; Does it feel normal? No, it feels dull" in first
    assert "Present Cauda equina" in first
    assert "Asked and denied" in first
    assert "Not sure or not answered" in first


@pytest.mark.proof
def test_findings_of_today_are_never_cut_from_the_first_page():
    risky = {
        **EMERGENCY,
        **dict.fromkeys(
            [
                *("chest-now", "arm-jaw", "sudden-severe", "faint", "fever", "tearing"),
                *("poop-change", "legs-weak", "unsteady", "major-injury", "hit-head"),
                *("aneurysm", "leg-cold", "leg-swollen"),
            ],
            "yes",
        ),
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
    }
    summary = summary_of(risky)
    pages = face_pages(summary, Edition.CLINIC)

    assert len(summary.leading) > 25
    assert END_OF_PAGE_ONE in pages[0]
    for finding in summary.leading:
        assert squeezed(finding.staff) in squeezed(pages[0])


def test_a_list_that_is_cut_says_how_many_more_and_on_which_page():
    pages = printed_pages("long", Edition.PATIENT)
    cut = re.search(r"Medicines (.*?) and (\d+) more, page (\d+)", pages[0])

    assert cut is not None
    shown = cut[1].count("; ") + 1
    assert shown + int(cut[2]) == 14
    assert "Name of the medicine" in pages[int(cut[3]) - 1]


def test_a_draft_says_that_it_was_not_sent():
    draft = make_summary(make_intake({"full-name": "Ada Byron"}))

    html = make_renderer().html(draft, Edition.PATIENT)

    assert "Not sent yet." in html


def test_the_paper_is_letter_unless_a4_is_asked_for():
    a4 = make_renderer(FaceAlone).render_summary(summary_of(PLAIN), Edition.CLINIC, paper="a4")

    assert paper_size(printed("plain", Edition.CLINIC)) == (612, 792)
    assert paper_size(a4) == (595, 842)


def paper_size(pdf: bytes) -> tuple[int, int]:
    box = PdfReader(BytesIO(pdf)).pages[0].mediabox
    return round(box.width), round(box.height)


ADDED = (AdditionWords("I had the same pain in 2019.", "November 24, 2026, 9:15 am"),)


@pytest.mark.proof
def test_large_type_takes_more_pages_and_page_one_stays_one():
    """In each run the test after holds page one, and test_fit that the style is larger."""
    summary = replace(summary_of(PLAIN), additions=ADDED)
    large = make_renderer().render_summary(summary, Edition.PATIENT, large=True)
    pages = pages_of(large)

    assert len(pages) > len(printed_pages("plain", Edition.PATIENT)) + 1
    assert END_OF_PAGE_ONE in pages[0]
    assert "For you" in pages[1]
    assert sum("Added after sending" in page for page in pages) == 1


def test_in_large_type_page_one_stays_one():
    pages = face_pages(summary_of(PLAIN), Edition.PATIENT, large=True)

    assert len(pages) == 1
    assert END_OF_PAGE_ONE in pages[0]


@pytest.mark.parametrize("edition", list(Edition))
def test_what_was_added_after_sending_is_told_on_page_one(edition):
    (page,) = face_pages(replace(summary_of(PLAIN), additions=ADDED), edition)

    assert "The patient added to this after sending: I had the same pain in 2019." in page
    assert END_OF_PAGE_ONE in page


@pytest.mark.parametrize("edition", list(Edition))
def test_the_file_is_tagged_titled_and_claims_pdf_ua_and_pdf_a(edition):
    with pikepdf.open(BytesIO(printed("plain", edition))) as pdf:
        metadata = bytes(pdf.Root.Metadata.read_bytes())

        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "en"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert "K7QM-2R9D" in str(pdf.docinfo["/Title"])
        assert "Delgado" not in str(pdf.docinfo["/Title"])
        assert b"<pdfuaid:part>1</pdfuaid:part>" in metadata
        assert b'pdfaid:part="3"' in metadata
        with pdf.open_outline() as outline:
            assert len(outline.root) >= 2


def test_every_picture_has_words():
    for words in figures(printed("plain", Edition.PATIENT)):
        assert words


def test_the_body_map_is_told_in_words_and_its_marked_regions_are_filled():
    body = make_renderer().assets.body
    marked, plain = body.drawn(["low_back_right"]), body.drawn([])

    assert "#a3281c" in marked
    assert "#a3281c" not in plain
    assert marked.count("<path") == plain.count("<path") + 1
    first = face("plain", Edition.PATIENT)[0]
    assert "Right low back, Lower part of right buttock" in first


def test_one_patients_body_map_is_not_kept_for_the_next():
    renderer = make_renderer(FaceAlone)
    summary = summary_of(PLAIN)
    assert "body-map" in renderer.html(summary, Edition.CLINIC)

    renderer.render_summary(summary, Edition.CLINIC)

    assert renderer.pictures
    assert not [address for address in renderer.pictures if "body-map" in str(address)]


def test_a_missing_picture_stops_the_paper_instead_of_leaving_a_hole(monkeypatch):
    renderer = make_renderer()
    monkeypatch.delitem(renderer.assets.held, "asset:figures/sphinx.svg")
    monkeypatch.setattr(renderer, "pictures", {})

    with pytest.raises(Unavailable):
        renderer.render_summary(summary_of(PLAIN), Edition.PATIENT)


@pytest.mark.parametrize("address", ["file:///etc/hostname", "https://example.org/a.png", "a.svg"])
def test_nothing_but_an_asset_is_fetched(address):
    assets = Assets(content_dir() / "figures", list(FONTS.glob("*.woff2")))

    with pytest.raises(BaseException, match="not an asset"):
        assets.fetch(address)


def figures(pdf: bytes) -> list[str]:
    with pikepdf.open(BytesIO(pdf)) as opened:
        return [
            str(each.get("/Alt", ""))
            for each in opened.objects
            if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/Figure"
        ]


def test_a_safety_answer_that_was_changed_stands_on_the_first_page_for_the_provider():
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
    summary = replace(summary_of(PLAIN), corrections=(change,))

    (first,) = face_pages(summary, Edition.PATIENT)

    assert "Changed while answering:" in first
    assert "Yes at 8:42 am, changed to No at 8:43 am" in first
