"""An emergency is seen by somebody: on the list, on the patient's page, and in an open browser."""

from datetime import timedelta

import pytest

from clinic.app import create_app
from clinic.store import alerts, audit, outbox
from clinic.store.staff import Role
from tests.web.staff import BEFORE, EMERGENCY, SAME_DAY, TWO_WEEKS, Patients, Worker, hire

NOT_YET = "Nobody has acknowledged this yet."
MINUTE = timedelta(minutes=1)


@pytest.fixture
def patients(database, shelf) -> Patients:
    return Patients(database, shelf)


@pytest.fixture
def desk(app, database) -> Worker:
    return Worker(app, hire(database, "desk", Role.FRONT_DESK, "Dana Ortiz")).signs_in()


@pytest.fixture
def clinician(app, database) -> Worker:
    return Worker(app, hire(database, "clinician", Role.CLINICIAN, "Dr. Lee")).signs_in()


def told_to(database, intake_id):
    with database.reading() as tx:
        return alerts.latest_of(tx, [intake_id])[intake_id]


def news(worker: Worker, place: str) -> dict[str, int]:
    answer = worker.browser.client.get(place)
    assert answer.status_code == 200
    return answer.json


def place_of(page) -> str:
    return str(page.select_one("[data-watch]")["data-watch"])


def test_an_acknowledged_emergency_keeps_its_place_and_says_who_saw_it(desk, patients, database):
    intake_id = patients.drafts(EMERGENCY)
    patients.sends(SAME_DAY)
    page = desk.browser.get("/staff/")
    assert NOT_YET in page.select_one(".patient_row").text

    desk.does("acknowledge")
    page = desk.browser.follow()

    assert page.path == "/staff/"
    assert "It stays on top until you record what was done." in page.text
    assert page.select("h2")[0].text == "Emergency, nothing recorded yet: 1"
    first = page.select_one(".patient_row")
    assert "You acknowledged the emergency, 10:30" in first.text
    assert not first.select('form[action$="/acknowledge"]')
    assert not told_to(database, intake_id).standing


def test_whoever_is_second_is_told_who_was_first(desk, clinician, patients, database):
    intake_id = patients.sends(EMERGENCY)
    clinician.opens(intake_id)
    desk.opens(intake_id)
    desk.does("acknowledge")

    clinician.does("acknowledge")
    page = clinician.browser.follow()

    assert page.path == f"/staff/intakes/{intake_id}"
    assert "Dana Ortiz acknowledged the emergency, 10:30" in page.text
    with database.reading() as tx:
        acts = [row.action for row in audit.trail(tx, subject=("intake", intake_id))]
    assert acts.count("intake.acknowledge") == 1


def test_to_acknowledge_takes_no_ones_typing_away(desk, clinician, patients):
    intake_id = patients.sends(EMERGENCY)
    open_page = clinician.opens(intake_id)
    desk.opens(intake_id)
    desk.does("acknowledge")

    clinician.browser.page = open_page
    clinician.does("outcome", outcome="called", words="Spoke with her husband.")
    page = clinician.browser.follow()

    assert "Spoke with her husband." in page.text


def test_the_alert_of_another_patient_and_no_alert_are_refused(desk, patients, database):
    one, other = patients.sends(EMERGENCY), patients.sends({**EMERGENCY, "full-name": "Other"})
    path = f"/staff/intakes/{one}/acknowledge"

    desk.browser.post(path, {"alert": str(told_to(database, other).id)}, status=404)
    desk.browser.post(path, {"alert": "nothing"}, status=400)

    assert told_to(database, one).standing
    assert told_to(database, other).standing


def test_a_filter_hides_no_emergency(desk, patients):
    patients.drafts(EMERGENCY)
    patients.sends(TWO_WEEKS)

    page = desk.browser.get("/staff/?show=urgent")

    assert "1 emergency waits since 8:40" in page.select_one(".watch_bar__standing").text


