"""A patient's way from consent to the paper."""

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import func, select

from clinic.actions.intakes import ASKED_AGAIN
from clinic.app import create_app
from clinic.store import assessments, audit, intakes, outbox, patients, worklist
from clinic.store.tables import alert as alert_table
from clinic.store.tables import intake as intake_table
from clinic.store.tables import patient as patient_table
from clinic.triage.rules import Urgency
from tests.web.browser import Browser

LEVEL_WORDS = ("emergency_now", "same_day", "urgent_2wk", "same day", "level")


@pytest.fixture
def the_intake(database, shelf):
    """Give the one intake that was begun."""

    def read():
        with database.reading() as tx:
            (facts,) = intakes.listing(tx)
            return intakes.load(tx, facts.id, shelf.questionnaires)

    return read


def test_nothing_is_ticked_before_the_patient_ticks_it(browser):
    page = browser.get("/intake/")

    assert not page.select("input[checked]")


def test_without_a_tick_nothing_begins_and_the_name_stays(browser, database):
    browser.get("/intake/")
    page = browser.submit({"name": "Pat Sample"}, status=200)

    assert page.errors == ["Tick the box if you agree. If you do not, call us."]
    assert page.title.startswith("Error: ")
    assert page.select_one("#name")["value"] == "Pat Sample"
    with database.reading() as tx:
        assert intakes.listing(tx) == []


def test_one_can_say_no_and_call(browser):
    page = browser.get("/intake/")

    assert "Want to say no?" in page.text
    assert page.link("I do not agree") == "/"


def test_pressing_start_several_times_begins_one_form(browser, the_intake):
    browser.get("/intake/")
    fields = [*browser.page.fields(), ("agree", "yes")]
    other = [(name, "Robin" if name == "name" else value) for name, value in fields]
    fields = [(name, "Pat Sample" if name == "name" else value) for name, value in fields]
    before = browser.client.get_cookie("clinic").value
    browser.post_raw("/intake/", fields, 303)
    first = browser.follow()
    # As the browser presses again before the answer came: with the session that has ended.
    browser.client.set_cookie("clinic", before)
    assert browser.post_raw("/intake/", fields, 303).location == "/intake/"
    second = browser.follow()

    intake = the_intake()
    assert first.heading == second.heading == "Write down your code"
    assert intake.consent.name == "Pat Sample"
    browser.post_raw("/intake/", other, 400)
    assert intake.id == the_intake().id


def test_another_site_opens_nothing_with_the_key_of_a_page(browser):
    browser.get("/intake/")
    fields = [("key", browser.page.select_one("[name=key]")["value"])]
    browser.submit({"agree": "yes", "name": "Pat Sample"})
    fields += [("agree", "yes"), ("name", "Pat Sample")]

    foreign = Browser(browser.app)
    foreign.get("/intake/")
    headers = {"Origin": "https://elsewhere.example"}
    refused = foreign.post_raw("/intake/", fields, 400, headers=headers)

    assert refused.heading == "That was sent from another site"


def test_consent_keeps_the_exact_text_the_name_and_the_time(patient, the_intake, shelf, clock):
    patient.agrees("Pat Q. Sample")

    consent, text = the_intake().consent, shelf.articles.page("consent")
    assert (consent.name, consent.at) == ("Pat Q. Sample", clock.now)
    assert (consent.text_version, consent.text_hash) == (str(text.version), text.digest)


def test_a_code_to_come_back_is_shown_at_the_start_and_on_every_step(patient):
    patient.agrees()
    page = patient.opens("about-you")

    assert len(patient.code) == 14
    assert patient.code in page.text


def test_no_code_to_come_back_stands_in_an_address(patient):
    page = patient.answers_everything()

    assert patient.code not in page.path


def test_the_whole_way_ends_with_a_reference_and_a_paper(patient, browser, the_intake):
    patient.goes_through_every_page()
    page = patient.sends()

    assert page.heading == "Your answers were sent"
    assert the_intake().reference in page.text
    assert page.link("Get your paper") == "/intake/summary.pdf"
    paper = browser.get("/intake/summary.pdf")
    assert paper.headers["Content-Type"] == "application/pdf"
    assert paper.body.startswith(b"%PDF")


