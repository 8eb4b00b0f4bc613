"""The second step of signing in: set up, passed, lost, and never passed by guessing."""

from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask, session

from clinic.actions import second_step, staff_access
from clinic.actions.tablets import hand
from clinic.app import create_app
from clinic.errors import Damaged, TooManyAttempts
from clinic.store import audit, limits, passwords, recovery_codes, sessions, staff, tablets, totp
from clinic.store.database import Database
from clinic.store.factor_tables import staff_totp
from clinic.store.staff import Role
from clinic.store.tables import staff as staff_table
from clinic.web import tablet
from tests.web.browser import Browser, Page
from tests.web.staff import PASSWORD, Worker, hire

HOME = "/staff/"
DOOR = "/staff/sign-in"
CODE = "/staff/sign-in/code"
MINE = "/staff/second-step"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STEP = timedelta(seconds=30)


def code_at(now, secret: str = SECRET) -> str:
    return pyotp.TOTP(secret).at(now)


@pytest.fixture
def nina(app: Flask, database: Database, clock) -> Worker:
    """A clinician who set up an app yesterday."""
    member = hire(database, "nina", Role.CLINICIAN, enrols=True)
    assert second_step.set_up_app(
        database, member, SECRET, code_at(clock.now - STEP * 2), now=clock.now - STEP * 2
    )
    with database.reading() as tx:
        return Worker(app, staff.get(tx, member.id))


def types(worker: Worker, code: str, status: int | None = 303) -> Page:
    return worker.browser.submit({"code": code}, status)


def at_the_second_step(worker: Worker) -> Worker:
    assert worker.tries(PASSWORD).location == CODE
    worker.browser.follow()
    return worker


def acts(database: Database) -> list[tuple[str, str, str]]:
    with database.reading() as tx:
        return [(row.action, row.result, row.detail) for row in reversed(audit.trail(tx))]


# --- setting it up ---------------------------------------------------------------------


@pytest.fixture
def newcomer(app: Flask, database: Database) -> Worker:
    return Worker(app, hire(database, "newcomer", Role.FRONT_DESK, enrols=True))


def test_an_account_without_a_second_step_reaches_nothing_until_it_has_one(
    newcomer, database, clock, capfd
):
    newcomer.tries(PASSWORD)
    for path in (HOME, "/staff/people/", "/staff/password", "/staff/referrals/", "/staff/sessions"):
        assert newcomer.browser.get(path, None).location in (MINE, ""), path
        assert newcomer.browser.page.status in (303, 403)
    assert newcomer.browser.post("/staff/search", {"q": "Pat"}, None).location in (MINE, "")

    page = newcomer.browser.get(f"{MINE}/app")
    assert not page.has("nav, [role=search], [data-watch]")
    secret = page.select_one("#app-key").text.replace(" ", "")
    assert page.has("svg path")
    types(newcomer, "000000", 422)
    assert newcomer.browser.page.select_one("#app-key").text.replace(" ", "") == secret
    types(newcomer, code_at(clock.now, secret))

    codes = [each.text for each in newcomer.browser.follow().select("#recovery-codes code")]
    assert len(set(codes)) == 10
    logged = capfd.readouterr().err
    assert "/staff/second-step/app" in logged
    assert not any(word in logged for word in (secret, PASSWORD, "000000", *codes))
    assert newcomer.browser.get(HOME).heading
    assert not newcomer.browser.get(f"{MINE}/codes", 303).has("#recovery-codes")
    told = [action for action, _, _ in acts(database)]
    assert [each for each in told if "app" in each or "codes" in each] == [
        "staff.set_up_app",
        "staff.new_codes",
    ]


def test_the_secret_and_the_codes_stand_in_no_row_and_in_no_audit(nina, database, clock):
    with database.writing() as tx:
        codes = recovery_codes.make(tx, nina.member.id, now=clock.now)
        kept = tx.execute(sa.select(staff_totp)).one()
        told = str(tx.execute(sa.text("SELECT * FROM staff_recovery")).all())

        assert totp.secret_of(tx, kept) == SECRET
        moved = tx.execute(
            sa.select(staff_totp.c.sealed_secret, sa.literal(nina.member.id, sa.Uuid()).label("id"))
        ).one()
        with pytest.raises(Damaged):
            totp.secret_of(tx, moved)

    assert SECRET.encode() not in kept.sealed_secret
    assert not any(code.replace("-", "").encode().hex() in told for code in codes)
    assert not any(SECRET in str(row) for row in acts(database))


