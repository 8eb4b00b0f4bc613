"""One patient's page: what each role reads there, what is done, and two staff at once."""

from datetime import timedelta
from uuid import UUID

import pytest

from clinic.store import audit, intakes, notes, outcomes
from clinic.store.outcomes import OutcomeKind
from clinic.store.staff import Role
from clinic.triage.rules import Urgency
from tests.pdf.printing import WordsAlone
from tests.web.browser import Page
from tests.web.staff import (
    BEFORE,
    EMERGENCY,
    INCOMPLETE,
    PRIVATE,
    SAME_DAY,
    STORY,
    TWO_WEEKS,
    Patients,
    Worker,
    hire,
)

TYPED = "Spoke with her husband. <b>He drives.</b>"


@pytest.fixture
def on_paper() -> None:
    """Ask for it where papers have to be laid out."""


@pytest.fixture
def pool(pool, request):
    """The words of papers alone, unless a test asks for papers."""
    return pool if "on_paper" in request.fixturenames else WordsAlone()


@pytest.fixture
def patients(database, shelf) -> Patients:
    return Patients(database, shelf)


@pytest.fixture
def desk(app, database) -> Worker:
    return Worker(app, hire(database, "desk", Role.FRONT_DESK, "Dana Ortiz")).signs_in()


@pytest.fixture
def clinician(app, database) -> Worker:
    return Worker(app, hire(database, "clinician", Role.CLINICIAN, "Dr. Lee")).signs_in()


@pytest.fixture
def other(app, database) -> Worker:
    return Worker(app, hire(database, "other", Role.CLINICIAN, "Dr. Moss")).signs_in()


def acts(database, intake_id: UUID) -> list[str]:
    with database.reading() as tx:
        rows = audit.trail(tx, subject=("intake", intake_id))
    return [row.action for row in reversed(rows) if row.actor.kind == "staff"]


def facts(database, intake_id: UUID) -> intakes.Facts:
    with database.reading() as tx:
        return intakes.facts(tx, intake_id)


def words_of(page: Page, selector: str) -> list[str]:
    return [" ".join(tag.get_text(" ").split()) for tag in page.select(selector)]


# --- the front desk ------------------------------------------------------------------


def test_the_front_desk_reads_whom_to_call_why_and_what_to_say(desk, patients):
    intake_id = patients.sends(
        {**EMERGENCY, "emergency-name": "Luis", "emergency-phone": "555-555-0199"}
    )

    page = desk.opens(intake_id)

    assert page.heading == "Alex Rivera : Emergency now"
    for words in (
        "Call now: 555-555-0142",
        "New loss of feeling between the legs, in pee or poop.",
        "Call 911 or go to the emergency room now. Do not drive yourself.",
        "Try three times in 15 minutes.",
        "Emergency contact: Luis 555-555-0199",
        "awaiting clinical review",
    ):
        assert words in page.text


def test_the_front_desk_reads_no_other_answer_no_score_and_no_note(desk, clinician, patients):
    intake_id = patients.sends({**SAME_DAY, "pain-story": STORY, "goals": "Dance at the wedding"})
    clinician.opens(intake_id)
    clinician.does("notes", text="Sounded worried about work.")

    body = desk.opens(intake_id).body.decode()

    for words in (STORY, "Dance at the wedding", "worried about work", "0 to 10", "ruled out"):
        assert words not in body


def test_the_front_desk_reads_nothing_private(desk, patients):
    body = desk.opens(patients.sends(PRIVATE)).body.decode()

    assert "A fall or accident, with a health risk." in body
    assert "regnan" not in body


def test_the_front_desk_asks_what_is_missing_but_nothing_private(desk, patients):
    page = desk.opens(patients.sends(INCOMPLETE))

    assert "Have you been unable to pee at all in the last 8 hours?" in page.text
    assert "2 private questions are open too." in page.text
    assert "during sex" not in page.text


def test_the_front_desk_reads_what_the_front_desk_wrote_and_no_more(
    desk, clinician, patients, database
):
    intake_id = patients.sends(SAME_DAY)
    desk.opens(intake_id)
    desk.does("outcome", outcome="could_not_reach", words="Voicemail at ten.")
    clinician.opens(intake_id)
    clinician.does("outcome", outcome="could_not_reach", words="Worried about sepsis.")

    text = desk.opens(intake_id).text

    assert "Voicemail at ten." in text
    assert "sepsis" not in text


