"""A clinic tablet: handed over in one press, closed to staff pages, wiped after each patient."""

from datetime import timedelta

import pytest

from clinic.actions.tablets import hand
from clinic.config import load_settings
from clinic.errors import Misconfigured
from clinic.store import audit, intakes
from clinic.store.invitations import State
from clinic.store.staff import Member, Role
from clinic.web import sessions, tablet
from tests.web.browser import Browser, path_of
from tests.web.invited import invite, kept
from tests.web.patient import Patient
from tests.web.staff import PASSWORD, Patients, Worker, hire

READY = "/tablet/"
IDLE = timedelta(seconds=120 + tablet.WARNING_SECONDS + tablet.SLACK_SECONDS)


@pytest.fixture
def nina(database) -> Member:
    return hire(database, "nina", Role.FRONT_DESK)


@pytest.fixture
def desk(app, nina) -> Worker:
    return Worker(app, nina).signs_in()


def hands(worker: Worker, words: str) -> Browser:
    """Press the button of the page at hand whose words begin so."""
    page = worker.browser.page
    (form,) = [each for each in page.select("main form") if words in each.text]
    fields = {str(tag["name"]): str(tag["value"]) for tag in form.select("[type=hidden]")}
    worker.browser.post(str(form["action"]), fields)
    return worker.browser


@pytest.fixture
def bound(app, database, nina, clock) -> Browser:
    """A tablet that staff have handed to a new patient."""
    browser = Browser(app)
    browser.client.set_cookie(tablet.PLAIN_NAME, hand(database, by=nina, now=clock()).token)
    return browser


@pytest.fixture
def someone(bound) -> Patient:
    """A patient who answered the first page on the tablet."""
    patient = Patient(bound)
    patient.agrees("Robin Canary")
    patient.answers_step("about-you")
    return patient


def session_of(browser: Browser) -> str:
    found = browser.client.get_cookie(sessions.PLAIN_NAME)
    return found.value if found else ""


def test_one_press_signs_staff_out_and_opens_the_form(desk):
    signed_in = session_of(desk.browser)
    desk.browser.get("/staff/tablet/")
    browser = hands(desk, "New patient on this device")

    assert browser.page.location == "/intake/"
    assert browser.follow().has("input[name=agree]")
    mark = browser.client.get_cookie(tablet.PLAIN_NAME)
    assert (mark.http_only, mark.same_site, mark.path) == (True, "Lax", "/")
    browser.client.delete_cookie(tablet.PLAIN_NAME)
    browser.client.set_cookie(sessions.PLAIN_NAME, signed_in)
    assert path_of(browser.get("/staff/", 303).location) == "/staff/sign-in"


def test_a_tablet_shows_no_page_of_staff_even_to_a_session_of_staff(app, database, bound):
    elsewhere = Worker(app, hire(database, "omar", Role.CLINICIAN)).signs_in()
    bound.client.set_cookie(sessions.PLAIN_NAME, session_of(elsewhere.browser))
    asked = [rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("staff.")]
    door = {"/staff/sign-in", "/staff/sign-in/code"}
    plain = {path for path in asked if "<" not in path} - door

    assert {"/staff/", "/staff/tablet/", "/staff/invitations/", "/staff/audit/"} <= plain
    for path in plain:
        answer = bound.client.get(path)
        to_the_door = path_of(answer.headers.get("Location", "")) == "/staff/sign-in"
        assert to_the_door or answer.status_code in (401, 405), path
    assert elsewhere.browser.get("/staff/", 303).location