def test_a_first_password_that_is_too_old_opens_nothing_and_is_told_like_a_wrong_one(
    app, database, clock
):
    with database.writing() as tx:
        member = staff.add(
            tx,
            username="late",
            name="Late",
            role=Role.FRONT_DESK,
            password=PASSWORD,
            now=clock.now,
            must_change=True,
        )
    late = Worker(app, member)
    clock.forward(hours=72)
    assert late.tries(PASSWORD).location == HOME
    clock.forward(minutes=1)

    assert late.tries(PASSWORD, 200).errors == late.tries("something else here", 200).errors


# --- passing it ------------------------------------------------------------------------


def test_the_password_alone_opens_nothing(nina):
    at_the_second_step(nina)

    assert nina.browser.get(HOME, 303).location.startswith(DOOR)


def test_a_right_code_opens_what_was_asked_for(nina, clock):
    nina.browser.get(DOOR, query_string={"next": "/staff/referrals/"})
    nina.browser.submit({"username": "nina", "password": PASSWORD})
    nina.browser.follow()

    code = code_at(clock.now)
    assert types(nina, f" {code[:3]} {code[3:]} ").location == "/staff/referrals/"
    assert nina.browser.follow().status == 200


@pytest.mark.parametrize(("steps", "good"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_phone_may_be_one_step_off(nina, clock, steps, good):
    clock.forward(hours=1)
    at_the_second_step(nina)

    types(nina, code_at(clock.now + steps * STEP), 303 if good else 200)


def test_a_code_opens_once_and_no_older_one_after_it(app, nina, clock):
    clock.forward(hours=1)
    used = code_at(clock.now)
    types(at_the_second_step(nina), used)
    other = at_the_second_step(Worker(app, nina.member))

    assert types(other, used, 200).errors == types(other, "123456", 200).errors
    types(other, code_at(clock.now - STEP), 200)
    types(other, code_at(clock.now + STEP))


def test_a_recovery_code_opens_once_and_the_page_counts_what_is_left(nina, database, clock):
    with database.writing() as tx:
        first, second, *_ = recovery_codes.make(tx, nina.member.id, now=clock.now)
    types(at_the_second_step(nina), first.lower().replace("-", " "))
    assert "9 of 10 codes are left." in nina.browser.get(MINE).text

    types(at_the_second_step(nina), first, 200)
    types(nina, second)

    assert ("staff.sign_in", "done", "recovery_code") in acts(database)
    nina.browser.get(MINE)
    nina.browser.post(f"{MINE}/codes", {})
    assert first not in nina.browser.follow().text
    assert "10 of 10" in nina.browser.get(MINE).text


def test_the_second_step_waits_ten_minutes_and_only_for_the_account_as_it_was(
    nina, database, clock
):
    at_the_second_step(nina)
    clock.forward(minutes=10)
    assert "Begin again" in types(nina, code_at(clock.now), 409).text

    at_the_second_step(nina)
    with database.writing() as tx:
        staff.set_role(tx, nina.member.id, Role.ADMIN)
    assert types(nina, code_at(clock.now), 200).errors


# --- guessing --------------------------------------------------------------------------


def test_after_five_wrong_codes_a_right_one_waits_also_after_a_restart(
    nina, settings, database, shelf, pool, clock
):
    at_the_second_step(nina)
    for guess in ("000000", "WRNG-WRNG-WRNG-WRNG", "x", "111111", "222222"):
        types(nina, guess, 200)

    page = types(nina, code_at(clock.now), 429)

    assert page.headers["Retry-After"] == "900"
    again = create_app(settings, database=database, shelf=shelf, pool=pool, clock=clock)
    after = at_the_second_step(Worker(again, nina.member))
    types(after, code_at(clock.now), 429)
    elsewhere = at_the_second_step(Worker(again, nina.member, address="192.0.2.7"))
    types(elsewhere, code_at(clock.now))


def test_fifty_wrong_codes_from_everywhere_close_the_second_step_for_the_day(nina, database, clock):
    def guess(place, code="000000"):
        return second_step.pass_with_code(
            database,
            nina.member.id,
            nina.member.mark,
            code,
            address=f"192.0.2.{place}",
            now=clock.now,
        )

    assert guess(0) is None
    with database.writing() as tx:
        for _ in range(49):
            limits.hit(tx, limits.SECOND_STEP_ACCOUNT, str(nina.member.id), clock.now)
    with pytest.raises(TooManyAttempts) as limit:
        guess(50, code_at(clock.now))
    assert limit.value.wait_seconds == 24 * 3600


def test_every_sign_in_does_the_work_of_one_password_whoever_it_is(
    nina, database, clock, monkeypatch
):
    gone = hire(database, "disabled", Role.ADMIN)
    late = hire(database, "late", Role.ADMIN)
    with database.writing() as tx:
        staff.disable(tx, gone.id, now=clock.now)
        tx.execute(
            sa.update(staff_table)
            .where(staff_table.c.id == late.id)
            .values(must_change_password=True, password_set_at=clock.now - timedelta(hours=73))
        )
    checked = []

    class Counting(passwords.PasswordHasher):
        def verify(self, kept, given):
            checked.append(kept[:40])
            return super().verify(kept, given)

    passwords.is_right(None, PASSWORD)
    monkeypatch.setattr(passwords, "_HASHER", Counting(1, 47104, 1))
    for who in ("nina", "nobody", "disabled", "late"):
        for password in ("not the right words", PASSWORD):
            checked.clear()
            found = staff_access.sign_in(
                database, who, password, address="192.0.2.1", now=clock.now, first_hours=72
            )
            assert len(checked) == 1, who
            assert checked[0].startswith("$argon2id$v=19$m=47104,t=1,p=1$")
            assert (found is not None) is (who == "nina" and password == PASSWORD)


# --- sessions end at once --------------------------------------------------------------


CHANGES = {
    "disabled": lambda tx, who, now: staff.disable(tx, who, now=now),
    "role": lambda tx, who, now: staff.set_role(tx, who, Role.ADMIN),
    "password": lambda tx, who, now: staff.set_password(tx, who, "quite other words", now=now),
    "second step": lambda tx, who, now: second_step.forget_all(tx, who),
}


@pytest.mark.parametrize("change", [*CHANGES, "signed out"])
def test_an_act_that_is_under_way_is_not_done_any_more(app, nina, database, clock, change):
    """Its head was read; while its body is on the way, the account is changed elsewhere."""
    there, nina = Worker(app, nina.member).signs_in(), nina.signs_in()
    nina.browser.get("/staff/sessions")
    sent = {"csrf_token": nina.browser.token()}
    headers = {"Cookie": _cookies(nina.browser)}

    with app.test_request_context(
        "/staff/sessions/end-others", method="POST", data=sent, headers=headers
    ):
        with database.writing() as tx:
            if change == "signed out":
                sessions.end(tx, _cookies(nina.browser).removeprefix("clinic="))
            else:
                CHANGES[change](tx, nina.member.id, clock.now)
        answer = app.full_dispatch_request()

    assert answer.status_code == 401
    assert "staff.end_sessions" not in {action for action, _, _ in acts(database)}
    if change == "signed out":
        assert there.browser.get(HOME).heading


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_also_ends_a_session_that_is_begun_at_that_very_moment(
    app, nina, database, clock, change
):
    """The second step was right; before its session is kept, the account is changed."""
    here, there = nina.signs_in(), Worker(app, nina.member).signs_in()
    late = at_the_second_step(Worker(app, nina.member))
    fields = late.browser.page.fields()
    stale = dict([*fields, ("code", code_at(clock.now))])

    with app.test_request_context(
        CODE, method="POST", data=stale, headers={"Cookie": _cookies(late.browser)}
    ):
        answer = app.dispatch_request()
        with database.writing() as tx:
            change(tx, nina.member.id, clock.now)
        answer = app.make_response(answer)
        app.session_interface.save_session(app, session._get_current_object(), answer)
    given = answer.headers["Set-Cookie"].split(";")[0].split("=", 1)

    for worker in (here, there):
        assert worker.browser.get(HOME, 303).location.startswith(DOOR)
    stranger = Browser(app)
    stranger.client.set_cookie(*given)
    assert stranger.get(HOME, 303).location.startswith(DOOR)


def _cookies(browser: Browser) -> str:
    found = browser.client.get_cookie("clinic")
    return f"clinic={found.value}"


def test_setting_up_another_phone_ends_every_other_session(app, nina, database, clock):
    elsewhere = Worker(app, nina.member).signs_in()
    nina.signs_in()
    page = nina.browser.get(f"{MINE}/app")
    secret = page.select_one("#app-key").text.replace(" ", "")

    types(nina, code_at(clock.now, secret))

    assert elsewhere.browser.get(HOME, 303).location.startswith(DOOR)
    assert nina.browser.follow().heading
    types(at_the_second_step(elsewhere), code_at(clock.now), 200)
    types(elsewhere, code_at(clock.now + STEP, secret))


def test_the_only_second_step_stays_and_in_the_demo_it_may_go(nina, app, database, clock):
    nina.signs_in().browser.get(MINE)
    page = nina.browser.post(f"{MINE}/app/remove", {}, 409)
    assert "Set up another one first." in page.text

    desk = Worker(app, hire(database, "desk", Role.FRONT_DESK)).signs_in()
    secret = desk.browser.get(f"{MINE}/app").select_one("#app-key").text.replace(" ", "")
    types(desk, code_at(clock.now, secret))
    desk.browser.get(MINE)
    desk.browser.post(f"{MINE}/app/remove", {})
    assert desk.tries(PASSWORD).location == HOME


# --- lost ------------------------------------------------------------------------------


def test_an_admin_takes_a_lost_second_step_away_and_hands_on_a_first_password(
    app, nina, database, clock
):
    admin = Worker(app, hire(database, "admin", Role.ADMIN)).signs_in()
    nina.signs_in()
    page = admin.browser.get(f"/staff/people/{nina.member.id}")
    form = page.select_one('form[action$="/reset-second-step"]')
    hidden = {str(tag["name"]): str(tag["value"]) for tag in form.select("[type=hidden]")}

    admin.browser.post(str(form["action"]), hidden)
    password = admin.browser.follow().select_one("#first-password code").text

    assert nina.browser.get(HOME, 303).location.startswith(DOOR)
    assert nina.tries(PASSWORD, 200).errors
    assert nina.tries(password).location == HOME
    assert nina.browser.follow().path == MINE
    assert ("staff.reset_second_step", "done", "") in acts(database)


# --- the password beside it ------------------------------------------------------------


@pytest.mark.parametrize(
    ("new", "error"),
    [
        ("kelp&fog", ""),
        ("kelp&fo", "Use 8 to 128 characters. A few words in a row are fine."),
        ("baseball", "This is one of the passwords that are tried first."),
        ("nina 2026", "This is made of your name, the clinic's, or words like them."),
        ("Example Spine Clinic", "This is made of your name, the clinic's, or words like them."),
    ],
)
def test_beside_a_second_step_a_password_may_be_short_and_not_easy(nina, new, error):
    nina.signs_in().browser.get("/staff/password")

    fields = {"current": PASSWORD, "new": new, "again": new}
    page = nina.browser.post("/staff/password", fields, 200 if error else 303)

    assert [each[: len(error)] for each in page.errors] == ([error] if error else [])


def test_a_code_of_letters_in_another_script_is_only_wrong(database, nina, clock):
    with database.writing() as tx:
        for odd in ("١٢٣٤٥٦", "\ud800" * 6, "12345\x00", "", "1234567"):
            assert not totp.take(tx, nina.member.id, odd, now=clock.now)
            assert not recovery_codes.take(tx, nina.member.id, odd)


def test_a_tablet_is_taken_back_by_the_second_step_and_not_before(app, database, nina, clock):
    token = hand(database, by=nina.member, now=clock.now).token
    nina.browser.client.set_cookie(tablet.PLAIN_NAME, token)

    at_the_second_step(nina)
    with database.reading() as tx:
        assert tablets.is_bound(tx, token)
    types(nina, code_at(clock.now))

    with database.reading() as tx:
        assert not tablets.is_bound(tx, token)
    assert nina.browser.follow().path == HOME
