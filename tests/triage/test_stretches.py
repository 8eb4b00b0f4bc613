"""The stretch advice says what the clinical table says, read a second time on its own."""

import csv
import itertools
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from clinic.library.places import content_dir
from clinic.library.stretches import read_stretches
from clinic.questionnaire.conditions import Kind, Known, Remembering, Silence, Truth, evaluate
from clinic.questionnaire.response import Response, enabled_places, enabled_response
from clinic.questionnaire.values import Coding, PartialDate
from clinic.triage.assess import Assessment, FlagState, assess
from clinic.triage.derived import assessment_facts, unanswered
from clinic.triage.facts import TriageFacts
from clinic.triage.rules import Urgency
from clinic.triage.sensitive import SENSITIVE
from clinic.triage.stretches import STRETCH_QUESTIONS, StretchAdvice, Verdict, stretch_advice
from tests.make import make_item, make_questionnaire
from tests.triage.notation import Said, codes_read, reader
from tests.triage.test_patients import (
    INTAKE,
    PATIENTS,
    RULES,
    TODAY,
    answered,
    assessed,
    plain,
)
from tests.triage.test_truth_tables import cases, domain

TABLE = read_stretches(content_dir())
STRETCHES = ("childs-pose", "knee-to-chest", "sphinx")
LETTERS = {
    "S": Verdict.SUITABLE,
    "M": Verdict.MODIFY,
    "Q": Verdict.ASK_FIRST,
    "A": Verdict.AVOID,
}
NO_CONDITION = ("nothing-below", "mild-and-controlled")
IN_WORDS = {
    "`incomplete_screen`, or any question of this table left blank": (
        "incomplete has {present} or stretch-questions has {blank}"
    ),
    "urgency = urgent_2wk": "urgency has {urgent_2wk}",
    "flag fracture at urgent_2wk": "fracture has {urgent_2wk}",
    "flag inflammatory": "inflammatory has {present}",
}
"""What the table says in words, in the notation."""


def clinical_rows() -> list[dict[str, str]]:
    path = Path(__file__).parent / "clinical" / "stretches.tsv"
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


ROWS = clinical_rows()
WITH_CONDITION = [row for row in ROWS if row["id"] not in NO_CONDITION]


def condition_of(row: dict[str, str]) -> str:
    said = IN_WORDS.get(row["reads"], row["reads"]).replace(", or ", " or ")
    return said.replace(
        "no yes to leg-worse-bend or leg-worse-back",
        "not leg-worse-bend = yes and not leg-worse-back = yes",
    )


READERS = {row["id"]: reader(condition_of(row)) for row in WITH_CONDITION}
EFFECTS = {row["id"]: {name: LETTERS[row[name]] for name in STRETCHES} for row in ROWS}


class Given:
    """Facts by the names of the notation; what is left out is blank."""

    def __init__(self, facts: dict[str, object]) -> None:
        self.facts = facts

    def known(self, kind: Kind, name: str) -> Known:
        names = {"age-years": "age", "level": "urgency", "incomplete_screen": "incomplete"}
        value = self.facts.get(names.get(name, name))
        if value is None:
            return Silence.BLANK
        values = value if isinstance(value, list) else [value]
        if kind is Kind.QUESTION:
            return tuple(each if isinstance(each, int) else Coding(str(each)) for each in values)
        return tuple(each if isinstance(each, int) else str(each) for each in values)


# --- row by row ---


@pytest.mark.parametrize("row", WITH_CONDITION, ids=lambda row: row["id"])
def test_a_row_applies_exactly_when_the_clinical_table_says(row: dict[str, str]) -> None:
    rule = next(rule for rule in TABLE.rules if rule.id == row["id"])
    condition = condition_of(row)
    names = {True: Truth.TRUE, False: Truth.FALSE, None: Truth.UNKNOWN}
    domains = {name: domain(name, codes) for name, codes in codes_read(condition).items()}
    seen = set()
    for case in cases(domains, rule.when):
        truth = evaluate(rule.when, Given(case))
        seen.add(truth)
        assert truth is names[READERS[row["id"]](case).value], case
    assert {Truth.TRUE, Truth.FALSE} <= seen


