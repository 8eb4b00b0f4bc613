"""A visit that staff booked: on the row, on the page, and off again."""

import pytest

from clinic.actions.amendments import add_to_sent
from clinic.store import audit, intakes
from clinic.store.staff import Role
from tests.web.staff import EMERGENCY, TWO_WEEKS, ZONE, Patients, Worker, hire


@pytest.fixture
def patients(database, shelf) -> Patients:
    return Patients(database, shelf)


@pytest.fixture
def desk(app, database) -> Worker:
    return Worker(app, hire(database, "desk", Role.FRONT_DESK, "Dana Ortiz")).signs_in()


@pytest.fixture
def clinician(app, database) -> Worker:
    return Worker(app, hire(database, "clinician", Role.CLINICIAN, "Dr. Lee")).signs_in()


def row_of(worker: Worker) -> str:
    return worker.browser.get("/staff/").select_one(".patient_row").get_text(" ", strip=True)


def test_a_booked_visit_stands_on_the_row_and_is_not_booked_twice(desk, clinician, patients):
    waits = patients.sends(TWO_WEEKS)
    assert "Book a visit by March 31" in row_of(desk)

    desk.opens(waits)
    desk.does("visit", visit_on="3/24/2026", visit_at="2:30 pm")

    assert "Visit: March 24, 2026, 2:30 pm" in row_of(desk)
    assert "Booked: a clinician reads next" in row_of(desk)
    assert "Visit: March 24, 2026, 2:30 pm" in row_of(clinician)
    page = desk.opens(waits)
    assert "Dana Ortiz noted a visit" in page.select_one(".timeline").get_text(" ", strip=True)


def test_the_front_desk_notes_that_nobody_answered_a_call_to_book(desk, patients):
    waits = patients.sends(TWO_WEEKS)

    for _ in range(2):
        desk.opens(waits)
        desk.does("outcome", outcome="booking_missed")

    assert "Call again to book by March 31" in row_of(desk)
    assert "Called to book a visit, and nobody answered, 2 tries, the last 10:30 am" in row_of(desk)


def test_a_visit_after_the_last_day_for_it_is_told_as_too_late(desk, patients):
    waits = patients.sends(TWO_WEEKS)

    desk.opens(waits)
    desk.does("visit", visit_on="4/1/2026", visit_at="")

    assert "Visit is too late: book by March 31" in row_of(desk)
    assert "Too late: it should be by March 31, 2026." in desk.opens(waits).text


def test_a_visit_is_taken_off_again_and_both_acts_are_audited(desk, patients, database):
    waits = patients.sends(TWO_WEEKS)
    desk.opens(waits)
    desk.does("visit", visit_on="3/24/2026", visit_at="")
    desk.opens(waits)

    desk.does("visit/remove")

    assert "Visit:" not in row_of(desk)
    with database.reading() as tx:
        card = intakes.card(tx, waits)
        acts = [row.action for row in audit.trail(tx, actor_id=desk.member.id)]
    assert card
    assert (card.appointment, card.visit_on) == ("", None)
    assert [act for act in acts if "visit" in act] == ["intake.remove_visit", "intake.note_visit"]


@pytest.mark.parametrize(
    ("day", "clock_time", "told"),
    [
        ("", "", "Type the day of the visit."),
        ("soon", "", "Write the day like this: 3/17/2026."),
        ("3/16/2026", "", "This day is over. Type the day of the visit."),
        ("3/19/2027", "", "This is more than a year away. Check the year."),
        ("3/24/2026", "half past two", "Write the time like this: 2:30 pm."),
    ],
)
def test_a_day_or_a_time_that_is_none_is_kept_on_the_page(desk, patients, day, clock_time, told):
    waits = patients.sends(TWO_WEEKS)
    desk.opens(waits)

    page = desk.does("visit", 422, visit_on=day, visit_at=clock_time)

    assert told in page.text
    assert page.select_one("#visit_on")["value"] == day


def test_two_who_book_at_once_do_not_overwrite_each_other(desk, clinician, patients, database):
    waits = patients.sends(TWO_WEEKS)
    desk.opens(waits)
    clinician.opens(waits)
    desk.does("visit", visit_on="3/24/2026", visit_at="")

    page = clinician.does("visit", 409, visit_on="3/25/2026", visit_at="")

    assert "March 24, 2026" in page.text
    assert page.select_one("#visit_on")["value"] == "3/25/2026"


def test_no_visit_is_noted_while_an_emergency_is_open(desk, patients):
    waits = patients.sends(EMERGENCY)

    assert not desk.opens(waits).has("#visit")


def test_words_that_a_patient_added_move_no_visit(desk, patients, database, clock):
    waits = patients.sends(TWO_WEEKS)
    desk.opens(waits)
    desk.does("visit", visit_on="3/24/2026", visit_at="")

    add_to_sent(database, waits, "I forgot my pills.", once="1", now=clock.now, zone=ZONE)

    assert "too late" not in row_of(desk).lower()
    assert "Booked: a clinician reads next" in row_of(desk)
