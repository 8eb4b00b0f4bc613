"""What is different since last time, and how scores went, in words for staff."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from clinic.summary.build import build_summary
from clinic.summary.given import EarlierScores
from clinic.summary.since import before_of, since_last
from clinic.summary.trends import trends
from clinic.triage.assess import assess_intake
from clinic.triage.scores import scores
from tests.make import make_intake, shipped_questionnaire
from tests.summary.patients import CLINIC, PLAIN, SENT, ZONE, shipped_book, shipped_plan

FIRST = SENT - timedelta(days=42)


def intake_of(changes=None, at=SENT):
    known = {**PLAIN, **(changes or {})}
    made = make_intake({key: value for key, value in known.items() if value is not None})
    return replace(made.sent(at), submitted_at=at)


def measured(intake):
    day = intake.submitted_at.astimezone(ZONE).date()
    book = shipped_book()
    found = scores(book.scores, shipped_questionnaire(), intake.response, today=day)
    return EarlierScores(day, found)


def summary_of(intake, earlier=()):
    day = intake.submitted_at.astimezone(ZONE).date()
    return build_summary(
        intake,
        assess_intake(shipped_book().red_flags, intake, day),
        book=shipped_book(),
        plan=shipped_plan(),
        clinic=CLINIC,
        zone=ZONE,
        today=day,
        earlier=[measured(each) for each in earlier],
    )


def before(intake):
    day = intake.submitted_at.astimezone(ZONE).date()
    assessment = assess_intake(shipped_book().red_flags, intake, day)
    plan, level = shipped_plan(), assessment.urgency
    return before_of(intake, assessment, urgency=level, plan=plan, zone=ZONE)


def lines(now, then):
    was, is_now = intake_of(then, FIRST), intake_of(now)
    found = since_last(summary_of(is_now, [was]), before(was))
    return {line.about: line for line in found}


def test_the_same_answers_give_three_lines_and_nothing_that_matters():
    found = lines({}, {})

    assert list(found) == ["How soon", "Scores", "Red flags"]
    assert not any(line.matters for line in found.values())
    assert found["Scores"].text == "None moved by more than its published threshold."


def test_a_change_below_the_threshold_is_not_told_and_one_at_it_is():
    scored = partial(dict, **{"peg-pain": 5, "peg-enjoyment": 5})
    before = scored(**{"peg-activity": 5})

    below = lines(scored(**{"peg-activity": 7}), before)["Scores"]
    at = lines(scored(**{"peg-activity": 8}), before)["Scores"]

    assert "PEG" not in below.text
    assert "PEG 5.0 to 6.0, worse" in at.text
    assert at.matters


def test_better_is_told_and_asks_for_no_look():
    found = lines({"pain-now": 1}, {"pain-now": 6})["Scores"]

    assert "6 to 1, better" in found.text
    assert not found.matters


def test_a_new_flag_and_a_higher_level_ask_for_a_look():
    found = lines({"fever": "yes", "fever-number": "high", "bad-headache": "no"}, {})

    assert found["How soon"].text.endswith("now: up.")
    assert found["How soon"].matters
    assert found["Red flags"].text.startswith("New: ")
    assert found["Red flags"].matters


def test_a_flag_is_gone_only_when_its_questions_were_answered():
    fever = {"fever": "yes", "fever-number": "high", "bad-headache": "no"}

    gone = lines({}, fever)["Red flags"].text
    unsaid = lines({"fever": None}, fever)["Red flags"]

    assert gone.startswith("Denied now: ")
    assert "Not sure or not answered this time: " in unsaid.text
    assert "Denied" not in unsaid.text
    assert unsaid.matters


@pytest.mark.parametrize(
    ("now", "then", "text"),
    [
        ({}, {}, "None, as last time."),
        (
            {"cannot-pee": None, "chest-now": None},
            {},
            "None found so far. Safety questions have no answer this time.",
        ),
        ({}, {"chest-now": None}, "None now. Last time not all was answered."),
    ],
    ids=["both complete", "this time not", "last time not"],
)
def test_an_incomplete_screen_is_never_told_as_no_flags(now, then, text):
    well = {"pain-duration": "2-to-4-weeks", "pain-change": "better"}
    found = lines({**well, **now}, {**well, **then})["Red flags"]

    assert found.text == text
    assert found.matters is ("no answer this time" in text)


def test_new_places_and_medicines_are_named():
    now = {
        "body-map": ["low_back_right", "calf_left"],
        "medicines.0.medicine-name": "ibuprofen",
        "medicines.1.medicine-name": "Gabapentin",
    }
    found = lines(now, {})

    assert "New: " in found["Where it hurts"].text
    assert "Not marked any more: " in found["Where it hurts"].text
    assert found["Medicines"].text == "New: Gabapentin."


def test_it_is_never_more_than_five_lines():
    now = {
        "body-map": ["calf_left"],
        "fever": "yes",
        "pain-now": 9,
        "medicines.0.medicine-name": "Other",
    }
    assert len(lines(now, {})) == 5


# --- scores over time ----------------------------------------------------------------


def drawn(*pains, days=(0, 14, 42), treatments=()):
    rows = [
        measured(intake_of({"pain-now": pain}, FIRST + timedelta(days=day)))
        for pain, day in zip(pains, days, strict=False)
    ]
    found = trends(rows, shipped_book().scores, shipped_plan(), treatments)
    return next(each for each in found if each.id == "nprs-now")


def test_points_lie_on_the_full_scale_and_on_the_same_dates():
    trend = drawn(10, 5, 0)

    assert [point.share for point in trend.points] == [1.0, 0.5, 0.0]
    assert [point.across for point in trend.points] == [0.0, pytest.approx(14 / 42), 1.0]
    assert (trend.lowest, trend.highest, trend.direction) == ("0", "10", "higher = worse")


def test_only_a_change_of_more_than_the_threshold_is_marked_and_the_source_is_named():
    trend = drawn(8, 7, 5)

    assert [point.marked for point in trend.points] == [False, False, True]
    assert trend.threshold.startswith("A change of 2 points or 30% matters (")


def test_a_day_without_a_score_is_told_and_not_drawn():
    trend = drawn(8, None, 5)

    assert len(trend.points) == 2
    assert len(trend.missing) == 1


def test_treatments_in_between_are_lettered_by_date_and_others_are_not_drawn():
    first = FIRST.date()
    given = [
        (first + timedelta(days=28), "Spine clinic: seen"),
        (first + timedelta(days=7), "Physical therapy: seen"),
        (first + timedelta(days=43), "Later"),
        (first - timedelta(days=1), "Before"),
    ]
    trend = drawn(8, 7, 5, treatments=given)

    told = [(mark.letter, mark.words, mark.across) for mark in trend.marks]
    assert told == [
        ("A", "Physical therapy: seen", pytest.approx(7 / 42)),
        ("B", "Spine clinic: seen", pytest.approx(28 / 42)),
    ]
    assert drawn(8, 5, days=(0, 0), treatments=given).marks == ()


def test_bands_fill_the_scale_from_end_to_end():
    trend = drawn(8, 5)

    assert (trend.bands[0].low, trend.bands[-1].high) == (0.0, 1.0)
    assert all(
        one.high == other.low for one, other in zip(trend.bands, trend.bands[1:], strict=False)
    )


def test_two_intakes_of_one_day_stand_side_by_side():
    trend = drawn(8, 5, days=(0, 0))

    assert [point.across for point in trend.points] == [0.0, 1.0]
