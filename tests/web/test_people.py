"""Accounts of staff: an admin adds, disables, resets and changes roles; everybody ends sessions."""

import csv
import io
import re

import pyotp
import pytest

from clinic.actions import people, second_step
from clinic.errors import Conflict, NotAllowed, Refused
from clinic.store import audit, intakes, staff
from clinic.store.staff import Role
from tests.web.browser import Page
from tests.web.staff import PASSWORD, SAME_DAY, Patients, Worker, hire

HOME = "/staff/"
PEOPLE = "/staff/people/"
DOOR = "/staff/sign-in"


@pytest.fixture
def admin(app, database) -> Worker:
    return Worker(app, hire(database, "admin", Role.ADMIN, "Ada Admin")).signs_in()


@pytest.fixture
def second(app, database) -> Worker:
    return Worker(app, hire(database, "second", Role.ADMIN, "Sid Second")).signs_in()


@pytest.fixture
def desk(app, database) -> Worker:
    return Worker(app, hire(database, "desk", Role.FRONT_DESK, "Dana Ortiz"))


def page_of(worker: Worker, who: Worker) -> Page:
    return worker.browser.get(f"{PEOPLE}{who.member.id}")


def presses(worker: Worker, act: str, status: int = 303, **fields: str) -> Page:
    """Send one of the forms of the page at hand, and go where it leads."""
    page = worker.browser.page
    assert page is not None
    form = page.select_one(f'main form[action$="/{act}"]')
    hidden = {str(tag["name"]): str(tag["value"]) for tag in form.select("[type=hidden]")}
    worker.browser.post(str(form["action"]), {**hidden, **fields}, status)
    return worker.browser.follow()


def acts(database, who: Worker) -> list[tuple[str, str]]:
    with database.reading() as tx:
        rows = audit.trail(tx, subject=("staff", who.member.id))
    wanted = ("staff.add", "staff.disable", "staff.enable", "staff.reset", "staff.set_role")
    return [(row.action, row.detail) for row in reversed(rows) if row.action in wanted]


def as_kept(database, who: Worker) -> staff.Member:
    with database.reading() as tx:
        return staff.get(tx, who.member.id)


# --- adding --------------------------------------------------------------------------


def test_somebody_new_gets_a_password_shown_once_and_sets_up_a_second_step_first(
    app, database, admin
):
    admin.browser.get(f"{PEOPLE}new")
    admin.browser.submit({"username": "Nina", "name": "Nina Park", "role": "clinician"})
    page = admin.browser.follow()
    password = page.select_one("#first-password code").text

    assert re.fullmatch(r"([a-z2-9]{4}-){4}[a-z2-9]{4}", password)
    assert password not in admin.browser.get(page.path).body.decode()
    with database.reading() as tx:
        nina = staff.by_username(tx, "nina")
    assert nina is not None
    newcomer = Worker(app, nina)
    newcomer.tries(password)
    assert newcomer.browser.get(HOME, 303).location == "/staff/second-step"
    assert acts(database, newcomer) == [("staff.add", "clinician")]


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"username": " "}, ["Type a user name."]),
        ({"name": ""}, ["Type the name."]),
        ({"role": None}, ["Choose a role."]),
        ({"role": "owner"}, ["Choose a role."]),
        ({"username": "ADMIN"}, ["There is somebody with the user name 'admin' already."]),
        ({"username": "n" * 81}, ["Shorten this to 80 characters."]),
    ],
)
def test_a_new_account_needs_a_free_user_name_a_name_and_a_role(admin, changes, errors):
    admin.browser.get(f"{PEOPLE}new")

    filled = {"username": "nina", "name": "Nina <b>Park</b>", "role": "admin"}
    page = admin.browser.submit({**filled, **changes}, 422)

    assert page.errors == errors
    if "name" not in changes:
        assert page.select_one("#name")["value"] == "Nina <b>Park</b>"


# --- disabling, resetting, changing the role ---------------------------------------------


@pytest.mark.parametrize(
    ("act", "fields", "told"),
    [
        ("disable", {}, "Disabled, and signed out everywhere."),
        ("reset", {}, "It is shown this one time."),
        ("role", {"role": "clinician"}, "Now Clinician, and signed out everywhere."),
    ],
)
def test_each_change_ends_every_session_of_that_person_at_once(
    app, database, admin, desk, act, fields, told
):
    elsewhere = Worker(app, desk.member).signs_in()
    desk.signs_in()
    page_of(admin, desk)

    page = presses(admin, act, **fields)

    assert told in page.text
    for one in (desk, elsewhere):
        assert one.browser.get(HOME, 303).location.startswith(DOOR)
    assert admin.browser.get(PEOPLE).heading
    assert [action for action, _ in acts(database, desk)] == [
        {"role": "staff.set_role"}.get(act, f"staff.{act}")
    ]


