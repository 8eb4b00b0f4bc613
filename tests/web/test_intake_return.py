"""Stopping, coming back, and seeing what became of the answers."""

import pytest

from clinic.triage.assess import assess_intake
from clinic.triage.rules import Urgency
from clinic.web.own import advice_told
from tests.summary.patients import EMERGENCY, SENT, make_sent_intake, shipped_rules
from tests.web.browser import Browser
from tests.web.patient import Patient


@pytest.fixture
def second_device(app) -> Browser:
    return Browser(app)


def comes_back(browser: Browser, patient: Patient, **changes: str):
    browser.get("/intake/resume")
    return browser.submit({**patient.code_and_birth_date(), **changes}, status=None)


def test_a_code_and_a_birth_date_open_the_draft_on_another_device(patient, second_device):
    patient.agrees()
    patient.answers_step("about-you")
    comes_back(second_device, patient)

    assert second_device.page.location == "/intake/contact"
    page = second_device.get("/intake/about-you")
    assert page.select_one("#full-name")["value"] == patient.answers["full-name"][0]


@pytest.mark.parametrize("change", [str.lower, lambda code: code.replace("-", " ")])
def test_a_code_is_read_as_people_type_it(patient, second_device, change):
    patient.agrees()
    patient.answers_step("about-you")
    page = comes_back(second_device, patient, code=change(patient.code))

    assert page.status == 303


def test_a_wrong_code_and_a_wrong_date_get_the_same_answer(patient, second_device):
    patient.agrees()
    patient.answers_step("about-you")
    wrong_code = comes_back(second_device, patient, code="ABCD-EFGH-JKMN")
    wrong_date = comes_back(second_device, patient, **{"born-year": "1950"})

    assert wrong_code.errors == wrong_date.errors
    assert wrong_code.errors == [
        "The code and the date of birth do not go together. Check both, then try again."
    ]
    assert wrong_code.status == wrong_date.status == 200


def test_without_its_birth_date_a_draft_stays_shut(patient, second_device):
    patient.agrees()
    page = comes_back(second_device, patient)

    assert page.status == 200
    assert page.errors


def test_what_cannot_be_read_is_told_and_stays_in_the_boxes(patient, second_device):
    patient.agrees()
    page = comes_back(second_device, patient, **{"born-day": "31", "born-month": "2"})

    assert page.errors == ["Check the day. February 1981 has 28 days."]
    assert page.select_one("#born-day")["value"] == "31"
    assert page.select_one("#code")["value"] == patient.code


def test_guessing_is_limited_and_says_how_long_to_wait(patient, second_device):
    patient.agrees()
    patient.answers_step("about-you")
    for _ in range(5):
        assert comes_back(second_device, patient, **{"born-year": "1950"}).status == 200
    page = comes_back(second_device, patient, **{"born-year": "1950"})

    assert page.status == 429
    assert int(page.headers["Retry-After"]) > 0
    assert "Wait 15 minutes" in page.text


def test_a_code_is_dead_after_two_weeks(patient, second_device, clock):
    patient.agrees()
    patient.answers_step("about-you")
    clock.forward(days=14, minutes=1)
    page = comes_back(second_device, patient)

    assert page.errors


def test_a_code_of_sent_answers_opens_nothing_and_says_that_they_were_sent(patient, second_device):
    patient.answers_everything()
    patient.sends()
    page = comes_back(second_device, patient)

    assert page.heading == "These answers were sent already"
    assert patient.answers["full-name"][0] not in page.text
    assert second_device.get("/intake/done", status=404)


def test_status_says_sent_and_not_read_yet(patient, second_device):
    patient.answers_everything()
    patient.sends()
    second_device.get("/status")
    second_device.submit(patient.code_and_birth_date())
    page = second_device.follow()

    assert "Sent on March 17, 2026, at 10:30 am." in page.text
    assert "Not read yet." in page.text
    assert patient.answers["full-name"][0] not in page.text


def test_status_is_shown_once_and_then_asks_again(patient, second_device):
    patient.answers_everything()
    patient.sends()
    second_device.get("/status")
    second_device.submit(patient.code_and_birth_date())
    second_device.follow()

    assert second_device.get("/status").has("#code")


