"""The extra words that go with some findings stand on the patient's paper too."""

from dataclasses import replace

from clinic.pdf.render import Edition
from clinic.summary.model import Summary
from tests.pdf.printing import make_renderer
from tests.summary.patients import PLAIN, summary_of


def told(summary: Summary) -> str:
    """The part of the paper that says what happens next."""
    html = make_renderer().html(summary, Edition.PATIENT)
    return html[html.index("<h1>For you</h1>") : html.index("When not to wait")]


def patient(**changes: object) -> Summary:
    answers = {name.replace("_", "-"): value for name, value in changes.items()}
    return summary_of({**PLAIN, **answers})


def test_after_an_accident_the_paper_says_to_lie_still() -> None:
    text = told(
        patient(major_injury="yes", injury_when="within-7-days", injury_checked="not-checked")
    )

    assert "Lie still. Do not let anyone bend or lift you. Call 911." in text


def test_with_a_new_nerve_sign_the_paper_says_not_to_drive() -> None:
    assert "Do not drive.</p>" in told(patient(saddle_numb="yes", saddle_touch="dull"))


def test_the_paper_names_urgent_care_only_when_the_screen_is_complete() -> None:
    rash = patient(rash="yes")

    assert "urgent care" in told(replace(rash, incomplete=False))
    assert "urgent care" not in told(replace(rash, incomplete=True))


def test_a_plain_paper_has_no_extra_words() -> None:
    assert "Do not drive." not in told(patient())
