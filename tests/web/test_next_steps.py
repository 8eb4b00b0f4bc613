"""The patient's next step for each referral, on /status."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from clinic.actions import referrals as acts
from clinic.referral.states import Act
from clinic.store.tables import intake as intake_table
from clinic.triage.rules import Urgency
from tests.web.browser import Browser, Page
from tests.web.loop import TERMS, Loop

HEADING = "We asked physical therapy to see you"
VISIT = timedelta(days=10)


@pytest.fixture
def told(app, patient, database, clock):
    """A patient who sent answers, and a referral that is sent; `told()` opens /status."""
    patient.answers_everything()
    patient.sends()
    with database.reading() as tx:
        intake_id = tx.scalar(sa.select(intake_table.c.id))
    loop = Loop(database, intake_id, clock.now)

    def opened() -> Page:
        browser = Browser(app)
        browser.get("/status")
        browser.submit(patient.code_and_birth_date())
        return browser.follow()

    opened.loop = loop
    return opened


def step(page: Page) -> str:
    return " ".join(page.select_one(".next_step").text.split())


def test_a_letter_that_was_not_sent_is_not_told(told):
    assert not told().has(".next_step")


def test_a_sent_letter_says_who_was_asked_by_when_and_whom_to_ring(told):
    told.loop.sends()
    words = step(told())

    assert words.startswith(f"{HEADING} Mill Road Therapy We have sent your letter.")
    assert "If you hear nothing by March 20, 2026, call us at 555-555-0100." in words
    assert "If you get worse, do not wait for this visit." in words


@pytest.mark.parametrize("urgency", list(Urgency))
def test_no_level_is_told(told, urgency):
    told.loop.id = told.loop.starts(urgency)
    told.loop.sends()
    words = step(told()).lower()

    for level in ("urgent", "routine", "same day", "same_day", "emergency now", "self-care"):
        assert level not in words


def test_a_booked_visit_is_told_with_day_and_time_in_the_clinics_zone(told, clock):
    told.loop.sends()
    told.loop.does(Act.BOOK, visit_at=clock.now + VISIT)
    words = step(told())

    assert "They will see you on March 27, 2026, at 10:30 am." in words
    assert "hear nothing" not in words


def test_after_its_day_a_visit_is_asked_about(told, clock):
    told.loop.sends()
    told.loop.does(Act.BOOK, visit_at=clock.now + VISIT)
    clock.forward(days=11)

    assert "If you were not seen, call us at 555-555-0100." in step(told())


@pytest.mark.parametrize(
    ("moves", "words"),
    [
        ([(Act.ACCEPT, "")], "They will see you. The day is not set yet."),
        ([(Act.DECLINE, "No room.")], "They can not see you. We are asking someone else."),
        ([(Act.FAIL, "")], "Your letter did not get there. We will send it again."),
        ([(Act.FAIL, ""), (Act.RETRY, "")], "Your letter did not get there."),
        ([(Act.REQUEST_CANCEL, "Moved.")], "We are checking if this visit will still take place."),
        ([(Act.PATIENT_DECLINES, "No.")], "This visit will not take place."),
    ],
)
def test_each_state_is_told_in_plain_words(told, moves, words):
    told.loop.sends()
    for act, why in moves:
        told.loop.does(act, why)

    assert words in step(told())
    assert "No room." not in told().text


def test_when_the_day_is_over_the_patient_is_told_to_call(told, clock):
    told.loop.sends()
    clock.forward(days=3, hours=13)
    assert "If you hear nothing by" in step(told())
    clock.forward(days=1)

    assert "You should have heard from us by now. Call us at 555-555-0100." in step(told())


def test_what_they_wrote_is_not_shown_but_that_it_is_here(told, clock):
    told.loop.sends()
    told.loop.does(Act.REPORT_SEEN, visit_at=clock.now)
    assert "You were seen there." in step(told())
    told.loop.does(Act.REPORT, "Weak on the left.")
    page = told()

    assert "They wrote to us. We will read it and talk with you." in step(page)
    assert "Weak" not in page.text
    told.loop.does(Act.CLOSE, "Told by phone.")
    words = step(told())
    assert "Nothing is left to do here." in words
    assert "get worse" not in words


def test_an_entry_made_in_error_is_no_step(told):
    told.loop.sends()
    told.loop.does(Act.MARK_ERROR, "The wrong patient.")

    assert not told().has(".next_step")


def test_one_that_was_sent_elsewhere_gives_way_to_the_new_one(told, clock):
    loop = told.loop.sends()
    fresh = acts.reroute(
        loop.database,
        loop.id,
        "They closed.",
        by=loop.lee,
        version=loop.kept.referral.version,
        now=clock.now,
        terms=TERMS,
    )
    assert "We are asking someone else." in step(told())
    assert "They closed." not in told().text

    wanted = acts.Wanted(
        service="spine-clinic",
        provider_id=loop.provider.id,
        kind=loop.kept.referral.kind,
        question="Please look at this.",
        urgency=Urgency.ROUTINE,
        act_by=clock.now + VISIT,
    )
    letter = loop.kept.letter
    loop.id = fresh
    loop.agrees("spine-clinic")
    acts.choose(
        loop.database, fresh, wanted, letter, by=loop.lee, version=1, now=clock.now, terms=TERMS
    )
    loop.sends()
    page = told()
    assert len(page.select(".next_step")) == 1
    assert step(page).startswith("We asked a spine or pain clinic to see you")


def test_nobody_waits_for_the_letter_of_an_emergency(told):
    told.loop.id = told.loop.starts(Urgency.EMERGENCY_NOW)
    told.loop.sends()
    words = step(told())

    assert "Do not wait for their answer. Call 911 or go to the emergency room now." in words
    assert "If you hear nothing by" not in words


def test_whoever_has_to_be_seen_the_same_day_is_told_where_to_go_if_not(told, clock):
    told.loop.id = told.loop.starts(Urgency.SAME_DAY)
    told.loop.sends()
    assert "by the end of today, go to an emergency room." in step(told())

    clock.forward(days=1)

    assert "If no one has seen you yet, go to an emergency room now." in step(told())
