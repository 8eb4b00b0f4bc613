"""The scores say what the reference vectors say, and keep to their boundaries."""

import hashlib
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from clinic.library.places import content_dir
from clinic.library.scores import read_scores
from clinic.questionnaire.model import Questionnaire
from clinic.questionnaire.response import Response
from clinic.questionnaire.values import Coding
from clinic.triage.progress import Change, change
from clinic.triage.score import BandKind, Direction, Score, Unscored, rounded
from clinic.triage.scores import scores
from clinic.triage.typed_totals import typed_score
from tests.make import (
    TODAY,
    make_item,
    make_option,
    make_questionnaire,
    make_response,
    shipped_questionnaire,
)

TABLE = read_scores(content_dir())
VECTORS = json.loads(
    (Path(__file__).parent / "clinical" / "instrument_vectors.json").read_text(encoding="utf-8")
)["vectors"]
WHY = {
    "not scored": Unscored.MISSING,
    "reject": Unscored.REJECTED,
    "conflict": Unscored.CONFLICT,
}
PHQ = ("phq4-nervous", "phq4-worry", "phq4-interest", "phq4-down")
FREQUENCIES = ("not-at-all", "several-days", "more-than-half", "nearly-every-day")
DURATIONS = {
    "<1 mo": "under-2-weeks",
    "1-3 mo": "6-to-12-weeks",
    "3-6 mo": "3-to-6-months",
    "6 mo-1 y": "6-to-12-months",
    "1-5 y": "1-to-5-years",
    ">5 y": "over-5-years",
}
DAYS = {
    "every day": "every-day",
    "at least half": "half-the-days",
    "fewer than half": "fewer-days",
}


def scored(answers: dict, form: Questionnaire | None = None) -> dict[str, Score]:
    """Every score of these answers, by id."""
    response = make_response(answers, questionnaire=form)
    return of_response(response, form)


def of_response(response: Response, form: Questionnaire | None = None) -> dict[str, Score]:
    found = scores(TABLE, form or shipped_questionnaire(), response, today=TODAY)
    return {score.id: score for score in found}


def agrees(score: Score, value: object, band: object = "") -> None:
    """Hold a score to a reference vector."""
    if isinstance(value, str):
        assert score.unscored is WHY[value]
        assert score.value is None
        assert score.reason
    else:
        assert score.unscored is None
        assert score.value == Decimal(str(value))
    assert score.band == (band or "")


# --- the reference vectors ---


@pytest.mark.parametrize(("given", "value", "band"), VECTORS["nprs"])
def test_a_pain_number_scores_as_its_vector(given: object, value: object, band: object) -> None:
    answer = () if given is None else (given if isinstance(given, int) else Decimal(str(given)),)

    agrees(of_response(Response().with_answers({"pain-now": answer}))["nprs-now"], value, band)


@pytest.mark.parametrize(("given", "value", "band"), VECTORS["peg"])
def test_peg_scores_as_its_vector(given: list, value: object, band: object) -> None:
    keys = ("peg-pain", "peg-enjoyment", "peg-activity")

    agrees(scored(dict(zip(keys, given, strict=True)))["peg"], value, band)


@pytest.mark.parametrize(("ticked", "none_box", "value", "band"), VECTORS["rmdq"])
def test_roland_morris_scores_as_its_vector(
    ticked: list, none_box: bool, value: object, band: object
) -> None:
    codes = [f"item-{number}" for number in ticked] + ["none"] * none_box

    agrees(scored({"rmdq": codes})["rmdq"], value, band)


YES_NO_FORM = make_questionnaire(
    *(make_item(f"rmdq-{number}", "choice", options=["yes", "no"]) for number in range(1, 25))
)


@pytest.mark.parametrize(("yes", "no", "blank", "value", "band"), VECTORS["rmdq_yes_no"])
def test_roland_morris_asked_as_yes_and_no_scores_as_its_vector(
    yes: int, no: int, blank: int, value: object, band: object
) -> None:
    replies = ["yes"] * yes + ["no"] * no + [None] * blank
    answers = {f"rmdq-{number}": reply for number, reply in enumerate(replies, start=1)}
    score = scored(answers, YES_NO_FORM)["rmdq-yes-no"]

    agrees(score, value, band)
    assert (score.counted, score.of) == (yes + no, 24)