def test_a_disabled_person_is_let_in_again_with_the_password_they_had(admin, desk):
    page_of(admin, desk)
    assert "No, disabled" in presses(admin, "disable").text
    assert desk.tries(PASSWORD, 200).errors

    presses(admin, "enable")

    assert desk.tries(PASSWORD).location == HOME


def test_after_a_reset_only_the_new_password_opens_and_must_be_changed(admin, desk):
    page_of(admin, desk)
    password = presses(admin, "reset").select_one("#first-password code").text

    assert desk.tries(PASSWORD, 200).errors
    assert desk.tries(password).location == HOME
    assert desk.browser.follow().path == "/staff/password"


@pytest.mark.parametrize(("act", "fields"), [("disable", {}), ("role", {"role": "admin"})])
def test_patients_of_somebody_who_sees_none_any_more_are_anybodys_again(
    database, shelf, admin, desk, act, fields
):
    intake_id = Patients(database, shelf).sends(SAME_DAY)
    desk.signs_in()
    desk.opens(intake_id)
    desk.does("take")
    page_of(admin, desk)

    page = presses(admin, act, **fields)

    if act == "disable":
        assert "Patients whom anybody may take again: 1." in page.text
    with database.reading() as tx:
        assert intakes.facts(tx, intake_id).owner_id is None
        last = audit.trail(tx, subject=("intake", intake_id), limit=1)[0]
    assert (last.action, last.actor.id) == ("intake.give_back", admin.member.id)


def test_the_role_they_have_already_ends_no_session(database, admin, desk):
    desk.signs_in()
    page_of(admin, desk)

    assert "the role they have already" in presses(admin, "role", role="front_desk").text
    assert desk.browser.get(HOME).heading
    assert acts(database, desk) == []


@pytest.mark.parametrize(("act", "fields"), [("disable", {}), ("role", {"role": "clinician"})])
def test_nobody_takes_the_admin_from_themselves(database, admin, second, act, fields):
    page = page_of(admin, admin)
    assert not page.select('main form[method="post"]')

    path = f"{PEOPLE}{admin.member.id}/{act}"
    page = admin.browser.post(path, {**fields, "seen": admin.member.mark}, 409)

    assert "Ask another admin to do it." in page.text
    kept = as_kept(database, admin)
    assert kept.role is Role.ADMIN
    assert not kept.disabled


@pytest.mark.parametrize(("act", "fields"), [("disable", {}), ("role", {"role": "clinician"})])
def test_the_last_admin_stays(database, admin, act, fields):
    path = f"{PEOPLE}{admin.member.id}/{act}"
    admin.browser.get(PEOPLE)
    page = admin.browser.post(path, {**fields, "seen": admin.member.mark}, 409)

    assert "This is the last admin who can sign in." in page.text
    assert as_kept(database, admin).role is Role.ADMIN


def test_ones_own_password_is_not_reset_but_changed(database, admin):
    admin.browser.get(PEOPLE)
    path = f"{PEOPLE}{admin.member.id}/reset"

    page = admin.browser.post(path, {"seen": admin.member.mark}, 409)

    assert "Change your password under Password." in page.text
    assert as_kept(database, admin).mark == admin.member.mark


def test_the_second_of_two_admins_is_told_and_undoes_nothing(database, admin, second, desk):
    page_of(admin, desk)
    page_of(second, desk)
    presses(admin, "disable")

    page = presses(second, "role", 409, role="clinician")

    assert "Another admin changed this account since you opened the page." in page.text
    assert page.select_one("#role__2").has_attr("checked")
    kept = as_kept(database, desk)
    assert kept.disabled
    assert kept.role is Role.FRONT_DESK
    assert "Now Clinician" in presses(second, "role", role="clinician").text


def test_two_resets_from_the_same_page_make_one_password(admin, second, desk):
    page_of(admin, desk)
    page_of(second, desk)
    password = presses(admin, "reset").select_one("#first-password code").text

    assert not presses(second, "reset", 409).has("#first-password")
    assert desk.tries(password).location == HOME