def test_sending_makes_patient_assessment_audit_and_message_together(patient, the_intake, database):
    patient.answers_everything()
    patient.sends()

    with database.reading() as tx:
        facts = intakes.facts(tx, the_intake().id)
        person = patients.get(tx, facts.patient_id).person
        kept = assessments.latest(tx, facts.id)
        acts = [row.action for row in audit.trail(tx, subject=("intake", facts.id))]
        waiting = outbox.waiting(tx)
    assert person.name == patient.answers["full-name"][0]
    assert kept.urgency is facts.urgency
    assert acts[0] == "intake.send"
    assert acts[-1] == "intake.start"
    assert waiting == 1


def test_pressing_send_again_sends_once(patient, browser, database):
    page = patient.answers_everything()
    fields = page.fields()
    for _ in range(3):
        browser.post_raw("/intake/send", fields, status=303)

    assert browser.page.location == "/intake/done"
    with database.reading() as tx:
        assert tx.scalar(select(func.count()).select_from(patient_table)) == 1
        assert outbox.waiting(tx) == 1


def test_eight_presses_at_one_instant_send_once(patient, browser, app, database):
    fields = dict(patient.answers_everything().fields())
    cookie = browser.client.get_cookie("clinic").value
    together = threading.Barrier(8)

    def press(_: int) -> int:
        client = app.test_client()
        client.set_cookie("clinic", cookie)
        together.wait()
        return client.post("/intake/send", data=fields).status_code

    with ThreadPoolExecutor(8) as presses:
        assert list(presses.map(press, range(8))) == [303] * 8
    with database.reading() as tx:
        assert tx.scalar(select(func.count()).select_from(patient_table)) == 1
        assert outbox.waiting(tx) == 1


def test_the_form_of_other_answers_sends_nothing(patient, browser, the_intake):
    patient.answers_everything()
    browser.submit({"key": "of-another-draft"}, status=409)

    assert not the_intake().submitted


def test_sent_answers_can_no_longer_be_changed(patient, browser, the_intake):
    patient.answers_everything()
    patient.sends()
    before = the_intake()
    page = browser.post("/intake/pain", {"pain-now": "1"}, status=409)

    assert "can no longer be changed" in page.text
    assert the_intake().response == before.response
    assert browser.get("/intake/pain", status=303).location == "/intake/done"


def test_the_way_back_shows_what_was_answered(patient):
    patient.agrees()
    patient.answers_step("about-you")
    page = patient.opens("about-you")

    assert page.select_one("#full-name")["value"] == patient.answers["full-name"][0]
    assert page.link("Back") == "/intake/"


def test_a_blank_answer_to_a_required_question_is_asked_again(patient, the_intake):
    patient.agrees()
    page = patient.answers_step("about-you", status=200, full_name="")

    assert page.errors == ["Answer this question to go on."]
    assert page.select_one("#full-name-error").text.strip().endswith(page.errors[0])
    assert "birth-date" in the_intake().response.answers


def test_the_review_shows_every_answer_with_a_way_to_change_it(patient):
    page = patient.answers_everything()

    rows = page.select(".summary_list__row")
    assert len(rows) > 60
    assert all(row.select_one("a") for row in rows)
    assert "Not provided" in page.text


def test_a_change_comes_back_to_the_review(patient, browser):
    patient.answers_everything()
    page = browser.get("/intake/contact?change=1")
    patient.fills(page, phone="555-555-0199")

    assert browser.page.location == "/intake/review"
    assert "555-555-0199" in browser.follow().text