@pytest.mark.parametrize(("ratings", "value"), VECTORS["activities"])
def test_activities_score_as_their_vector(ratings: list, value: object) -> None:
    score = scored(activities(ratings))["activities"]

    agrees(score, value)
    assert score.counted == sum(rating is not None for rating in ratings)


def activities(ratings: list, names: str = "abc") -> dict[str, object]:
    named = {f"activities.{n}.activity-name": names[n] for n in range(len(ratings))}
    return named | {f"activities.{n}.activity-score": each for n, each in enumerate(ratings)}


@pytest.mark.parametrize(("given", "gad", "phq", "total", "band"), VECTORS["phq4"])
def test_phq_4_scores_as_its_vector(
    given: list, gad: object, phq: object, total: object, band: object
) -> None:
    found = of_response(Response().with_answers(dict(zip(PHQ, map(how_often, given), strict=True))))

    if gad == "reject":
        assert {found[each].unscored for each in ("gad-2", "phq-2", "phq-4")} == {Unscored.REJECTED}
        return
    assert (found["gad-2"].value, found["phq-2"].value, found["phq-4"].value) == (gad, phq, total)
    assert found["phq-4"].band == (band or "")
    assert (found["phq-4"].unscored is Unscored.MISSING) is (total is None)


def how_often(number: int | None) -> tuple[Coding, ...]:
    if number is None:
        return ()
    return (Coding([*FREQUENCIES, "beyond-the-scale"][number]),)


@pytest.mark.parametrize(("duration", "days", "kind"), VECTORS["chronicity"])
def test_chronicity_is_classed_as_its_vector(duration: str, days: str | None, kind: str) -> None:
    answers: dict[str, object] = {"pain-duration": DURATIONS[duration]}
    if days in DAYS:
        answers["pain-days"] = DAYS[days]
    score = scored(answers)["chronicity"]

    assert score.band == ("" if kind == "unknown" else kind)
    assert score.scored is (kind != "unknown")


def test_every_vector_of_the_clinical_draft_is_used() -> None:
    used = {"nprs", "peg", "rmdq", "rmdq_yes_no", "activities", "phq4", "chronicity"}

    assert set(VECTORS) == used


# --- every number of every scale, read from the clinical text a second time ---


def band(number: float, *upper: tuple[float, str]) -> str:
    """The first label whose upper end is not below the number."""
    return next(label for highest, label in upper if number <= highest)


PAIN = ((0, "none"), (5, "mild"), (7, "moderate"), (10, "severe"))
LIMITS = ((2, "little or none"), (13, "some limits"), (24, "many limits"))
MOOD = ((2, "none"), (5, "mild"), (8, "moderate"), (12, "severe"))
PAIR = ((2, "below 3"), (6, "3 or more"))


@pytest.mark.parametrize("number", range(11))
@pytest.mark.parametrize(
    ("link_id", "score_id"),
    [("pain-now", "nprs-now"), ("peg-pain", "nprs-average"), ("pain-worst", "nprs-worst"),
     ("leg-pain-now", "nprs-leg")],
)  # fmt: skip
def test_every_pain_number_has_its_band(link_id: str, score_id: str, number: int) -> None:
    score = scored({"leg-pain": "below-knee", link_id: number})[score_id]

    assert (score.value, score.band) == (number, band(number, *PAIN))


@pytest.mark.parametrize("count", range(25))
def test_every_number_of_ticks_has_its_band_and_its_limits(count: int) -> None:
    score = scored({"rmdq": roland(count)})["rmdq"]

    assert (score.value, score.band) == (count, band(count, *LIMITS))
    assert any("gain" in note for note in score.notes) is (count < 4)
    assert any("worsening" in note for note in score.notes) is (count > 20)


