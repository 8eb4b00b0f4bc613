"""Legal holds on the pages: an admin sets and lifts them, and whoever reads the patient sees it."""

from clinic.store import audit, holds, intakes
from clinic.store.staff import Role
from tests.web.staff import SAME_DAY, STORY, Patients, Worker, hire

WHY = "Letter of the county court, 3 November."


def test_an_admin_holds_an_intake_by_its_reference_and_lifts_the_hold(app, database, shelf):
    intake_id = Patients(database, shelf).sends({**SAME_DAY, "pain-story": STORY})
    with database.reading() as tx:
        reference = intakes.facts(tx, intake_id).reference
    admin = Worker(app, hire(database, "admin", Role.ADMIN, "Ada Admin")).signs_in()
    desk = Worker(app, hire(database, "desk", Role.FRONT_DESK)).signs_in()
    clinician = Worker(app, hire(database, "clinician", Role.CLINICIAN)).signs_in()

    admin.browser.get("/staff/holds/")
    wrong = admin.browser.submit({"reference": "XXXX-XXXX", "reason": WHY}, 422)
    assert "There is no intake with this reference." in wrong.text
    assert WHY in wrong.text
    admin.browser.submit({"reference": reference.lower(), "reason": WHY})
    page = admin.browser.follow()
    assert "Held. No policy deletes this intake now." in page.text
    assert WHY in page.text
    assert STORY not in page.text
    for reader in (desk, clinician):
        assert "Under a legal hold since" in reader.opens(intake_id).text

    admin.browser.get("/staff/holds/")
    twice = admin.browser.submit({"reference": reference, "reason": WHY}, 422)
    assert "This intake is held already." in twice.text

    with database.reading() as tx:
        (hold,) = holds.standing(tx)
    admin.browser.get(f"/staff/holds/{hold.id}/lift")
    assert "Type the reason" in admin.browser.submit({"reason": " "}, 422).text
    admin.browser.submit({"reason": "The case is closed."})
    assert "No intake is held." in admin.browser.follow().text

    with database.reading() as tx:
        acts = [row.action for row in audit.trail(tx, subject=("intake", intake_id), limit=9)]
    assert [act for act in acts if act.startswith("hold.")] == ["hold.lift", "hold.set"]