def test_only_a_clinician_may_close_a_call_lower(desk, clinician, patients, database):
    intake_id = patients.sends(SAME_DAY)
    page = desk.opens(intake_id)
    assert "Normal visit" not in page.text

    desk.does("outcome", 403, outcome="normal_visit", words=TYPED)

    assert facts(database, intake_id).urgency is Urgency.SAME_DAY
    assert "Normal visit" in clinician.opens(intake_id).text
    clinician.does("outcome", outcome="normal_visit", words="Viral, no red flag on the phone.")
    assert facts(database, intake_id).urgency is Urgency.ROUTINE


def test_an_interpreter_comes_before_the_first_question(desk, patients):
    page = desk.opens(patients.sends({**SAME_DAY, "language": "vi", "interpreter": "yes"}))

    assert words_of(page, ".call_script__steps > li")[0].startswith("Put an interpreter")


# --- the clinician -------------------------------------------------------------------


def test_each_red_flag_stands_with_answer_time_and_state(clinician, patients):
    page = clinician.opens(patients.sends(EMERGENCY))

    flag = words_of(page, ".red_flag")[0]

    assert flag.startswith("Emergency now State: Open New numbness between the legs")
    assert (
        "Numb between the legs: Yes; Does it feel normal? No, it feels dull, odd, or numb" in flag
    )
    assert "8:40 am" in flag
    assert "Rule CES-1" in flag


def test_the_state_of_a_red_flag_follows_what_was_done(clinician, patients):
    intake_id = patients.sends(EMERGENCY)
    clinician.opens(intake_id)
    clinician.does("outcome", outcome="sent_to_emergency_care", words="")

    flag = words_of(clinician.opens(intake_id), ".red_flag")[0]

    assert "State: Sent to emergency care" in flag


def test_an_answer_changed_after_the_emergency_page_shows_both_and_holds_the_level(
    clinician, patients
):
    intake_id = patients.drafts({"legs-weak": "yes", "weak-kind": ["cant-rise"]})
    patients.corrects(intake_id, {"legs-weak": "no"}, BEFORE + timedelta(minutes=1))
    patients.presses_send(intake_id, at=BEFORE + timedelta(minutes=2))

    page = clinician.opens(intake_id)

    assert page.heading.endswith("Emergency now")
    assert "Yes at 8:40 am, changed to No at 8:41 am" in words_of(page, ".red_flag")[0]
    assert "The level stays until you decide." in page.text


def test_an_answer_that_was_changed_twice_still_shows_the_one_that_met_the_emergency(
    clinician, patients
):
    intake_id = patients.drafts({"legs-weak": "yes", "weak-kind": ["cant-rise"]})
    patients.corrects(intake_id, {"legs-weak": "no"}, BEFORE + timedelta(minutes=1))
    patients.corrects(intake_id, {"legs-weak": "not-sure"}, BEFORE + timedelta(minutes=2))
    patients.presses_send(intake_id, at=BEFORE + timedelta(minutes=3))

    told = words_of(clinician.opens(intake_id), ".red_flag")[0]

    assert "Yes at 8:40 am, changed to No at 8:41 am" in told
    assert "No at 8:41 am, changed to Not sure at 8:42 am" in told


def test_flags_are_told_as_present_denied_or_not_answered(clinician, patients):
    present, unanswered, denied = words_of(
        clinician.opens(patients.sends(INCOMPLETE)), ".flag_states > div"
    )

    assert present == "Flags present None"
    assert "Cauda equina" in unanswered
    assert "Heart and chest" in denied
    assert "Cauda equina" not in denied


def test_a_screen_with_gaps_never_says_that_there_are_no_flags(clinician, patients):
    page = clinician.opens(patients.sends(INCOMPLETE))

    assert "the screen is not complete" in page.text
    assert "No emergency and no same-day flag" not in page.text


def test_every_answer_stands_there_once_with_the_versions(clinician, patients):
    page = clinician.opens(patients.sends({"pain-story": STORY}))

    assert words_of(page, "#answer-pain-story dd") == [STORY]
    assert "low-back-intake 1." in page.text
    ids = [str(tag["id"]) for tag in page.select(".every_answer__row")]
    assert len(ids) == len(set(ids)) > 70


