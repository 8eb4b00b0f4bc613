"""The regenerative gate says what the clinical table says, read a second time on its own."""

import csv
import itertools
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from clinic.library.places import content_dir
from clinic.library.rulebook import read_rulebook
from clinic.questionnaire.response import Response, enabled_places
from clinic.questionnaire.values import Coding, PartialDate
from clinic.triage.assess import Assessment, FlagState, assess
from clinic.triage.guidance import guidance
from clinic.triage.regenerative import Gate, GateResult, Override, regenerative_gate
from clinic.triage.rules import Urgency
from clinic.triage.sensitive import SENSITIVE
from tests.triage.notation import Said, codes_read, reader
from tests.triage.test_patients import INTAKE, PATIENTS, RULES, TODAY, answered, assessed, plain

BOOK = read_rulebook(content_dir())
TABLE = BOOK.regenerative
SENTENCES = {
    GateResult.HARD_STOP: "First the question about your safety has to be settled.",
    GateResult.NOT_NOW: ("Talk with your provider first; this may not be safe for you right now."),
    GateResult.CAUTION: ("Talk with your provider first; this may not be safe for you right now."),
    GateResult.TALK_FIRST: "You can ask a provider about this.",
}
LEVELS = {
    "HARD STOP, no override": GateResult.HARD_STOP,
    "NOT NOW, clinician override with reason": GateResult.NOT_NOW,
    "CAUTION, specialist decides": GateResult.CAUTION,
}
IN_WORDS = {
    "urgency in {emergency_now, same_day, urgent_2wk} with the item still open, "
    "or `incomplete_screen`": (
        "open-level in {emergency_now, same_day, urgent_2wk} or incomplete has {present}"
    ),
    "who-answers = for-someone-else (consent must be the patient's own)": (
        "who-answers = for-someone-else"
    ),
    "spine-device not none": "spine-device has {stimulator, pump, rods}",
    "spine-surgery not no": "spine-surgery in {within-12-weeks, over-12-weeks}",
    "PHQ-4 >= 9": "severe-mood has {yes}",
    "regen-wait or regen-caution has not-sure": (
        "regen-wait has not-sure or regen-caution has not-sure"
    ),
    "any gate question blank": "gate-questions has {blank}",
}
"""What the table says in words, in the notation."""
OWN = {"regen-wait", "regen-caution", "care-tried"}
"""Asked for the gate alone (red_flags.md, 3.2, "Regenerative gate")."""
QUIET_MOOD = dict.fromkeys(
    ("phq4-nervous", "phq4-worry", "phq4-interest", "phq4-down"), "not-at-all"
)
NOT_ALONE = {("fever", "yes"), ("cancer-ever", "yes")}
"""Of these the level depends on a further answer."""
MOTHER = {"sex-at-birth": "female", "age": 30, "pregnant": "no", "missed-period": "no",
          "birth-recent": "no"}  # fmt: skip
HAD_A_SHOT = {"spine-procedure": "within-2-weeks", "procedure-kind": ["shot"],
              "procedure-worse": "no", "wound-trouble": "no", "spine-surgery": "no"}  # fmt: skip
BESIDE: dict[str, dict[str, object]] = {
    "fever-number": {"fever": "yes"},
    "pregnant": MOTHER,
    "birth-recent": MOTHER,
    "cancer-when": {"cancer-ever": "yes"},
    "wound-trouble": HAD_A_SHOT,
    "spine-surgery": HAD_A_SHOT,
}
"""What must be answered too, so that the question is asked at all."""
INTERESTED: dict[str, object] = {
    "regen-interest": "yes",
    "regen-wait": ["none"],
    "regen-caution": ["none"],
    "care-tried": ["exercise"],
    **QUIET_MOOD,
}


def clinical_parts() -> Iterator[tuple[GateResult, str]]:
    path = Path(__file__).parent / "clinical" / "regenerative.tsv"
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["result"] in LEVELS:
                for part in row["condition"].split("; "):
                    said = IN_WORDS.get(part, part).replace("has any of {", "has {")
                    yield LEVELS[row["result"]], said


PARTS = [(level, part, reader(part)) for level, part in clinical_parts()]


def gated(response: Response, assessment: Assessment | None = None, settled: tuple = ()) -> Gate:
    found = assessment or assess(RULES, INTAKE, response, today=TODAY)
    guided = guidance(BOOK, INTAKE, response, found, today=TODAY, settled=settled)
    return guided.regenerative