def test_the_password_alone_takes_the_tablet_back(bound, database):
    token = bound.client.get_cookie(tablet.PLAIN_NAME).value
    page = bound.get("/staff/sign-in")
    assert page.heading == "Sign in to take this tablet back"
    fields = {tag["name"]: tag["autocomplete"] for tag in page.select("main .field__input")}
    assert fields == {"username": "off", "password": "new-password"}
    bound.submit({"username": "nina", "password": "not the right words"})
    assert bound.follow().errors == ["The user name and the password do not go together."]
    assert bound.get("/staff/", 303).location

    bound.get("/staff/sign-in")
    bound.submit({"username": "nina", "password": PASSWORD})

    assert bound.follow().path == "/staff/"
    assert bound.client.get_cookie(tablet.PLAIN_NAME) is None
    bound.client.set_cookie(tablet.PLAIN_NAME, token)
    assert bound.get("/staff/").heading
    with database.reading() as tx:
        acts = [row.action for row in audit.trail(tx)]
    assert {"tablet.hand", "tablet.take_back"} <= set(acts)


def test_an_invited_patient_begins_at_once_and_the_form_is_tied_to_the_invitation(desk, database):
    invited = invite(database, desk.member)
    desk.browser.get(f"/staff/invitations/{invited.id}")
    browser = hands(desk, "Hand this device to the patient")
    browser.follow()

    Patient(browser).agrees()

    with database.reading() as tx:
        (facts,) = intakes.listing(tx)
    assert kept(database, invited.id).intake_id == facts.id


def test_the_list_of_the_invited_hands_the_tablet_over_in_one_press(desk, database):
    invited, over = invite(database, desk.member), invite(database, desk.member)
    desk.browser.get(f"/staff/invitations/{over.id}")
    desk.browser.post(f"/staff/invitations/{over.id}/revoke")
    desk.browser.get("/staff/invitations/?show=all")

    browser = hands(desk, "Hand over")

    assert browser.follow().path == "/intake/"
    assert kept(database, invited.id).state(invited.made_at) is State.OPENED


def test_a_link_that_was_used_is_handed_to_nobody_and_staff_stay_signed_in(desk, database, clock):
    invited = invite(database, desk.member)
    desk.browser.get(f"/staff/invitations/{invited.id}")
    fields = {"invitation": str(invited.id), "csrf_token": desk.browser.token()}
    desk.browser.post(f"/staff/invitations/{invited.id}/revoke")

    desk.browser.post("/staff/tablet/hand", fields, 409)

    assert kept(database, invited.id).state(clock()) is State.REVOKED
    assert desk.browser.get("/staff/").heading
    assert desk.browser.client.get_cookie(tablet.PLAIN_NAME) is None


def test_a_tablet_begins_a_form_where_only_the_invited_may(app, settings, bound):
    closed = settings.model_copy(update={"open_intake": False})
    app.extensions["clinic"] = app.extensions["clinic"].__class__(
        **{
            name: getattr(app.extensions["clinic"], name)
            for name in app.extensions["clinic"].__slots__
        }
        | {"settings": closed}
    )

    assert Patient(bound).agrees().heading == "Your form is open"
    assert not Browser(app).get("/intake/").has("input[name=agree]")


def test_nothing_is_filled_in_by_the_browser_on_a_tablet(bound):
    patient = Patient(bound)
    doors = [bound.get("/intake/"), bound.get("/intake/resume"), bound.get("/status")]
    patient.agrees()
    steps = [patient.opens(step) for step in ("about-you", "contact", "history")]

    for page in (*doors, *steps):
        boxes = page.select("main :is(input[type=text], input:not([type]), textarea, select)")
        assert boxes, page.path
        assert [box for box in boxes if box.get("autocomplete") != "off"] == [], page.path
        assert {form.get("autocomplete") for form in page.select("main form:has(.field)")} == {
            "off"
        }


def test_elsewhere_the_browser_fills_in_name_and_birth_date(patient):
    patient.agrees()
    page = patient.opens("about-you")

    assert page.select_one("[name=full-name]")["autocomplete"] == "name"
    assert page.select_one("[name=birth-date-year]")["autocomplete"] == "bday-year"
    assert not page.has("script[src*=tablet]")


def is_wiped(browser: Browser, before: str) -> None:
    """Nothing of the patient is left: on the server, in cookies, behind Back."""
    browser.client.set_cookie(sessions.PLAIN_NAME, before)
    for path in ("/intake/about-you", "/intake/review", "/intake/done", "/intake/urgent"):
        page = browser.get(path, 303)
        assert path_of(page.location) == READY
    assert "Robin Canary" not in browser.get("/intake/").body.decode()


