"""Referrals in the browser: consent, letter, signature, sending, moves, and what each role sees."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest

from clinic.actions.amendments import add_to_sent
from clinic.app import create_app
from clinic.referral.letter import Part
from clinic.referral.states import State
from clinic.store import audit, intakes, outbox, providers, same_person
from clinic.store.staff import Role
from tests.pdf.printing import WordsAlone, pages_of, words_of
from tests.web.browser import Browser
from tests.web.referring import ASKED, QUESTION, SERVICE, Referrer, kept_of, list_provider
from tests.web.staff import (
    BEFORE,
    EMERGENCY,
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
def on_paper() -> None:
    """Ask for it where papers have to be laid out."""


@pytest.fixture
def pool(pool, request):
    """The words of papers alone, unless a test asks for papers."""
    return pool if "on_paper" in request.fixturenames else WordsAlone()


@pytest.fixture
def patients(database, shelf):
    return Patients(database, shelf)


@pytest.fixture
def clinician(app, database):
    return Worker(app, hire(database, "lee", Role.CLINICIAN, "Dr. Amira Lee")).signs_in()


@pytest.fixture
def desk(app, database):
    return Worker(app, hire(database, "ortiz", Role.FRONT_DESK, "Sam Ortiz")).signs_in()


@pytest.fixture
def intake_id(patients):
    return patients.sends({"pain-story": STORY})


@pytest.fixture
def lee(clinician, intake_id, database):
    return Referrer(clinician, intake_id, list_provider(database))


@pytest.fixture
def ortiz(desk, intake_id, lee):
    return Referrer(desk, intake_id, lee.provider)


def state_of(database, referrer):
    return kept_of(database, referrer.id).referral.state


# --- where to, and the consent -----------------------------------------------------------


def test_the_patient_s_page_leads_to_a_new_referral_and_lists_those_there_are(lee, clinician):
    page = clinician.opens(lee.intake_id)
    assert page.link("New referral").endswith(f"/staff/intakes/{lee.intake_id}/referrals/new")
    lee.records_consent()
    lee.drafts()

    reference = lee.opens().select_one("title").text
    assert "R-" in reference
    assert "Spine or pain clinic" in clinician.opens(lee.intake_id).text


def test_nothing_is_asked_before_the_patient_agrees(lee):
    page = lee.asks()
    assert not page.has('form[action$="/referrals/new"] textarea')

    lee.records_consent()

    assert lee.asks().has("#question")


def test_a_consent_that_stands_is_shown_with_what_it_covers_how_and_when(lee):
    lee.records_consent()

    assert "The letter (The patient said so, 10:30 am)" in lee.asks().text


def test_a_consent_that_says_not_how_is_asked_for_again(lee):
    lee.asks()

    page = lee.browser.post(
        f"/staff/intakes/{lee.intake_id}/referrals/consent?service={SERVICE}",
        {"scope": "The letter"},
        422,
    )
    nowhere = f"/staff/intakes/{lee.intake_id}/referrals/consent"
    asked = lee.browser.post(nowhere, {"how": "said", "scope": "The letter"}, 422)
    assert "the patient agrees to one service at a time" in asked.text

    assert page.errors == ["Choose how the patient agreed."]
    assert page.select_one("#scope").text.strip() == "The letter"


def test_a_destination_is_proposed_with_the_reason_and_a_call_comes_first(lee, patients):
    lee.intake_id = patients.sends(EMERGENCY)
    assert "Emergency department: call first. Do not wait for the consent" in lee.asks().text
    lee.records_consent()

    text = lee.asks().text
    assert "Do not wait for the consent" not in text

    assert "Emergency department" in text
    assert "Call first. A letter comes after." in text
    assert "between the legs" in text


def test_the_front_desk_is_proposed_only_what_its_call_list_tells(ortiz, patients):
    ortiz.intake_id = patients.sends({**PRIVATE, **TWO_WEEKS})
    ortiz.records_consent()

    told = " ".join(tag.text for tag in ortiz.asks().select(".proposals"))

    assert "regnan" not in told
    assert "eight" not in told


def test_providers_are_those_of_the_service_by_the_alphabet(lee, database):
    list_provider(database, name="Able Spine")
    list_provider(database, name="Zoe Therapy", service="physical-therapy")
    lee.records_consent()

    names = [tag.text for tag in lee.asks().select("#provider option")]

    assert names == ["Choose later", "Able Spine", "Mill Road Spine"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("question", "", "Write the question."),
        ("kind", "marry", "Choose what you ask for."),
        ("urgency", "self_care", "Choose how soon."),
        ("act_by", "2026-02-30", "Give the day."),
        ("act_by", "2026-03-16", "This day is past."),
        ("provider", "nobody", "Choose somebody who is listed for this service."),
    ],
)
def test_what_is_wrong_in_a_request_is_told_and_the_rest_kept(lee, field, value, words):
    lee.records_consent()
    lee.asks()

    fields = {**ASKED, field: value}
    page = lee.browser.post(f"/staff/intakes/{lee.intake_id}/referrals/new", fields, 422)

    assert page.errors == [words]
    if field != "question":
        assert page.select_one("#question").text.strip() == QUESTION


def test_the_front_desk_asks_for_no_less_than_the_level(ortiz, patients):
    ortiz.intake_id = patients.sends(TWO_WEEKS)
    ortiz.records_consent()
    ortiz.asks()

    page = ortiz.browser.post(f"/staff/intakes/{ortiz.intake_id}/referrals/new", ASKED, 422)

    assert page.errors == ["Only a clinician may ask for less than the level that stands."]


def test_a_form_that_was_not_sent_has_no_referral(clinician, patients):
    draft = patients.drafts(EMERGENCY)
    page = clinician.browser.get(f"/staff/intakes/{draft}/referrals/new")

    assert "not sent yet" in page.text
    assert not page.has(".act_form, .referral_filters")


# --- the letter --------------------------------------------------------------------------


def test_every_line_of_the_letter_leads_to_its_answer_or_names_its_writer(lee, clinician):
    lee.records_consent()
    lee.drafts()
    page = lee.opens()
    lines = page.select(".letter_lines__line")
    places = {str(link["href"]) for link in page.select(".letter_lines__from a")}
    from_rules = {"Flags present", "Asked and denied", "Not sure or not answered", "Also noted"}
    from_rules.add("Not answered")

    assert lines
    for line in lines:
        source = line.select_one(".letter_lines__from")
        label = line.select_one("dt").text
        told = source.select("a") or "written by Dr. Amira Lee" in source.text
        assert told or label in from_rules or label == "Stretches, by the rules", label
    chart = clinician.opens(lee.intake_id)
    for place in places:
        assert chart.has(f'[id="{unquote(place.partition("#")[2])}"]'), place


def test_a_draft_says_so_on_the_page(lee):
    lee.records_consent()
    lee.drafts()

    page = lee.opens()

    assert page.select_one("#letter").text == "The letter: draft"
    assert page.select_one(".letter_sheet__mark").text == "DRAFT"


def test_a_line_that_is_changed_is_the_writer_s_and_a_blank_one_goes(lee, database):
    lee.records_consent()
    lee.drafts()
    before = kept_of(database, lee.id).letter.block(Part.BACKGROUND).lines

    lee.does(
        "letter",
        **{
            "line-background-0": "Seen here since 2019.",
            "line-background-1": " ",
            "more-assessment": "Left ankle jerk is gone.",
        },
    )

    letter = kept_of(database, lee.id).letter
    after = letter.block(Part.BACKGROUND).lines
    assert (after[0].text, after[0].by, after[0].keys) == (
        "Seen here since 2019.",
        "Dr. Amira Lee",
        (),
    )
    assert len(after) == len(before) - 1
    assert after[1:] == before[2:]
    assert letter.block(Part.ASSESSMENT).lines[-1].text == "Left ankle jerk is gone."


def test_a_finding_that_was_taken_out_is_told_beside_the_signature(lee, patients, database):
    lee.intake_id = patients.sends(TWO_WEEKS)
    lee.records_consent()
    lee.drafts(urgency="urgent_2wk", act_by="2026-03-31")
    lines = kept_of(database, lee.id).letter.block(Part.SITUATION).lines
    number = next(n for n, line in enumerate(lines) if line.label == "Within 2 weeks")
    lee.moves("complete")
    assert not lee.opens().has(".taken_out")

    lee.does("letter", **{f"line-situation-{number}": " "})

    told = lee.opens().select_one("#sign .taken_out").text
    assert lines[number].text in " ".join(told.split())


def test_who_saves_a_letter_after_somebody_else_keeps_what_was_typed(lee, app, database):
    lee.records_consent()
    lee.drafts()
    other = Worker(app, hire(database, "reyes", Role.CLINICIAN)).signs_in()
    rival = Referrer(other, lee.intake_id)
    rival.id = lee.id
    lee.opens()
    rival.does("letter", **{"line-background-0": "Theirs."})

    page = lee.sends_form("letter", 409, **{"more-request": "Mine, and it matters."})

    assert "Somebody else changed this referral" in page.text
    assert page.select_one(".not_saved__kept").text == "Mine, and it matters."
    assert "Theirs." in page.text
    assert not kept_of(database, lee.id).letter.says("Mine")


def test_another_service_fills_the_letter_anew_and_keeps_what_staff_found(lee, database):
    lee.records_consent()
    lee.drafts()
    lee.does("letter", **{"more-assessment": "Left ankle jerk is gone."})
    lee.browser.get(f"{lee.place}/request?service=physical-therapy")
    version = str(kept_of(database, lee.id).referral.version)

    fields = {**ASKED, "service": "physical-therapy", "version": version}
    lee.browser.post(f"{lee.place}/request", fields)

    kept = kept_of(database, lee.id)
    assert kept.referral.service == "physical-therapy"
    assert kept.letter.says("Physical therapy, to be seen by April 20, 2026")
    assert kept.letter.says("Left ankle jerk is gone.")


def test_a_financial_tie_of_the_receiver_stands_in_the_letter(lee, database):
    lee.provider = list_provider(database, name="Own Spine", financial_tie="We own a share of it.")
    lee.records_consent()
    lee.drafts()

    assert "We own a share of it." in lee.opens().select_one(".letter_sheet").text


# --- signing and sending -----------------------------------------------------------------


def test_a_referral_goes_from_the_draft_to_the_closed_loop(lee, database, clock):
    lee.records_consent()
    lee.drafts()
    assert "Mark the letter as complete first." in lee.opens().text
    lee.moves("complete")
    lee.does("sign")
    lee.does("send", channel="print")
    assert state_of(database, lee) is State.SENT
    lee.moves("acknowledge")
    lee.moves("ask", words="Which leg?")
    lee.moves("answer", words="The left leg.")
    lee.moves("accept")
    lee.moves("book", day="2026-04-02", time="09:30")
    assert "Booked, patient not told yet" in lee.opens().heading
    lee.moves("tell_patient")
    clock.forward(days=17)
    lee.worker.signs_in()
    lee.moves("report_seen", day="2026-04-02")
    lee.moves("report", words="A pressed nerve. Exercise helps.")
    lee.moves("close", words="Told by telephone, exercise goes on.")

    page = lee.opens()

    assert "Closed: reviewed, and the patient told" in page.heading
    assert not page.has('form[action*="/moves/"]')
    assert "reviewed the report and told the patient" in page.text
    assert "Told by telephone" in page.text


def test_a_signature_names_person_role_time_and_hash(lee, database):
    lee.gets_ready()

    text = lee.opens().text

    assert "Signed by Dr. Amira Lee, clinician, 10:30 am" in text
    assert kept_of(database, lee.id).letter.hash in text


def test_a_letter_that_changed_has_to_be_signed_again(lee, database):
    lee.gets_ready()
    lee.does("letter", **{"more-request": "One more thing."})

    page = lee.opens()

    assert "The letter was changed after it was signed. Sign it again." in page.text
    assert page.has("form#sign")
    assert not page.has("form#send")
    assert state_of(database, lee) is State.READY_FOR_SIGNOFF


def test_nothing_leaves_without_consent(lee, database):
    lee.gets_ready()
    lee.asks()
    lee.browser.post(f"/staff/intakes/{lee.intake_id}/referrals/consent/withdraw?service={SERVICE}")
    lee.records_consent("physical-therapy")

    page = lee.tries_to_send(database)

    assert "Record first that the patient agrees to share this with them." in page.text
    assert state_of(database, lee) is State.READY_FOR_SIGNOFF


def test_staff_read_what_the_patient_added_after_signing_before_anything_leaves(
    lee, ortiz, database, clock
):
    lee.gets_ready()
    add_to_sent(database, lee.intake_id, "My foot is weak.", once="1", now=clock.now, zone=ZONE)

    page = lee.opens()
    assert "The patient added something after the letter was signed." in page.text
    assert "My foot is weak." in page.text
    assert not page.has("form#send")
    ortiz.id = lee.id
    assert "My foot is weak." not in ortiz.opens().text
    lee.does("reasons/added", reason="Asked on the phone: weak for years.")

    assert "Asked on the phone: weak for years." in lee.opens().text
    lee.does("send", channel="fax")
    assert state_of(database, lee) is State.SENT


def test_a_receiver_who_left_the_directory_holds_the_letter_back(lee, database, clock):
    lee.gets_ready()
    with database.writing() as tx:
        providers.remove(tx, lee.provider.id, version=1, now=clock.now)

    page = lee.tries_to_send(database)

    assert "the one chosen is no longer listed" in page.text
    assert "No longer in the directory." in page.text
    assert page.select_one(".holds__one a")["href"] == "#revise"
    assert page.select_one("form#revise")


def test_a_second_referral_to_one_service_needs_a_reason(lee, database):
    lee.is_sent()
    lee.gets_ready()
    page = lee.tries_to_send(database)
    assert "was sent to the same service within 30 days" in page.text

    lee.does("reasons/doubled", reason="The first one moved away.")
    lee.does("send", channel="print")

    assert state_of(database, lee) is State.SENT
    assert "The first one moved away." in lee.opens().text


def test_no_reason_lets_a_regenerative_consult_pass_an_open_finding(lee, patients, database):
    lee.intake_id = patients.sends(TWO_WEEKS)
    lee.provider = list_provider(database, name="PRP", service="regenerative-consult")
    lee.records_consent("regenerative-consult")
    lee.drafts(service="regenerative-consult", urgency="urgent_2wk", act_by="2026-03-31")
    lee.moves("complete")
    lee.does("sign")

    page = lee.tries_to_send(database)
    assert "A safety finding is open" in page.text
    assert not page.has('form[action$="/reasons/gate"], form#send')
    version = str(kept_of(database, lee.id).referral.version)
    lee.browser.post(
        f"{lee.place}/reasons/gate", {"reason": "I insist.", "version": version}, status=303
    )
    lee.tries_to_send(database)

    assert state_of(database, lee) is State.READY_FOR_SIGNOFF


@pytest.mark.parametrize(
    "calls",
    [
        pytest.param(("sent_to_emergency_care",), id="the outcome is not known"),
        pytest.param(("called", "harm", "could_not_reach"), id="the last call reached nobody"),
    ],
)
def test_a_regenerative_consult_waits_until_an_emergency_has_come_to_its_end(
    lee, clinician, patients, database, calls
):
    lee.intake_id = patients.sends(EMERGENCY)
    for call in calls:
        clinician.opens(lee.intake_id)
        if call == "harm":
            clinician.does("staff-question", harm="yes", harm_words="")
        else:
            clinician.does("outcome", outcome=call, words="")
    lee.provider = list_provider(database, name="PRP", service="regenerative-consult")
    lee.records_consent("regenerative-consult")
    lee.drafts(service="regenerative-consult")

    assert "A safety finding is open" in lee.opens().text


def test_a_finding_of_2_weeks_lets_a_consult_pass_once_a_clinician_said_what_came_of_it(
    lee, clinician, patients, database
):
    lee.intake_id = patients.sends(TWO_WEEKS)
    lee.provider = list_provider(database, name="PRP", service="regenerative-consult")
    lee.records_consent("regenerative-consult")
    lee.drafts(service="regenerative-consult", urgency="urgent_2wk", act_by="2026-03-31")
    assert "A safety finding is open" in lee.opens().text

    clinician.opens(lee.intake_id)
    said = {"outcome": "finding_settled"}
    place = f"/staff/intakes/{lee.intake_id}/outcome"
    form = clinician.browser.page.select_one('[value="finding_settled"]').find_parent("form")
    version = str(form.select_one("[name=version]")["value"])
    clinician.browser.post(place, {**said, "version": version, "words": " "}, 422)
    words = "Seen on March 16, the weight is stable."
    clinician.browser.post(place, {**said, "version": version, "words": words}, 303)

    assert "A safety finding is open" not in lee.opens().text
    page = clinician.opens(lee.intake_id)
    assert words in page.text
    assert not page.has('[value="finding_settled"]')


def test_a_call_before_the_answers_were_sent_opens_no_regenerative_consult(
    lee, clinician, patients, database, clock
):
    lee.intake_id = patients.drafts(EMERGENCY)
    clinician.opens(lee.intake_id)
    clinician.does("outcome", outcome="called", words="")
    patients.presses_send(lee.intake_id, at=clock.now + timedelta(hours=1))
    lee.provider = list_provider(database, name="PRP", service="regenerative-consult")
    lee.records_consent("regenerative-consult")
    lee.drafts(service="regenerative-consult")

    assert "A safety finding is open" in lee.opens().text


def test_an_open_finding_in_later_answers_of_the_same_person_stops_a_regenerative_consult(
    lee, patients, database
):
    later = patients.sends(SAME_DAY)
    with database.writing() as tx:
        one, other = (intakes.facts(tx, each).patient_id for each in (lee.intake_id, later))
        same_person.confirm(tx, one, other, by=lee.worker.member.id, now=BEFORE)
    lee.provider = list_provider(database, name="PRP", service="regenerative-consult")
    lee.records_consent("regenerative-consult")
    lee.drafts(service="regenerative-consult")

    assert "Other answers of this patient have an open safety finding." in lee.opens().text


@pytest.mark.parametrize(
    ("urgency", "day"),
    [("emergency_now", "2026-03-18"), ("same_day", "2026-03-19"), ("urgent_2wk", "2026-04-01")],
)
def test_no_day_is_asked_for_that_comes_too_late_for_the_level(lee, urgency, day):
    lee.records_consent()
    lee.asks()

    page = lee.browser.post(
        f"/staff/intakes/{lee.intake_id}/referrals/new",
        {**ASKED, "urgency": urgency, "act_by": day},
        422,
    )

    assert page.errors == ["This day is too late for how soon it has to be. Choose an earlier day."]


def test_a_mail_goes_out_only_when_it_can(lee, database):
    lee.gets_ready()
    before = waiting_mails(database)

    page = lee.does("send", 409, channel="mail")

    assert "SMTP_URL" in page.text
    assert "CLINIC_PUBLIC_URL" in page.text
    assert waiting_mails(database) == before
    assert state_of(database, lee) is State.READY_FOR_SIGNOFF


def test_a_mail_with_the_link_is_put_into_the_outbox(
    settings, database, shelf, pool, clock, patients
):
    more = settings.model_copy(
        update={"smtp_url": "smtp://127.0.0.1:1", "public_url": "https://clinic.example"}
    )
    app = create_app(more, database=database, shelf=shelf, pool=pool, clock=clock)
    worker = Worker(app, hire(database, "lee", Role.CLINICIAN)).signs_in()
    lee = Referrer(worker, patients.sends(), list_provider(database, email="desk@mill.example"))
    lee.gets_ready()

    before = waiting_mails(database)

    lee.does("send", channel="mail")

    assert waiting_mails(database) == before + 1
    assert "https://clinic.example/r/" in lee.opens().select_one(".door_link").text


def waiting_mails(database):
    with database.reading() as tx:
        return outbox.waiting(tx)


def test_the_code_is_shown_after_sending_and_a_new_one_takes_its_place(lee, database):
    lee.is_sent()
    code = lee.opens().select_one(".door_code").text
    assert re.fullmatch(r"[0-9A-Z]{5}-[0-9A-Z]{5}", code)

    lee.does("door")

    other = lee.opens().select_one(".door_code").text
    assert other != code
    lee.does("door/shut")
    assert "Shut: the other side cannot answer here." in lee.opens().text


def test_staff_are_told_that_a_code_is_shut_for_good_once_the_consent_was_taken_back(lee):
    lee.is_sent()
    code = lee.opens().select_one(".door_code").text
    consent = f"/staff/intakes/{lee.intake_id}/referrals/consent"

    lee.browser.post(f"{consent}/withdraw?service={SERVICE}")

    page = lee.opens()
    assert "Shut: the other side cannot answer here." in page.text
    assert not page.has(".door_code")
    assert "Make a new link" not in page.text
    version = page.select_one("[name=version]")["value"]
    refused = lee.browser.post(f"{lee.place}/door", {"version": version}, 409)
    assert "No consent to share stands" in refused.text
    lee.browser.post(f"{consent}?service={SERVICE}", {"how": "said", "scope": "The letter"})
    assert not lee.opens().has(".door_code")
    lee.sends_form("door")
    assert lee.opens().select_one(".door_code").text != code


# --- the moves ---------------------------------------------------------------------------


def test_only_the_legal_moves_of_the_role_are_offered(lee, ortiz):
    lee.is_sent()
    ortiz.id = lee.id

    mine = acts_on(lee.opens())
    theirs = acts_on(ortiz.opens())

    assert {"acknowledge", "accept", "book", "decline", "reroute", "fail"} <= theirs
    assert mine - theirs == {"mark_error"}
    assert not {"complete", "close", "sign", "send"} & mine


@pytest.mark.parametrize("act", ["sign", "send"])
def test_nobody_signs_or_sends_as_if_it_were_only_noted(lee, act):
    lee.records_consent()
    lee.drafts()
    lee.moves("complete")

    assert lee.browser.post(f"{lee.place}/moves/{act}", {"version": "2"}, 404)


def acts_on(page):
    forms = page.select('form[action*="/moves/"]')
    return {str(form["action"]).rsplit("/", 1)[1] for form in forms}


LACKING = [
    ("decline", {}, "Write it first."),
    ("book", {"time": "09:30"}, "Give the day."),
    ("book", {"day": "2026-04-02"}, "Give the time."),
    ("book", {"day": "2026-03-01", "time": "09:30"}, "This day is past."),
    ("report_seen", {"day": "2026-03-18"}, "This day is still to come."),
]


def test_a_move_says_what_it_needs(lee, database):
    lee.is_sent()

    for act, fields, words in LACKING:
        page = lee.moves(act, 422, **fields)

        assert words in page.errors, (act, fields)
        assert state_of(database, lee) is State.SENT, (act, fields)


def test_a_visit_after_the_day_to_be_seen_by_is_an_alarm(lee):
    lee.is_sent()
    lee.moves("book", day="2026-04-21", time="09:00")

    assert "later than the patient has to be seen" in lee.opens().text


def test_an_answer_after_the_end_is_refused_and_what_was_typed_is_kept(lee, app, database):
    lee.is_sent()
    other = Referrer(Worker(app, hire(database, "reyes", Role.CLINICIAN)).signs_in(), lee.intake_id)
    other.id = lee.id
    lee.opens()
    other.moves("patient_declines", words="She feels well. Told what to watch for.")

    page = lee.browser.post(
        f"{lee.place}/moves/decline", {"words": "They are full.", "version": "9"}, status=409
    )

    assert "moved on" in page.text
    assert page.select_one(".not_saved__kept").text == "They are full."
    assert page.select_one(f'a[href$="{lee.intake_id}"]')
    assert state_of(database, lee) is State.PATIENT_DECLINED


def test_a_declined_one_is_sent_elsewhere_with_its_letter(lee, database):
    lee.is_sent()
    lee.moves("decline", words="They take no new patients.")
    old = lee.id

    page = lee.moves("reroute", words="They take no new patients.")
    lee.id = page.location.rsplit("/", 1)[1]

    fresh = kept_of(database, lee.id)
    assert lee.id != old
    assert fresh.referral.state is State.DRAFT
    assert fresh.letter == kept_of(database, old).letter
    assert kept_of(database, old).referral.state is State.CANCELLED
    page = lee.opens()
    assert "It was sent elsewhere before" in page.text
    assert "Choose who receives it." in page.text
    lee.id = old
    assert "Sent elsewhere as R-" in lee.opens().text


def test_a_referral_is_taken_and_given_back(lee, ortiz, database):
    lee.records_consent()
    ortiz.id = lee.drafts()

    ortiz.does("take")
    assert kept_of(database, lee.id).referral.owner_id == ortiz.worker.member.id
    ortiz.does("give-back")

    assert kept_of(database, lee.id).referral.owner_id is None


# --- the front desk ----------------------------------------------------------------------


def test_the_front_desk_sees_where_it_stands_and_nothing_of_the_letter(lee, ortiz):
    lee.records_consent()
    lee.drafts()
    lee.moves("complete")
    ortiz.id = lee.id

    page = ortiz.opens()
    body = page.body.decode()

    for words in (
        "Complete, not sent",
        "Mill Road Spine",
        "A clinician does this.",
        "555-555-0142",
    ):
        assert words in page.text
    for words in (QUESTION, STORY, "0 to 10", "letter.pdf", "Asked and denied", "Exercise goes on"):
        assert words not in body
    assert not page.has("form#sign")


def test_the_front_desk_reads_no_code_and_no_word_of_others(lee, ortiz):
    lee.is_sent()
    lee.moves("ask", words="Was there a fever last week?")
    ortiz.id = lee.id

    page = ortiz.opens()

    assert "fever" not in page.body.decode()
    assert not page.has(".door_code")
    ortiz.moves("answer", words="Told them by telephone.")
    assert "Told them by telephone." in ortiz.opens().text


def test_what_is_a_clinician_s_is_refused_to_the_front_desk(lee, ortiz, database):
    lee.gets_ready()
    ortiz.id = lee.id
    before = kept_of(database, lee.id)

    for act in ("letter", "sign", "send", "door", "reasons/gate"):
        ortiz.opens()
        ortiz.browser.post(
            f"{ortiz.place}/{act}", {"version": str(before.referral.version)}, status=403
        )
        assert kept_of(database, lee.id) == before, act
    ortiz.browser.get(f"{ortiz.place}/letter.pdf", 403)

    assert kept_of(database, lee.id) == before


def test_the_front_desk_drafts_and_a_clinician_signs(lee, ortiz, database):
    ortiz.records_consent()
    lee.id = ortiz.drafts()
    ortiz.moves("complete")

    lee.does("sign")
    lee.does("send", channel="print")

    assert state_of(database, lee) is State.SENT
    assert "written by Sam Ortiz" in lee.opens().select_one(".letter_sheet").text


def test_the_front_desk_chooses_again_and_keeps_the_question_it_does_not_see(lee, ortiz, database):
    lee.provider = None
    lee.records_consent()
    ortiz.id = lee.drafts()
    page = ortiz.browser.get(f"{ortiz.place}/request")
    assert QUESTION not in page.body.decode()
    version = str(kept_of(database, lee.id).referral.version)

    unseen = {"question": "", "meanwhile": ""}
    fields = {**ASKED, **unseen, "provider": str(ortiz.provider.id), "version": version}
    ortiz.browser.post(f"{ortiz.place}/request", fields)

    kept = kept_of(database, lee.id)
    assert kept.referral.provider_id == ortiz.provider.id
    assert kept.letter.block(Part.SITUATION).lines[0].text == QUESTION
    assert kept.letter.until_then == ASKED["meanwhile"]


def test_a_change_of_the_request_begins_with_what_stands(lee):
    lee.records_consent()
    lee.drafts()

    page = lee.browser.get(f"{lee.place}/request")

    assert page.select_one('[name="question"]').text.strip() == QUESTION
    assert page.select_one('[name="meanwhile"]').text.strip() == ASKED["meanwhile"]


# --- papers ------------------------------------------------------------------------------


def test_the_letter_on_paper_is_a_draft_until_it_is_signed_and_sent(lee):
    lee.records_consent()
    lee.drafts()
    assert "draft" in first_page(lee)
    lee.moves("complete")
    lee.does("sign")
    assert "not sent" in first_page(lee)
    lee.does("send", channel="print")

    page = first_page(lee)

    assert ": draft" not in page
    assert "Signed by Dr. Amira Lee, clinician" in page
    for words in ("Alex Rivera", "Mill Road Spine", "555-555-0177", QUESTION, "not examined"):
        assert words in page


def first_page(lee):
    return words_of(lee.browser.get(f"{lee.place}/letter.pdf").body.decode())


@pytest.mark.usefixtures("on_paper")
def test_a_letter_that_was_sent_comes_from_the_store(lee, database, clock):
    lee.is_sent()
    first = lee.browser.get(f"{lee.place}/letter.pdf").body
    with database.writing() as tx:
        entry = providers.get(tx, lee.provider.id)
        providers.remove(tx, entry.id, version=entry.version, now=clock.now)
    clock.forward(minutes=5)

    assert lee.browser.get(f"{lee.place}/letter.pdf").body == first
    code = lee.opens().select_one(".door_code").text
    assert code in pages_of(first)[0]


def test_the_front_desk_prints_a_cover_sheet_that_names_no_patient(lee, ortiz):
    lee.is_sent()
    ortiz.id = lee.id

    html = ortiz.browser.get(f"{ortiz.place}/fax-cover.pdf").body.decode()

    assert words_of(html).count("555-555-0177") == 1
    assert "Rivera" not in html
    assert QUESTION not in html


# --- the list ----------------------------------------------------------------------------


def test_the_overdue_stand_on_top_and_say_so(lee, patients, database, clock):
    lee.is_sent()
    first = lee.id
    clock.forward(days=4)
    lee.worker.signs_in()
    lee.intake_id = patients.sends({}, at=clock.now - timedelta(hours=1))
    lee.records_consent()
    lee.drafts()

    page = lee.browser.get("/staff/referrals/")

    assert page.heading == "Referrals: 1 overdue"
    late = page.select_one('section[aria-labelledby="overdue"]')
    assert f"/staff/referrals/{first}" in str(late)
    assert lee.id not in str(late)
    assert lee.id in str(page.select_one('section[aria-labelledby="waiting"]'))
    assert "Open, as chosen here: 2." in page.text


def test_the_list_is_narrowed_by_state_service_and_owner(lee, ortiz):
    lee.is_sent()
    sent = lee.id
    draft = lee.drafts(service="physical-therapy", provider="")

    def shown(query, who=lee):
        body = who.browser.get(f"/staff/referrals/?{query}").body.decode()
        return {one for one in (sent, draft) if one in body}

    assert shown("") == {sent, draft}
    assert shown("state=sent") == {sent}
    assert shown("service=physical-therapy") == {draft}
    assert shown("state=sent&service=physical-therapy") == set()
    assert shown("owner=mine") == {sent, draft}
    assert shown("owner=mine", ortiz) == set()
    assert lee.browser.get("/staff/referrals/?after=nonsense", 400)


def test_the_list_holds_no_answer(lee, ortiz):
    lee.is_sent()

    body = ortiz.browser.get("/staff/referrals/").body.decode()

    assert QUESTION not in body
    assert STORY not in body
    assert SERVICE in body


def test_looking_at_a_referral_and_its_letter_is_audited(lee, database):
    lee.is_sent()
    lee.browser.get(f"{lee.place}/letter.pdf")
    lee.browser.get("/staff/referrals/")

    with database.reading() as tx:
        acts = {row.action for row in audit.trail(tx, limit=200)}
    for act in ("sharing.agree", "referral.start", "referral.sign", "referral.send"):
        assert act in acts
    assert {"referral.view", "referral.pdf", "referrals.view"} <= acts


def test_an_admin_sees_no_referral(app, database, lee):
    lee.is_sent()
    admin = Worker(app, hire(database, "root", Role.ADMIN)).signs_in()

    admin.browser.get("/staff/referrals/", 403)
    admin.browser.get(lee.place, 403)
    assert Browser(app).get(lee.place, 303).location.startswith("/staff/sign-in")


def test_an_emergency_is_never_said_to_wait_for_its_letter(lee, patients):
    lee.intake_id = patients.sends(EMERGENCY)
    lee.provider = None
    lee.records_consent()
    lee.drafts(service="emergency-department", urgency="emergency_now", act_by="2026-03-17")

    assert "Now, without waiting for the letter" in lee.opens().text
    assert "Now, without waiting for the letter" in first_page(lee)


def test_who_was_signed_out_gets_back_the_lines_that_were_typed(lee, clock):
    lee.records_consent()
    lee.drafts()
    lee.opens()
    clock.forward(hours=2)

    page = lee.sends_form("letter", 401, **{"more-request": "Mine, and it matters."})

    assert "Mine, and it matters." in page.body.decode()
    assert page.link("Sign in").endswith(lee.place) or lee.place in page.body.decode()