@pytest.mark.parametrize("row", WITH_CONDITION, ids=lambda row: row["id"])
def test_a_row_gives_the_verdicts_of_the_clinical_table(row: dict[str, str]) -> None:
    rule = next(rule for rule in TABLE.rules if rule.id == row["id"])

    assert {name: effect.verdict for name, effect in rule.effects.items()} == EFFECTS[row["id"]]


def test_every_row_of_the_clinical_table_is_there_in_its_order() -> None:
    assert [rule.id for rule in TABLE.rules] == [row["id"] for row in WITH_CONDITION]
    assert {quiet.id for quiet in TABLE.quiet} == set(NO_CONDITION)


def test_every_row_that_changes_something_says_why_and_every_modify_says_how() -> None:
    for rule in TABLE.rules:
        assert all(because.words for because in rule.because), rule.id
        for effect in rule.effects.values():
            assert effect.change or effect.verdict is not Verdict.MODIFY, rule.id


def test_some_words_hold_whenever_their_row_does() -> None:
    for row in WITH_CONDITION:
        rule = next(rule for rule in TABLE.rules if rule.id == row["id"])
        domains = {n: domain(n, codes) for n, codes in codes_read(condition_of(row)).items()}
        for case in cases(domains, rule.when):
            if evaluate(rule.when, Given(case)) is Truth.TRUE:
                held = [b.when is None or evaluate(b.when, Given(case)) for b in rule.because]
                assert any(each in (True, Truth.TRUE) for each in held), (rule.id, case)


# --- the whole table, on answers to the shipped questionnaire ---


def advised(response: Response, assessment: Assessment | None = None) -> StretchAdvice:
    found = assessment or assess(RULES, INTAKE, response, today=TODAY)
    return stretch_advice(TABLE, INTAKE, response, found, today=TODAY)


def verdicts(advice: StretchAdvice) -> dict[str, Verdict]:
    return {each.stretch_id: each.verdict for each in advice.advice}


WELL = assessed(plain())


def with_facts(**changes: object) -> StretchAdvice:
    """The advice on a well adult with some answers changed, as if no red flag came of it."""
    return advised(answered(plain(**changes)), WELL)


def read_again(response: Response, assessment: Assessment) -> dict[str, Verdict]:
    """The verdicts by the clinical table, its own notation and nothing of the program's rules."""
    facts: dict[str, object] = {}
    shown = {place.item.link_id for place in enabled_places(INTAKE, response.answers)}
    for link_id in shown & response.answers.keys():
        facts[link_id] = [
            value.code if isinstance(value, Coding) else value
            for value in response.answers[link_id]
        ]
    read = {link_id for row in WITH_CONDITION for link_id in codes_read(condition_of(row))}
    asked = (read | {"birth-date"}) & shown
    facts["stretch-questions"] = "blank" if asked - response.answers.keys() else "answered"
    for hidden in read & INTAKE.by_link_id.keys() - shown:
        facts[hidden] = "hidden"
    facts["urgency"] = str(assessment.urgency)
    facts["incomplete"] = "present" if assessment.incomplete else "denied"
    for flag in ("fracture", "inflammatory"):
        levels = [str(f.urgency) for f in assessment.findings if flag in f.flags and f.urgency]
        state = assessment.flags[flag]
        # of a flag that hangs on a "not sure" alone it is known that no rule raised it
        is_open = state is FlagState.NOT_ANSWERED and flag not in assessment.unsure
        facts[flag] = None if is_open else [str(state), *levels]
    match response.answers.get("birth-date"):
        case (PartialDate() as born,):
            facts["age"] = TODAY.year - born.year
    said = {row_id: read_row(facts) for row_id, read_row in READERS.items()}
    return {name: worst(name, said) for name in STRETCHES}