@pytest.mark.parametrize("way", ["/intake/leave", READY, "post"])
def test_leaving_wipes_the_tablet_and_keeps_it_bound(someone, bound, way):
    before = session_of(bound)
    if way == "post":
        bound.get("/intake/contact")
        bound.post("/intake/leave")
    else:
        bound.get(way, status=None)
    page = bound.follow()

    assert page.heading == "Hand the tablet back to staff"
    assert page.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert session_of(bound) == ""
    assert bound.client.get_cookie(tablet.PLAIN_NAME) is not None
    assert someone.code not in page.body.decode()
    is_wiped(bound, before)


def test_a_post_to_the_page_that_wipes_puts_no_other_page_in_its_place(someone, bound):
    bound.get("/intake/contact")
    bound.post(READY)

    page = bound.follow()

    assert page.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert session_of(bound) == ""


def test_cookies_of_other_parts_go_too(someone, bound):
    bound.client.set_cookie("large", "1")
    bound.get(READY)

    assert bound.client.get_cookie("large") is None


def test_the_server_ends_the_form_of_one_who_went_and_keeps_what_was_saved(
    someone, bound, clock, database
):
    before = session_of(bound)
    clock.now += IDLE - timedelta(seconds=1)
    assert bound.get("/intake/contact").status == 200
    clock.now += IDLE

    page = bound.get("/intake/contact", 303)

    assert path_of(page.location) == READY
    assert "Nothing was pressed for a while" in bound.follow().text
    is_wiped(bound, before)
    with database.reading() as tx:
        (facts,) = intakes.listing(tx)
    assert facts.state.value == "draft"


def test_what_was_typed_after_the_end_goes_into_no_form(someone, bound, clock):
    page = someone.opens("contact")
    clock.now += IDLE
    page = someone.fills(page)

    assert path_of(page.location) == READY
    assert someone.answers["phone"][0] not in bound.follow().body.decode()


def test_who_asks_for_more_time_has_ten_times_as_long(someone, bound, clock):
    page = bound.get("/intake/contact")
    (form,) = page.select("noscript form")
    fields = {str(tag["name"]): str(tag["value"]) for tag in form.select("[type=hidden]")}
    assert bound.post(str(form["action"]), fields).location == "/intake/contact"

    page = bound.follow()
    assert page.select_one("#tablet-warning")["data-idle"] == "1200"
    assert "nothing is pressed for 1230 seconds" in page.select_one(".tablet_bar").text
    clock.now += timedelta(seconds=1200)
    assert bound.get("/intake/contact").status == 200


def test_a_sign_that_somebody_still_types_keeps_the_form_open(someone, bound, clock):
    for _ in range(12):
        clock.now += timedelta(seconds=100)
        assert bound.get("/tablet/here", 204).body == b""

    assert bound.get("/intake/contact").status == 200


def test_no_page_is_the_answer_to_a_post_so_that_no_browser_keeps_what_was_posted(someone, bound):
    page = someone.opens("contact")
    bound.submit({"phone": "555"})
    assert path_of(bound.page.location) == "/intake/contact"

    page = bound.get(bound.page.location)
    assert page.errors
    assert page.select_one("[name=phone]")["value"] == "555"
    scripts = {tag["nonce"] for tag in page.select("script")}
    assert all(f"'nonce-{each}'" in page.headers["Content-Security-Policy"] for each in scripts)
    assert not bound.get("/intake/contact").errors


def test_sent_on_a_tablet_the_paper_goes_to_staff_and_no_file_is_given(bound):
    patient = Patient(bound)
    patient.answers_everything()
    page = patient.sends()

    assert "Your paper goes to the clinic with your answers." in page.text
    assert not page.has("a[href$='.pdf']")
    refused = bound.get("/intake/summary.pdf", 409)
    assert "Ask staff: they print it for you." in refused.text
    assert bound.get("/intake/done").has("form[action='/intake/leave'] button")