def test_a_change_that_opens_questions_comes_back_by_way_of_them(patient, browser):
    patient.answers_everything()
    page = browser.get("/intake/illness?change=1")
    patient.fills(page, cancer_ever="yes")

    assert browser.page.location == "/intake/illness?change=1"
    page = browser.follow()
    assert page.has("#cancer-when")
    patient.fills(page, cancer_when="over-5-years", pain_strain="no", band_pain="no")
    assert browser.follow().path == "/intake/review"


def test_what_is_still_open_is_named_on_the_review_and_cannot_be_sent(patient, browser):
    patient.agrees()
    patient.answers_step("about-you")
    page = browser.get("/intake/review")

    assert "Some questions still need an answer" in page.text
    assert not page.has('form[action="/intake/send"]')
    assert browser.post("/intake/send", {"key": "x"}).location == "/intake/review"


def test_the_done_page_says_what_to_do_in_fixed_words_and_no_level(patient, shelf):
    patient.answers_everything()
    page = patient.sends()

    assert "You can start with self-care." in page.text
    assert "Nobody may be reading" in page.text
    assert not any(word in page.text.lower() for word in LEVEL_WORDS)


@pytest.mark.parametrize(
    ("answers", "urgency", "words"),
    [
        (
            {"fever": "yes", "fever-number": "high", "bad-headache": "no"},
            Urgency.SAME_DAY,
            "talk to a clinician today",
        ),
        (
            {
                "cancer-ever": "yes",
                "cancer-when": "under-5-years",
                "pain-strain": "no",
                "band-pain": "no",
            },
            Urgency.URGENT_2WK,
            "a visit within 2 weeks",
        ),
    ],
)
def test_the_words_follow_the_urgency(patient, the_intake, database, answers, urgency, words):
    patient.answers |= answers
    patient.answers_everything()
    page = patient.sends()

    with database.reading() as tx:
        assert intakes.facts(tx, the_intake().id).urgency is urgency
    assert words in page.text


# --- emergencies ---------------------------------------------------------------------


def test_nobody_who_is_told_to_get_help_is_told_to_wait_for_a_call(patient):
    patient.answers_everything(walk_now="no-legs")
    page = patient.sends()

    assert page.heading == "Call 911 or go to the emergency room now"
    assert "They call you" not in page.text
    assert "Bring it to your visit." in page.text


def test_only_whoever_saw_the_emergency_page_is_told_of_it(patient):
    patient.answers_everything()
    page = patient.sends()

    assert "They call you, or book a visit with you." in page.text
    assert "If a page told you to call 911" not in page.text


def test_an_emergency_is_met_at_once_even_when_another_answer_is_missing(patient, browser):
    patient.agrees()
    patient.answers_step("about-you")
    patient.answers_step("right-now", walk_now="no-legs", chest_now=None)

    assert browser.page.location.startswith("/intake/urgent")
    page = browser.follow()
    assert page.heading == "Call 911 or go to the emergency room now"
    assert "Nobody may be reading your answers right now." in page.text


def test_the_emergency_page_names_no_condition(patient, browser):
    patient.agrees()
    patient.answers_step("right-now", walk_now="no-legs")
    page = browser.follow()

    for word in ("cauda", "equina", "cord", "stroke", "heart attack", "damage"):
        assert word not in page.text.lower()
    assert "Do not drive." in page.text


def test_one_can_go_back_to_correct_or_go_on(patient, browser):
    patient.agrees()
    patient.answers_step("right-now", walk_now="no-legs")
    page = browser.follow()

    assert page.link("Back") == "/intake/right-now"
    assert page.link("Go on with the questions") == "/intake/feeling"


def test_an_emergency_in_a_draft_is_on_the_worklist(patient, browser, database):
    patient.agrees()
    patient.answers_step("about-you")
    patient.answers_step("contact")
    patient.answers_step("right-now", walk_now="no-legs")

    with database.reading() as tx:
        page = worklist.worklist(tx, scope=worklist.Scope.ALL, owner_id=None)
    (row,) = page.rows
    assert row.queue is worklist.Queue.EMERGENCY
    assert row.card.phone == patient.answers["phone"][0]
    assert row.card.reason