@pytest.mark.parametrize("total", range(31))
def test_every_sum_of_peg_is_banded_before_it_is_rounded(total: int) -> None:
    thirds = [total // 3 + (n < total % 3) for n in range(3)]
    keys = ("peg-pain", "peg-enjoyment", "peg-activity")
    score = scored(dict(zip(keys, thirds, strict=True)))["peg"]

    assert score.band == ("mild" if total < 12 else "moderate" if total < 21 else "severe")


@pytest.mark.parametrize("total", range(13))
def test_every_mood_total_has_its_band_and_its_call(total: int) -> None:
    given = [total // 4 + (n < total % 4) for n in range(4)]
    found = of_response(Response().with_answers(dict(zip(PHQ, map(how_often, given), strict=True))))

    assert (found["phq-4"].value, found["phq-4"].band) == (total, band(total, *MOOD))
    assert any("2 working days" in note for note in found["phq-4"].notes) is (total >= 9)
    for score_id, pair in (("gad-2", given[:2]), ("phq-2", given[2:])):
        assert found[score_id].band == band(sum(pair), *PAIR)
        assert any("diagnosis" in note for note in found[score_id].notes) is (sum(pair) >= 3)


@pytest.mark.parametrize("missing", PHQ)
def test_a_mood_pair_is_scored_without_the_other_pair(missing: str) -> None:
    found = of_response(
        Response().with_answers({each: how_often(1) for each in PHQ if each != missing})
    )
    left_out = "gad-2" if missing in PHQ[:2] else "phq-2"

    for score_id in ("gad-2", "phq-2"):
        assert found[score_id].scored is (score_id != left_out)
    assert not found["phq-4"].scored


def test_the_24_sentences_stand_as_they_were_published() -> None:
    """The words may not change: a digest of the published list, one sentence a line."""
    item = shipped_questionnaire().by_link_id["rmdq"]
    said = [option.text.words for option in item.options if option.code.startswith("item-")]

    assert len(said) == 24
    assert hashlib.sha256("\n".join(said).encode()).hexdigest() == PUBLISHED


PUBLISHED = "9f3caf4010be5d3a5edafd9c87ed7f70d9b35980f36eec4b7afd6630d4c12cba"


# --- boundaries and the rules about what is missing ---


@pytest.mark.parametrize(
    ("duration", "kind"),
    [("2-to-4-weeks", "acute"), ("4-to-6-weeks", "subacute"), ("6-to-12-weeks", "subacute")],
)
def test_younger_pain_is_classed_by_the_four_week_line(duration: str, kind: str) -> None:
    assert scored({"pain-duration": duration})["chronicity"].band == kind


def test_earlier_attacks_stand_beside_an_acute_class() -> None:
    answers = {"pain-duration": "under-2-weeks", "earlier-attacks": "many-times"}

    assert scored(answers)["chronicity"].notes == ("The patient tells of earlier attacks.",)


@pytest.mark.parametrize(
    ("duration", "noted"), [("6-to-12-weeks", True), ("3-to-6-months", False), (None, False)]
)
def test_bands_made_in_long_lasting_pain_are_named_so_beside_young_pain(
    duration: str | None, noted: bool
) -> None:
    score = scored({"pain-now": 6, "pain-duration": duration})["nprs-now"]

    assert any("long-lasting" in note for note in score.notes) is noted


def test_the_average_is_the_first_question_of_peg() -> None:
    score = scored({"peg-pain": 7})["nprs-average"]

    assert (score.value, score.band, score.keys) == (7, "moderate", ("peg-pain",))


@pytest.mark.parametrize(
    ("given", "band"),
    [((4, 4, 3), "mild"), ((4, 4, 4), "moderate"), ((7, 7, 6), "moderate"), ((7, 7, 7), "severe")],
)
def test_a_band_of_peg_is_read_on_the_unrounded_mean(given: tuple, band: str) -> None:
    keys = ("peg-pain", "peg-enjoyment", "peg-activity")
    score = scored(dict(zip(keys, given, strict=True)))["peg"]

    assert score.band == band
    assert score.band_kind is BandKind.INFORMAL


def test_a_prorated_score_just_under_three_keeps_the_lower_band() -> None:
    replies = ["yes"] * 2 + ["no"] * 15 + ["no"] * 5 + [None, None]
    score = scored({f"rmdq-{n}": r for n, r in enumerate(replies, start=1)}, YES_NO_FORM)

    assert score["rmdq-yes-no"].value == Decimal("2.2")
    assert score["rmdq-yes-no"].band == "little or none"
    assert score["rmdq-yes-no"].notes == ("Prorated from 22 of 24 answers.",)


def test_a_list_answered_whole_is_not_prorated() -> None:
    score = scored({f"rmdq-{n}": "yes" for n in range(1, 25)}, YES_NO_FORM)["rmdq-yes-no"]

    assert (score.text, score.notes) == ("24", ())


@pytest.mark.parametrize(
    ("exact", "decimals", "shown"),
    [
        (Fraction(1, 2), 0, "1"), (Fraction(9, 4), 1, "2.3"), (Fraction(-9, 4), 1, "-2.3"),
        (Fraction(5, 2), 0, "3"), (Fraction(29, 20), 1, "1.5"), (Fraction(4, 3), 1, "1.3"),
        (Fraction(0), 1, "0.0"), (Fraction(10), 0, "10"),
    ],
)  # fmt: skip
def test_rounding_is_half_up_on_the_decimal_text(
    exact: Fraction, decimals: int, shown: str
) -> None:
    assert f"{rounded(exact, decimals):f}" == shown


def test_a_mean_is_shown_with_its_digit_and_says_how_many_were_answered() -> None:
    score = scored({"peg-pain": 10, "peg-enjoyment": 10, "peg-activity": 10})["peg"]

    assert (score.text, score.counted, score.of) == ("10.0", 3, 3)
    assert (score.lowest, score.highest, score.higher_is) == (0, 10, Direction.WORSE)


def test_a_missing_answer_is_named_as_the_reason() -> None:
    score = scored({"peg-pain": 8, "peg-activity": 7})["peg"]

    assert score.reason == "1 of 3 questions not answered."
    assert (score.counted, score.of) == (2, 3)


def test_a_rating_without_its_activity_is_rejected() -> None:
    score = scored({"activities.0.activity-score": 4})["activities"]

    assert score.unscored is Unscored.REJECTED


def test_an_activity_out_of_range_is_rejected() -> None:
    assert scored(activities([3, 11]))["activities"].unscored is Unscored.REJECTED


def test_a_second_answer_to_one_question_is_no_score() -> None:
    response = Response().with_answers({"pain-now": (3, 4)})

    assert of_response(response)["nprs-now"].unscored is Unscored.REJECTED


def test_an_unknown_box_of_the_roland_list_is_rejected() -> None:
    response = Response().with_answers({"rmdq": (Coding("item-25"),)})

    assert of_response(response)["rmdq"].unscored is Unscored.REJECTED


def test_the_answer_to_a_hidden_question_makes_no_score() -> None:
    answers = {"leg-pain": "no", "leg-pain-now": 5}

    assert "nprs-leg" not in scored(answers)
    assert scored({**answers, "leg-pain": "below-knee"})["nprs-leg"].value == 5


def test_a_scale_that_the_form_does_not_ask_is_left_out() -> None:
    assert "rmdq-yes-no" not in scored({})
    assert "global-change" not in scored({})


CHANGE_FORM = make_questionnaire(
    make_item(
        "global-change",
        "choice",
        options=[make_option(f"change-{weight}", score=Decimal(weight)) for weight in range(-3, 4)],
    )
)


@pytest.mark.parametrize(
    ("weight", "band"), [(-3, "not improved"), (0, "not improved"), (1, "not improved"),
                         (2, "improved"), (3, "improved")],
)  # fmt: skip
def test_two_steps_better_is_improved(weight: int, band: str) -> None:
    score = scored({"global-change": f"change-{weight}"}, CHANGE_FORM)["global-change"]

    assert (score.value, score.band) == (weight, band)


def test_a_global_change_left_blank_is_not_scored() -> None:
    assert scored({}, CHANGE_FORM)["global-change"].unscored is Unscored.MISSING


def test_every_score_has_a_range_a_direction_and_a_source() -> None:
    for definition in TABLE.scores:
        assert definition.source, definition.id
        if definition.id != "chronicity":
            assert definition.lowest is not None
            assert definition.highest is not None
            assert definition.higher_is is not None, definition.id


def test_only_verified_codes_stand_in_the_table() -> None:
    codes = {definition.id: definition.loinc for definition in TABLE.scores if definition.loinc}

    assert codes == {
        "nprs-now": "72514-3",
        "nprs-average": "72514-3",
        "nprs-worst": "72514-3",
        "nprs-leg": "72514-3",
        "phq-2": "55758-7",
        "phq-4": "70272-0",
    }


# --- change between two scores ---


def moved(link_id: str, score_id: str, before: object, now: object) -> Change:
    found = change(TABLE, scored({link_id: before})[score_id], scored({link_id: now})[score_id])
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("before", "now", "percent", "by_points", "by_percent", "direction"),
    [
        (7, 5, "28.6", True, False, "better"),
        (3, 2, "33.3", False, True, "better"),
        (10, 7, "30.0", True, True, "better"),
        (5, 7, "40.0", True, True, "worse"),
        (5, 4, "20.0", False, False, "better"),
        (5, 5, "0.0", False, False, "same"),
    ],
)
def test_a_change_of_pain_is_tested_by_points_and_by_percent(
    before: int, now: int, percent: str, by_points: bool, by_percent: bool, direction: str
) -> None:
    found = moved("pain-now", "nprs-now", before, now)

    assert found.percent == Decimal(percent)
    assert (found.meets_points, found.meets_percent) == (by_points, by_percent)
    assert found.meaningful is (by_points or by_percent)
    assert found.direction == direction


def test_from_zero_to_zero_there_is_no_percent_and_no_change() -> None:
    found = moved("pain-now", "nprs-now", 0, 0)

    assert (found.percent, found.meets_percent, found.text) == (None, None, "No change.")


def roland(count: int) -> list[str]:
    return [f"item-{number}" for number in range(1, count + 1)] or ["none"]


@pytest.mark.parametrize(
    ("before", "now", "percent", "by_points", "by_percent"),
    [
        (12, 7, "41.7", True, True),
        (20, 15, "25.0", True, False),
        (6, 4, "33.3", False, True),
        (0, 3, None, False, None),
    ],
)
def test_a_change_of_roland_morris_meets_the_limits_of_its_table(
    before: int, now: int, percent: str | None, by_points: bool, by_percent: bool | None
) -> None:
    found = moved("rmdq", "rmdq", roland(before), roland(now))

    assert found.percent == (None if percent is None else Decimal(percent))
    assert (found.meets_points, found.meets_percent) == (by_points, by_percent)


@pytest.mark.parametrize(
    ("before", "now", "by_points", "by_percent"),
    [((6, 6, 6), (5, 5, 5), True, False), ((6, 6, 6), (4, 4, 4), True, True),
     ((4, 3, 3), (2, 2, 3), True, True), ((6, 6, 6), (5, 5, 6), False, False)],
)  # fmt: skip
def test_a_change_of_peg_is_judged_on_exact_thirds(
    before: tuple, now: tuple, by_points: bool, by_percent: bool
) -> None:
    keys = ("peg-pain", "peg-enjoyment", "peg-activity")
    first = scored(dict(zip(keys, before, strict=True)))["peg"]
    last = scored(dict(zip(keys, now, strict=True)))["peg"]
    found = change(TABLE, first, last)

    assert found is not None
    assert (found.meets_points, found.meets_percent) == (by_points, by_percent)


def test_activities_are_compared_only_where_both_times_were_rated() -> None:
    before = scored(activities([3, 5, 4]))["activities"]
    now = scored(activities([6, None, 7]))["activities"]
    found = change(TABLE, before, now)

    assert found is not None
    assert (found.before, found.now, found.difference) == (
        Decimal("3.5"), Decimal("6.5"), Decimal("3.0"),
    )  # fmt: skip
    assert found.meets_points
    assert found.direction == "better"


@pytest.mark.parametrize(("now", "met"), [(5, False), (6, True)])
def test_one_activity_alone_needs_three_points(now: int, met: bool) -> None:
    before, after = scored(activities([3]))["activities"], scored(activities([now]))["activities"]
    found = change(TABLE, before, after)

    assert found is not None
    assert found.meets_points is met


@pytest.mark.parametrize(
    "typed", ["drive for an hour", "Drive  for an hour.", "DRIVE for an hour "]
)
def test_an_activity_typed_a_little_differently_is_the_same(typed: str) -> None:
    first, last = (
        scored({"activities.0.activity-name": name, "activities.0.activity-score": rating})
        for name, rating in (("Drive for an hour", 3), (typed, 6))
    )
    found = change(TABLE, first["activities"], last["activities"])

    assert found is not None
    assert found.difference == 3


def test_other_activities_cannot_be_compared() -> None:
    before, now = scored(activities([3]))["activities"], scored(activities([6], "x"))["activities"]

    assert change(TABLE, before, now) is None


def test_a_score_that_is_missing_cannot_be_compared() -> None:
    before, now = scored({"pain-now": 5})["nprs-now"], scored({})["nprs-now"]

    assert change(TABLE, before, now) is None


def test_a_screen_of_mood_has_no_limit_of_change() -> None:
    before = of_response(Response().with_answers({link_id: how_often(3) for link_id in PHQ}))
    now = of_response(Response().with_answers({link_id: how_often(0) for link_id in PHQ}))
    found = change(TABLE, before["phq-4"], now["phq-4"])

    assert found is not None
    assert found.meaningful is None
    assert found.direction == "better"


# --- totals that staff type ---


@pytest.mark.parametrize(
    ("total_id", "typed", "good"),
    [
        ("odi", {"total": "0"}, True), ("odi", {"total": "100"}, True),
        ("odi", {"total": "44.4"}, True), ("odi", {"total": "100.1"}, False),
        ("odi", {"total": "44.44"}, False), ("odi", {"total": "-1"}, False), ("odi", {}, False),
        ("odi", {"total": "NaN"}, False),
        ("start-back", {"total": "9", "psych": "5"}, True),
        ("start-back", {"total": "10", "psych": "5"}, False),
        ("start-back", {"total": "6", "psych": "6"}, False),
        ("start-back", {"total": "9", "psych": "4"}, False),
        ("start-back", {"total": "5", "psych": "0"}, False),
        ("start-back", {"total": "5", "psych": "1"}, True),
        ("start-back", {"total": "3", "psych": "4"}, False), ("start-back", {"total": "6"}, False),
        ("orebro-short", {"total": "100"}, True), ("orebro-short", {"total": "101"}, False),
        ("nih-impact", {"total": "8"}, True), ("nih-impact", {"total": "7"}, False),
        ("nih-impact", {"total": "50"}, True), ("nih-impact", {"total": "51"}, False),
        ("promis-physical-function", {"total": "41.7"}, True),
        ("promis-physical-function", {"total": "9.9"}, False),
    ],
)  # fmt: skip
def test_a_typed_total_is_kept_within_its_range(
    total_id: str, typed: dict[str, str], good: bool
) -> None:
    score = typed_score(TABLE, total_id, {part: Decimal(text) for part, text in typed.items()})

    assert score.scored is good
    assert bool(score.reason) is not good


@pytest.mark.parametrize(
    ("total", "psych", "band"),
    [(0, 0, "low"), (3, 3, "low"), (4, 3, "medium"), (4, 4, "high"), (9, 5, "high")],
)
def test_start_back_is_grouped_by_total_and_psychological_part(
    total: int, psych: int, band: str
) -> None:
    typed = {"total": Decimal(total), "psych": Decimal(psych)}

    assert typed_score(TABLE, "start-back", typed).band == band


@pytest.mark.parametrize(
    ("total", "band"), [(8, "mild"), (27, "mild"), (28, "moderate"), (34, "moderate"),
                        (35, "severe"), (50, "severe")],
)  # fmt: skip
def test_the_nih_impact_score_has_its_bands(total: int, band: str) -> None:
    assert typed_score(TABLE, "nih-impact", {"total": Decimal(total)}).band == band


@pytest.mark.parametrize(("total", "band"), [(49, "below 50"), (50, "50 or more")])
def test_orebro_has_its_cut_off_at_50(total: int, band: str) -> None:
    assert typed_score(TABLE, "orebro-short", {"total": Decimal(total)}).band == band


def test_a_typed_total_is_compared_with_an_earlier_one() -> None:
    before = typed_score(TABLE, "odi", {"total": Decimal(40)})
    now = typed_score(TABLE, "odi", {"total": Decimal(31)})
    found = change(TABLE, before, now)

    assert found is not None
    assert (found.meets_points, found.meets_percent) == (False, False)
