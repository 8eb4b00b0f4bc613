"""Every address for every role, against one table. An address that is missing here is a fault."""

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from clinic.errors import Misconfigured
from clinic.store import intakes
from clinic.store.staff import Role
from clinic.web.security import require_declarations
from tests.web.browser import Browser, Page
from tests.web.patient import Patient
from tests.web.staff import SAME_DAY, Patients, Worker, hire

ROLES = ("anonymous", "patient", "front_desk", "clinician", "admin")
EVERYBODY = frozenset(ROLES)
STAFF = frozenset({"front_desk", "clinician", "admin"})
CLINIC = frozenset({"front_desk", "clinician"})
FRONT_DESK = frozenset({"front_desk"})
CLINICIAN = frozenset({"clinician"})
ADMIN = frozenset({"admin"})
KEEPERS = frozenset({"clinician", "admin"})
"""Who keeps the directory, and signs the content."""

MAY = {
    "GET /": EVERYBODY,
    "GET /stretches/": EVERYBODY,
    "GET /stretches/<stretch_id>": EVERYBODY,
    "GET /stretches/<stretch_id>/sheet": EVERYBODY,
    "GET /options/": EVERYBODY,
    "GET /options/<option_id>": EVERYBODY,
    "GET /how-we-decide": EVERYBODY,
    "GET /clinic/": EVERYBODY,
    "GET /clinic/<page_id>": EVERYBODY,
    "GET /privacy": EVERYBODY,
    "GET /accessibility": EVERYBODY,
    "GET /healthz": EVERYBODY,
    "GET /readyz": EVERYBODY,
    "GET /static/<path:filename>": EVERYBODY,
    "GET /intake/": EVERYBODY,
    "POST /intake/": EVERYBODY,
    "GET /intake/<step_id>": EVERYBODY,
    "POST /intake/<step_id>": EVERYBODY,
    "GET /intake/review": EVERYBODY,
    "POST /intake/send": EVERYBODY,
    "GET /intake/done": EVERYBODY,
    "GET /intake/summary.pdf": EVERYBODY,
    "GET /intake/resume": EVERYBODY,
    "POST /intake/resume": EVERYBODY,
    "GET /intake/urgent": EVERYBODY,
    "GET /intake/leave": EVERYBODY,
    "POST /intake/leave": EVERYBODY,
    "GET /i/<token>": EVERYBODY,
    "POST /i/<token>": EVERYBODY,
    "GET /status": EVERYBODY,
    "POST /status": EVERYBODY,
    "GET /status/add": EVERYBODY,
    "POST /status/add": EVERYBODY,
    "GET /tablet/": EVERYBODY,
    "GET /tablet/here": EVERYBODY,
    "POST /look": EVERYBODY,
    "POST /tablet/more-time": EVERYBODY,
    "GET /tablet/go-on": EVERYBODY,
    "POST /tablet/go-on": EVERYBODY,
    "GET /r/": EVERYBODY,
    "POST /r/": EVERYBODY,
    "GET /r/<token>": EVERYBODY,
    "GET /r/<token>/<act_name>": EVERYBODY,
    "POST /r/<token>/<act_name>": EVERYBODY,
    "POST /r/<token>/report": EVERYBODY,
    "GET /staff/sign-in": EVERYBODY,
    "POST /staff/sign-in": EVERYBODY,
    "GET /staff/sign-in/code": EVERYBODY,
    "POST /staff/sign-in/code": EVERYBODY,
    "POST /staff/again": STAFF,
    "GET /staff/here": STAFF,
    "GET /staff/second-step": STAFF,
    "GET /staff/second-step/app": STAFF,
    "POST /staff/second-step/app": STAFF,
    "POST /staff/second-step/app/remove": STAFF,
    "POST /staff/second-step/passkeys": STAFF,
    "POST /staff/second-step/passkeys/<uuid:passkey_id>/remove": STAFF,
    "GET /staff/second-step/codes": STAFF,
    "POST /staff/second-step/codes": STAFF,
    "POST /staff/sign-out": STAFF,
    "GET /staff/password": STAFF,
    "POST /staff/password": STAFF,
    "GET /staff/": STAFF,
    "GET /staff/search": CLINIC,
    "POST /staff/search": CLINIC,
    "GET /staff/news": CLINIC,
    "GET /staff/invitations/": CLINIC,
    "GET /staff/invitations/new": CLINIC,
    "POST /staff/invitations/new": CLINIC,
    "GET /staff/invitations/<uuid:invitation_id>": CLINIC,
    "GET /staff/invitations/<uuid:invitation_id>/slip.pdf": CLINIC,
    "POST /staff/invitations/<uuid:invitation_id>/revoke": CLINIC,
    "POST /staff/invitations/<uuid:invitation_id>/new-link": CLINIC,
    "GET /staff/tablet/": CLINIC,
    "POST /staff/tablet/hand": CLINIC,
    "GET /staff/paper/": STAFF,
    "GET /staff/paper/<questionnaire_id>.pdf": STAFF,
    "POST /staff/paper/begin": CLINIC,
    "GET /staff/paper/typing/<uuid:intake_id>/": CLINIC,
    "GET /staff/paper/typing/<uuid:intake_id>/<step_id>": CLINIC,
    "POST /staff/paper/typing/<uuid:intake_id>/<step_id>": CLINIC,
    "GET /staff/paper/typing/<uuid:intake_id>/review": CLINIC,
    "POST /staff/paper/typing/<uuid:intake_id>/send": CLINIC,
    "GET /staff/paper/typing/<uuid:intake_id>/urgent": CLINIC,
    "GET /staff/patients/<uuid:patient_id>": CLINIC,
    "GET /staff/sessions": STAFF,
    "POST /staff/sessions/end": STAFF,
    "POST /staff/sessions/end-others": STAFF,
    "GET /staff/people/": ADMIN,
    "GET /staff/people/new": ADMIN,
    "POST /staff/people/new": ADMIN,
    "GET /staff/people/<uuid:staff_id>": ADMIN,
    "POST /staff/people/<uuid:staff_id>/disable": ADMIN,
    "POST /staff/people/<uuid:staff_id>/enable": ADMIN,
    "POST /staff/people/<uuid:staff_id>/reset": ADMIN,
    "POST /staff/people/<uuid:staff_id>/reset-second-step": ADMIN,
    "POST /staff/people/<uuid:staff_id>/role": ADMIN,
    "POST /staff/people/opened/<uuid:access_id>": ADMIN,
    "GET /staff/audit/": ADMIN,
    "GET /staff/audit/audit.csv": ADMIN,
    "GET /staff/holds/": ADMIN,
    "POST /staff/holds/hold": ADMIN,
    "GET /staff/holds/<uuid:hold_id>/lift": ADMIN,
    "POST /staff/holds/<uuid:hold_id>/lift": ADMIN,
    "GET /staff/referrals/": CLINIC,
    "GET /staff/referrals/figures": KEEPERS,
    "GET /staff/referrals/figures.csv": KEEPERS,
    "GET /staff/intakes/<uuid:intake_id>/referrals/new": CLINIC,
    "POST /staff/intakes/<uuid:intake_id>/referrals/new": CLINIC,
    "POST /staff/intakes/<uuid:intake_id>/referrals/consent": CLINIC,
    "POST /staff/intakes/<uuid:intake_id>/referrals/consent/withdraw": CLINIC,
    "GET /staff/referrals/<uuid:referral_id>": CLINIC,
    "GET /staff/referrals/<uuid:referral_id>/request": CLINIC,
    "POST /staff/referrals/<uuid:referral_id>/request": CLINIC,
    "GET /staff/referrals/<uuid:referral_id>/letter.pdf": CLINICIAN,
    "GET /staff/referrals/<uuid:referral_id>/fax-cover.pdf": CLINIC,
    "POST /staff/referrals/<uuid:referral_id>/letter": CLINICIAN,
    "POST /staff/referrals/<uuid:referral_id>/sign": CLINICIAN,
    "POST /staff/referrals/<uuid:referral_id>/send": CLINICIAN,
    "POST /staff/referrals/<uuid:referral_id>/reasons/<hold>": CLINICIAN,
    "POST /staff/referrals/<uuid:referral_id>/moves/<act_name>": CLINIC,
    "POST /staff/referrals/<uuid:referral_id>/take": CLINIC,
    "POST /staff/referrals/<uuid:referral_id>/give-back": CLINIC,
    "POST /staff/referrals/<uuid:referral_id>/door": CLINICIAN,
    "POST /staff/referrals/<uuid:referral_id>/door/shut": CLINIC,
    "GET /staff/referrals/<uuid:referral_id>/<path:act_name>": CLINIC,
    "GET /staff/referrals/<uuid:referral_id>/attachments/<uuid:attachment_id>": CLINICIAN,
    "GET /staff/rules": STAFF,
    "GET /staff/content": KEEPERS,
    "GET /staff/providers/": STAFF,
    "GET /staff/providers/providers.csv": STAFF,
    "GET /staff/providers/new": KEEPERS,
    "POST /staff/providers/new": KEEPERS,
    "GET /staff/providers/<uuid:provider_id>": STAFF,
    "GET /staff/providers/<uuid:provider_id>/change": KEEPERS,
    "POST /staff/providers/<uuid:provider_id>/change": KEEPERS,
    "GET /staff/providers/<uuid:provider_id>/remove": KEEPERS,
    "POST /staff/providers/<uuid:provider_id>/remove": KEEPERS,
    "GET /staff/providers/<uuid:provider_id>/bring-back": KEEPERS,
    "POST /staff/providers/<uuid:provider_id>/bring-back": KEEPERS,
    "GET /staff/providers/import": KEEPERS,
    "POST /staff/providers/import": KEEPERS,
    "GET /staff/providers/import/do": KEEPERS,
    "POST /staff/providers/import/do": KEEPERS,
    "GET /staff/intakes/<uuid:intake_id>": CLINIC,
    "GET /staff/intakes/<uuid:intake_id>/summary.pdf": CLINICIAN,
    "GET /staff/intakes/<uuid:intake_id>/patient.pdf": CLINICIAN,
    "GET /staff/intakes/<uuid:intake_id>/room-sheet.pdf": CLINICIAN,
    "POST /staff/intakes/<uuid:intake_id>/acknowledge": CLINIC,
    "GET /staff/intakes/<uuid:intake_id>/open-now": FRONT_DESK,
    "POST /staff/intakes/<uuid:intake_id>/open-now": FRONT_DESK,
    "POST /staff/intakes/<uuid:intake_id>/added/read": CLINICIAN,
    "POST /staff/intakes/<uuid:intake_id>/emergency/step": CLINIC,
    "POST /staff/intakes/<uuid:intake_id>/emergency/refused": CLINICIAN,
    "POST /staff/intakes/<uuid:intake_id>/take": CLINIC,
    "POST /staff/intakes/<uuid:intake_id>/give-back": CLINIC,
    "POST /staff/intakes/<uuid:intake_id>/visit": CLINIC,
    "POST /staff/intakes/<uuid:intake_id>/visit/remove": CLINIC,
    "POST /staff/intakes/<uuid:intake_id>/outcome": CLINIC,
    "POST /staff/intakes/<uuid:intake_id>/reviewed": CLINICIAN,
    "POST /staff/intakes/<uuid:intake_id>/reopen": CLINICIAN,
    "POST /staff/intakes/<uuid:intake_id>/notes": CLINICIAN,
    "POST /staff/intakes/<uuid:intake_id>/level": CLINICIAN,
    "POST /staff/intakes/<uuid:intake_id>/staff-question": CLINICIAN,
    "POST /staff/intakes/<uuid:intake_id>/totals": CLINICIAN,
    "POST /staff/intakes/<uuid:intake_id>/totals/take-back": CLINICIAN,
    "POST /staff/intakes/<uuid:intake_id>/same-person/confirm": CLINIC,
    "POST /staff/intakes/<uuid:intake_id>/same-person/part": CLINIC,
    "POST /staff/intakes/<uuid:intake_id>/same-person/undo": CLINIC,
    "GET /staff/intakes/<uuid:intake_id>/<path:act_name>": CLINIC,
}
"""Who may. A patient's pages are open to anybody: they hold only what the own session began."""

