"""The door for staff: who gets in, who does not, and for how long."""

import pytest
from flask import Flask

from clinic.store import audit, staff
from clinic.store.database import Database
from clinic.store.staff import Role
from clinic.web.sessions import PLAIN_NAME
from tests.web.browser import Browser, Page, path_of
from tests.web.conftest import Clock
from tests.web.patient import Patient
from tests.web.staff import BEFORE, PASSWORD, Worker, hire

HOME = "/staff/"
DOOR = "/staff/sign-in"
WRONG = "not the right words"


@pytest.fixture
def desk(app: Flask, database: Database) -> Worker:
    return Worker(app, hire(database, "desk", Role.FRONT_DESK))


def cookie(browser: Browser) -> str:
    found = browser.client.get_cookie(PLAIN_NAME)
    return found.value if found else ""


def test_the_right_pair_opens_the_worklist(desk):
    page = desk.tries(PASSWORD)

    assert page.location == HOME
    assert desk.browser.follow().heading == "Intakes: 0 need a call today"


def test_a_name_is_taken_in_capitals_and_with_space_around_it(desk):
    assert desk.tries(PASSWORD, username="  DESK ").location == HOME


def test_signing_in_gives_a_new_session_without_what_was_there_before(app, database):
    worker = Worker(app, hire(database, "desk", Role.FRONT_DESK))
    Patient(worker.browser).agrees()
    before = cookie(worker.browser)

    worker.signs_in()

    assert cookie(worker.browser) != before
    assert worker.browser.get("/intake/about-you", 404).heading
    stranger = Browser(app)
    stranger.client.set_cookie(PLAIN_NAME, before)
    assert stranger.get(HOME, 303).location.startswith(DOOR)


def test_a_wrong_password_and_an_unknown_name_are_told_alike(desk):
    known = desk.tries(WRONG, 200)
    unknown = desk.tries(WRONG, 200, username="nobod")

    assert known.errors == unknown.errors
    assert known.text == unknown.text
    assert PASSWORD not in known.body.decode()


def test_empty_fields_are_named(desk):
    page = desk.tries("", 200, username=" ")

    assert page.errors == ["Type your user name.", "Type your password."]


def test_a_name_with_a_null_byte_or_ten_thousand_letters_is_only_wrong(desk):
    assert desk.tries(WRONG, 200, username="de\0sk\x07").errors
    assert desk.tries(WRONG, 200, username="x" * 10_000).errors == [
        "Shorten this to 80 characters."
    ]


def test_after_five_wrong_tries_even_the_right_password_waits(desk, clock):
    for _ in range(5):
        desk.tries(WRONG, 200)

    page = desk.tries(PASSWORD, 429)

    assert page.headers["Retry-After"] == "900"
    assert "Wait 15 minutes" in page.text
    clock.forward(minutes=15)
    assert desk.tries(PASSWORD).location == HOME


def test_a_right_password_begins_the_count_anew(desk):
    for _ in range(4):
        desk.tries(WRONG, 200)
    desk.tries(PASSWORD)
    for _ in range(5):
        desk.tries(WRONG, 200)


def test_nobody_is_locked_out_by_guesses_from_elsewhere(app, database, desk):
    for _ in range(6):
        desk.tries(WRONG, None)
    away = Worker(app, desk.member, address="192.0.2.7")
    beside = Worker(app, hire(database, "beside", Role.CLINICIAN))

    assert away.tries(PASSWORD).location == HOME
    assert beside.tries(PASSWORD).location == HOME


def test_a_made_up_forwarded_address_does_not_help_a_guesser(desk):
    statuses = []
    for turn in range(6):
        desk.browser.client.environ_base["HTTP_X_FORWARDED_FOR"] = f"198.51.100.{turn}"
        statuses.append(desk.tries(WRONG, None).status)

    assert statuses == [200] * 5 + [429]


def test_sixty_wrong_tries_over_many_names_close_the_address(app, desk):
    statuses = [desk.tries(WRONG, None, username=f"name{turn}").status for turn in range(61)]

    assert statuses == [200] * 60 + [429]
    assert Worker(app, desk.member, address="192.0.2.8").tries(PASSWORD).location == HOME


@pytest.mark.parametrize(
    ("place", "leads_to"),
    [
        ("/staff/people/", "/staff/people/"),
        ("/staff/?scope=all", "/staff/?scope=all"),
        ("https://evil.example/staff/", HOME),
        ("//evil.example/staff/", HOME),
        ("/staff/\\evil", HOME),
        ("/intake/", HOME),
    ],
)
def test_after_signing_in_only_a_staff_page_of_ours_comes_next(desk, place, leads_to):
    desk.browser.get(DOOR, query_string={"next": place})

    page = desk.browser.submit({"username": "desk", "password": PASSWORD})

    assert page.location == leads_to


def test_a_page_that_was_asked_for_comes_after_the_door(app, database):
    admin = Worker(app, hire(database, "admin", Role.ADMIN))
    admin.browser.get("/staff/people/", 303)
    admin.browser.follow()

    admin.browser.submit({"username": "admin", "password": PASSWORD})

    assert path_of(admin.browser.follow().path) == "/staff/people/"