def test_a_new_first_password_does_not_pass_the_second_step(app, database, admin, clock):
    member, secret = hire(database, "nina", Role.CLINICIAN, enrols=True), pyotp.random_base32()
    code = pyotp.TOTP(secret).at(clock.now)
    assert second_step.set_up_app(database, member, secret, code, now=clock.now)
    nina = Worker(app, member)

    page_of(admin, nina)
    password = presses(admin, "reset").select_one("#first-password code").text

    assert nina.tries(password).location == "/staff/sign-in/code"
    assert nina.browser.get(HOME, 303).location.startswith(DOOR)


def test_an_admin_who_was_demoted_meanwhile_changes_nobody(database, admin, second, desk, clock):
    with database.writing() as tx:
        staff.set_role(tx, second.member.id, Role.FRONT_DESK)

    for act in (people.disable, people.reset, people.enable):
        with pytest.raises(NotAllowed):
            act(database, desk.member.id, mark=desk.member.mark, by=second.member, now=clock.now)
    with pytest.raises((Conflict, Refused)):
        people.set_role(
            database,
            desk.member.id,
            Role.ADMIN,
            mark=desk.member.mark,
            by=second.member,
            now=clock.now,
        )
    assert acts(database, desk) == []


def test_somebody_who_is_not_there_is_not_found(admin):
    nobody = "0195a3c0-0000-7000-8000-00000000dead"

    assert admin.browser.get(f"{PEOPLE}{nobody}", 404).heading
    admin.browser.get(PEOPLE)
    assert admin.browser.post(f"{PEOPLE}{nobody}/disable", {"seen": "x"}, 404).heading


# --- one's own sessions ------------------------------------------------------------------


def test_everybody_sees_their_own_sessions_and_no_others(app, admin, desk, clock):
    desk.signs_in()
    clock.forward(minutes=5)
    elsewhere = Worker(app, desk.member).signs_in()

    page = elsewhere.browser.get("/staff/sessions")

    told = [" ".join(row.get_text(" ").split()) for row in page.select("tbody tr")]
    assert page.heading == "Where you are signed in: 2"
    assert [each.split(" am ")[0] for each in told] == ["10:35", "10:30"]
    assert "This one." in told[0]
    assert admin.browser.get("/staff/sessions").heading.endswith(": 1")


def test_one_other_session_is_ended(app, desk):
    elsewhere = Worker(app, desk.member).signs_in()
    third = Worker(app, desk.member).signs_in()
    desk.signs_in()
    desk.browser.get("/staff/sessions")
    before = {
        name: str(tag["value"])
        for name, tag in enumerate(desk.browser.page.select('[name="handle"]'))
    }

    desk.browser.post("/staff/sessions/end", {"handle": before[0]})

    assert "Signed out there." in desk.browser.follow().text
    out = [one.browser.get(HOME, None).status for one in (elsewhere, third)]
    assert sorted(out) == [200, 303]
    desk.browser.get("/staff/sessions")
    desk.browser.post("/staff/sessions/end", {"handle": before[0]})
    assert "had ended already" in desk.browser.follow().text


def test_all_other_sessions_are_ended_and_it_is_audited(app, database, desk):
    elsewhere = Worker(app, desk.member).signs_in()
    desk.signs_in()
    desk.browser.get("/staff/sessions")

    desk.browser.post("/staff/sessions/end-others")

    assert desk.browser.follow().heading.endswith(": 1")
    assert elsewhere.browser.get(HOME, 303).location.startswith(DOOR)
    with database.reading() as tx:
        assert audit.trail(tx, limit=1)[0].action == "staff.end_sessions"


def test_nobody_ends_the_session_of_somebody_else(admin, desk):
    desk.signs_in()
    elsewhere = Worker(desk.browser.app, desk.member).signs_in()
    desk.browser.get("/staff/sessions")
    handle = str(desk.browser.page.select_one('[name="handle"]')["value"])
    admin.browser.get("/staff/sessions")

    admin.browser.post("/staff/sessions/end", {"handle": handle})

    assert "had ended already" in admin.browser.follow().text
    assert elsewhere.browser.get(HOME).heading


# --- the audit ---------------------------------------------------------------------------


def lines(page: Page) -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in page.select("tbody tr")]


def search(worker: Worker, status: int = 200, **asked: str) -> Page:
    return worker.browser.get("/staff/audit/", status, query_string=asked)


