"""Who waits, in which order, and what each role reads of them."""

from datetime import timedelta
from urllib.parse import quote

import pytest

from clinic.actions import audit_trail, worklists
from clinic.actions.amendments import add_to_sent
from clinic.referral.emergency import EmergencyStep
from clinic.store import audit, emergency_steps, outcomes
from clinic.store.audit import Sought
from clinic.store.outcomes import OutcomeKind
from clinic.store.staff import Role
from clinic.store.worklist import Scope
from tests.web.staff import (
    BEFORE,
    EMERGENCY,
    INCOMPLETE,
    PRIVATE,
    SAME_DAY,
    STORY,
    TWO_WEEKS,
    ZONE,
    Patients,
    Worker,
    hire,
)


@pytest.fixture
def patients(database, shelf) -> Patients:
    return Patients(database, shelf)


@pytest.fixture
def desk(app, database) -> Worker:
    return Worker(app, hire(database, "desk", Role.FRONT_DESK, "Dana Ortiz")).signs_in()


@pytest.fixture
def clinician(app, database) -> Worker:
    return Worker(app, hire(database, "clinician", Role.CLINICIAN, "Dr. Lee")).signs_in()


def headings(worker: Worker, path: str = "/staff/") -> list[str]:
    page = worker.browser.get(path)
    return [" ".join(heading.get_text().split()) for heading in page.select("main h2")]


def names(worker: Worker, path: str = "/staff/") -> list[str]:
    page = worker.browser.get(path)
    return [link.get_text(strip=True) for link in page.select(".patient_row__name a")]


def test_the_headings_stand_in_the_order_of_urgency_with_their_counts(desk, patients):
    patients.sends(TWO_WEEKS)
    patients.sends()
    patients.sends(INCOMPLETE)
    patients.sends(SAME_DAY)
    patients.sends(SAME_DAY)
    patients.sends(EMERGENCY)
    patients.sends(TWO_WEEKS, at=BEFORE - timedelta(days=20))

    assert headings(desk) == [
        "Emergency, nothing recorded yet: 1",
        "Call today: 2",
        "Safety questions not answered: 1",
        "Overdue: 1",
        "Within 2 weeks: 1",
        "Self-care: 1",
    ]
    assert desk.browser.get("/staff/").heading == "Intakes: 4 need a call today"


def test_under_a_heading_the_oldest_comes_first(desk, patients):
    patients.sends({**SAME_DAY, "full-name": "Second"})
    patients.sends({**SAME_DAY, "full-name": "First"}, at=BEFORE - timedelta(hours=2))

    assert names(desk) == ["First", "Second"]


def test_a_row_says_who_why_and_since_when(desk, patients):
    patients.sends(
        {**SAME_DAY, "full-name": "Lucía Herrera", "language": "es", "interpreter": "yes"}
    )

    row = desk.browser.get("/staff/").select_one(".patient_row").get_text(" ", strip=True)

    for words in (
        "Same day",
        "Fever or chills with back pain.",
        "Lucía Herrera",
        "45",
        "born March 17, 1981",
        "Waiting 1 h",
        "8:42 am",
        "Spanish, interpreter needed",
        "New · Nobody yet",
        "Call today",
    ):
        assert words in row


def test_a_row_says_how_often_nobody_was_reached_and_when_last(desk, patients, database, clock):
    missed = patients.sends(SAME_DAY)
    for _ in range(2):
        desk.opens(missed)
        desk.does("outcome", outcome="could_not_reach")

    row = desk.browser.get("/staff/").select_one(".patient_row").get_text(" ", strip=True)

    assert "Last call: Could not reach, 2 tries, the last 10:30 am" in row
    assert "Call again" in row