WELL = assessed(plain())


def with_facts(**changes: object) -> Gate:
    """The gate of a well adult who asks, with some answers changed, and no red flag of it."""
    answers = INTERESTED | {name.replace("_", "-"): value for name, value in changes.items()}
    given = {link_id: value for link_id, value in plain(**answers).items() if value is not None}
    return gated(answered(given), WELL)


def read_again(response: Response, assessment: Assessment) -> GateResult:
    """The result by the clinical table, its own notation and nothing of the program's rules."""
    shown = {place.item.link_id for place in enabled_places(INTAKE, response.answers)}
    facts: dict[str, object] = {
        link_id: [v.code if isinstance(v, Coding) else v for v in response.answers[link_id]]
        for link_id in shown & response.answers.keys()
    }
    asked = shown | OWN
    facts |= dict.fromkeys(TABLE.questions & INTAKE.by_link_id.keys() - asked, "hidden")
    mood = [response.answers.get(link_id) for link_id in QUIET_MOOD]
    weights = ["not-at-all", "several-days", "more-than-half", "nearly-every-day"]
    if all(mood):
        total = sum(weights.index(answer[0].code) for answer in mood if answer)
        facts["severe-mood"] = "yes" if total >= 9 else "no"
    blank = TABLE.questions & asked - (response.answers.keys() & shown)
    facts["gate-questions"] = "blank" if blank or not all(mood) else "answered"
    levels = [f.urgency for f in assessment.findings if f.urgency]
    facts["open-level"] = str(min(levels, key=lambda level: level.rank, default="none"))
    facts["incomplete"] = "present" if assessment.incomplete else "denied"
    match response.answers.get("birth-date"):
        case (PartialDate() as born,):
            facts["age"] = TODAY.year - born.year
    return worst((level, part(facts)) for level, _, part in PARTS)


def worst(said: Iterator[tuple[GateResult, Said]]) -> GateResult:
    met = [GateResult.TALK_FIRST]
    for level, truth in said:
        if truth.value is True:
            met.append(level)
        elif truth.value is None:
            met.append(GateResult.CAUTION)
    return min(met, key=lambda result: result.rank)


def samples(every: int = 4, mixtures: int = 60) -> Iterator[Response]:
    """Every answer alone, some of the test patients, and mixtures, of somebody who asks."""
    base = answered(plain(**INTERESTED, sex_at_birth="female", age=30, pregnant="no",
                          missed_period="no", birth_recent="no"))  # fmt: skip
    for link_id in sorted(TABLE.questions - {"birth-date"}):
        yield base.with_answers({link_id: None})
        for option in INTAKE.by_link_id[link_id].options:
            yield base.with_answers({link_id: (option.value,)})
    for patient in PATIENTS[::every]:
        yield answered({**patient["answers"], **INTERESTED})
    draw = random.Random(20261124)  # noqa: S311
    for _ in range(mixtures):
        response = base
        for link_id in draw.sample(sorted([*TABLE.questions, *QUIET_MOOD]), 3):
            item = INTAKE.by_link_id[link_id]
            if item.options:
                response = response.with_answers({link_id: (draw.choice(item.options).value,)})
        yield response


@pytest.mark.parametrize(
    ("every", "mixtures"), [(4, 60), pytest.param(1, 400, marks=pytest.mark.proof)]
)
def test_the_gate_agrees_with_the_second_reading(every: int, mixtures: int) -> None:
    met = set()
    for response in samples(every, mixtures):
        assessment = assess(RULES, INTAKE, response, today=TODAY)
        for judged in (assessment, WELL):
            gate = gated(response, judged)
            assert gate.result is read_again(response, judged), dict(response.answers)
            assert gate.patient == SENTENCES[gate.result]
            met.add(gate.result)
    assert met == set(GateResult)