def test_the_same_page_with_the_same_answer_leads_to_the_emergency_page_again(patient, browser):
    patient.agrees()
    patient.answers_step("right-now", walk_now="no-legs")
    patient.answers_step("right-now", walk_now="no-legs")

    assert browser.page.location.startswith("/intake/urgent")
    assert browser.follow().link("Go on with the questions") == "/intake/feeling"


def test_one_emergency_raises_one_alert(patient, database):
    patient.agrees()
    patient.answers_step("right-now", walk_now="no-legs")
    patient.answers_step("right-now", walk_now="no-legs")

    with database.reading() as tx:
        assert tx.scalar(select(func.count()).select_from(alert_table)) == 1


def test_an_old_emergency_does_not_interrupt_a_later_page(patient, browser):
    patient.agrees()
    patient.answers_step("right-now", walk_now="no-legs")
    patient.answers_step("feeling")
    assert browser.page.location == "/intake/strength"
    patient.answers_step("strength")

    assert browser.page.location == "/intake/pain"


def test_a_second_sign_of_the_same_emergency_interrupts_its_own_page(patient, browser):
    patient.agrees()
    patient.answers_step("right-now", walk_now="no-legs")
    patient.answers_step("strength", legs_weak="yes", weak_kind="cant-rise")
    patient.fills(browser.follow())
    assert browser.page.location.startswith("/intake/urgent")
    patient.answers_step("right-now")

    assert browser.page.location.startswith("/intake/urgent")


def test_one_with_an_emergency_can_look_again_after_a_day_and_send(patient, browser, clock):
    patient.answers_everything(walk_now="no-legs")
    clock.forward(hours=25)
    browser.get("/intake/resume")
    browser.submit(patient.code_and_birth_date())
    for step in ASKED_AGAIN:
        patient.fills(browser.get(f"/intake/{step}?change=1"))

    page = browser.get("/intake/review")
    assert "More than a day has gone by" not in page.text
    assert patient.sends().heading == "Call 911 or go to the emergency room now"


def test_urgent_care_is_named_only_when_it_is_enough(patient):
    patient.answers_everything(rash="yes")

    assert "You can go to urgent care or an emergency room." in patient.sends().text


def test_urgent_care_is_not_named_beside_a_sign_that_it_cannot_look_at(patient):
    patient.answers_everything(rash="yes", fever="yes", fever_number="high", bad_headache="no")
    page = patient.sends()

    assert "You need to talk to a clinician today." in page.text
    assert "You can go to urgent care" not in page.text


def test_nobody_who_is_told_to_lie_still_is_told_to_be_taken_there(patient):
    patient.answers_everything(
        major_injury="yes",
        injury_when="within-7-days",
        injury_checked="not-checked",
        hit_head="no",
        legs_weak="yes",
        weak_kind="cant-rise",
    )
    page = patient.sends()

    assert "Lie still. Do not let anyone bend or lift you. Call 911." in page.text
    assert "Let someone take you" not in page.text
    assert "Do not drive." in page.text


def test_a_new_nerve_sign_of_the_same_day_says_not_to_drive(patient):
    patient.answers_everything(leg_weak="yes", weak_kind="cant-lift")
    page = patient.sends()

    assert "You need to talk to a clinician today." in page.text
    assert "Do not drive." in page.text


def test_a_corrected_answer_does_not_lower_the_level(patient, the_intake, database):
    patient.agrees()
    patient.answers_step("about-you")
    patient.answers_step("contact")
    patient.answers_step("right-now", walk_now="no-legs")
    patient.answers_step("right-now", walk_now="yes")
    patient.goes_on()
    page = patient.sends()

    assert page.heading == "Call 911 or go to the emergency room now"
    assert "Do not drive." in page.text
    with database.reading() as tx:
        assert intakes.facts(tx, the_intake().id).urgency is Urgency.EMERGENCY_NOW
    told = [entry.answer[0].code for entry in the_intake().entries("walk-now")]
    assert told == ["no-legs", "yes"]


