"""What a summary says: every answer once, in words, with what is unknown told as unknown."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from clinic.intake import Intake
from clinic.opening import read_opening_hours
from clinic.questionnaire.response import enabled_places, unasked
from clinic.summary.build import build_summary
from clinic.summary.lines import EMPTY_PLAN
from clinic.summary.model import Reply
from clinic.triage.assess import FlagState, assess_intake
from clinic.triage.rules import Urgency
from tests.make import INTAKE_ID, make_response, shipped_questionnaire
from tests.summary.patients import (
    CLINIC,
    EMERGENCY,
    LONG,
    NO_TO_ALL,
    PLAIN,
    SENT,
    ZONE,
    make_sent_intake,
    make_summary,
    shipped_book,
    shipped_rules,
    summary_of,
)


def line(summary, section, line_id):
    return next(line for line in summary.section(section).lines if line.id == line_id)


def safety(summary, key):
    return next(answer for group in summary.safety for answer in group.answers if answer.key == key)


@pytest.mark.parametrize("answers", [PLAIN, EMERGENCY, LONG, {}])
def test_every_question_that_was_shown_stands_in_the_list_exactly_once(answers):
    intake = make_sent_intake(answers)
    shown = [
        place.key
        for place in enabled_places(intake.questionnaire, intake.response.answers)
        if place.item.is_question and not unasked(place.item)
    ]

    listed = [said.key for said in make_summary(intake).said()]

    assert listed == shown
    assert max(Counter(listed).values()) == 1


def test_an_answer_to_a_switched_off_question_is_nowhere():
    summary = summary_of({**PLAIN, "cancer-ever": "no", "cancer-kind": "a rare one"})

    assert "a rare one" not in repr(summary)


def test_a_choice_is_told_in_the_words_of_its_option():
    assert line(summary_of(PLAIN), "story", "onset").text.startswith("6 to 12 weeks; ")


def test_a_date_is_long_and_the_age_counts_to_the_day_of_sending():
    person = summary_of({**PLAIN, "birth-date": "1984-11-24"}).person

    assert (person.birth_date, person.age_years) == ("November 24, 1984", 41)


def test_times_are_told_on_the_clock_of_the_clinic():
    assert summary_of(PLAIN).sent == "November 23, 2026, 8:42 am"


def test_what_belongs_to_one_entry_of_a_list_stays_together():
    text = line(summary_of(EMERGENCY), "medicines", "medicines").text

    assert text == ("Eliquis (5 mg twice a day); Lisinopril (10 mg in the morning); Acetaminophen")


def test_a_line_whose_questions_were_left_blank_has_no_words():
    summary = summary_of({key: value for key, value in PLAIN.items() if key != "goals"})

    assert not line(summary, "reason", "hopes").answered


def test_yes_no_not_sure_not_said_and_blank_are_five_replies():
    answers = {
        **NO_TO_ALL,
        "saddle-numb": "yes",
        "pee-change": "not-sure",
        "sex-change": "rather-not-say",
    }
    del answers["poop-change"]
    summary = summary_of(answers)

    assert safety(summary, "saddle-numb").reply is Reply.YES
    assert safety(summary, "pee-change").reply is Reply.NOT_SURE
    assert safety(summary, "sex-change").reply is Reply.NOT_SAID
    assert safety(summary, "poop-change").reply is Reply.NOT_ANSWERED
    assert safety(summary, "leg-numb").reply is Reply.NO


def test_a_yes_carries_its_course_and_its_second_look():
    detail = safety(summary_of(EMERGENCY), "saddle-numb").detail

    assert detail == (
        "Does it feel normal? No, it feels dull, odd, or numb; It came on in the last 2 weeks"
    )


def test_no_yes_of_a_finding_reads_as_if_it_were_denied():
    told = [piece.text for each in summary_of(EMERGENCY).findings for piece in each.because]

    assert not [text for text in told if ": No, it feels" in text]
    assert (
        "numb between the legs: Yes; Does it feel normal? No, it feels dull, odd, or numb;"
        " It came on in the last 2 weeks" in told
    )


def test_a_second_look_that_was_left_blank_is_told_as_blank():
    answers = {**EMERGENCY, "saddle-touch": None}

    assert "feel normal? not answered" in safety(summary_of(answers), "saddle-numb").detail


def test_a_question_that_was_not_shown_is_neither_denied_nor_open():
    summary = summary_of({**PLAIN, "sex-at-birth": "male"})

    assert "pregnant" not in [a.key for group in summary.safety for a in group.answers]


def test_a_finding_tells_the_answers_that_speak_for_it_and_all_that_it_read():
    summary = summary_of(EMERGENCY)
    finding = next(each for each in summary.findings if each.rule_id == "CES-1")

    assert finding.urgency is Urgency.EMERGENCY_NOW
    assert any(piece.text.startswith("numb between the legs: ") for piece in finding.because)
    assert "poop-change" in {said.link_id for said in finding.answers}
    assert "poop-change" not in {piece.key for piece in finding.because}


def test_findings_of_today_lead_and_flags_stand_in_three_lists():
    summary = summary_of(EMERGENCY)

    assert {each.urgency for each in summary.leading} == {
        Urgency.EMERGENCY_NOW,
        Urgency.SAME_DAY,
    }
    assert "Cauda equina" in [flag.name for flag in summary.flags_in(FlagState.PRESENT)]
    assert "Fracture" in [flag.name for flag in summary.flags_in(FlagState.DENIED)]


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (EMERGENCY, "Act now"),
        (PLAIN, "Act by January 4, 2027"),
        ({**PLAIN, "eye-now": "red-sore"}, "Act today, November 23, 2026, by 5 pm"),
    ],
)
def test_act_by_is_told_in_whole_words(answers, words):
    assert summary_of(answers).act_by == words


def test_an_incomplete_screen_is_acted_on_today_and_names_what_is_open():
    summary = summary_of({**PLAIN, "saddle-numb": None})

    assert summary.incomplete
    assert summary.act_by.startswith("Act today")
    assert "saddle-numb" in [said.link_id for said in summary.unanswered]


def test_a_changed_answer_is_told_with_both_times():
    draft = make_draft()
    draft = answered(draft, "saddle-numb", "yes", minutes=0)
    draft = answered(draft, "saddle-numb", "no", minutes=1)

    changed = make_summary(draft).corrections

    assert [each.key for each in changed] == ["saddle-numb"]
    assert changed[0].text == "Yes at 8:42 am, changed to No at 8:43 am"
    assert changed[0].safety


def test_an_answer_given_for_the_first_time_or_again_is_no_change():
    draft = answered(make_draft(), "saddle-numb", "yes", minutes=0)
    draft = answered(draft, "saddle-numb", "yes", minutes=1)

    assert make_summary(draft).corrections == ()


def make_draft():
    return Intake(
        id=INTAKE_ID,
        reference="K7QM-2R9D",
        questionnaire=shipped_questionnaire(),
        created_at=SENT,
    )


def answered(draft, key, code, minutes):
    answer = make_response({key: code}).answers
    at = SENT + timedelta(minutes=minutes)
    return draft.recorded(answer, offered=answer, now=at, today=SENT.date())


def test_marked_regions_are_told_in_ids_and_in_words():
    body = summary_of(PLAIN).body_map

    assert body.regions == ("low_back_right", "buttock_lower_right")
    assert body.words == ("Right low back", "Lower part of right buttock")


def test_numbers_have_a_range_and_a_direction():
    now = summary_of(PLAIN).scores[0]

    assert (now.value, now.lowest, now.highest, now.higher_is) == ("4", "0", "10", "worse")


def test_a_questionnaire_without_a_plan_still_lists_every_answer():
    intake = make_sent_intake(PLAIN)
    summary = build_summary(
        intake,
        assess_intake(shipped_rules(), intake, SENT.date()),
        book=shipped_book(),
        plan=EMPTY_PLAN,
        clinic=CLINIC,
        zone=ZONE,
        today=SENT.date(),
    )

    assert summary.sections == ()
    assert "Rosa Delgado" in [words for said in summary.said() for words in said.answers]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (datetime(2026, 11, 23, 21, 59, tzinfo=UTC), "Act today, November 23, 2026, by 5 pm"),
        (
            datetime(2026, 11, 23, 22, 0, tzinfo=UTC),
            "Act now: sent on November 23, 2026 when the clinic was closed for the day",
        ),
    ],
)
def test_what_comes_when_the_clinic_has_closed_for_the_day_does_not_wait(sent, words):
    clinic = replace(CLINIC, hours=read_opening_hours("Mon-Fri 08:00-17:00"))
    fever = make_sent_intake({**PLAIN, "fever": "yes", "fever-number": "high"})

    summary = make_summary(replace(fever, submitted_at=sent), clinic)

    assert (summary.urgency, summary.act_by) == (Urgency.SAME_DAY, words)
    assert summary.sent_closed is (words.startswith("Act now"))