def test_status_of_a_draft_leads_back_to_it(patient, second_device):
    patient.agrees()
    patient.answers_step("about-you")
    second_device.get("/status")
    second_device.submit(patient.code_and_birth_date())
    page = second_device.follow()

    assert page.link("Go on with your form") == "/intake/resume"


def test_leaving_ends_the_session_here_and_on_the_server(patient, browser):
    patient.agrees()
    patient.answers_step("about-you")
    cookie = browser.client.get_cookie("clinic").value
    browser.get("/intake/leave")
    page = browser.submit({})

    assert page.location == "/"
    assert "cache" in page.headers["Clear-Site-Data"]
    browser.client.set_cookie("clinic", cookie)
    assert browser.get("/intake/about-you", status=404).text.find("Alex") == -1


def test_the_page_to_leave_by_shows_nothing_of_the_patient(patient, browser):
    patient.agrees()
    patient.answers_step("about-you")
    page = browser.get("/intake/leave")

    assert patient.code not in page.soup.text
    assert patient.answers["full-name"][0] not in page.soup.text


def test_after_leaving_the_code_still_opens_the_draft(patient, browser):
    patient.agrees()
    patient.answers_step("about-you")
    browser.get("/intake/leave")
    browser.submit({})
    page = comes_back(browser, patient)

    assert page.location == "/intake/contact"


def test_a_second_person_on_the_device_starts_with_nothing(patient, browser, app):
    patient.answers_everything()
    patient.sends()
    page = browser.get("/intake/")
    assert "What you start below is a new form." in page.text
    other = Patient(browser)
    other.agrees("Robin Other")

    assert patient.answers["full-name"][0] not in browser.get("/intake/about-you").body.decode()


@pytest.mark.parametrize("path", ["/intake/", "/intake/resume", "/status"])
def test_the_browsers_back_brings_no_name_code_or_birth_date_back(browser, path):
    page = browser.get(path)

    # A browser fills a box in by the box's word, and brings one back on Back by the form's.
    assert page.form["autocomplete"] == "off"
    told = {box["name"]: box["autocomplete"] for box in page.form.select("[type=text]")}
    born = {f"born-{part}": f"bday-{part}" for part in ("month", "day", "year")}
    assert told == ({"name": "name"} if path == "/intake/" else {"code": "off"} | born)


def test_the_status_of_a_draft_with_an_emergency_says_again_what_to_do(patient, browser):
    patient.agrees()
    patient.answers_step("about-you")
    patient.answers_step("right-now", walk_now="no-legs")
    browser.get("/status")
    browser.submit(patient.code_and_birth_date())
    page = browser.follow()

    assert "Call 911 or go to the emergency room now." in page.text
    assert "You have not sent your answers yet." in page.text


def told_later(app, patient: Patient):
    """What /status says on another device to whoever sent these answers."""
    other = Browser(app)
    other.get("/status")
    other.submit(patient.code_and_birth_date())
    return other.follow()


def test_the_status_page_gives_the_advice_that_was_given_after_sending(app, patient):
    patient.answers_everything(leg_weak="yes", weak_kind="cant-lift")
    sent = patient.sends()
    later = told_later(app, patient)

    for page in (sent, later):
        assert "Do not drive." in page.text


def test_the_status_page_says_that_safety_questions_are_open(app, patient):
    patient.answers["sex-change"] = []
    patient.answers_everything(pee_change="not-sure", pee_kind=["slow-often"])
    sent = patient.sends()
    later = told_later(app, patient)

    for page in (sent, later):
        assert "Some safety questions have no answer yet." in page.text


def test_the_status_page_of_plain_answers_adds_nothing(app, patient):
    patient.answers_everything()
    patient.sends()
    later = told_later(app, patient)

    assert "What comes next" in later.text
    assert "Do not drive." not in later.text
    assert "Some safety questions have no answer yet." not in later.text


def test_no_advice_outlives_the_level_that_a_clinician_took_away():
    intake = make_sent_intake(EMERGENCY)
    found = assess_intake(shipped_rules(), intake, SENT.date())

    assert advice_told(Urgency.EMERGENCY_NOW, found)
    assert advice_told(Urgency.ROUTINE, found) == ()