def test_every_line_of_the_summary_leads_to_its_answer(clinician, patients):
    page = clinician.opens(patients.sends({**TWO_WEEKS, "pain-story": STORY}))

    places = {str(tag["id"]) for tag in page.select(".every_answer__row")}
    links = [str(tag["href"])[1:] for tag in page.select('a[href^="#answer-"]')]

    assert links
    assert set(links) <= places


@pytest.mark.usefixtures("on_paper")
def test_the_pdf_is_the_clinics_edition(clinician, patients):
    intake_id = patients.sends(EMERGENCY)

    page = clinician.browser.get(clinician.opens(intake_id).link("Open the PDF"))

    assert page.headers["Content-Type"] == "application/pdf"
    assert page.body.startswith(b"%PDF")
    assert "Rivera" not in page.headers["Content-Disposition"]


def test_a_draft_with_an_emergency_can_be_called_and_recorded(clinician, patients, database):
    intake_id = patients.drafts(EMERGENCY)
    page = clinician.opens(intake_id)
    assert "Not sent" in page.text

    clinician.does("outcome", outcome="called", words="On the way.")

    assert not facts(database, intake_id).emergency_open
    assert "On the way." in clinician.opens(intake_id).text


def test_an_emergency_that_nobody_reached_is_called_again_in_the_same_words(
    desk, patients, database
):
    intake_id = patients.sends(EMERGENCY)
    desk.opens(intake_id)
    desk.does("outcome", outcome="could_not_reach", words="")

    page = desk.browser.follow()

    assert "Call 911 or go to the emergency room now." in page.text
    assert "Call again" in desk.browser.get("/staff/").text
    desk.opens(intake_id)
    desk.does("outcome", outcome="called", words="His son drives him in.")
    with database.reading() as tx:
        assert len(outcomes.all_of(tx, intake_id)) == 2


def test_a_draft_does_not_list_every_question_that_was_not_reached(desk, patients):
    intake_id = patients.drafts({**EMERGENCY, "fever": None, "chills": None})

    assert "not reached" in desk.opens(intake_id).text
    assert "shaking chills" not in desk.opens(intake_id).text


# --- acts ----------------------------------------------------------------------------


def test_taking_and_giving_back_change_the_owner(desk, patients, database):
    intake_id = patients.sends()
    desk.opens(intake_id)

    desk.does("take")
    assert facts(database, intake_id).owner_id == desk.member.id
    assert "Taken by You" in desk.browser.follow().text

    desk.does("give-back")
    assert facts(database, intake_id).owner_id is None


def test_an_emergency_leaves_the_top_only_by_its_outcome(clinician, patients, database):
    intake_id = patients.sends(EMERGENCY)
    page = clinician.opens(intake_id)
    assert not page.has('form[action$="/reviewed"]')
    version = str(page.select_one("[name=version]")["value"])

    refused = clinician.browser.post(
        f"/staff/intakes/{intake_id}/reviewed", {"version": version}, 409
    )
    assert "First record what was done about the emergency." in refused.text
    clinician.opens(intake_id)
    clinician.does("outcome", outcome="called", words="")
    clinician.browser.follow()
    clinician.does("reviewed")

    assert facts(database, intake_id).reviewed_at is not None
    assert clinician.browser.get("/staff/").heading == "Intakes: 0 need a call today"


@pytest.mark.parametrize("changes", [SAME_DAY, INCOMPLETE], ids=["same day", "not complete"])
def test_a_row_of_the_call_list_closes_only_after_a_call_that_reached_somebody(
    clinician, patients, database, changes
):
    intake_id = patients.sends(changes)

    page = clinician.opens(intake_id)
    assert "First record how the call ended." in page.select_one(".review_button").text
    assert not page.has('form[action$="/reviewed"]')
    clinician.does("outcome", outcome="could_not_reach", words="")
    page = clinician.browser.follow()
    assert "First record a call that reached somebody." in page.select_one(".review_button").text
    version = str(page.select_one("[name=version]")["value"])
    place = f"/staff/intakes/{intake_id}/reviewed"
    refused = clinician.browser.post(place, {"version": version}, 409)
    assert "First record a call that reached somebody." in refused.text
    assert facts(database, intake_id).queue is not None
    clinician.opens(intake_id)
    clinician.does("outcome", outcome="seen_today", words="")
    clinician.browser.follow()
    clinician.does("reviewed")

    assert facts(database, intake_id).queue is None


