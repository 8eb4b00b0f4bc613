"""When nobody is at the clinic, patients are told so, and whom to call instead."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from clinic.app import create_app
from clinic.config import Settings, load_settings
from clinic.errors import Misconfigured
from clinic.opening import OpeningHours, is_open, opens_later_today, read_opening_hours
from tests.web.browser import Browser

NEW_YORK = ZoneInfo("America/New_York")
WEEK = read_opening_hours("Mon-Fri 08:00-17:00; Sat 09:00-12:00")
TOLD = "Nobody at the clinic is watching now"
EVENING = datetime(2026, 3, 17, 22, 0, tzinfo=UTC)
"""A Tuesday, 6 pm at the clinic."""
LATE = datetime(2026, 3, 17, 20, 50, tzinfo=UTC)
"""Ten minutes before it closes."""
EARLY = datetime(2026, 3, 17, 11, 0, tzinfo=UTC)
"""The same Tuesday, 7 am."""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


# --- the hours themselves ---


@pytest.mark.parametrize(
    ("local", "open_then"),
    [
        ("2026-03-16 07:59:59", False),
        ("2026-03-16 08:00:00", True),
        ("2026-03-16 16:59:59", True),
        ("2026-03-16 17:00:00", False),
        ("2026-03-20 16:59:00", True),
        ("2026-03-21 08:59:00", False),
        ("2026-03-21 09:00:00", True),
        ("2026-03-21 12:00:00", False),
        ("2026-03-22 10:00:00", False),
    ],
)
def test_the_clinic_is_open_from_the_first_minute_until_the_last(local, open_then):
    assert is_open(WEEK, at(local)) is open_then


@pytest.mark.parametrize(
    ("moment", "open_then"),
    [
        (datetime(2026, 3, 6, 12, 59, tzinfo=UTC), False),  # Friday before: 7:59 in winter
        (datetime(2026, 3, 6, 13, 0, tzinfo=UTC), True),
        (datetime(2026, 3, 9, 11, 59, tzinfo=UTC), False),  # Monday after: 7:59 in summer
        (datetime(2026, 3, 9, 12, 0, tzinfo=UTC), True),
        (datetime(2026, 10, 30, 20, 59, tzinfo=UTC), True),  # Friday before: 4:59 pm in summer
        (datetime(2026, 10, 30, 21, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 2, 21, 59, tzinfo=UTC), True),  # Monday after: 4:59 pm in winter
        (datetime(2026, 11, 2, 22, 0, tzinfo=UTC), False),
    ],
)
def test_the_hours_follow_the_clocks_of_the_clinic_into_summer_and_back(moment, open_then):
    assert is_open(WEEK, moment.astimezone(NEW_YORK)) is open_then


def test_the_hour_that_comes_twice_is_open_both_times_and_the_one_left_out_never_comes():
    night = read_opening_hours("Sun 01:00-03:00")
    twice = [datetime(2026, 11, 1, hour, 30, tzinfo=UTC).astimezone(NEW_YORK) for hour in (5, 6)]
    over = [datetime(2026, 3, 8, hour, 0, tzinfo=UTC).astimezone(NEW_YORK) for hour in (6, 7)]

    assert [local.hour for local in twice] == [1, 1]
    assert all(is_open(night, local) for local in twice)
    assert [local.hour for local in over] == [1, 3]
    assert [is_open(night, local) for local in over] == [True, False]


@pytest.mark.parametrize(
    ("local", "later"),
    [
        ("2026-03-16 00:00", True),
        ("2026-03-16 07:59", True),
        ("2026-03-16 08:00", False),
        ("2026-03-16 18:00", False),
        ("2026-03-22 07:00", False),
    ],
)
def test_whether_it_opens_again_on_the_same_day_is_known(local, later):
    assert opens_later_today(WEEK, at(local)) is later


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mon-Fri 08:00-17:00", "Monday to Friday, 8 am to 5 pm"),
        (
            "Mon-Fri 08:00-17:00; Sat 09:00-12:00",
            "Monday to Friday, 8 am to 5 pm, and Saturday, 9 am to noon",
        ),
        ("mon,wed 08:30-12:15", "Monday and Wednesday, 8:30 am to 12:15 pm"),
        ("Sat-Sun 00:00-24:00", "Saturday and Sunday, midnight to midnight"),
        ("Fri - Mon 13:00 - 20:00", "Monday and Friday to Sunday, 1 pm to 8 pm"),
        ("Tuesday 12:00-13:00", "Tuesday, noon to 1 pm"),
    ],
)
def test_hours_are_told_in_words(text, words):
    assert read_opening_hours(text).words == words


def test_a_clinic_that_never_closes_is_open_in_the_last_minute_of_the_day():
    always = read_opening_hours("Mon-Sun 00:00-24:00")

    assert is_open(always, at("2026-03-22 23:59:59"))
    assert is_open(always, at("2026-03-23 00:00:00"))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("weekdays 8 to 5", "cannot be read; write days and hours, such as Mon-Fri 08:00-17:00"),
        ("Mon-Fri 8:00-17:00", "cannot be read"),
        ("Mon-Fri 17:00-08:00", "must close after it opens"),
        ("Mon-Fri 08:00-08:00", "must close after it opens"),
        ("Mon-Fri 08:00-25:00", "there is no time 25:00"),
        ("Mon-Fri 08:60-17:00", "there is no time 08:60"),
        ("Moonday 08:00-17:00", "'Moonday' is no day; write Mon, Tue"),
        ("Mon-Wed-Fri 08:00-17:00", "is no day; write days such as Mon or Mon-Fri"),
        (" ; ", "write days and hours, such as"),
    ],
)
def test_wrong_hours_stop_the_start_with_a_sentence_that_tells_how(wrong, sentence):
    with pytest.raises(Misconfigured, match=r"^CLINIC_OPENING_HOURS: ") as caught:
        load_settings({"CLINIC_OPENING_HOURS": wrong})

    assert sentence in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_the_line_for_closed_hours_may_be_left_out_but_not_be_words():
    assert Settings().after_hours_phone == ""
    assert isinstance(Settings().hours, OpeningHours)
    with pytest.raises(Misconfigured, match=r"^CLINIC_AFTER_HOURS_PHONE: write a phone number"):
        load_settings({"CLINIC_AFTER_HOURS_PHONE": "ask at the door"})


# --- what patients are told ---


def test_nobody_is_said_to_be_away_while_the_clinic_is_open(patient):
    assert TOLD not in patient.answers_everything().text
    assert TOLD not in patient.sends().text
    assert TOLD not in patient.browser.get("/intake/").text


def test_on_the_first_page_of_the_form_a_closed_clinic_says_so(browser, clock):
    clock.now = EVENING
    told = browser.get("/intake/").select_one(".closed_now").text

    assert TOLD in told
    assert "Monday to Friday, 8 am to 5 pm" in told


def test_whoever_comes_back_to_a_form_is_told_before_it_opens(browser, clock):
    assert TOLD not in browser.get("/intake/resume").text
    clock.now = EVENING

    assert TOLD in browser.get("/intake/resume").select_one(".closed_now").text


def test_whoever_is_too_young_is_not_left_with_a_number_that_nobody_answers(patient, clock):
    clock.now = EVENING
    patient.agrees()
    patient.answers_step("about-you", birth_date_year="2012")
    page = patient.browser.follow()

    assert page.heading == "Call us: these questions are for adults"
    assert TOLD in page.select_one(".closed_now").text


def test_an_open_form_says_so_when_it_is_taken_up_again_but_not_beside_a_new_code(patient, clock):
    clock.now = EVENING
    assert TOLD not in patient.agrees().text
    patient.answers_step("about-you")

    assert TOLD in patient.browser.get("/intake/").select_one(".closed_now").text


def test_before_and_after_sending_a_closed_clinic_says_whom_to_call(patient, clock):
    clock.now = EVENING
    for page in (patient.answers_everything(), patient.sends()):
        told = page.select_one(".closed_now").text
        assert TOLD in told
        assert "call 911 or go to the emergency room" in told
        assert "call or text 988 at any hour" in told
        assert "Go to an emergency room now" not in told


def test_the_emergency_page_keeps_every_word_and_adds_that_nobody_watches(patient, clock):
    clock.now = LATE
    patient.agrees()
    patient.answers_step("right-now", walk_now="no-legs")
    by_day = patient.browser.follow()
    clock.forward(minutes=10)
    by_night = patient.browser.get(by_day.path)

    assert by_night.heading == "Call 911 or go to the emergency room now"
    assert by_day.select_one(".interruption").text == by_night.select_one(".interruption").text
    assert not by_day.has(".closed_now")
    told = by_night.select_one(".closed_now").text
    assert TOLD in told
    assert "Do not wait for us." in told
    assert "If you get worse" not in told


def test_whoever_must_talk_today_goes_to_an_emergency_room_once_we_have_closed(patient, clock):
    clock.now = LATE
    patient.answers_everything(leg_weak="yes", weak_kind="cant-lift")
    clock.forward(minutes=10)
    page = patient.sends()

    assert "You need to talk to a clinician today." in page.text
    told = page.select_one(".closed_now").text
    assert "Nobody here can call you back today. Go to an emergency room now." in told
    assert "If you get worse" not in told


def test_whoever_must_talk_today_may_wait_for_the_call_before_we_open(patient, clock):
    clock.now = EARLY
    patient.answers_everything(leg_weak="yes", weak_kind="cant-lift")
    page = patient.sends()

    assert TOLD in page.text
    assert "If no one has talked with you by 5 pm, go to an emergency room." in page.text
    assert "Nobody here can call you back today" not in page.text


def test_who_looks_up_the_state_of_things_is_told_too(patient, clock):
    patient.answers_everything(leg_weak="yes", weak_kind="cant-lift")
    patient.sends()
    clock.now = EVENING
    patient.browser.get("/status")
    patient.browser.submit(patient.code_and_birth_date())

    assert "Nobody here can call you back today." in patient.browser.follow().text


def test_a_line_that_is_answered_at_night_is_named(settings, database, shelf, pool, clock):
    clock.now = EVENING
    with_line = settings.model_copy(update={"after_hours_phone": "555-555-0142"})
    app = create_app(with_line, database=database, shelf=shelf, pool=pool, clock=clock)

    told = Browser(app).get("/intake/").select_one(".closed_now")
    assert "For advice while we are closed, call 555-555-0142." in " ".join(told.text.split())
