"""Signing in again before what must not be done at a screen that somebody left open."""

import pyotp
import pytest

from clinic.actions import second_step
from clinic.store import audit, case_access, staff
from clinic.store.staff import Role
from clinic.web.sessions import PLAIN_NAME
from tests.web.browser import Browser, Page
from tests.web.staff import PASSWORD, SAME_DAY, Patients, Worker, hire

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HEADING = "Sign in again to go on"
WORDS = 'On the phone:\n  <b>worse</b> & "scared"'
ASK_ALWAYS = {
    *("staff.people.new", "staff.people.disable", "staff.people.enable", "staff.people.reset"),
    *("staff.people.reset_second_step", "staff.people.role", "staff.password"),
    *("staff.factors.app", "staff.factors.remove_app", "staff.factors.codes"),
    *("staff.break_glass.ask", "staff.trail.csv_out"),
    *("staff.own_sessions.end", "staff.own_sessions.end_others"),
}


@pytest.fixture
def admin(app, database) -> Worker:
    return Worker(app, hire(database, "admin", Role.ADMIN)).signs_in()


@pytest.fixture
def desk(app, database) -> Worker:
    return Worker(app, hire(database, "desk", Role.FRONT_DESK)).signs_in()


def goes_on(worker: Worker, status: int | None = 303, **fields: str) -> Page:
    given = {"again-password": PASSWORD, **fields}
    return worker.browser.submit(given, status)


def test_changes_of_accounts_exports_and_break_glass_ask(app):
    asking = {name for name, view in app.view_functions.items() if hasattr(view, "fresh_first")}

    assert asking >= ASK_ALWAYS
    of_accounts = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in rule.methods and rule.rule.startswith(("/staff/people", "/staff/second-step"))
    }
    assert of_accounts - asking == {"staff.people.looked_at"}
    for rule in app.url_map.iter_rules():
        if rule.rule.endswith((".csv", ".json")) and rule.rule.startswith("/staff"):
            assert app.view_functions[rule.endpoint].fresh_first.reading, rule.rule


def test_break_glass_asks_once_more_and_goes_on_with_the_very_words(
    app, database, shelf, desk, clock
):
    intake_id = Patients(database, shelf).sends(SAME_DAY)
    desk.browser.get(f"/staff/intakes/{intake_id}/open-now")
    clock.forward(minutes=6)

    page = desk.browser.submit({"kind": "worse", "reason": WORDS}, 401)
    assert page.heading == HEADING
    assert goes_on(desk, 422, **{"again-password": "not the right words"}).errors == [
        "This is not your password."
    ]
    assert goes_on(desk).location == f"/staff/intakes/{intake_id}"

    assert desk.browser.follow().status == 200
    with database.reading() as tx:
        told = [row.action for row in audit.trail(tx)]
    assert "staff.sign_in_again" in told
    assert "\n".join(WORDS.splitlines()) == _reason(database, intake_id)


def _reason(database, intake_id) -> str:
    with database.reading() as tx:
        return case_access.all_of(tx, intake_id)[0].words


def test_an_account_is_changed_after_five_minutes_only_with_the_password(admin, desk, clock):
    page = admin.browser.get(f"/staff/people/{desk.member.id}")
    form = page.select_one('form[action$="/disable"]')
    hidden = {str(tag["name"]): str(tag["value"]) for tag in form.select("[type=hidden]")}
    clock.forward(minutes=5)

    assert admin.browser.post(str(form["action"]), hidden, 401).heading == HEADING
    assert desk.browser.get("/staff/").heading
    goes_on(admin)

    assert "Disabled, and signed out everywhere." in admin.browser.follow().text
    assert desk.browser.get("/staff/", 303).location.startswith("/staff/sign-in")


def test_a_file_that_was_asked_for_comes_after_the_password(admin, clock):
    path = "/staff/audit/audit.csv?act=staff.sign_in"
    assert admin.browser.get(path).headers["Content-Type"].startswith("text/csv")
    clock.forward(minutes=5)

    assert admin.browser.get(path, 401).heading == HEADING
    assert goes_on(admin).location == path

    assert admin.browser.follow().headers["Content-Type"].startswith("text/csv")


def test_it_gives_another_token_and_no_longer_day(admin, clock):
    clock.forward(minutes=10)
    before, stale = admin.browser.client.get_cookie(PLAIN_NAME).value, Browser(admin.browser.app)
    left = admin.browser.client.get("/staff/here").json["life"]
    admin.browser.get("/staff/audit/audit.csv", 401)
    goes_on(admin)

    stale.client.set_cookie(PLAIN_NAME, before)
    assert stale.get("/staff/", 303).location.startswith("/staff/sign-in")
    assert admin.browser.client.get("/staff/here").json["life"] == left


@pytest.mark.parametrize("apart", [{"minutes": -5}, {"days": -400}, {"minutes": 5}])
def test_nobody_stays_fresh_for_longer_by_a_clock_that_is_set(admin, clock, apart):
    clock.forward(**apart)

    assert admin.browser.get("/staff/audit/audit.csv", 401).heading == HEADING


def test_after_it_only_a_staff_page_of_ours_comes_next(admin, clock):
    clock.forward(minutes=5)
    admin.browser.get("/staff/audit/audit.csv", 401)

    page = goes_on(admin, next="//evil.example/staff/")

    assert page.location == "/staff/"


def test_with_a_second_step_it_takes_the_code_too_which_works_once(app, database, clock):
    member = hire(database, "nina", Role.CLINICIAN, enrols=True)
    app_code = pyotp.TOTP(SECRET).at
    second_step.set_up_app(database, member, SECRET, app_code(clock.now), now=clock.now)
    with database.reading() as tx:
        nina = Worker(app, staff.get(tx, member.id)).signs_in()
    clock.forward(minutes=6)
    nina.browser.get("/staff/password")
    fields = {"current": PASSWORD, "new": "kelp and fog", "again": "kelp and fog"}

    nina.browser.submit(fields, 401)
    assert goes_on(nina, 422).errors == ["Type the code."]
    assert goes_on(nina, 422, **{"again-code": "000000"}).errors[0].startswith("This code")
    goes_on(nina, **{"again-code": app_code(clock.now)})

    assert "Your password was changed." in nina.browser.follow().text
    with database.reading() as tx:
        row = next(each for each in audit.trail(tx) if each.action == "staff.sign_in_again")
    assert row.detail == "app_code"


def test_guessing_in_it_is_limited_and_what_was_sent_still_stands_there(admin, desk, clock):
    admin.browser.get(f"/staff/people/{desk.member.id}")
    clock.forward(minutes=5)
    admin.browser.post(f"/staff/people/{desk.member.id}/reset", {"seen": "x"}, 401)
    for _ in range(5):
        goes_on(admin, 422, **{"again-password": "not the right words"})

    page = goes_on(admin, 429)

    assert page.headers["Retry-After"]
    assert page.select_one('[name="seen"]')["value"] == "x"
