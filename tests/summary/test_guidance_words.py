"""Scores, stretch advice, the gate and a set level in the words of a summary."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from clinic.summary.given import EarlierScores, LevelSet, TypedByStaff
from clinic.triage.assess import assess_intake
from clinic.triage.guidance import guidance_of_intake
from clinic.triage.rules import Urgency
from clinic.triage.typed_totals import typed_score
from tests.summary.patients import (
    EMERGENCY,
    LONG,
    PLAIN,
    SENT,
    make_sent_intake,
    make_summary,
    shipped_book,
    summary_of,
)

LAST_TIME = date(2026, 8, 3)


def score_of(summary, score_id):
    return next(score for score in summary.scores if score.id == score_id)


def earlier_scores(answers):
    """The scores of a patient who answered so in August."""
    intake = make_sent_intake(answers)
    assessment = make_assessment(intake)
    found = guidance_of_intake(shipped_book(), intake, assessment, LAST_TIME).scores
    return EarlierScores(LAST_TIME, found)


def make_assessment(intake):
    return assess_intake(shipped_book().red_flags, intake, SENT.date())


def set_level(computed, level):
    at = datetime(2026, 11, 24, 15, 5, tzinfo=UTC)
    return LevelSet(computed, level, "Examined today; reflexes normal.", "Dr. Amira Lee", at)


def test_a_score_has_number_range_direction_and_an_official_or_informal_band():
    summary = summary_of(PLAIN)
    now, peg = score_of(summary, "nprs-now"), score_of(summary, "peg")

    assert (now.value, now.range, now.direction) == ("4", "0 to 10", "higher = worse")
    assert now.band_words.startswith("mild (official band")
    assert (peg.value, peg.band_words) == ("4.7", "moderate (informal band)")
    assert [mark.least for mark in peg.bands] == ["0", "4", "7"]


@pytest.mark.parametrize(
    ("duration", "band"),
    [
        ("6-to-12-weeks", "mild (official band, chronic-pain bands)"),
        ("3-to-6-months", "mild (official band)"),
    ],
)
def test_of_young_pain_the_band_says_that_it_was_made_in_chronic_pain(duration, band):
    now = score_of(summary_of({**PLAIN, "pain-duration": duration}), "nprs-now")

    assert now.band_words == band


def test_earlier_attacks_stand_beside_how_long_the_pain_lasts():
    def beside(attacks):
        return score_of(summary_of({**PLAIN, "earlier-attacks": attacks}), "chronicity").beside

    assert beside("many-times") == "earlier attacks"
    assert beside("never") == ""


@pytest.mark.parametrize(
    ("rating", "counted"), [(5, "2 activities rated"), (None, "1 of 2 answered")]
)
def test_activities_say_how_many_were_rated(rating, counted):
    own = score_of(summary_of({**PLAIN, "activities.1.activity-score": rating}), "activities")

    assert own.counted == counted


def test_one_activity_is_counted_as_one():
    one = {key: answer for key, answer in PLAIN.items() if not key.startswith("activities.1.")}

    assert score_of(summary_of(one), "activities").counted == "1 activity rated"


def test_the_scales_that_stand_word_for_word_name_who_made_them():
    summary = summary_of(PLAIN)
    first = {name: score_of(summary, name).sources[0] for name in ("peg", "rmdq", "phq-4")}

    assert first == {
        "peg": "Krebs and others 2009",
        "rmdq": "Roland and Morris 1983",
        "phq-4": "Kroenke and others 2009",
    }
    assert score_of(summary, "activities").sources[0] == "Stratford and others 1995"


def test_activities_are_better_when_higher_and_keep_their_names():
    own = score_of(summary_of(PLAIN), "activities")

    assert own.direction == "higher = better"
    assert [(part.name, part.value) for part in own.parts] == [
        ("Lift my 3-year-old", "4"),
        ("Sit through a work meeting", "5"),
    ]


def test_a_class_without_a_number_has_no_bar_and_no_band():
    long_lasting = score_of(summary_of(PLAIN), "chronicity")

    assert long_lasting.value == "subacute"
    assert (long_lasting.share, long_lasting.range, long_lasting.band_words) == (None, "", "")


def test_a_score_with_a_blank_is_not_scored_and_says_why():
    peg = score_of(summary_of({**PLAIN, "peg-activity": None}), "peg")

    assert (peg.value, peg.scored) == (None, False)
    assert peg.reason == "1 of 3 questions not answered."
    assert peg.band_words == ""


@pytest.mark.parametrize(("number", "share"), [(0, 0.0), (4, 0.4), (10, 1.0)])
def test_the_bar_ends_where_the_number_lies_on_its_range(number, share):
    assert score_of(summary_of({**PLAIN, "pain-now": number}), "nprs-now").share == share


def test_the_marks_of_a_bar_are_where_the_bands_begin():
    assert score_of(summary_of(PLAIN), "nprs-now").marks == (0.1, 0.6, 0.8)


@pytest.mark.parametrize(
    ("before", "now", "points", "percent", "words"),
    [
        (7, 5, True, False, "Test by points (2 or more): met."),
        (3, 2, False, True, "Test by percent (33.3%; 30% or more): met."),
        (5, 7, True, True, "Worse by 2 since August 3, 2026. It was 5 and is 7."),
        (7, 5, True, False, "30% or more): not met. Meaningful."),
        (7, 6, False, False, "30% or more): not met. Too small to be sure."),
        (0, 3, True, None, "Test by percent (30% or more): not possible from 0."),
        (4, 4, False, False, "No change since August 3, 2026."),
    ],
)
def test_a_change_is_told_by_both_tests_with_their_limits(before, now, points, percent, words):
    summary = summary_of(
        {**PLAIN, "pain-now": now}, earlier=[earlier_scores({**PLAIN, "pain-now": before})]
    )
    change = score_of(summary, "nprs-now").change

    assert (change.meets_points, change.meets_percent) == (points, percent)
    assert words in change.text


def test_the_newest_earlier_intake_that_has_the_score_is_compared():
    newest = EarlierScores(date(2026, 10, 1), ())
    summary = summary_of(PLAIN, earlier=[newest, earlier_scores({**PLAIN, "pain-now": 8})])

    assert score_of(summary, "nprs-now").change.short == "Better by 4 since August 3, 2026"


def test_a_first_intake_has_no_change():
    assert all(score.change is None for score in summary_of(PLAIN).scores)


def test_a_typed_total_says_who_typed_it_and_when():
    total = typed_score(shipped_book().scores, "nih-impact", {"total": Decimal(30)})
    summary = summary_of(PLAIN, typed=[TypedByStaff(total, date(2026, 11, 24), "Dr. Amira Lee")])
    score = score_of(summary, "nih-impact")

    assert score.typed == "Typed in by Dr. Amira Lee, November 24, 2026"
    assert (score.value, score.range, score.band) == ("30", "8 to 50", "moderate")


@pytest.mark.parametrize(
    ("day", "since"), [(date(2026, 8, 4), "August 3, 2026"), (date(2026, 8, 3), None)]
)
def test_a_typed_total_is_compared_with_one_of_an_earlier_day_alone(day, since):
    table = shipped_book().scores
    before, now = (typed_score(table, "odi", {"total": Decimal(n)}) for n in (60, 44))
    summary = summary_of(
        PLAIN,
        typed=[TypedByStaff(now, day, "Dr. Amira Lee")],
        earlier=[EarlierScores(LAST_TIME, (before,))],
    )
    change = score_of(summary, "odi").change

    assert (change and change.since) == since


def test_every_source_of_a_score_is_cited_in_short():
    assert score_of(summary_of(PLAIN), "nprs-now").sources[:2] == (
        "Boonstra and others 2016",
        "Ostelo and others 2008",
    )


def test_each_stretch_has_a_heading_a_sentence_for_each_reason_and_its_change():
    poses = {each.id: each for each in summary_of({**PLAIN, "move-limits": ["knee"]}).stretches}
    pose = poses["childs-pose"]

    assert (pose.verdict, pose.word, pose.allowed) == ("modify", "Modify", True)
    assert pose.why == ("Made easier because you told us that your knees hurt or you can't kneel.",)
    assert pose.changes
    assert pose.hold == "Hold for up to 30 seconds."
    assert poses["sphinx"].verdict == "suitable"


def test_a_level_set_by_a_clinician_stands_beside_the_one_of_the_rules():
    summary = summary_of(EMERGENCY, level=set_level(Urgency.EMERGENCY_NOW, Urgency.ROUTINE))

    assert summary.urgency is Urgency.ROUTINE
    assert summary.level_set.text == (
        "Rules: emergency now. Set to routine by Dr. Amira Lee (clinician) on"
        " November 24, 2026, 10:05 am: Examined today; reflexes normal."
    )


def test_a_lowered_level_opens_no_stretch_and_a_raised_one_closes_them():
    lowered = summary_of(EMERGENCY, level=set_level(Urgency.EMERGENCY_NOW, Urgency.ROUTINE))
    raised = summary_of(PLAIN, level=set_level(Urgency.ROUTINE, Urgency.SAME_DAY))

    assert {each.verdict for each in lowered.stretches} == {"avoid"}
    assert {each.verdict for each in raised.stretches} == {"avoid"}
    assert {each.verdict for each in summary_of(PLAIN).stretches} == {"suitable"}


ASKS = {
    **PLAIN,
    "regen-interest": "yes",
    "regen-wait": ["none"],
    "regen-caution": ["none"],
    "care-tried": ["exercise"],
}


def test_a_raised_level_holds_back_the_consult_until_a_call_has_settled_it():
    raised = set_level(Urgency.ROUTINE, Urgency.SAME_DAY)
    results = [
        summary_of(ASKS, level=level).regenerative.result
        for level in (None, raised, replace(raised, settled=True))
    ]

    assert results == ["talk_first", "hard_stop", "talk_first"]


def test_without_leave_for_any_stretch_one_sentence_says_so_and_walking_depends():
    routine = summary_of({**PLAIN, "head-facts": ["brain"]})

    assert routine.none_now == "No stretch here until you have talked with a provider."
    assert routine.walk == "Short walks are fine if they feel fine."
    assert summary_of(EMERGENCY).walk == ""


def test_the_gate_speaks_to_a_patient_only_if_asked():
    assert not summary_of(PLAIN).regenerative.asked
    asked = summary_of(LONG).regenerative
    assert asked.asked
    assert asked.patient.startswith(("First the question", "Talk with your provider first"))


def test_a_private_answer_is_in_no_word_for_the_patient():
    summary = make_summary(make_sent_intake({**PLAIN, "pregnant": "could-be"}))

    for stretch in summary.stretches:
        words = " ".join((*stretch.why, *stretch.changes, stretch.hold)).lower()
        assert "pregnan" not in words
        assert any(reason.sensitive for reason in stretch.staff)