def worst(stretch: str, said: dict[str, Said]) -> Verdict:
    found = [Verdict.SUITABLE]
    for row_id, truth in said.items():
        effect = EFFECTS[row_id][stretch]
        if truth.value is True:
            found.append(effect)
        elif truth.value is None and effect is not Verdict.SUITABLE:
            found.append(Verdict.ASK_FIRST)
    return min(found, key=lambda verdict: verdict.rank)


def random_answers(draw: random.Random) -> Response:
    """A patient with some stretch facts ticked, sometimes with a blank."""
    response = answered(draw.choice(PATIENTS)["answers"])
    for link_id in draw.sample(sorted(TABLE.questions), draw.randint(1, 6)):
        item = INTAKE.by_link_id[link_id]
        options = [option.value for option in item.options]
        if link_id == "birth-date":
            years = draw.choice([17, 18, 30, 64, 65, 66, 69, 70, 71])
            response = response.with_answers({link_id: (PartialDate(TODAY.year - years, 3, 17),)})
        elif draw.random() < 0.15:
            response = response.with_answers({link_id: None})
        elif options:
            several = draw.sample(options, draw.randint(1, 2)) if item.repeats else None
            response = response.with_answers({link_id: several or (draw.choice(options),)})
    return response


def samples(mixtures: int = 300) -> Iterator[Response]:
    draw = random.Random(20261123)  # noqa: S311
    for patient in PATIENTS:
        yield answered(patient["answers"])
    for _ in range(mixtures):
        yield random_answers(draw)


@pytest.mark.parametrize("mixtures", [300, pytest.param(3000, marks=pytest.mark.proof)])
def test_the_table_as_a_whole_agrees_with_the_second_reading(mixtures: int) -> None:
    met = set()
    for response in samples(mixtures):
        assessment = assess(RULES, INTAKE, response, today=TODAY)
        # A calm assessment lets the rows speak; the true one tests that the level rules them.
        for judged in (assessment, WELL):
            found = verdicts(advised(response, judged))
            assert found == read_again(response, judged), dict(response.answers)
            met |= set(found.values())
    assert met == set(Verdict)


# --- the checks named under the table ---


@pytest.mark.parametrize("mixtures", [300, pytest.param(3000, marks=pytest.mark.proof)])
def test_an_open_alarm_leaves_no_stretch_to_do(mixtures: int) -> None:
    for response in samples(mixtures):
        assessment = assess(RULES, INTAKE, response, today=TODAY)
        found = set(verdicts(advised(response, assessment)).values())
        open_levels = {finding.urgency for finding in assessment.findings}
        if open_levels & {Urgency.EMERGENCY_NOW, Urgency.SAME_DAY, Urgency.URGENT_2WK}:
            assert not any(verdict.allows for verdict in found)
        if assessment.urgency in (Urgency.EMERGENCY_NOW, Urgency.SAME_DAY):
            assert found == {Verdict.AVOID}
        elif assessment.urgency is Urgency.URGENT_2WK or assessment.incomplete:
            assert found <= {Verdict.AVOID, Verdict.ASK_FIRST}


@pytest.mark.parametrize("level", [Urgency.EMERGENCY_NOW, Urgency.SAME_DAY])
def test_a_level_of_today_overrules_every_row(level: Urgency) -> None:
    advice = advised(answered(plain()), replace(WELL, urgency=level))

    assert set(verdicts(advice).values()) == {Verdict.AVOID}
    assert {reason.because for each in advice.advice for reason in each.reasons} == {
        "you need to be seen first"
    }


def test_an_urgent_level_leaves_only_ask_first_and_avoid() -> None:
    urgent = replace(WELL, urgency=Urgency.URGENT_2WK)

    assert set(verdicts(advised(answered(plain()), urgent)).values()) == {Verdict.ASK_FIRST}


def test_leg_pain_that_goes_down_both_ways_leaves_only_avoid() -> None:
    advice = with_facts(leg_pain="below-knee", leg_worse_bend="yes", leg_worse_back="yes")

    assert set(verdicts(advice).values()) == {Verdict.AVOID}