def test_the_audit_is_searched_by_person_act_subject_and_days(database, shelf, admin, desk, clock):
    intake_id = Patients(database, shelf).sends(SAME_DAY)
    desk.signs_in()
    desk.opens(intake_id)
    reference = desk.browser.page.title.split()[1]
    clock.forward(days=1)
    admin.signs_in()

    by_person = lines(search(admin, person=str(desk.member.id)))
    assert len(by_person) == 2
    assert all("Dana Ortiz" in line for line in by_person)
    by_act = lines(search(admin, act="intake.view"))
    assert len(by_act) == 1
    about = lines(search(admin, about=f"intake {intake_id}"))
    assert "Sent the answers" in " ".join(about)
    assert lines(search(admin, about=str(intake_id))) == about
    assert lines(search(admin, about=reference.lower())) == about
    today = lines(search(admin, first="2026-03-18", last="2026-03-18"))
    assert today
    assert all("Ada Admin" in line for line in today)
    assert len(lines(search(admin, last="2026-03-17", person=str(admin.member.id)))) == 1
    assert lines(search(admin, act="staff.reset")) == ["Nothing fits this search."]


def test_a_day_is_the_clinics_day(admin, clock):
    clock.forward(hours=13)  # 3:30 on the next day in UTC, 11:30 in the evening at the clinic
    admin.signs_in()

    assert lines(search(admin, first="2026-03-17", last="2026-03-17"))
    assert lines(search(admin, first="2026-03-18")) == ["Nothing fits this search."]


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"first": "yesterday"}, "Write the day such as 2026-03-17."),
        ({"last": "9999-12-31"}, "Write the day such as 2026-03-17."),
        ({"first": "2026-03-18", "last": "2026-03-17"}, "The first day comes after the last."),
        ({"about": "Rivera"}, "Write a reference such as"),
        ({"person": "nobody"}, "Choose a person from the list."),
    ],
)
def test_a_search_that_cannot_be_read_says_what_to_mend(admin, asked, error):
    page = search(admin, 422, **asked)

    assert page.errors[0].startswith(error)
    assert admin.browser.get("/staff/audit/audit.csv", 422, query_string=asked).errors


def test_each_act_is_kept_with_the_request_and_the_session_that_it_came_by(database, admin, desk):
    desk.tries(PASSWORD)
    desk.browser.get(desk.browser.post("/staff/search", {"who": "Okafor"}, 303).location)
    desk.browser.post("/staff/sign-out")

    with database.reading() as tx:
        out, sought, came = audit.trail(tx, actor_id=desk.member.id)[:3]
    assert re.fullmatch("[0-9a-f]{24}", out.session)
    assert came.session != sought.session == out.session  # a session of its own begins by coming in
    assert len({out.request_id, sought.request_id, came.request_id}) == 3
    assert re.fullmatch("[0-9a-f]{32}", came.request_id)
    file = admin.browser.get("/staff/audit/audit.csv").body.decode("utf-8-sig")
    assert f"{out.session},{out.request_id}" in file


def test_the_file_holds_what_was_searched_and_no_formula_and_is_audited(
    app, database, shelf, admin
):
    Patients(database, shelf).sends({**SAME_DAY, "full-name": "Somebody Ill"})
    Worker(app, hire(database, "=cmd", Role.FRONT_DESK, "=HYPERLINK(1)")).signs_in()

    page = search(admin, act="staff.sign_in")
    page = admin.browser.get(page.link("Save as a CSV file"))

    assert page.headers["Content-Disposition"] == 'attachment; filename="audit.csv"'
    rows = list(csv.DictReader(io.StringIO(page.body.decode("utf-8-sig"))))
    assert [row["act"] for row in rows] == ["staff.sign_in"] * 2
    assert rows[0]["who_user_name"] == "'=cmd"
    assert rows[0]["who_name"] == "'=HYPERLINK(1)"
    assert rows[0]["at_utc"] == "2026-03-17T14:30:00+00:00"
    whole = admin.browser.get("/staff/audit/audit.csv").body
    assert b"Somebody Ill" not in whole
    with database.reading() as tx:
        assert audit.trail(tx, limit=1)[0].action == "audit.export"


def test_the_next_page_asks_for_the_same(database, shelf, admin):
    for _ in range(101):
        with database.writing() as tx:
            actor = audit.Actor("staff", admin.member.id)
            now = admin.member.created_at
            audit.record(tx, actor=actor, action="staff.reset", subject=None, now=now)

    page = search(admin, act="staff.reset", person=str(admin.member.id))
    assert len(lines(page)) == 100
    assert len(lines(admin.browser.get(page.link("Older")))) == 1
    assert len(lines(admin.browser.get(admin.browser.page.link("Newest")))) == 100