def test_a_row_says_by_when_to_act_and_when_that_is_late(desk, patients, clock):
    patients.sends(SAME_DAY)
    patients.sends(TWO_WEEKS)

    def rows() -> list[str]:
        found = desk.browser.get("/staff/").select(".patient_row")
        return [row.get_text(" ", strip=True) for row in found]

    today, weeks = rows()
    assert "Act today" in today
    assert "Act by March 31" in weeks

    clock.forward(days=1)
    desk.signs_in()
    late, _ = rows()
    assert "Act by March 17: late" in late
    assert "Call today: late since March 17" in late


def test_a_draft_that_met_an_emergency_waits_with_the_others(desk, patients):
    patients.drafts({**EMERGENCY, "full-name": "Rosa Delgado"})

    row = desk.browser.get("/staff/").select_one(".patient_row").get_text(" ", strip=True)

    assert "Rosa Delgado" in row
    assert "Not sent" in row
    assert "Call now" in row


def test_a_quiet_draft_is_nobodys_but_the_patients(desk, clinician, patients):
    intake_id = patients.drafts()

    assert names(desk) == []
    desk.opens(intake_id, 404)
    clinician.opens(intake_id, 404)


def test_the_front_desk_reads_a_reason_only_where_it_has_to_call(desk, clinician, patients):
    patients.sends(TWO_WEEKS)

    assert "Lost 10 pounds" not in desk.browser.get("/staff/").text
    assert "Lost 10 pounds" in clinician.browser.get("/staff/").text


def test_a_raised_level_shows_the_front_desk_no_reason_of_a_lower_finding(
    desk, clinician, patients
):
    clinician.opens(patients.sends(TWO_WEEKS))
    clinician.does("level", urgency="same_day", reason="Sounds worse on the phone.")

    assert "Lost 10 pounds" not in desk.browser.get("/staff/").text
    assert "Lost 10 pounds" in clinician.browser.get("/staff/?scope=all").text


def test_the_front_desk_reads_no_places_of_pain(desk, clinician, patients):
    patients.sends()

    assert "Left low back" not in desk.browser.get("/staff/").text
    assert "Left low back" in clinician.browser.get("/staff/").text


def test_no_row_gives_a_private_answer_away(desk, clinician, patients):
    patients.sends(PRIVATE)

    for worker in (desk, clinician):
        text = worker.browser.get("/staff/").text
        assert "A fall or accident, with a health risk." in text
        assert "regnan" not in text


def test_nothing_typed_by_a_patient_reaches_the_page_as_markup(desk, patients):
    patients.sends({**SAME_DAY, "full-name": "<script>alert(1)</script>", "pain-story": STORY})

    page = desk.browser.get("/staff/")

    assert "<script>alert(1)</script>" in page.text
    assert not page.has("main script")
    assert STORY not in page.body.decode()


def test_what_somebody_else_took_is_one_link_away(desk, clinician, patients):
    intake_id = patients.sends({**SAME_DAY, "full-name": "Taken One"})
    clinician.opens(intake_id)
    clinician.does("take")

    assert names(desk) == []
    assert names(clinician) == ["Taken One"]
    assert names(desk, "/staff/?scope=all") == ["Taken One"]
    row = desk.browser.get("/staff/?scope=all").select_one(".patient_row").get_text(" ")
    assert "Dr. Lee" in row


def test_one_heading_alone_can_be_looked_at(desk, patients):
    patients.sends({**SAME_DAY, "full-name": "Same Day"})
    patients.sends({**TWO_WEEKS, "full-name": "Two Weeks"})

    assert names(desk, "/staff/?show=urgent") == ["Two Weeks"]
    assert names(desk, "/staff/?show=nonsense") == ["Same Day", "Two Weeks"]


def test_a_long_list_goes_on_from_the_last_row(desk, patients, database, clock):
    for number in range(5):
        patients.sends({"full-name": f"P{number}"}, at=BEFORE + timedelta(minutes=number))

    listed = worklists.open_worklist(
        database,
        by=desk.member,
        scope=Scope.MINE,
        queue=None,
        after=None,
        now=clock.now,
        limit=3,
    )

    assert [row.card.name for row in listed.page.rows if row.card] == ["P0", "P1", "P2"]
    assert names(desk, f"/staff/?after={quote(listed.page.next or '')}") == ["P3", "P4"]