@pytest.mark.parametrize(
    ("changes", "unchanged"),
    [
        ({"move_limits": ["knee"]}, "sphinx"),
        ({"new_joints": ["knee"]}, "sphinx"),
        ({"surgery_12_weeks": ["knee"]}, "sphinx"),
        ({"move_limits": ["shoulder"]}, "knee-to-chest"),
        ({"new_joints": ["shoulder"]}, "knee-to-chest"),
    ],
)
def test_a_joint_never_changes_the_stretch_that_does_not_load_it(
    changes: dict[str, object], unchanged: str
) -> None:
    found = verdicts(with_facts(**changes))

    assert found[unchanged] is Verdict.SUITABLE
    assert {verdict for name, verdict in found.items() if name != unchanged} != {Verdict.SUITABLE}


def test_every_row_applies_to_somebody_and_is_silent_for_somebody() -> None:
    met: dict[str, set[Truth]] = {rule.id: set() for rule in TABLE.rules}
    some_patients = (answered(patient["answers"]) for patient in PATIENTS[5::8])
    for response in itertools.chain(some_patients, one_answer_at_a_time()):
        shown = enabled_response(INTAKE, response)
        plain_facts = TriageFacts(INTAKE, shown, TODAY)
        more = assessment_facts(assess(RULES, INTAKE, response, today=TODAY))
        is_open = any(unanswered(INTAKE, plain_facts, TABLE.questions))
        more[Kind.FACT, STRETCH_QUESTIONS] = ("blank" if is_open else "answered",)
        facts = Remembering(TriageFacts(INTAKE, shown, TODAY, None, more))
        for rule in TABLE.rules:
            met[rule.id].add(evaluate(rule.when, facts))

    assert {row: truths for row, truths in met.items() if not {*BOTH} <= truths} == {}


BOTH = (Truth.TRUE, Truth.FALSE)


def one_answer_at_a_time() -> Iterator[Response]:
    """Every choice of every question of the table, and the ages at which a row begins."""
    base = answered(
        plain(
            sex_at_birth="female", age=30, pregnant="yes", pregnancy_weeks="13-or-less",
            missed_period="no", birth_recent="no", leg_pain="below-knee", leg_worse_bend="no",
            leg_worse_back="yes", cancer_ever="yes", cancer_when="over-5-years",
            major_injury="yes", injury_when="within-7-days", injury_checked="checked-ok",
            spine_procedure="over-1-year", spine_surgery="no",
        )
    )  # fmt: skip
    for link_id in sorted(TABLE.questions):
        for option in INTAKE.by_link_id[link_id].options:
            yield base.with_answers({link_id: (option.value,)})
    yield base.with_answers({"back-facts": (Coding("disc"),), "leg-worse-back": (Coding("no"),)})
    for age in (17, 72):
        yield answered(plain(age=age))


# --- what is never suitable by silence ---


@pytest.mark.parametrize("link_id", sorted(TABLE.questions - {"birth-date", "age-years"}))
def test_a_blank_stretch_question_is_ask_first_until_it_is_answered(link_id: str) -> None:
    answers = plain(
        sex_at_birth="female", age=30, pregnant="no", missed_period="no", birth_recent="no",
        leg_pain="below-knee", leg_worse_bend="no", leg_worse_back="no", cancer_ever="yes",
        cancer_when="over-5-years", major_injury="yes", injury_when="over-3-months",
        injury_checked="checked-ok", spine_procedure="over-1-year", spine_surgery="no",
    )  # fmt: skip
    if link_id == "pregnancy-weeks":
        answers["pregnant"] = "yes"
    answers.pop(link_id, None)
    advice = advised(answered(answers), WELL)

    assert link_id in advice.unanswered
    assert not any(each.verdict.allows for each in advice.advice)
    reasons = advice.of("childs-pose").reasons
    assert any(reason.because == "some questions are still open" for reason in reasons)


def test_without_a_birth_date_nothing_is_suitable() -> None:
    response = answered(plain()).with_answers({"birth-date": None, "age-years": None})
    advice = advised(response, WELL)

    assert advice.unanswered == ("birth-date",)
    assert set(verdicts(advice).values()) == {Verdict.ASK_FIRST}