def test_every_fact_can_be_true_and_can_be_false() -> None:
    seen: dict[str, set[FlagState]] = {fact.id: set() for fact in TABLE.facts}
    minor = answered({**plain(**INTERESTED), "age": 17})
    severe = answered(plain(**(INTERESTED | dict.fromkeys(QUIET_MOOD, "nearly-every-day"))))
    wound = answered(
        plain(
            **INTERESTED,
            spine_procedure="within-2-weeks",
            wound_trouble="yes",
            procedure_kind=["shot"],
            procedure_worse="no",
            spine_surgery="no",
        )
    )
    operated = answered(plain(**INTERESTED, spine_procedure="over-1-year",
                              spine_surgery="over-12-weeks"))  # fmt: skip
    cancer = answered(plain(**INTERESTED, cancer_ever="yes", cancer_when="active"))
    for response in itertools.chain(samples(), [minor, severe, wound, operated, cancer]):
        for line in gated(response).checklist:
            seen[line.id].add(line.state)

    lacking = {FlagState.PRESENT, FlagState.DENIED}
    assert {fact_id: states for fact_id, states in seen.items() if not lacking <= states} == {}


MEMBERS = [
    (level, link_id, code)
    for level, part, _ in PARTS
    for link_id, codes in codes_read(part).items()
    for code in sorted(codes)
    if link_id in INTAKE.by_link_id and INTAKE.by_link_id[link_id].option(code)
    if (link_id, code) not in NOT_ALONE
]


@pytest.mark.parametrize(
    ("level", "link_id", "code"), MEMBERS, ids=[f"{q}-{code}" for _, q, code in MEMBERS]
)
def test_each_member_of_each_list_speaks_for_its_level(
    level: GateResult, link_id: str, code: str
) -> None:
    answer = [code] if INTAKE.by_link_id[link_id].repeats else code
    gate = with_facts(**(BESIDE.get(link_id, {}) | {link_id: answer}))

    assert gate.result is GateResult(level)
    assert level in {line.level for line in gate.present}


# --- what the levels mean ---


def test_a_well_adult_who_asks_may_ask() -> None:
    gate = with_facts()

    assert gate.result is GateResult.TALK_FIRST
    assert (gate.present, gate.blocks, gate.override) == ((), (), Override.NOT_NEEDED)


@pytest.mark.parametrize("level", [Urgency.EMERGENCY_NOW, Urgency.SAME_DAY, Urgency.URGENT_2WK])
def test_an_open_finding_stops_the_consult_and_nobody_may_override(level: Urgency) -> None:
    finding = replace(assessed(plain(leg_cold="yes")).emergencies[0], urgency=level)
    open_one = replace(WELL, urgency=level, findings=(finding,))
    gate = gated(answered(plain(**INTERESTED)), open_one)

    assert gate.result is GateResult.HARD_STOP
    assert gate.override is Override.NONE
    assert gate.blocks == ("regenerative-consult",)
    assert gate.patient == "First the question about your safety has to be settled."


@pytest.mark.parametrize("level", list(Urgency))
def test_a_level_that_a_clinician_set_stops_it_as_a_finding_does(level: Urgency) -> None:
    response = answered(plain(**INTERESTED))
    gate = guidance(BOOK, INTAKE, response, WELL, today=TODAY, set_level=level).regenerative
    stops = level.rank <= Urgency.URGENT_2WK.rank

    assert gate.result is (GateResult.HARD_STOP if stops else GateResult.TALK_FIRST)


def test_a_finding_with_a_recorded_outcome_no_longer_stops_it() -> None:
    response = answered(plain(**INTERESTED, leg_cold="yes"))
    assessment = assess(RULES, INTAKE, response, today=TODAY)
    raised = tuple(f.rule_id for f in assessment.findings if f.urgency is not None)

    assert gated(response, assessment).result is GateResult.HARD_STOP
    assert gated(response, assessment, raised[:0]).result is GateResult.HARD_STOP
    assert gated(response, assessment, raised).result is GateResult.TALK_FIRST


def test_one_outcome_of_two_is_not_enough() -> None:
    response = answered(plain(**INTERESTED, leg_cold="yes", chest_now="yes", chest_kind=["new"]))
    assessment = assess(RULES, INTAKE, response, today=TODAY)
    raised = [f.rule_id for f in assessment.findings if f.urgency is Urgency.EMERGENCY_NOW]

    assert len(raised) > 1
    assert gated(response, assessment, tuple(raised[:1])).result is GateResult.HARD_STOP


def test_an_incomplete_screen_stops_it_even_when_every_finding_is_settled() -> None:
    gate = gated(answered(plain(**INTERESTED)), replace(WELL, incomplete=True))

    assert gate.result is GateResult.HARD_STOP


