"""The clocks of a referral."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.errors import BadInput
from clinic.referral.clocks import Clocks, Escalation, Pace, Span, is_booked_too_late
from clinic.referral.states import END_STATES, OPEN, State
from clinic.triage.rules import Urgency

ZONE = ZoneInfo("America/New_York")
FRIDAY = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("30m", FRIDAY + timedelta(minutes=30)),
        ("1h", FRIDAY + timedelta(hours=1)),
        ("2d", FRIDAY + timedelta(days=2)),
        ("1wd", FRIDAY + timedelta(days=3)),
        ("0d", datetime(2026, 11, 21, 4, 59, tzinfo=UTC)),
        ("0m", FRIDAY),
    ],
)
def test_a_span_is_counted_on_the_clock_in_days_or_in_working_days(text, after):
    assert Span.read(text).after(FRIDAY, ZONE) == after


def test_a_working_day_keeps_its_hour_when_the_clocks_change():
    before = datetime(2026, 10, 30, 13, 0, tzinfo=UTC)

    after = Span.read("1wd").after(before, ZONE)

    assert before.astimezone(ZONE).hour == after.astimezone(ZONE).hour == 9


@pytest.mark.parametrize("text", ["", "1", "h", "-1h", "1.5h", "1 h", "1000h", "1w"])
def test_what_is_no_span_is_refused_with_the_way_to_write_it(text):
    with pytest.raises(BadInput, match="write a span such as"):
        Span.read(text)


@pytest.mark.parametrize("state", OPEN)
@pytest.mark.parametrize("urgency", Urgency)
def test_every_open_state_has_a_clock(state, urgency):
    assert Clocks().due(state, urgency, FRIDAY, ZONE) is not None


@pytest.mark.parametrize("state", sorted(END_STATES))
def test_an_end_state_has_none(state):
    assert Clocks().due(state, Urgency.SAME_DAY, FRIDAY, ZONE) is None


@pytest.mark.parametrize("state", OPEN)
def test_what_is_more_urgent_never_waits_longer(state):
    dues = [Clocks().due(state, urgency, FRIDAY, ZONE) for urgency in Urgency]

    assert dues == sorted(dues)


def test_the_letter_of_an_urgent_referral_is_signed_within_a_day():
    due = Clocks().due(State.READY_FOR_SIGNOFF, Urgency.URGENT_2WK, FRIDAY, ZONE)

    assert due == FRIDAY + timedelta(days=1)


def test_after_the_patient_was_told_the_clock_starts_with_the_visit():
    visit = FRIDAY + timedelta(days=9)

    due = Clocks().due(State.PATIENT_NOTIFIED, Urgency.ROUTINE, FRIDAY, ZONE, visit_at=visit)

    assert due == visit + timedelta(days=1)


@pytest.mark.parametrize(
    ("state", "due"),
    [
        (State.DRAFT, "act by"),
        (State.DECLINED, "act by"),
        (State.SENT, "1h"),
        (State.SEEN, "1d"),
        (State.REPORT_RECEIVED, "2d"),
    ],
)
def test_no_clock_runs_past_the_time_to_be_seen_by_until_the_patient_was_seen(state, due):
    act_by = FRIDAY + timedelta(hours=6)

    found = Clocks().due(state, Urgency.SAME_DAY, FRIDAY, ZONE, act_by=act_by)

    assert found == (act_by if due == "act by" else Span.read(due).after(FRIDAY, ZONE))


def test_once_the_time_to_be_seen_by_is_past_the_span_of_the_state_counts():
    past = FRIDAY - timedelta(hours=1)

    due = Clocks().due(State.DECLINED, Urgency.SAME_DAY, FRIDAY, ZONE, act_by=past)

    assert due == FRIDAY + timedelta(days=1)


@pytest.mark.parametrize(("visit_days", "due_days"), [(7, 8), (8, 9), (9, 8)])
def test_a_visit_booked_too_late_is_an_alarm_when_the_time_to_be_seen_by_comes(
    visit_days, due_days
):
    visit_at, act_by = (FRIDAY + timedelta(days=days) for days in (visit_days, 8))

    due = Clocks().due(
        State.PATIENT_NOTIFIED, Urgency.ROUTINE, FRIDAY, ZONE, visit_at=visit_at, act_by=act_by
    )

    assert due == FRIDAY + timedelta(days=due_days)


def test_the_patient_is_told_before_the_visit():
    visit = FRIDAY + timedelta(days=1)

    due = Clocks().due(State.SCHEDULED, Urgency.ROUTINE, FRIDAY, ZONE, visit_at=visit)

    assert due == visit


def test_a_clinic_changes_one_pace_or_all_of_a_state():
    clocks = Clocks.read("sent.same_day=30m, declined=2d")

    assert clocks.changed[State.SENT, Pace.SAME_DAY] == Span(30, "m")
    assert {clocks.changed[State.DECLINED, pace] for pace in Pace} == {Span(2, "d")}
    assert (State.SENT, Pace.URGENT) not in clocks.changed


@pytest.mark.parametrize("text", ["sent", "sent=", "nowhere=1d", "sent.fast=1d", "cancelled=1d"])
def test_a_clock_that_is_not_there_is_named(text):
    with pytest.raises(BadInput):
        Clocks.read(text)


@pytest.mark.parametrize(("minutes", "late"), [(-1, False), (0, False), (1, True)])
def test_a_visit_after_the_time_to_act_is_too_late(minutes, late):
    assert is_booked_too_late(FRIDAY + timedelta(minutes=minutes), FRIDAY) is late


@pytest.mark.parametrize(
    ("pace", "due", "told"),
    [
        (Pace.SAME_DAY, "2026-11-24 10:00", "2026-11-24 11:00"),
        (Pace.URGENT, "2026-11-24 10:00", "2026-11-25 10:00"),
        (Pace.ROUTINE, "2026-11-27 10:00", "2026-11-30 10:00"),
    ],
)
def test_somebody_higher_is_told_an_hour_or_a_working_day_after_the_time(pace, due, told):
    ran_out, at = (datetime.fromisoformat(text).replace(tzinfo=ZONE) for text in (due, told))

    assert Escalation().is_due(pace, ran_out, at, ZONE)
    assert not Escalation().is_due(pace, ran_out, at - timedelta(seconds=1), ZONE)


def test_a_clinic_may_wait_longer_or_less_before_it_tells():
    changed = Escalation.read("same_day=30m, routine=0m")
    at = datetime(2026, 11, 24, 10, tzinfo=ZONE)

    assert changed.is_due(Pace.ROUTINE, at, at, ZONE)
    assert changed.is_due(Pace.SAME_DAY, at, at + timedelta(minutes=30), ZONE)
    assert not changed.is_due(Pace.URGENT, at, at + timedelta(hours=23), ZONE)
    for wrong in ("soon=1h", "same_day", "same_day=never"):
        with pytest.raises(BadInput):
            Escalation.read(wrong)
