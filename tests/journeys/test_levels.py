"""One patient for each level: what they are told on the last page, and where staff find them.

Each run: `test_the_words_follow_the_urgency` and
`test_the_done_page_says_what_to_do_in_fixed_words_and_no_level` in tests/web/test_intake.py,
`test_the_headings_stand_in_the_order_of_urgency_with_their_counts` and
`test_a_row_says_who_why_and_since_when` in tests/web/test_staff_worklist.py.
"""

from dataclasses import dataclass

import pytest

from clinic.library.places import content_dir
from clinic.library.rules import read_rules
from tests.journeys.conftest import Waiting

pytestmark = [pytest.mark.journey, pytest.mark.proof]

RULES = read_rules(content_dir())
MOST_WORDS = 12
NEVER_SAID = (
    *("emergency_now", "same_day", "urgent_2wk", "self_care", "urgency", "red flag"),
    *("cauda", "cancer", "tumor", "infection", "fracture", "compression", "syndrome"),
)
"""Levels and names of conditions: a patient reads what to do, and never what it may be."""


@dataclass(frozen=True)
class Level:
    """A patient, the page where it happens, what they are told, and where staff look."""

    name: str
    step: str
    answers: dict[str, list[str]]
    told: str
    group: str
    rule: str


LEVELS = {
    "emergency_now": Level(
        name="Erna Emergency",
        step="feeling",
        answers={
            "saddle-numb": ["yes"],
            "saddle-touch": ["dull"],
            "saddle-numb-course": ["start-2-weeks"],
        },
        told="Do not wait for us to read them.",
        group="Emergency",
        rule="CES-1",
    ),
    "same_day": Level(
        name="Sami Sameday",
        step="illness",
        answers={"fever": ["yes"], "fever-number": ["high"], "bad-headache": ["no"]},
        told="You need to talk to a clinician today.",
        group="Call today",
        rule="INF-2",
    ),
    "urgent_2wk": Level(
        name="Wim Twoweeks",
        step="illness",
        answers={"weight-loss": ["yes"]},
        told="You need a visit within 2 weeks.",
        group="Within 2 weeks",
        rule="CA-3",
    ),
    "routine": Level(
        name="Rory Routine",
        step="feeling",
        answers={
            "leg-pain": ["below-knee"],
            "leg-worse-bend": ["no"],
            "leg-worse-back": ["no"],
        },
        told="Book a visit. It can be a normal visit.",
        group="Routine",
        rule="MOT-5",
    ),
    "self_care": Level(
        name="Selma Selfcare",
        step="pain",
        answers={"pain-now": ["3"]},
        told="You can start with self-care.",
        group="Self-care",
        rule="",
    ),
}


@pytest.mark.parametrize("level", LEVELS)
def test_a_patient_is_told_what_to_do_and_staff_find_them(
    waiting_room: Waiting, level: str
) -> None:
    case = LEVELS[level]
    patient = waiting_room.patient()
    patient.arrives_at(case.step, case.name)
    patient.plans |= case.answers
    patient.fills_in()
    patient.continues()

    if level == "emergency_now":
        assert patient.path == "/intake/urgent"
        assert "911" in patient.heading
        patient.presses("I have read this. Go on with the questions")
    assert patient.path != "/intake/urgent"
    patient.hurries()
    patient.sends()

    assert patient.path == "/intake/done"
    assert ("911" in patient.heading) == (level == "emergency_now")
    patient.sees(case.told)
    others = {other.told for other in LEVELS.values()} - {case.told}
    assert not [words for words in others if words in patient.words]
    told = patient.words.lower()
    assert not [word for word in NEVER_SAID if word in told]

    clinician = waiting_room.staff("clinician")
    row = clinician.finds(case.name, case.group)
    if case.rule:
        reason = RULES.rule(case.rule).row_words
        assert reason in row.locator(".patient_row__reason").inner_text()
        assert len(reason.split()) <= MOST_WORDS
    clinician.reads(case.name)
    assert case.name in clinician.heading
    if case.rule:
        finding = clinician.page.locator("li.red_flag").filter(has_text=f"Rule {case.rule}")
        assert finding.first.locator(".red_flag__answers li").count()
