"""Break-glass: the front desk reads one intake for an hour, with a reason, and an admin is told."""

from urllib.parse import urlsplit
from uuid import UUID

import pytest

from clinic.store import audit, case_access
from clinic.store.staff import Role
from clinic.web.security import Audience, audiences
from tests.web.staff import SAME_DAY, STORY, Patients, Worker, hire

REASON = "Her sister asks what she wrote about the fever."
FILLED = {"kind": "on_the_phone", "reason": REASON}


@pytest.fixture
def intake_id(database, shelf) -> UUID:
    return Patients(database, shelf).sends({**SAME_DAY, "pain-story": STORY})


@pytest.fixture
def desk(app, database) -> Worker:
    return Worker(app, hire(database, "desk", Role.FRONT_DESK, "Dana Ortiz")).signs_in()


@pytest.fixture
def clinician(app, database) -> Worker:
    return Worker(app, hire(database, "clinician", Role.CLINICIAN, "Dr. Lee")).signs_in()


@pytest.fixture
def admin(app, database) -> Worker:
    return Worker(app, hire(database, "admin", Role.ADMIN, "Ada Admin")).signs_in()


def opens_all(worker: Worker, intake_id: UUID, status: int = 303, **changes: str):
    worker.browser.get(f"/staff/intakes/{intake_id}/open-now")
    return worker.browser.submit({**FILLED, **changes}, status)


def test_with_a_reason_the_desk_reads_every_answer_and_nobody_else_at_the_desk(
    app, database, desk, intake_id
):
    beside = Worker(app, hire(database, "beside", Role.FRONT_DESK)).signs_in()
    assert STORY not in desk.opens(intake_id).text
    assert desk.browser.page.link("I need to see the answers now")

    opens_all(desk, intake_id)

    page = desk.browser.follow()
    assert STORY in page.text
    assert "Open to you until 11:30 am" in page.text
    assert STORY not in beside.opens(intake_id).text


def test_after_sixty_minutes_it_is_closed_again(desk, intake_id, clock):
    opens_all(desk, intake_id)
    for _ in range(5):
        clock.forward(minutes=11)
        assert STORY in desk.opens(intake_id).text
    clock.forward(minutes=4, seconds=59)
    assert STORY in desk.opens(intake_id).text
    clock.forward(seconds=1)

    assert STORY not in desk.opens(intake_id).text


def test_it_opens_one_intake_to_be_read_and_gives_no_other_right(
    database, shelf, desk, clinician, intake_id
):
    another = Patients(database, shelf).sends({"pain-story": "Another story."})
    opens_all(desk, intake_id)

    page = desk.opens(intake_id)
    for act in ("notes", "level", "reviewed", "staff-question", "totals"):
        assert not page.has(f'form[action$="/{act}"]')
    assert not page.has('a[href$=".pdf"]')
    assert "Another story." not in desk.opens(another).text
    desk.browser.get(f"/staff/intakes/{intake_id}/summary.pdf", 403)
    desk.browser.post(f"/staff/intakes/{intake_id}/notes", {"text": "x", "version": "1"}, 403)
    assert clinician.opens(intake_id).has('form[action$="/notes"]')


def test_the_opened_page_offers_nothing_that_is_closed_to_the_desk(app, desk, intake_id):
    opens_all(desk, intake_id)
    page = desk.opens(intake_id)
    offered = [("GET", str(link["href"])) for link in page.select('main a[href^="/"]')]
    offered += [("POST", str(form["action"])) for form in page.select('main form[method="post"]')]
    routes = app.url_map.bind("localhost")

    closed = [
        path
        for method, path in offered
        if Audience.FRONT_DESK
        not in audiences(app, str(routes.match(urlsplit(path).path, method=method)[0]))
    ]

    assert len(offered) >= 5
    assert closed == []


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"reason": " "}, "Type what happened."),
        ({"kind": ""}, "Choose why you cannot wait."),
        ({"kind": "curious"}, "Choose why you cannot wait."),
    ],
)
def test_without_a_reason_nothing_opens_and_what_was_typed_stays(
    database, desk, intake_id, changes, error
):
    page = opens_all(desk, intake_id, 422, **changes)

    assert page.errors == [error]
    assert page.select_one("textarea").text.strip() == (REASON if "kind" in changes else "")
    assert STORY not in desk.opens(intake_id).text
    with database.reading() as tx:
        assert case_access.all_of(tx, intake_id) == []


def test_the_reason_is_read_by_a_clinician_and_not_by_the_rest_of_the_desk(
    app, database, desk, clinician, intake_id
):
    beside = Worker(app, hire(database, "beside", Role.FRONT_DESK)).signs_in()
    opens_all(desk, intake_id)

    told = "opened all answers for 60 minutes, with a reason"
    assert f"Dana Ortiz {told}" in " ".join(clinician.opens(intake_id).text.split())
    assert REASON in clinician.browser.page.text
    assert told in beside.opens(intake_id).text
    assert REASON not in beside.browser.page.text


def test_each_use_and_each_view_is_audited_without_the_reason(database, desk, intake_id):
    opens_all(desk, intake_id)
    desk.browser.follow()

    with database.reading() as tx:
        rows = audit.trail(tx, subject=("intake", intake_id))
    told = [(row.action, row.detail) for row in rows if row.actor.id == desk.member.id]
    assert told[:2] == [("intake.view", "break-glass"), ("intake.break_glass", "on_the_phone")]
    assert not any(REASON in row.detail for row in rows)


def test_pressed_twice_it_is_one_use(database, desk, intake_id):
    opens_all(desk, intake_id)
    desk.browser.post(f"/staff/intakes/{intake_id}/open-now", FILLED)

    assert desk.browser.get(f"/staff/intakes/{intake_id}/open-now", 303).location
    with database.reading() as tx:
        assert len(case_access.all_of(tx, intake_id)) == 1


def test_an_admin_sees_each_use_until_one_has_looked_at_it(app, database, desk, admin, intake_id):
    opens_all(desk, intake_id)

    page = admin.browser.get("/staff/people/")
    assert "Dana Ortiz" in page.select_one("#opened").text
    assert "The patient is on the phone" in page.text
    assert REASON not in page.text
    assert "Rivera" not in page.text
    action = str(page.select_one('#opened form[method="post"]')["action"])
    admin.browser.post(action)
    assert "Marked as looked at." in admin.browser.follow().text
    assert not admin.browser.page.has("#opened")

    second = Worker(app, hire(database, "second", Role.ADMIN)).signs_in()
    second.browser.post(action)
    assert "Another admin had looked at it already." in second.browser.follow().text
    with database.reading() as tx:
        (use,) = case_access.all_of(tx, intake_id)
        seen = [row for row in audit.trail(tx) if row.action == "intake.break_glass_seen"]
    assert use.told_by == admin.member.id
    assert len(seen) == 1


def test_a_quiet_draft_is_opened_to_nobody(database, shelf, desk):
    draft = Patients(database, shelf).drafts()

    desk.browser.get(f"/staff/intakes/{draft}/open-now", 404)
    desk.browser.post(f"/staff/intakes/{draft}/open-now", FILLED, 404)
