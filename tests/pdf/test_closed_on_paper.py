"""The patient's paper says when somebody is there, and whom to call when nobody is."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from clinic.opening import read_opening_hours
from clinic.pdf.render import Edition
from clinic.summary.model import Summary
from tests.pdf.printing import make_renderer
from tests.summary.patients import CLINIC, PLAIN, make_sent_intake, make_summary

OPEN = replace(CLINIC, hours=read_opening_hours("Mon-Fri 08:00-17:00"))
FEVER = {**PLAIN, "fever": "yes", "fever-number": "high"}
IN_TIME = datetime(2026, 11, 23, 21, 59, tzinfo=UTC)
AFTER_CLOSING = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
GO_NOW = "Nobody here can call you back today. <strong>Go to an emergency room now.</strong>"


def for_you(summary: Summary) -> str:
    """The patient's own page."""
    html = make_renderer().html(summary, Edition.PATIENT)
    page = html[html.index("<h1>For you</h1>") :]
    return " ".join(page[: page.index("</section>")].split())


def sent_at(moment: datetime, answers=PLAIN, clinic=OPEN) -> Summary:
    return make_summary(replace(make_sent_intake(answers), submitted_at=moment), clinic)


def test_the_paper_says_when_nobody_is_watching_and_whom_to_call():
    page = for_you(sent_at(IN_TIME))

    assert "We are there Monday to Friday, 8 am to 5 pm." in page
    assert "At any other time nobody here sees your answers." in page
    assert "call 911 or go to the emergency room" in page
    assert "Nobody may be reading this page. Do not wait for us." in page


def test_the_paper_names_the_line_that_is_answered_at_night():
    by_night = replace(OPEN, after_hours_phone="555-555-0142")

    assert "555-555-0142" in for_you(sent_at(IN_TIME, clinic=by_night))
    assert "while we are closed, call" not in for_you(sent_at(IN_TIME))


@pytest.mark.parametrize(
    ("answers", "moment", "told"),
    [
        (FEVER, IN_TIME, False),
        (FEVER, AFTER_CLOSING, True),
        (PLAIN, AFTER_CLOSING, False),
    ],
)
def test_whoever_must_talk_today_and_sent_after_closing_is_told_to_go_now(answers, moment, told):
    assert (GO_NOW in for_you(sent_at(moment, answers))) is told


def test_a_clinic_whose_hours_are_not_known_claims_none():
    page = for_you(sent_at(IN_TIME, clinic=CLINIC))

    assert "We are there" not in page
    assert "Nobody may be reading this page. Do not wait for us." in page