def test_with_the_year_of_birth_alone_nothing_is_suitable() -> None:
    response = answered(plain()).with_answers({"birth-date": (PartialDate(1980),)})

    assert set(verdicts(advised(response, WELL)).values()) == {Verdict.ASK_FIRST}


def test_a_flag_that_nobody_could_deny_is_ask_first() -> None:
    unknown = replace(WELL, flags={**WELL.flags, "fracture": FlagState.NOT_ANSWERED})

    assert set(verdicts(advised(answered(plain()), unknown)).values()) == {Verdict.ASK_FIRST}


def test_an_incomplete_screen_is_ask_first() -> None:
    advice = advised(answered(plain()), replace(WELL, incomplete=True))

    assert set(verdicts(advice).values()) == {Verdict.ASK_FIRST}
    assert advice.of("sphinx").changes == ("Finish the questions first.",)


def test_questions_still_to_come_are_ask_first() -> None:
    response = answered(plain())
    advice = stretch_advice(
        TABLE, INTAKE, response.with_answers({"belly-facts": None}), WELL,
        today=TODAY, offered=response.answers.keys() - {"belly-facts"},
    )  # fmt: skip

    assert advice.unanswered == ("belly-facts",)
    assert set(verdicts(advice).values()) == {Verdict.ASK_FIRST}


def test_a_form_without_the_stretch_questions_makes_nothing_suitable() -> None:
    other = make_questionnaire(make_item("anything"))
    advice = stretch_advice(TABLE, other, Response(), WELL, today=date(2026, 3, 17))

    assert set(verdicts(advice).values()) == {Verdict.ASK_FIRST}
    assert set(advice.unanswered) == TABLE.questions


# --- what is said ---


def test_a_well_adult_may_do_all_three_as_they_are_drawn() -> None:
    advice = with_facts()

    assert [each.drawing for each in advice.advice] == ["childs_pose", "knee_to_chest", "sphinx"]
    assert [each.hold_seconds for each in advice.advice] == [60, 60, 60]
    assert all(each.reasons == () for each in advice.advice)
    assert (advice.none_now, advice.walk) == ("", "")


def test_a_change_names_what_to_do_the_drawing_and_a_shorter_hold() -> None:
    advice = with_facts(move_limits=["knee"]).of("childs-pose")

    assert advice.verdict is Verdict.MODIFY
    assert [reason.sentence for reason in advice.reasons] == [
        "You told us that your knees hurt or you can't kneel."
    ]
    assert advice.changes == ("Do it on a chair or a firm bed.",)
    assert (advice.drawing, advice.form) == ("childs_pose_chair", "chair form")
    assert (advice.hold, advice.hold_seconds) == ("Hold for up to 30 seconds.", 30)


def test_the_gentlest_drawing_wins() -> None:
    advice = with_facts(move_limits=["ankle", "knee"]).of("childs-pose")

    assert advice.drawing == "childs_pose_chair"
    assert len(advice.changes) == 2


def test_every_reason_of_the_winning_verdict_stands_before_every_modify() -> None:
    advice = with_facts(head_facts=["glaucoma", "dizzy"], new_joints=["knee"]).of("childs-pose")

    assert advice.verdict is Verdict.ASK_FIRST
    assert [reason.rule_id for reason in advice.reasons] == ["new-knee", "glaucoma", "dizzy"]
    assert "Move slowly. Keep your head up on a pillow." in advice.changes
    assert (advice.drawing, advice.form, advice.hold) == ("", "", "")


def test_what_is_avoided_comes_without_a_change() -> None:
    advice = with_facts(bone_facts=["osteoporosis"], move_limits=["knee"]).of("childs-pose")

    assert advice.verdict is Verdict.AVOID
    assert advice.changes == ()
    assert [reason.rule_id for reason in advice.reasons] == ["osteoporosis", "sore-knee"]


