"""The room sheet: what need not be asked again, what is missing, and nothing private."""

from clinic.questionnaire.conditions import comparisons
from clinic.summary.room_sheet import room_sheet
from clinic.triage.sensitive import UNSAFE_TO_PRINT
from tests.make import shipped_questionnaire
from tests.summary.patients import EMERGENCY, PLAIN, summary_of


def answered(sheet):
    return {line.label: line.text for _, lines in sheet.answered for line in lines}


def test_allergies_needs_and_language_stand_in_places_of_their_own():
    sheet = room_sheet(summary_of(EMERGENCY))

    assert "Penicillin: hives all over in 1998." in sheet.allergies
    assert "walker" in sheet.needs.lower()
    assert sheet.language.startswith("English")
    assert not {"Allergies", "Needs"} & set(answered(sheet))


def test_what_was_answered_is_not_among_what_is_missing():
    sheet = room_sheet(summary_of(PLAIN))

    assert answered(sheet)
    assert not set(answered(sheet)) & set(sheet.missing)


def test_an_open_safety_question_is_to_be_asked_and_a_private_one_only_counted():
    sheet = room_sheet(summary_of({**PLAIN, "fever": None, "infection-risk": None}))

    assert any("fever" in question for question in sheet.missing_safety)
    assert sheet.missing_private == 1
    assert not any("infection" in question for question in sheet.missing_safety)


def test_unanswered_allergies_are_to_be_asked():
    sheet = room_sheet(summary_of({**PLAIN, "allergies": None}))

    assert sheet.allergies == "Not answered: ask"


def test_nothing_private_stands_on_the_sheet():
    known = room_sheet(summary_of({**PLAIN, "infection-risk": ["none"], "pregnant": "yes"}))

    assert "regnan" not in str(known.answered)
    assert known.private


def test_it_says_to_read_the_face_sheet_first_and_names_no_level():
    sheet = room_sheet(summary_of(EMERGENCY))

    assert sheet.look_first
    assert "mergency now" not in str(sheet)


def test_what_is_only_asked_because_of_a_private_answer_is_private_too():
    items = shipped_questionnaire().by_link_id.values()
    reads = {
        item.link_id: {part.name for part in comparisons(item.enable_when)}
        for item in items
        if item.enable_when is not None
    }
    follow = {name for name, read in reads.items() if read and read <= UNSAFE_TO_PRINT}

    assert {"sex-change-course", "pregnancy-weeks", "night-sweats"} <= follow
    assert follow - UNSAFE_TO_PRINT == set()


def test_a_private_question_that_is_open_is_not_told_by_its_follow_up():
    sheet = room_sheet(summary_of({**PLAIN, "pee-change": "not-sure", "sex-change": None}))

    assert sheet.missing_private == 2
    assert not any("sex" in question.lower() for question in sheet.missing_safety)


def test_none_is_told_as_none_and_not_as_an_option_of_a_list():
    sheet = room_sheet(summary_of(PLAIN))

    assert (sheet.allergies, sheet.needs) == ("None reported", "None named")