def test_a_lower_level_of_a_clinician_needs_no_call(clinician, patients, database):
    intake_id = patients.sends(SAME_DAY)
    clinician.opens(intake_id)
    clinician.does("level", urgency="routine", reason="Seen yesterday.")
    clinician.browser.follow()

    clinician.does("reviewed")

    assert facts(database, intake_id).queue is None


def test_a_reviewed_patient_can_be_opened_again(clinician, patients, database):
    intake_id = patients.sends()
    clinician.opens(intake_id)
    clinician.does("reviewed")
    clinician.browser.follow()

    clinician.does("reopen")

    assert facts(database, intake_id).queue is not None


def test_an_outcome_needs_a_choice_and_keeps_the_words(clinician, patients, database):
    clinician.opens(patients.sends(EMERGENCY))

    page = clinician.does("outcome", 422, words=TYPED)

    assert page.errors == ["Choose what was done."]
    assert page.select_one("#words").text.strip() == TYPED


def test_a_note_is_added_and_shown_as_it_was_typed(clinician, patients, database):
    intake_id = patients.sends()
    clinician.opens(intake_id)
    clinician.does("notes", text=TYPED)

    assert TYPED in words_of(clinician.browser.follow(), ".timeline__words")
    with database.reading() as tx:
        assert [note.text for note in notes.all_of(tx, intake_id)] == [TYPED]


@pytest.mark.parametrize(
    ("text", "error"),
    [("", "Type the note first."), ("  ", "Type the note first.")],
)
def test_an_empty_note_is_asked_for(clinician, patients, text, error):
    clinician.opens(patients.sends())

    assert clinician.does("notes", 422, text=text).errors == [error]


def test_a_note_that_is_too_long_is_kept_on_the_page(clinician, patients):
    clinician.opens(patients.sends())
    long = "word " * 4000

    page = clinician.does("notes", 422, text=long)

    assert page.errors == ["Shorten this to 5,000 characters."]
    assert page.select_one("#text").text.strip() == long.strip()


def test_control_characters_are_left_out_of_a_note(clinician, patients, database):
    intake_id = patients.sends()
    clinician.opens(intake_id)
    clinician.does("notes", text="one\r\ntwo\0\x07 \u202ethree")

    with database.reading() as tx:
        assert [note.text for note in notes.all_of(tx, intake_id)] == ["one\ntwo three"]


def test_another_level_needs_a_reason_and_keeps_what_the_rules_said(clinician, patients, database):
    intake_id = patients.sends(TWO_WEEKS)
    clinician.opens(intake_id)
    assert clinician.does("level", 422, urgency="same_day", reason="").errors == [
        "Type the reason."
    ]
    assert clinician.does("level", 422, urgency="", reason="x").errors == ["Choose a level."]
    assert clinician.does("level", 422, urgency="soon", reason="x").errors == ["Choose a level."]

    clinician.does("level", urgency="same_day", reason="Lost 30 pounds, looks ill.")

    page = clinician.browser.follow()
    assert page.heading == "Alex Rivera : Same day"
    assert "Level by the rules Within 2 weeks" in page.text
    assert "Lost 30 pounds, looks ill." in page.text
    assert facts(database, intake_id).urgency is Urgency.SAME_DAY


def test_a_level_raised_to_an_emergency_stands_on_top_of_the_list(clinician, patients, database):
    intake_id = patients.sends()
    clinician.opens(intake_id)
    clinician.does("level", urgency="emergency_now", reason="Called: cannot feel the legs.")

    assert facts(database, intake_id).emergency_open
    row = clinician.browser.get("/staff/").select_one(".patient_row").get_text(" ", strip=True)
    assert row.startswith("Emergency now")


# --- two staff at once ---------------------------------------------------------------


def test_the_second_of_two_sees_both_texts_and_can_press_again(
    clinician, other, patients, database
):
    intake_id = patients.sends(EMERGENCY)
    clinician.opens(intake_id)
    other.opens(intake_id)
    clinician.does("outcome", outcome="called", words="He is on the way to the hospital.")

    page = other.does("outcome", 409, outcome="could_not_reach", words=TYPED)

    shown = page.select_one("#not-saved").get_text(" ", strip=True)
    assert "Somebody else changed this intake" in shown
    assert "He is on the way to the hospital." in shown
    assert TYPED in shown
    with database.reading() as tx:
        kept = outcomes.all_of(tx, intake_id)
    assert [each.outcome for each in kept] == [OutcomeKind.CALLED]