@pytest.mark.proof
def test_a_clinician_prints_the_patients_own_paper(app, database, shelf):
    intake_id = Patients(database, shelf).sends()
    nurse = Worker(app, hire(database, "omar", Role.CLINICIAN)).signs_in()
    link = nurse.opens(intake_id).link("Patient's paper (PDF)")

    paper = nurse.browser.get(link)

    assert paper.body.startswith(b"%PDF")
    with database.reading() as tx:
        acts = [row.action for row in audit.trail(tx, subject=("intake", intake_id))]
    assert "intake.patient_pdf" in acts


def test_staff_hand_an_unfinished_form_over_and_its_owner_opens_it(someone, bound, database):
    told = bound.get(READY).select_one(".reference").text
    bound.get("/staff/sign-in")
    bound.submit({"username": "nina", "password": PASSWORD})
    page = bound.get("/staff/tablet/")
    assert told in page.text
    assert someone.answers["full-name"][0] not in page.text
    (button,) = [each for each in page.select("main form") if "Go on here" in each.text]
    fields = {str(tag["name"]): str(tag["value"]) for tag in button.select("[type=hidden]")}
    bound.post("/staff/tablet/hand", fields)
    page = bound.follow()
    assert page.heading == "Go on with your form"

    born = {k: v for k, v in someone.code_and_birth_date().items() if k != "code"}
    bound.submit(born | {"born-year": "1931"})
    page = bound.follow()
    assert page.errors == ["This is not the date of birth on this form. Check it, or ask staff."]
    assert "Robin" not in page.body.decode()
    assert bound.submit(born).location == "/intake/contact"


def test_a_form_that_lay_on_no_tablet_is_handed_to_nobody(patient, desk, database):
    patient.agrees()
    patient.answers_step("about-you")
    with database.reading() as tx:
        (facts,) = intakes.listing(tx)
    desk.browser.get("/staff/tablet/")
    fields = {"intake": str(facts.id), "csrf_token": desk.browser.token()}

    refused = desk.browser.post("/staff/tablet/hand", fields, 409)

    assert "Its owner opens it with the code." in refused.text
    assert desk.browser.client.get_cookie(tablet.PLAIN_NAME) is None


def test_an_emergency_on_a_tablet_sends_the_patient_to_the_desk(someone, bound):
    someone.answers_step("contact")
    someone.answers_step("right-now", walk_now="no-legs")

    page = bound.follow()
    assert "Tell the staff at the desk now" in page.text
    warning = page.select_one("#tablet-warning")
    assert "Call 911 or go to the emergency room now" in warning.text
    assert warning["data-end"] == "/tablet/?over=1&help=1"

    # Cleared, asleep or gone on with: what has to be done is still there, and no answer is.
    for address, has_form in (("/tablet/", True), (str(warning["data-end"]), False)):
        page = bound.get(address)
        assert "Tell the staff at the desk now" in page.select_one(".alert--emergency").text
        assert ("Not sent yet" in page.text) is has_form
    assert not bound.get("/tablet/").select(".alert--emergency")


@pytest.mark.parametrize("seconds", ["29", "901", "soon"])
def test_a_limit_that_is_too_short_or_too_long_stops_the_start(seconds):
    with pytest.raises(Misconfigured, match=r"^CLINIC_KIOSK_IDLE_SECONDS: "):
        load_settings({"CLINIC_KIOSK_IDLE_SECONDS": seconds})


def test_the_limit_can_be_chosen_and_is_two_minutes_otherwise():
    assert load_settings({}).kiosk_idle_seconds == 120
    assert load_settings({"CLINIC_KIOSK_IDLE_SECONDS": "30"}).kiosk_idle_seconds == 30


def test_a_device_that_no_staff_handed_over_is_no_tablet(browser, patient):
    browser.client.set_cookie(tablet.PLAIN_NAME, "made-up")
    patient.agrees()

    assert browser.get(READY, 303).location == "/"
    assert not browser.get("/intake/about-you").has(".tablet_bar")