def test_signing_out_kills_the_session_on_the_server(app, desk):
    desk.signs_in()
    stolen = cookie(desk.browser)
    desk.browser.get(HOME)
    desk.browser.post("/staff/sign-out")

    thief = Browser(app)
    thief.client.set_cookie(PLAIN_NAME, stolen)

    assert thief.get(HOME, 303).location.startswith(DOOR)


def test_signing_out_ends_the_sessions_on_other_devices_too(app, desk):
    other = Worker(app, desk.member).signs_in()
    desk.signs_in()

    desk.browser.post("/staff/sign-out")

    assert other.browser.get(HOME, 303).location.startswith(DOOR)


def test_fifteen_idle_minutes_end_a_session(desk, clock: Clock):
    desk.signs_in()
    clock.forward(minutes=14)
    desk.browser.get(HOME)
    clock.forward(minutes=14)
    desk.browser.get(HOME)
    clock.forward(minutes=16)

    assert desk.browser.get(HOME, 303).location.startswith(DOOR)


def test_twelve_hours_end_a_session_however_busy(desk, clock: Clock):
    desk.signs_in()
    for _ in range(12 * 6 - 1):
        clock.forward(minutes=10)
        desk.browser.get(HOME)
    clock.forward(minutes=11)

    assert desk.browser.get(HOME, 303).location.startswith(DOOR)


def test_somebody_disabled_is_out_at_once_and_stays_out(desk, database, clock):
    desk.signs_in()
    with database.writing() as tx:
        staff.disable(tx, desk.member.id, now=clock.now)

    assert desk.browser.get(HOME, 303).location.startswith(DOOR)
    assert desk.tries(PASSWORD, 200).errors


def test_another_role_ends_every_session(desk, database):
    desk.signs_in()
    with database.writing() as tx:
        staff.set_role(tx, desk.member.id, Role.CLINICIAN)

    assert desk.browser.get(HOME, 303).location.startswith(DOOR)


def test_every_way_through_the_door_is_audited(desk, database):
    desk.tries(WRONG, 200)
    desk.tries(WRONG, 200, username="nobody")
    desk.signs_in()
    desk.browser.get(HOME)
    desk.browser.post("/staff/sign-out")

    with database.reading() as tx:
        rows = [row for row in audit.trail(tx) if row.action.startswith("staff.sign")]
    told = [(row.action, row.result, row.subject is not None) for row in reversed(rows)]
    assert told == [
        ("staff.sign_in", "refused", True),
        ("staff.sign_in", "refused", False),
        ("staff.sign_in", "done", True),
        ("staff.sign_out", "done", True),
    ]
    assert all("nobody" not in row.detail for row in rows)


# --- one's own password --------------------------------------------------------------

OWN = "four words of my own"


@pytest.fixture
def newcomer(app: Flask, database: Database) -> Worker:
    with database.writing() as tx:
        member = staff.add(
            tx,
            username="newcomer",
            name="New Comer",
            role=Role.FRONT_DESK,
            password=PASSWORD,
            now=BEFORE,
            must_change=True,
            demo=True,
        )
    return Worker(app, member)


def changes(worker: Worker, current: str, new: str, again: str = "", status: int = 200) -> Page:
    worker.browser.get("/staff/password")
    fields = {"current": current, "new": new, "again": again or new}
    return worker.browser.post("/staff/password", fields, status)


def test_a_password_that_somebody_else_chose_is_changed_first(newcomer):
    newcomer.signs_in()
    for path in (HOME, "/staff/intakes/0195a3c0-0000-7000-8000-000000000001"):
        assert newcomer.browser.get(path, 303).location == "/staff/password"

    changes(newcomer, PASSWORD, OWN, status=303)

    assert "Your password was changed." in newcomer.browser.follow().text
    assert newcomer.browser.get(HOME).heading


def test_a_changed_password_ends_every_other_session(app, desk):
    elsewhere = Worker(app, desk.member).signs_in()
    desk.signs_in()

    changes(desk, PASSWORD, OWN, status=303)

    assert elsewhere.browser.get(HOME, 303).location.startswith(DOOR)
    assert desk.browser.get(HOME).heading
    assert elsewhere.tries(PASSWORD, 200).errors
    assert elsewhere.tries(OWN).location == HOME


@pytest.mark.parametrize(
    ("current", "new", "again", "error"),
    [
        (WRONG, OWN, OWN, "This is not the password you have now."),
        (PASSWORD, "short", "short", "Use 15 to 128 characters. A few words in a row are fine."),
        (PASSWORD, OWN, OWN + "x", "Type the new password twice the same."),
        (PASSWORD, PASSWORD, PASSWORD, "Choose another password than the one you have."),
        ("", OWN, OWN, "Type the password you have now."),
    ],
)
def test_a_password_is_not_changed_without_its_three_right_fields(desk, current, new, again, error):
    desk.signs_in()

    page = changes(desk, current, new, again)

    assert page.errors == [error]
    assert OWN not in page.body.decode()


def test_guessing_the_password_from_an_open_session_is_limited_too(desk):
    desk.signs_in()
    for _ in range(5):
        changes(desk, WRONG, OWN)

    assert changes(desk, PASSWORD, OWN, status=429).headers["Retry-After"]