@pytest.mark.parametrize("place", ["x", "1~2~3", "0~2026-03-17T00:00:00~no", "%00"])
def test_a_strange_place_in_the_list_is_told_in_a_sentence(desk, place):
    page = desk.browser.get(f"/staff/?after={place}", 400)

    assert "Go back to its start." in page.text


def test_looking_at_the_list_is_audited(desk, patients, database):
    patients.sends()
    desk.browser.get("/staff/")

    with database.reading() as tx:
        row = audit.trail(tx, actor_id=desk.member.id)[0]
    assert (row.action, row.detail) == ("worklist.view", "mine, 1 rows")


def test_an_admin_reads_no_list_of_patients(app, database, patients):
    patients.sends({**SAME_DAY, "full-name": "Somebody Ill"})
    admin = Worker(app, hire(database, "admin", Role.ADMIN)).signs_in()

    assert admin.browser.get("/staff/", 303).location == "/staff/people/"
    for path in ("/staff/people/", "/staff/audit/"):
        assert b"Somebody Ill" not in admin.browser.get(path).body


def test_the_audit_is_read_in_pages_newest_first(app, database, patients, clock):
    patients.sends(SAME_DAY)
    admin = Worker(app, hire(database, "admin", Role.ADMIN)).signs_in()
    trail = audit_trail.open_audit(
        database, Sought(), by=admin.member, after=None, now=clock.now, limit=1
    )

    page = admin.browser.get(f"/staff/audit/?after={trail.rows[-1].id}")

    assert trail.more
    assert trail.rows[0].action == "staff.sign_in"
    told = [row.get_text(" ", strip=True) for row in page.select("tbody tr")]
    assert [words.split(" intake ")[0] for words in told] == [
        "8:42 am Patient Sent the answers",
        "8:40 am Patient Answered a page",
        "8:40 am Patient Began",
    ]
    assert admin.browser.get("/staff/audit/?after=nonsense", 400).heading


def test_the_people_are_listed_with_their_roles(app, database):
    hire(database, "desk", Role.FRONT_DESK, "Dana Ortiz")
    admin = Worker(app, hire(database, "admin", Role.ADMIN)).signs_in()

    text = admin.browser.get("/staff/people/").text

    assert "desk Dana Ortiz Front desk Yes" in text


def test_a_patients_intakes_stand_on_one_page(desk, patients, database):
    intake_id = patients.sends({**SAME_DAY, "full-name": "Priya Nair"})
    page = desk.opens(intake_id)

    page = desk.browser.get(page.link("All intakes of this patient"))

    assert page.heading == "Priya Nair"
    assert len(page.select("tbody tr")) == 1
    assert "Same day" in page.text
    with database.reading() as tx:
        assert audit.trail(tx, actor_id=desk.member.id)[0].action == "patient.view"


def rows(worker: Worker, path: str = "/staff/") -> list[str]:
    return [
        row.get_text(" ", strip=True) for row in worker.browser.get(path).select(".patient_row")
    ]


def test_a_row_says_what_changed_once_two_intakes_are_confirmed_as_one_persons(
    desk, clinician, patients, database
):
    weeks_ago = BEFORE - timedelta(days=21)
    patients.sends({"peg-pain": 4, "full-name": "Ana Cruz", "phone": "2125550147"}, at=weeks_ago)
    intake_id = patients.sends({"peg-pain": 7, "full-name": "Ana Cruz", "phone": "2125550147"})
    path = f"/staff/intakes/{intake_id}"

    assert "last time" not in " ".join(rows(clinician))
    clinician.browser.get(path)
    clinician.does("same-person/confirm")

    told = next(row for row in rows(clinician) if "last time" in row)
    assert "Worse since last time: Pain 4 to 7 of 10 in 3 weeks: worse" in told
    assert "(last time February 24, 2026)" in told
    seen_by_desk = " ".join(rows(desk, "/staff/?scope=all"))
    assert "Was here before (last time February 24, 2026)" in seen_by_desk
    assert "4 to 7" not in seen_by_desk

    clinician.browser.get(path)
    clinician.does("same-person/undo")
    assert "last time" not in " ".join(rows(clinician))