@pytest.mark.parametrize(
    "changes",
    [{"regen_wait": ["infection"]}, {"fever": "yes", "fever_number": "low"}, {"chills": "yes"},
     {"infection_risk": ["recent-infection"]}, {"who_answers": "for-someone-else"},
     {"cancer_ever": "yes", "cancer_when": "not-sure"}, {"age": 17}],
)  # fmt: skip
def test_what_speaks_against_it_now_needs_a_clinician_with_a_reason(changes: dict) -> None:
    gate = with_facts(**changes)

    assert gate.result is GateResult.NOT_NOW
    assert gate.override is Override.CLINICIAN_WITH_REASON
    assert gate.blocks == ("regenerative-consult",)


@pytest.mark.parametrize(("total", "result"), [(8, GateResult.TALK_FIRST), (9, GateResult.CAUTION)])
def test_a_severe_mood_score_is_a_caution_from_nine(total: int, result: GateResult) -> None:
    weights = ["not-at-all", "several-days", "more-than-half", "nearly-every-day"]
    given = [3, 3, 2, total - 8]
    answers = {link_id: weights[n] for link_id, n in zip(QUIET_MOOD, given, strict=True)}

    assert with_facts(**answers).result is result


def test_a_mood_page_left_blank_is_a_caution() -> None:
    gate = with_facts(**dict.fromkeys(QUIET_MOOD))

    assert gate.result is GateResult.CAUTION


def test_a_clinic_that_does_not_ask_for_mood_is_not_held_back_by_it() -> None:
    response = answered(plain(**INTERESTED))
    gate = regenerative_gate(TABLE, INTAKE, response, WELL, [], today=TODAY)

    assert gate.result is GateResult.TALK_FIRST


def test_a_gate_question_left_blank_is_a_caution() -> None:
    answers = plain(**INTERESTED)
    del answers["regen-caution"]
    gate = gated(answered(answers), WELL)

    assert gate.result is GateResult.CAUTION
    assert gate.unanswered == ("regen-caution",)
    assert "questions-open" in [line.id for line in gate.present]


@pytest.mark.parametrize("link_id", sorted(OWN))
def test_each_question_of_the_gate_alone_may_not_be_blank(link_id: str) -> None:
    gate = with_facts(**{link_id: None})

    assert (gate.result, gate.unanswered) == (GateResult.CAUTION, (link_id,))


def test_whoever_was_not_asked_is_never_let_through_by_silence() -> None:
    gate = with_facts(regen_interest="no", regen_wait=None, regen_caution=None, care_tried=None)
    states = {line.id: line.state for line in gate.checklist}

    assert gate.result is GateResult.CAUTION
    assert set(gate.unanswered) == OWN
    assert states["breast-feeding"] is states["nsaid"] is FlagState.NOT_ANSWERED
    assert states["diabetes"] is FlagState.DENIED
    assert any("were not asked" in note for note in gate.notes)


def test_a_caution_blocks_nothing() -> None:
    gate = with_facts(smoke_ever="now")

    assert (gate.result, gate.blocks) == (GateResult.CAUTION, ())


@pytest.mark.parametrize(
    ("tried", "noted"),
    [(["none"], True), (["pills"], True), (["pills", "exercise"], False), (["exercise"], False)],
)
def test_the_provider_reads_when_little_was_tried(tried: list[str], noted: bool) -> None:
    gate = with_facts(care_tried=tried)

    assert any("Less than a full try" in note for note in gate.notes) is noted


# --- what a patient may see ---


def test_a_patient_is_told_one_of_three_sentences_and_none_names_an_answer() -> None:
    assert {level.result: level.patient for level in TABLE.levels} == SENTENCES
    assert len(set(SENTENCES.values())) == 3


def test_lines_from_private_answers_are_marked() -> None:
    lines = {line.id: line.sensitive for line in with_facts().checklist}
    private = {fact_id for fact_id, sensitive in lines.items() if sensitive}

    assert private == {
        "infection", "breast-feeding", "blood-bone-cancer", "low-platelets", "recent-infection",
        "pregnant", "infection-risk", "birth-recent", "wait-unsure",
    }  # fmt: skip
    assert "regen-wait" in SENSITIVE


def test_no_word_of_the_gate_recommends() -> None:
    said = [fact.staff for fact in TABLE.facts] + list(SENTENCES.values())

    for text in said:
        for word in ("suitable", "recommend", "candidate", "eligible", "you should"):
            assert word not in text.lower(), text
