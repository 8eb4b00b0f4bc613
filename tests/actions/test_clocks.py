"""By when somebody has to have acted."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from clinic.actions.clocks import act_by
from clinic.triage.assess import Assessment
from clinic.triage.rules import Urgency

ZONE = ZoneInfo("America/New_York")
EVENING = datetime(2026, 3, 18, 1, 30, tzinfo=UTC)  # 9:30 pm on 17 March in New York


def due(urgency: Urgency, *, incomplete: bool = False) -> str:
    assessment = Assessment(
        urgency=urgency,
        incomplete=incomplete,
        findings=(),
        flags={},
        unanswered=(),
        rules_version="1",
        rules_hash="",
    )
    return f"{act_by(assessment, EVENING, ZONE).astimezone(ZONE):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("urgency", "by"),
    [
        (Urgency.EMERGENCY_NOW, "2026-03-17 21:30"),
        (Urgency.SAME_DAY, "2026-03-17 23:59"),
        (Urgency.URGENT_2WK, "2026-03-31 23:59"),
        (Urgency.ROUTINE, "2026-04-28 23:59"),
        (Urgency.SELF_CARE, "2026-03-31 23:59"),
    ],
)
def test_the_clock_of_a_level_runs_in_days_of_the_clinic(urgency, by):
    assert due(urgency) == by


@pytest.mark.parametrize("urgency", [Urgency.SELF_CARE, Urgency.ROUTINE, Urgency.URGENT_2WK])
def test_an_incomplete_screen_is_called_on_the_same_day(urgency):
    assert due(urgency, incomplete=True) == "2026-03-17 23:59"