def test_rows_can_be_narrowed_by_the_language_that_a_call_needs(desk, patients):
    patients.sends({"full-name": "En Glish"})
    patients.sends({"full-name": "Es Panol", "language": "es", "interpreter": "no"})
    patients.sends({"full-name": "Inter Preter", "language": "es", "interpreter": "yes"})

    assert names(desk, "/staff/?speaks=spanish") == ["Es Panol", "Inter Preter"]
    assert names(desk, "/staff/?speaks=interpreter") == ["Inter Preter"]
    assert names(desk, "/staff/?speaks=nonsense") == ["En Glish", "Es Panol", "Inter Preter"]
    page = desk.browser.get("/staff/?speaks=interpreter&scope=all")
    assert "scope=all" in page.link("Spanish")
    assert "speaks=interpreter" in page.link("Mine and nobody's")


def test_taking_a_patient_from_the_list_comes_back_to_the_same_list(desk, patients):
    intake_id = patients.sends({**SAME_DAY, "full-name": "Take Me"})
    desk.browser.get("/staff/?show=same_day&scope=all")

    answer = desk.does("take")

    assert answer.location == f"/staff/?scope=all&show=same_day#row-{intake_id}"
    assert "You" in rows(desk)[0]
    assert not desk.browser.get("/staff/").has(".patient_row form")


@pytest.mark.parametrize("back", ["https://elsewhere.test/", "//elsewhere.test", "/", ""])
def test_taking_a_patient_never_leads_off_the_staff_pages(desk, patients, back):
    intake_id = patients.sends(SAME_DAY)
    desk.opens(intake_id)

    assert desk.does("take", back=back).location == f"/staff/intakes/{intake_id}"


def test_the_next_action_follows_the_loop_of_an_emergency(desk, patients, database, clock):
    intake_id = patients.sends({**EMERGENCY, "full-name": "Rosa Delgado"})
    with database.writing() as tx:
        outcomes.record(
            tx, intake_id, OutcomeKind.SENT_TO_EMERGENCY_CARE, by=desk.member.id, now=clock.now
        )
        emergency_steps.add(
            tx,
            intake_id,
            EmergencyStep.ADVISED,
            number=1,
            words="",
            due_at=clock.now + timedelta(hours=24),
            by=desk.member.id,
            now=clock.now,
        )

    assert "Ask if they arrived, by March 18, 10:30 am" in rows(desk)[0]
    assert not desk.browser.get("/staff/").has(".late_lines")
    clock.forward(hours=24)
    desk.signs_in()
    assert "Ask if they arrived: late since 10:30 am" in rows(desk)[0]
    late = desk.browser.get("/staff/").select_one(".late_lines").get_text(" ", strip=True)
    assert late == "1 emergency: the next step is late. Rosa Delgado"


def test_what_a_patient_added_is_told_until_it_was_read(desk, clinician, patients, database, clock):
    intake_id = patients.sends({"full-name": "Ad Ded"})
    add_to_sent(database, intake_id, "I take a blood thinner.", once="1", now=clock.now, zone=ZONE)

    assert "Added something that nobody has read" in rows(clinician)[0]
    assert "Read what was added" in rows(clinician)[0]
    assert "Added something that nobody has read" in rows(desk)[0]
    assert "blood thinner" not in rows(desk)[0]
    clinician.opens(intake_id)
    clinician.does("added/read")
    assert "Added something" not in rows(clinician)[0]