def test_the_second_note_of_two_is_kept_and_added_on_the_next_press(
    clinician, other, patients, database
):
    intake_id = patients.sends()
    clinician.opens(intake_id)
    other.opens(intake_id)
    clinician.does("notes", text="First.")

    page = other.does("notes", 409, text="Second.")
    assert page.select_one("#text").text.strip() == "Second."
    other.does("notes", text="Second.")

    with database.reading() as tx:
        assert [note.text for note in notes.all_of(tx, intake_id)] == ["First.", "Second."]


def test_a_note_sent_twice_by_a_double_press_is_added_once(clinician, patients, database):
    intake_id = patients.sends()
    page = clinician.opens(intake_id)
    clinician.does("notes", text="Once.")
    clinician.browser.page = page

    clinician.does("notes", 409, text="Once.")

    with database.reading() as tx:
        assert len(notes.all_of(tx, intake_id)) == 1


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30, "٣"])
def test_an_act_without_the_version_that_was_seen_is_refused(clinician, patients, version):
    intake_id = patients.sends()
    clinician.opens(intake_id)

    page = clinician.browser.post(
        f"/staff/intakes/{intake_id}/notes", {"text": "x", "version": version}, 400
    )

    assert "Open the patient's page again" in page.text


def test_what_was_typed_when_the_time_ran_out_is_given_back(clinician, patients, clock):
    clinician.opens(patients.sends())
    clock.forward(minutes=16)

    page = clinician.does("notes", 401, text=TYPED)

    assert page.heading == "You are signed out"
    assert page.select_one("#typed-1").text.strip() == TYPED


def test_a_stale_token_gives_back_what_was_typed(clinician, patients):
    intake_id = patients.sends()
    clinician.opens(intake_id)

    page = clinician.browser.post(
        f"/staff/intakes/{intake_id}/notes",
        {"text": TYPED, "version": "1", "csrf_token": "stale"},
        400,
    )

    assert page.select_one("#typed-1").text.strip() == TYPED


def test_another_site_gets_nothing_done_and_nothing_back(clinician, patients, database):
    intake_id = patients.sends()
    clinician.opens(intake_id)

    page = clinician.browser.post(
        f"/staff/intakes/{intake_id}/take",
        {"version": "1", "text": TYPED},
        400,
        headers={"Origin": "https://evil.example"},
    )

    assert TYPED not in page.text
    assert facts(database, intake_id).owner_id is None


# --- the audit -----------------------------------------------------------------------


def test_every_view_and_act_is_audited_once(clinician, patients, database):
    intake_id = patients.sends(EMERGENCY)
    clinician.opens(intake_id)
    clinician.does("take")
    clinician.browser.follow()
    clinician.does("outcome", outcome="called", words="x")
    clinician.browser.follow()
    clinician.does("notes", text="x")
    clinician.browser.follow()
    clinician.does("level", urgency="routine", reason="x")
    clinician.browser.follow()
    clinician.does("reviewed")
    clinician.browser.follow()
    clinician.browser.get(f"/staff/intakes/{intake_id}/summary.pdf")

    assert acts(database, intake_id) == [
        "intake.view",
        "intake.take",
        "intake.view",
        "intake.emergency_step",
        "intake.outcome",
        "intake.view",
        "intake.note",
        "intake.view",
        "intake.set_level",
        "intake.view",
        "intake.review",
        "intake.view",
        "intake.pdf",
    ]


def test_an_act_that_was_refused_leaves_no_trace_of_having_been_done(
    clinician, other, patients, database
):
    intake_id = patients.sends()
    clinician.opens(intake_id)
    other.opens(intake_id)
    clinician.does("take")
    other.does("take", 409)

    assert acts(database, intake_id).count("intake.take") == 1


def test_the_audit_holds_nothing_that_was_typed(clinician, patients, database):
    intake_id = patients.sends(EMERGENCY)
    clinician.opens(intake_id)
    clinician.does("outcome", outcome="called", words=TYPED)

    with database.reading() as tx:
        rows = audit.trail(tx)
    assert {row.detail for row in rows} <= {"", "called", "spoken", "mine, 1 rows"}
