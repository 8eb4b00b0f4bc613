"""What a clinician reads and adds beside the answers: scores, totals, level, tick, same person."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from clinic.store import assessments, audit, intakes, levels, same_person, typed_totals
from clinic.store.queues import Queue
from clinic.store.staff import Role
from clinic.store.tables import intake as intake_table
from clinic.triage.rules import Urgency
from tests.web.browser import Page
from tests.web.staff import (
    BEFORE,
    EMERGENCY,
    SAME_DAY,
    TWO_WEEKS,
    Patients,
    Worker,
    hire,
)

WORSE = {"peg-pain": 8, "peg-enjoyment": 9, "peg-activity": 9}
BETTER = {"peg-pain": 4, "peg-enjoyment": 5, "peg-activity": 3}
LOW_MOOD = {
    "phq4-nervous": "nearly-every-day",
    "phq4-worry": "nearly-every-day",
    "phq4-interest": "more-than-half",
    "phq4-down": "more-than-half",
    "work-now": "off-work",
}
STRETCHES = ("childs-pose", "knee-to-chest", "sphinx")
ODI = {"total_id": "odi", "total_number": "44", "total_day": "3/16/2026"}
SAID = "I do not want to go on."


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


def facts(database, intake_id: UUID) -> intakes.Facts:
    with database.reading() as tx:
        return intakes.facts(tx, intake_id)


def words_of(page: Page, selector: str) -> list[str]:
    return [" ".join(tag.get_text(" ").split()) for tag in page.select(selector)]


def row_of(page: Page, name: str) -> str:
    return next(words for words in words_of(page, ".score_rows__row") if words.startswith(name))


# --- scores, stretches, the gate -----------------------------------------------------


def test_a_score_stands_with_number_band_range_direction_bar_and_source(clinician, patients):
    page = clinician.opens(patients.sends(BETTER))

    told = row_of(page, "PEG")
    for words in ("4.0", "moderate", "informal", "0 to 10", "higher = worse", "Reed"):
        assert words in told
    (bar,) = [row for row in page.select(".score_rows__row") if "PEG" in row.get_text()]
    assert bar.select_one(".score_bar__value")["width"] == "40.0"


def test_a_score_without_its_answers_says_why_there_is_none(clinician, patients):
    page = clinician.opens(patients.sends({"peg-enjoyment": None}))

    assert "Not scored:" in row_of(page, "PEG")


def test_each_stretch_has_its_verdict_and_reasons_and_the_gate_its_checklist(clinician, patients):
    page = clinician.opens(patients.sends(SAME_DAY))

    verdicts = words_of(page, ".stretch_verdicts__one")
    assert len(verdicts) == 3
    assert not any("Suitable" in each for each in verdicts)
    assert "Hard stop" in page.text
    assert "This is no advice for or against." in page.text


def test_a_stretch_that_may_be_done_names_the_drawing_that_the_patient_is_shown(
    clinician, patients
):
    page = clinician.opens(patients.sends({"move-limits": ["knee"]}))

    said = dict(zip(STRETCHES, words_of(page, ".stretch_verdicts__one"), strict=True))
    assert "Drawing shown: chair form." in said["childs-pose"]
    assert "Drawing shown: full form." in said["sphinx"]


def test_a_screen_of_mood_and_work_are_told_and_leave_the_level_as_it_is(
    clinician, patients, database
):
    plain, low = patients.sends(), patients.sends(LOW_MOOD, at=BEFORE + timedelta(minutes=5))

    told = " ".join(words_of(clinician.opens(low), ".worth_a_word"))

    assert "call the patient within 2 working days" in told
    assert "I am off work for my back" in told
    assert facts(database, low).urgency is facts(database, plain).urgency
    assert not clinician.opens(plain).select(".worth_a_word")


# --- the same person -----------------------------------------------------------------


@pytest.fixture
def twice(patients) -> tuple[UUID, UUID]:
    """Two intakes that gave the same name, birth date and phone, sixty days apart."""
    return patients.sends(WORSE, at=BEFORE - timedelta(days=60)), patients.sends(BETTER)


def test_of_a_record_that_is_only_proposed_nothing_is_shown_but_who_and_when(
    clinician, twice, database
):
    first, second = twice
    page = clinician.opens(second)

    (block,) = words_of(page, ".relatives")
    assert facts(database, first).reference in block
    assert not page.has(f'.relatives a[href$="{first}"]')
    assert "Since last time" not in page.text


def test_scores_are_compared_by_both_tests_once_the_person_is_confirmed(clinician, twice, database):
    first, second = twice
    clinician.opens(second)
    clinician.does("same-person/confirm")
    page = clinician.browser.follow()

    told = row_of(page, "PEG")
    assert "It was 8.7 and is 4.0." in told
    assert "Test by points (1 or more): met." in told
    assert "Test by percent" in told
    assert "Since last time" in page.text
    with database.reading() as tx:
        row = audit.trail(tx, subject=("intake", first))[0]
    assert (row.action, row.actor.id) == ("intake.compare", clinician.member.id)


def test_a_confirmation_is_undone_and_parted_with_its_trail(clinician, desk, twice, database):
    first, second = twice
    desk.opens(second)
    desk.does("same-person/confirm")
    assert "Dana Ortiz said that this is the same person" in desk.browser.follow().text
    desk.does("same-person/undo")
    assert "Same person?" in desk.browser.follow().text
    patient_id = facts(database, second).patient_id
    with database.reading() as tx:
        assert same_person.group_of(tx, patient_id) == {patient_id}

    clinician.opens(second)
    clinician.does("same-person/part")
    page = clinician.browser.follow()
    assert "Not the same person" in page.text
    assert not page.has('form[action$="/same-person/confirm"]')
    clinician.does("same-person/undo")
    assert clinician.browser.follow().has('form[action$="/same-person/confirm"]')

    with database.reading() as tx:
        acts = [row.action for row in audit.trail(tx, subject=("patient", patient_id))]
    assert acts == ["patient.undo_same", "patient.different", "patient.undo_same", "patient.same"]
    assert first != second


def test_the_front_desk_confirms_without_reading_an_answer(desk, twice):
    _, second = twice
    desk.opens(second)
    desk.does("same-person/confirm")
    body = desk.browser.follow().body.decode()

    for words in ("It was 8.7", "See the answers", "Since last time"):
        assert words not in body
    assert not re.search(r"\bPEG\b", body)  # three letters within a form token are chance


def test_two_who_decide_at_once_do_not_overwrite_each_other(clinician, other, twice, database):
    first, second = twice
    clinician.opens(second)
    other.opens(first)
    clinician.does("same-person/confirm")

    page = other.does("same-person/part", 409)

    assert "since the page was opened" in page.text


def test_nobody_is_joined_who_gave_another_name(clinician, patients, database):
    here = patients.sends()
    there = patients.sends({"full-name": "Somebody Else"}, at=BEFORE + timedelta(minutes=5))
    version = clinician.opens(here).select_one("[name=version]")["value"]

    page = clinician.browser.post(
        f"/staff/intakes/{here}/same-person/confirm",
        {"version": version, "other": str(facts(database, there).patient_id)},
        409,
    )

    assert "Not saved yet" in page.text


# --- licensed totals -----------------------------------------------------------------


def test_a_typed_total_stands_among_the_scores_with_who_typed_it(clinician, patients, database):
    intake_id = patients.sends()
    clinician.opens(intake_id)
    clinician.does("totals", **ODI)
    page = clinician.browser.follow()

    told = row_of(page, "Oswestry")
    assert "44" in told
    assert "Dr. Lee" in told
    assert "March 16, 2026" in told
    with database.reading() as tx:
        (kept,) = typed_totals.standing(tx, intake_id)
    assert str(kept.parts["total"]) == "44"


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"total_number": "101"}, ["Enter 0 to 100 for Oswestry Disability Index in percent."]),
        ({"total_number": "-1"}, ["Enter 0 to 100 for Oswestry Disability Index in percent."]),
        ({"total_number": "many"}, ["Write a number, such as 44."]),
        ({"total_number": "1e1"}, ["Write a number, such as 44."]),
        ({"total_number": ""}, ["Type the total."]),
        ({"total_id": ""}, ["Choose the score."]),
        ({"total_id": "made-up"}, ["Choose the score."]),
        ({"total_day": "3/18/2026"}, ["Check the day. It is still to come."]),
        ({"total_day": "2/30/2026"}, ["Check the day. There is no such day."]),
        ({"total_day": "yesterday"}, ["Write the day like this: 3/17/2026."]),
        (
            {"total_part": "3"},
            ["Oswestry Disability Index has one number. Leave this one empty."],
        ),
        (
            {"total_id": "start-back", "total_number": "3", "total_part": "4"},
            ["STarT Back psychological part cannot be more than STarT Back total."],
        ),
        (
            {"total_id": "start-back", "total_number": "6"},
            ["Enter 0 to 5 for STarT Back psychological part."],
        ),
    ],
)
def test_a_wrong_total_is_kept_on_the_page_and_told_how_to_mend(clinician, patients, typed, errors):
    clinician.opens(patients.sends())
    given = {**ODI, **typed}

    page = clinician.does("totals", 422, **given)

    assert page.errors == errors
    for name in ("total_number", "total_day"):
        assert page.select_one(f"#{name}")["value"] == given[name]


def test_a_total_is_corrected_and_taken_back_and_the_first_stays_on_record(
    clinician, patients, database
):
    intake_id = patients.sends()
    clinician.opens(intake_id)
    clinician.does("totals", **ODI)
    page = clinician.browser.follow()
    page = clinician.browser.get(f"/staff/intakes/{intake_id}{page.link('Correct')}")
    assert page.select_one("#total_number")["value"] == "44"
    clinician.does("totals", **{**ODI, "total_number": "34,5"})
    page = clinician.browser.follow()
    assert "34.5" in row_of(page, "Oswestry")
    assert "Corrected or taken back" in page.text

    clinician.does("totals/take-back")

    with database.reading() as tx:
        assert typed_totals.standing(tx, intake_id) == []
        assert len(typed_totals.all_of(tx, intake_id)) == 3


def test_a_total_that_was_corrected_meanwhile_is_not_corrected_twice(
    clinician, other, patients, database
):
    intake_id = patients.sends()
    clinician.opens(intake_id)
    clinician.does("totals", **ODI)
    address = f"/staff/intakes/{intake_id}{clinician.browser.follow().link('Correct')}"
    clinician.browser.get(address)
    other.browser.get(address)
    clinician.does("totals", **{**ODI, "total_number": "40"})

    page = other.does("totals", 409, **{**ODI, "total_number": "41"})

    assert "Not saved yet" in page.text
    assert page.select_one("#total_number")["value"] == "41"
    with database.reading() as tx:
        assert len(typed_totals.all_of(tx, intake_id)) == 2


# --- the level -----------------------------------------------------------------------


def test_a_set_level_stands_beside_what_the_rules_said(clinician, patients, database):
    intake_id = patients.sends(TWO_WEEKS)
    clinician.opens(intake_id)
    clinician.does("level", urgency="routine", reason="Known, and seen last week.")

    (line,) = words_of(clinician.browser.follow(), ".level_set")

    assert line.startswith("Rules: within 2 weeks. Set to routine by Dr. Lee")
    assert line.endswith("Known, and seen last week.")
    with database.reading() as tx:
        (kept,) = levels.all_of(tx, intake_id)
        assert assessments.latest(tx, intake_id).urgency is Urgency.URGENT_2WK
    assert (kept.computed, kept.level) == (Urgency.URGENT_2WK, Urgency.ROUTINE)


def test_the_end_of_a_call_that_lowers_the_level_is_kept_as_a_level_too(
    clinician, patients, database
):
    intake_id = patients.sends(SAME_DAY)
    clinician.opens(intake_id)
    clinician.does("outcome", outcome="normal_visit", words="A cold, no back sign.")

    with database.reading() as tx:
        (kept,) = levels.all_of(tx, intake_id)
    assert kept.level is Urgency.ROUTINE
    assert "A cold, no back sign." in kept.reason


def test_a_lowered_level_opens_no_stretch(clinician, patients):
    intake_id = patients.sends(SAME_DAY)
    clinician.opens(intake_id)
    clinician.does("outcome", outcome="normal_visit", words="Seen.")

    verdicts = words_of(clinician.browser.follow(), ".stretch_verdicts__one")

    assert not any("Suitable" in each or "With changes" in each for each in verdicts)


# --- the tick of staff ---------------------------------------------------------------


def test_the_tick_makes_an_emergency_that_keeps_its_place(clinician, patients, database):
    intake_id = patients.sends()
    clinician.opens(intake_id)
    clinician.does("staff-question", harm="yes", harm_words=SAID)

    page = clinician.browser.follow()

    assert page.heading.endswith("Emergency now")
    flag = words_of(page, ".red_flag")[0]
    assert "Staff noted that the patient may harm themselves." in flag
    assert "call or text 988" in flag
    assert SAID in page.text
    stands = facts(database, intake_id)
    assert (stands.queue, stands.urgency) == (Queue.EMERGENCY, Urgency.EMERGENCY_NOW)
    with database.reading() as tx:
        kept = [each.urgency for _, each in assessments.all_of(tx, intake_id)]
        assert "private safety worry" in intakes.card(tx, intake_id).reason[0]
    assert kept[-1] is Urgency.EMERGENCY_NOW
    assert len(kept) == 2


def test_the_front_desk_reads_a_private_worry_and_nothing_of_what_it_is(
    clinician, desk, patients, database
):
    intake_id = patients.sends()
    clinician.opens(intake_id)
    clinician.does("staff-question", harm="yes", harm_words=SAID)

    for page in (desk.opens(intake_id), desk.browser.get("/staff/")):
        told = page.text
        assert "A private safety worry." in told
        for words in (SAID, "may harm", "self-harm"):
            assert words not in told
    with database.reading() as tx:
        rows = audit.trail(tx, subject=("intake", intake_id))
        assert not any("harm" in row.action + row.detail for row in rows)


def test_a_no_after_a_yes_lowers_nothing(clinician, patients, database):
    intake_id = patients.sends()
    clinician.opens(intake_id)
    clinician.does("staff-question", harm="yes", harm_words="")
    clinician.browser.follow()
    clinician.does("staff-question", harm="no", harm_words="Misheard.")
    page = clinician.browser.follow()

    assert "Staff changed this answer. The level stays until you decide." in page.text
    assert facts(database, intake_id).queue is Queue.EMERGENCY

    clinician.does("outcome", outcome="called", words="")
    clinician.browser.follow()
    clinician.does("level", urgency="routine", reason="Misheard on the phone.")
    assert facts(database, intake_id).urgency is Urgency.ROUTINE


def test_a_second_yes_opens_a_settled_emergency_again(clinician, patients, database):
    intake_id = patients.sends()
    clinician.opens(intake_id)
    clinician.does("staff-question", harm="yes", harm_words="")
    clinician.browser.follow()
    clinician.does("outcome", outcome="called", words="")
    clinician.browser.follow()
    clinician.does("reviewed")
    clinician.browser.follow()

    clinician.does("staff-question", harm="yes", harm_words="Again.")

    assert facts(database, intake_id).queue is Queue.EMERGENCY


def test_a_no_alone_changes_no_level_and_a_choice_is_needed(clinician, patients, database):
    intake_id = patients.sends(TWO_WEEKS)
    before = facts(database, intake_id)
    clinician.opens(intake_id)
    page = clinician.does("staff-question", 422, harm_words=SAID)
    assert page.errors == ["Choose yes or no."]
    assert page.select_one("#harm_words").text.strip() == SAID

    clinician.does("staff-question", harm="no", harm_words="")

    after = facts(database, intake_id)
    assert (after.urgency, after.queue, after.act_by) == (
        before.urgency,
        before.queue,
        before.act_by,
    )


def test_a_tick_on_a_form_that_was_not_sent_outlives_what_the_patient_does(
    clinician, patients, database
):
    intake_id = patients.drafts(EMERGENCY)
    clinician.opens(intake_id)
    clinician.does("outcome", outcome="called", words="")
    clinician.browser.follow()
    clinician.does("staff-question", harm="yes", harm_words="")
    assert facts(database, intake_id).queue is Queue.EMERGENCY

    patients.corrects(intake_id, {"pain-story": "More words."}, BEFORE + timedelta(hours=3))
    assert facts(database, intake_id).queue is Queue.EMERGENCY
    patients.presses_send(intake_id, at=BEFORE + timedelta(hours=3, minutes=1))

    assert facts(database, intake_id).queue is Queue.EMERGENCY
    with database.reading() as tx:
        fired = {each.rule_id for each in assessments.latest(tx, intake_id).findings}
    assert "MO-1" in fired


# --- an emergency keeps its place ----------------------------------------------------


def test_an_emergency_keeps_its_place_whatever_is_done_before_its_outcome(
    clinician, patients, database
):
    patients.sends(WORSE, at=BEFORE - timedelta(days=60))
    intake_id = patients.drafts(EMERGENCY)
    patients.corrects(intake_id, {"saddle-numb": "no"}, BEFORE + timedelta(minutes=1))
    patients.presses_send(intake_id, at=BEFORE + timedelta(minutes=2))
    since = facts(database, intake_id).queued_at
    clinician.opens(intake_id)

    refused = clinician.does("level", 409, urgency="routine", reason="Changed to no.")
    assert "First record what was done about the emergency." in refused.text
    clinician.opens(intake_id)
    clinician.does("totals", **ODI)
    clinician.browser.follow()
    clinician.does("same-person/confirm")
    clinician.browser.follow()
    clinician.does("staff-question", harm="no", harm_words="")
    clinician.browser.follow()
    clinician.does("take")

    stands = facts(database, intake_id)
    assert (stands.queue, stands.queued_at) == (Queue.EMERGENCY, since)


# --- loose ends ----------------------------------------------------------------------


@pytest.mark.parametrize("act", ["notes", "level", "totals", "same-person/undo", "staff-question"])
def test_the_address_of_an_act_leads_back_to_the_patient(clinician, patients, act):
    intake_id = patients.sends()

    page = clinician.browser.get(f"/staff/intakes/{intake_id}/{act}", 303)

    assert page.location.endswith(f"/staff/intakes/{intake_id}")
    clinician.browser.get(f"/staff/intakes/{intake_id}/made-up", 404)


def test_stored_answers_that_were_tampered_with_are_an_incident_and_not_a_page(
    app, clinician, patients, database
):
    intake_id = patients.sends()
    with database.writing() as tx:
        tx.execute(
            sa.update(intake_table)
            .where(intake_table.c.id == intake_id)
            .values(sealed_response=b"\x01" + bytes(60))
        )
    app.testing = False

    page = clinician.browser.get(f"/staff/intakes/{intake_id}", 500)

    assert "Rivera" not in page.text
    assert "seal" not in page.text