def test_a_second_look_is_offered_before_any_emergency_page(patient, browser):
    patient.agrees()
    patient.answers_step("feeling", saddle_numb="yes")

    assert browser.page.location == "/intake/feeling"
    page = browser.follow()
    assert page.has("#saddle-touch")
    assert "a little more to ask" in page.text


def test_a_second_look_left_blank_counts_as_its_worst_answer(patient, browser):
    patient.agrees()
    patient.answers_step("feeling", saddle_numb="yes")
    patient.fills(browser.follow())

    assert browser.page.location.startswith("/intake/urgent")


def test_a_mild_second_look_raises_no_alarm(patient, browser):
    patient.agrees()
    patient.answers_step("feeling", saddle_numb="yes")
    patient.fills(browser.follow(), saddle_touch="normal", saddle_numb_course="older-same")

    assert browser.page.location == "/intake/strength"


# --- age, staleness ------------------------------------------------------------------


def test_under_18_it_says_whom_to_call(patient, browser, clock):
    patient.agrees()
    year = str(clock.now.year - 17)
    patient.answers_step("about-you", **{"birth_date-year": year})
    page = browser.follow()

    assert page.heading == "Call us: these questions are for adults"
    assert "555-555-0100" in page.text
    assert browser.get("/intake/pain", status=303).location == "/intake/"
    assert browser.get("/intake/review", status=303).location == "/intake/"


def test_a_wrong_birth_date_can_be_put_right(patient, browser, clock):
    patient.agrees()
    patient.answers_step("about-you", **{"birth_date-year": str(clock.now.year - 17)})
    page = browser.get(browser.follow().link("Change it"))
    patient.fills(page, **{"birth_date-year": "1980"})

    assert browser.page.location == "/intake/contact"


def test_after_a_day_the_signs_that_change_fast_are_asked_again(patient, browser, clock):
    patient.answers_everything()
    clock.forward(hours=25)
    browser.get("/intake/resume")
    browser.submit(patient.code_and_birth_date())
    page = browser.follow()

    assert "More than a day has gone by" in page.text
    assert not page.has('form[action="/intake/send"]')
    for step in ("right-now", "feeling", "strength"):
        patient.fills(browser.get(f"/intake/{step}?change=1"))
    page = browser.get("/intake/review")
    assert "More than a day" not in page.text
    assert patient.sends().heading == "Your answers were sent"


def test_the_steps_that_are_asked_again_are_steps_of_the_shipped_form(shelf):
    steps = {step.id for step in shelf.questionnaires.current("low-back-intake").steps}

    assert steps >= set(ASKED_AGAIN)


def test_where_only_the_invited_may_start_nobody_else_can(settings, database, shelf, pool):
    closed = settings.model_copy(update={"open_intake": False})
    browser = Browser(create_app(closed, database=database, shelf=shelf, pool=pool))
    page = browser.get("/intake/")

    assert not page.has('main form[method="post"]')
    assert "use the link that Example Spine Clinic sent you" in page.text
    browser.post("/intake/", {"agree": "yes", "name": "Pat"}, status=403)


def test_the_age_counts_on_the_day_of_sending(patient, browser, clock, the_intake):
    patient.answers |= {
        "birth-date-year": ["1990"],
        "birth-date-month": ["3"],
        "birth-date-day": ["18"],
    }
    patient.answers_everything()
    assert the_intake().response.answers["age-years"] == (35,)
    clock.forward(hours=20)
    browser.get("/intake/resume")
    browser.submit(patient.code_and_birth_date())
    browser.follow()
    patient.sends()

    assert the_intake().response.answers["age-years"] == (36,)


def test_an_intake_belongs_to_the_version_that_was_answered(patient, database, shelf):
    patient.agrees()

    with database.reading() as tx:
        row = tx.execute(select(intake_table)).one()
    current = shelf.questionnaires.current("low-back-intake")
    assert (row.questionnaire_id, row.questionnaire_version) == (current.id, current.version)
    assert isinstance(row.id, UUID)