def test_a_patients_page_tells_of_other_emergencies(desk, patients):
    quiet = patients.sends(SAME_DAY)
    loud = patients.drafts(EMERGENCY)

    assert "1 emergency waits" in desk.opens(quiet).select_one(".watch_bar").text
    own = desk.opens(loud)
    assert not own.has(".watch_bar__standing")
    assert NOT_YET in own.select_one(".watch_bar").text


def test_an_open_page_learns_by_numbers_alone_what_came(desk, patients, clock):
    patients.sends(SAME_DAY)
    place = place_of(desk.browser.get("/staff/"))
    assert news(desk, place) == {"new": 0, "emergencies": 0, "standing": 0}

    clock.forward(minutes=1)
    patients.sends({**TWO_WEEKS, "full-name": "A"}, at=clock.now)
    patients.drafts({**EMERGENCY, "full-name": "B"}, at=clock.now)

    assert news(desk, place) == {"new": 2, "emergencies": 1, "standing": 1}


def test_a_page_left_open_does_not_keep_its_session_alive(desk, clock):
    place = place_of(desk.browser.get("/staff/"))
    for _ in range(14):
        clock.forward(minutes=1)
        news(desk, place)
    clock.forward(minutes=2)

    answer = desk.browser.client.get(place)

    assert answer.status_code == 303
    assert "/staff/sign-in" in answer.location


def test_a_page_that_is_used_stays_signed_in_while_it_asks(desk, clock):
    place = place_of(desk.browser.get("/staff/"))
    for _ in range(4):
        clock.forward(minutes=10)
        desk.browser.get("/staff/")
        news(desk, place)


def test_a_strange_place_to_count_from_is_refused(desk):
    desk.browser.get("/staff/news?seen=yesterday", 400)


def test_an_admin_and_a_stranger_watch_nothing(app, database, browser):
    admin = Worker(app, hire(database, "admin", Role.ADMIN)).signs_in()

    assert not admin.browser.get("/staff/people/").has("[data-watch]")
    assert not browser.get("/staff/sign-in").has("script")


def test_without_a_script_there_is_a_link_and_nothing_moves_by_itself(desk):
    page = desk.browser.get("/staff/")

    assert page.link("Reload").startswith("/staff/")
    assert not page.has('meta[http-equiv="refresh"]')
    assert page.select_one("[data-watch-sound]").has_attr("hidden")


def test_the_list_says_when_nobody_is_told_by_mail(desk):
    page = desk.browser.get("/staff/")

    assert (
        "Nobody is told by mail: no duty address is set." in page.select_one("#mail-trouble").text
    )


def test_the_list_says_that_mail_fails_and_no_address(settings, database, shelf, pool, clock):
    told = settings.model_copy(
        update={"duty_address": "night@clinic.example", "smtp_url": "smtp://mail.example"}
    )
    app = create_app(told, database=database, shelf=shelf, pool=pool, clock=clock)
    desk = Worker(app, hire(database, "desk", Role.FRONT_DESK)).signs_in()
    assert not desk.browser.get("/staff/").has("#mail-trouble")

    with database.writing() as tx:
        outbox.enqueue(tx, kind="intake_submitted", payload={}, now=BEFORE)
        (message,) = outbox.claim(tx, BEFORE)
        outbox.failed(tx, message.id, BEFORE, "The mail server did not take the mail.")
    page = desk.browser.get("/staff/")

    words = page.select_one("#mail-trouble").text
    assert "Mail is failing since 8:40" in words
    assert b"night@" not in page.body
    assert b"mail.example" not in page.body

    with database.writing() as tx:
        outbox.enqueue(tx, kind="intake_submitted", payload={}, now=BEFORE + MINUTE)
        (message,) = outbox.claim(tx, BEFORE + MINUTE / 2 + MINUTE, limit=1)
        outbox.sent(tx, message.id, BEFORE + 2 * MINUTE)
    assert not desk.browser.get("/staff/").has("#mail-trouble")