def test_only_what_the_patient_told_is_said() -> None:
    advice = with_facts(walk_legs="yes").of("sphinx")

    assert [reason.because for reason in advice.reasons] == [
        "you told us that your legs hurt when you walk and ease when you sit"
    ]
    assert advice.reasons[0].keys == ("walk-legs",)


def test_a_care_without_a_change_of_verdict_is_still_said() -> None:
    advice = with_facts(blood_thinner=["thinner"]).of("sphinx")

    assert advice.verdict is Verdict.SUITABLE
    assert advice.changes == ("Stop if pain comes on all at once.",)


def test_a_care_that_goes_with_every_form_stands_beside_an_easier_one() -> None:
    advice = with_facts(blood_thinner=["thinner"], move_limits=["wrist"]).of("sphinx")

    assert advice.verdict is Verdict.MODIFY
    assert advice.changes == (
        "Use your forearms, not your hands.",
        "Stop if pain comes on all at once.",
    )


def test_a_care_is_not_said_of_a_stretch_that_may_not_be_done() -> None:
    advice = with_facts(blood_thinner=["thinner"], head_facts=["glaucoma"]).of("childs-pose")

    assert advice.verdict is Verdict.ASK_FIRST
    assert "Stop if pain comes on all at once." not in advice.changes


def test_no_hold_is_ever_longer_than_a_minute() -> None:
    seconds = [hold.seconds for form in TABLE.stretches for hold in form.holds.values()]

    assert max(seconds) == 60
    assert all(f.holds[Verdict.MODIFY].seconds <= 30 for f in TABLE.stretches)


# --- the walking sentence ---


@pytest.mark.parametrize(
    ("walk_now", "said"),
    [("yes", True), ("slow-pain", True), ("no-pain", False), ("no-legs", False),
     ("not-before", False)],
)  # fmt: skip
def test_a_walk_is_offered_only_to_those_who_can_walk(walk_now: str, said: bool) -> None:
    advice = with_facts(spine_surgery="within-12-weeks", spine_procedure="over-1-year",
                        walk_now=walk_now)  # fmt: skip

    assert advice.none_now == "No stretch here until you have talked with a provider."
    assert bool(advice.walk) is said


@pytest.mark.parametrize(
    ("level", "said"),
    [(Urgency.EMERGENCY_NOW, False), (Urgency.SAME_DAY, False), (Urgency.URGENT_2WK, True)],
)
def test_no_walk_is_offered_to_those_who_must_be_seen_today(level: Urgency, said: bool) -> None:
    advice = advised(answered(plain()), replace(WELL, urgency=level))

    assert bool(advice.walk) is said


def test_no_walk_is_offered_where_a_bone_may_be_broken() -> None:
    for patient in PATIENTS:
        response = answered(patient["answers"])
        assessment = assess(RULES, INTAKE, response, today=TODAY)
        raised = [f for f in assessment.findings if "fracture" in f.flags]
        if any(finding.urgency is Urgency.URGENT_2WK for finding in raised):
            advice = advised(response, assessment)
            assert (advice.walk, set(verdicts(advice).values())) == ("", {Verdict.AVOID})
            return
    pytest.fail("no test patient has an urgent fracture finding")


# --- private answers ---


PRIVATE_WORDS = ("pregnan", "birth", "baby", "period", "port", "dialysis", "drug", "accident",
                 "crash", "injury", "hit", "vein", "tube")  # fmt: skip


def test_words_about_private_answers_name_none_of_them() -> None:
    seen = 0
    for rule in TABLE.rules:
        if rule.reads & (SENSITIVE | {"major-injury"}):
            seen += 1
            said = [b.words for b in rule.because] + [e.change for e in rule.effects.values()]
            for words in said:
                assert not any(word in words.lower() for word in PRIVATE_WORDS), words
    assert seen == 6


def test_a_reason_from_a_private_answer_is_marked_for_staff() -> None:
    advice = with_facts(infection_risk=["vein-line"]).of("sphinx")

    assert [(reason.because, reason.sensitive) for reason in advice.reasons] == [
        ("one of your private answers calls for care", True)
    ]
