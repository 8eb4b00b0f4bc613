"""Staff type a paper form in: the same questions and checks, and nobody else's draft."""

from uuid import UUID

import pytest

from clinic.intake import GivenBy
from clinic.store import audit, intakes
from clinic.store.staff import Role
from clinic.summary.paper_form import codes_of
from tests.make import shipped_questionnaire
from tests.web.browser import path_of
from tests.web.patient import MOST_PAGES, plain_answers
from tests.web.staff import EMERGENCY, SAME_DAY, Patients, Worker, hire

SIGNED = {
    "language": "en",
    "signed": "yes",
    "name": "Pat Paper",
    "signed_on": "3/16/2026",
    "answered_on": "3/15/2026",
}


@pytest.fixture
def nina(app, database) -> Worker:
    return Worker(app, hire(database, "nina", Role.FRONT_DESK)).signs_in()


def begins(worker: Worker, **changes: str) -> str:
    """Begin a paper form, and give the address of its first step."""
    page = worker.browser.get("/staff/paper/")
    (form,) = [each for each in page.select("main form") if "begin" in str(each["action"])]
    token = form.select_one('[name="csrf_token"]')["value"]
    fields = {"csrf_token": token, **SIGNED, **changes}
    worker.browser.post(str(form["action"]), fields, None)
    return path_of(worker.browser.page.location or "")


def types(worker: Worker, address: str, **changes: object) -> str:
    """Type one step as a well adult wrote it, and give where it leads."""
    worker.browser.get(address)
    form = worker.browser.page.select_one("form#step")
    asked = {str(tag["name"]) for tag in form.select("[name]")}
    hidden = {str(tag["name"]): str(tag["value"]) for tag in form.select("[type=hidden]")}
    answers = {**plain_answers(), **{name.replace("_", "-"): v for name, v in changes.items()}}
    fields = {name: value for name, value in answers.items() if name in asked}
    worker.browser.post(address, {**hidden, **fields}, None)
    return worker.browser.page.location


def test_staff_type_a_paper_in_stop_go_on_and_send(nina, app, database, shelf, clock):
    place = begins(nina)
    assert place.endswith("/about-you")
    intake_id = place.split("/")[4]
    place = types(nina, place)
    page = nina.browser.get("/staff/paper/")
    (link,) = page.select('main a[href*="/typing/"]')
    assert path_of(nina.browser.get(str(link["href"]), 303).location).endswith("/contact")

    code = codes_of(shipped_questionnaire())["phone"]
    assert f"On paper: {code}" in " ".join(nina.browser.get(place).select_one("main").text.split())
    for _ in range(MOST_PAGES):
        if place.endswith("/review"):
            break
        place = types(nina, place)
    page = nina.browser.get(place)
    assert "Answered on paper on March 15, 2026" in page.select_one("main").text
    form = page.select_one('form[action$="/send"]')
    hidden = {str(tag["name"]): str(tag["value"]) for tag in form.select("[type=hidden]")}
    for _ in range(2):
        nina.browser.post(str(form["action"]), hidden)
        assert path_of(nina.browser.page.location) == f"/staff/intakes/{intake_id}"

    with database.reading() as tx:
        sent = intakes.load(tx, UUID(intake_id), shelf.questionnaires)
        acts = {(row.action, row.actor.kind) for row in audit.trail(tx)}
    assert sent.submitted
    assert str(sent.answered_on) == "2026-03-15"
    assert {entry.given_by for entry in sent.history} == {GivenBy.STAFF}
    assert {("intake.send", "staff"), ("intake.answer", "staff"), ("paper.begin", "staff")} <= acts
    assert sent.consent.name == "Pat Paper"
    nina.browser.get(place, 404)


def test_an_emergency_that_is_typed_in_raises_the_alarm_and_tells_staff_what_to_do(nina, database):
    place = begins(nina, language="es")
    intake_id = UUID(place.split("/")[4])
    types(nina, place.replace("about-you", "right-now"))
    worse = types(nina, place.replace("about-you", "feeling"), **EMERGENCY)
    if "/urgent" not in worse:  # the follow-ups came first, as for a patient
        worse = types(nina, worse, **EMERGENCY)

    page = nina.browser.get(worse)
    assert page.heading == "Stop typing. See or call this patient now"
    words = page.select_one("main").text
    assert "Call 911 or go to the emergency room now" in words
    assert "New loss of feeling between the legs" in words
    with database.reading() as tx:
        assert intakes.facts(tx, intake_id).emergency_open
    nina.opens(intake_id)


def test_what_asks_for_a_call_today_is_told_while_the_form_cannot_be_sent(nina):
    place = begins(nina)
    assert not nina.browser.get(place.replace("about-you", "review")).has("#call-today")
    for _ in range(2):  # the follow-ups come first, as for a patient
        types(nina, place.replace("about-you", "illness"), **SAME_DAY)

    page = nina.browser.get(place.replace("about-you", "review"))
    assert "ask for a call today, sent or not" in page.select_one("#call-today").text
    assert not page.has('form[action$="/send"]')
    late = nina.browser.get("/staff/").select_one(".late_lines").get_text(" ", strip=True)
    assert "1 paper form is begun and not sent. It is not on this list." in late


def test_a_patients_own_draft_opens_for_nobody_who_types_from_paper(nina, database, shelf):
    draft = Patients(database, shelf).drafts()

    for place in ("", "about-you", "review", "urgent"):
        nina.browser.get(f"/staff/paper/typing/{draft}/{place}", 404)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"signed": ""}, "Without a signature nothing is typed in."),
        ({"signed_on": ""}, "Type the day beside the signature"),
        ({"answered_on": ""}, "Type the day on which it was filled in"),
        ({"answered_on": "3/18/2026"}, "This day is still to come. Check the paper."),
        ({"language": "xx"}, "Choose the language that the form is printed in."),
    ],
)
def test_nothing_is_typed_in_that_was_not_signed(nina, changes, words):
    begins(nina, **changes)

    assert nina.browser.page.status == 422
    assert any(words in error for error in nina.browser.page.errors)


def test_every_role_prints_the_form_and_an_admin_types_nothing_in(app, database):
    amy = Worker(app, hire(database, "amy", Role.ADMIN)).signs_in()
    made = {}
    for language in ("en", "es"):
        for large in (False, True):
            key = ("low-back-intake", shipped_questionnaire().version, language, large)
            made[key] = b"%PDF- made before"
    app.extensions["paper_forms"] = made

    page = amy.browser.get("/staff/paper/")
    links = [str(link["href"]) for link in page.select("main a")]
    assert len(links) == 4
    assert not page.select("main form")
    for link in links:
        assert amy.browser.client.get(link).data == b"%PDF- made before"
    assert amy.browser.client.get("/staff/paper/low-back-intake.pdf?lang=fr").status_code == 409
    assert amy.browser.client.get("/staff/paper/another.pdf").status_code == 404