LAST = {"POST /staff/sign-out": 1, "POST /intake/leave": 2}
"""These end the session, so that they are walked when everything else was."""

FILLED = {
    "stretch_id": "sphinx",
    "option_id": "stem-cell-therapy",
    "step_id": "about-you",
    "page_id": "parking",
    "filename": "css/clinic.css",
    "act_name": "notes",
    "hold": "gate",
    "hold_id": "0195a3c0-0000-7000-8000-00000000dead",
    "access_id": "0195a3c0-0000-7000-8000-00000000dead",
    "passkey_id": "0195a3c0-0000-7000-8000-00000000dead",
    "staff_id": "0195a3c0-0000-7000-8000-00000000dead",
    "provider_id": "0195a3c0-0000-7000-8000-00000000dead",
    "token": "this-is-no-link",
    "questionnaire_id": "another",
    "invitation_id": "0195a3c0-0000-7000-8000-00000000dead",
    "referral_id": "0195a3c0-0000-7000-8000-00000000dead",
    "attachment_id": "0195a3c0-0000-7000-8000-00000000dead",
}


def addresses(app: Flask) -> Iterator[tuple[str, Rule, str]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield f"{method} {rule.rule}", rule, method


def is_denied(method: str, page: Page) -> bool:
    """A page is shown the way to the door; an act is refused."""
    to_the_door = page.status == 303 and page.location.startswith("/staff/sign-in")
    return page.status in (401, 403) or (method == "GET" and to_the_door)


@pytest.fixture
def walkers(app, database) -> dict[str, Browser]:
    """A browser for each role; the patient has begun an intake."""
    someone = Patient(Browser(app))
    someone.agrees()
    found = {"anonymous": Browser(app), "patient": someone.browser}
    for role in Role:
        found[role.value] = Worker(app, hire(database, role.value, role)).signs_in().browser
    return found


def test_the_table_names_every_address_and_no_other(app):
    assert {name for name, _, _ in addresses(app)} == set(MAY)


@pytest.mark.parametrize("role", ROLES)
def test_every_address_is_open_to_whom_the_table_says(app, database, shelf, walkers, role):
    intake_id = Patients(database, shelf).sends(SAME_DAY)
    with database.reading() as tx:
        patient_id = intakes.facts(tx, intake_id).patient_id
    values = {**FILLED, "intake_id": intake_id, "patient_id": patient_id}
    browser, wrong = walkers[role], []

    for name, rule, method in sorted(addresses(app), key=lambda each: LAST.get(each[0], 0)):
        with app.test_request_context():
            path = str(rule.build({key: values[key] for key in rule.arguments})[1])  # type: ignore[index]
        if "static" in path:
            with browser.client.get(path) as response:
                assert response.status_code == 200
        elif is_denied(method, asked(browser, method, path)) is (role in MAY[name]):
            wrong.append(name)

    assert wrong == []


def asked(browser: Browser, method: str, path: str) -> Page:
    if method == "GET":
        return Page(path, browser.client.get(path))
    data = {"csrf_token": browser.token(), "version": "1"}
    return Page(path, browser.client.post(path, data=data))


@pytest.mark.parametrize("role", ["anonymous", "patient", "front_desk", "admin"])
def test_a_refused_page_shows_nothing_of_the_patient(app, database, shelf, walkers, role):
    intake_id = Patients(database, shelf).sends(SAME_DAY)

    for path in (f"/staff/intakes/{intake_id}/summary.pdf", f"/staff/intakes/{intake_id}/notes"):
        method = "GET" if path.endswith("pdf") else "POST"
        page = asked(walkers[role], method, path)
        assert is_denied(method, page)
        assert b"Rivera" not in page.body


def test_a_route_that_names_nobody_stops_the_start(app):
    app.add_url_rule("/open", "open", view_func=lambda: "open")

    with pytest.raises(Misconfigured, match="open"):
        require_declarations(app)


def test_what_is_not_there_is_the_same_to_everybody_who_is_let_in(app, walkers):
    missing = "0195a3c0-0000-7000-8000-00000000dead"

    assert walkers["clinician"].get(f"/staff/intakes/{missing}", 404).heading
    assert walkers["anonymous"].get(f"/staff/intakes/{missing}", 303).location
    assert walkers["clinician"].get("/staff/intakes/not-an-id", 404).heading
