"""The shipped intake keeps what the clinical tables, the rules and the pages rely on.

The file is read here as plain data, not through the engine, so that a fault in one is
not hidden by the same fault in the other.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from ruamel.yaml import YAML

from clinic.library.places import content_dir
from tests.house.reading import reading

Data = dict[str, Any]
Clause = frozenset[tuple[str, str, str]]

HERE = "tests/house"
EXTENSION = "http://hl7.org/fhir/StructureDefinition/"
CODE_SYSTEM = "https://clinic-intake.example/fhir/CodeSystem/"
RESERVED = {"review", "send", "done", "resume", "urgent", "leave", "summary.pdf"}

SECOND_LOOKS = {
    "pee-kind", "saddle-touch", "poop-kind", "both-legs-kind", "weak-kind", "unsteady-kind",
    "chest-kind", "sudden-kind", "faint-kind",
}  # fmt: skip
MAY_BE_LEFT_BLANK = SECOND_LOOKS | {
    "cannot-pee", "sex-change", "leg-weak-course", "cancer-kind", "thinner-name", "first-age",
    "staff-self-harm",
}  # fmt: skip
SENSITIVE = {
    "infection-risk", "sex-change", "pregnant", "missed-period", "birth-recent", "tb-contact",
    "regen-wait",
}  # fmt: skip
SCALES = {
    "pain-now", "pain-worst", "pain-best", "leg-pain-now", "peg-pain", "peg-enjoyment",
    "peg-activity", "activity-score",
}  # fmt: skip
WITHOUT_A_NONE_BOX = {"pain-where", "body-map"}
VERBATIM = {"peg-pain", "peg-enjoyment", "peg-activity", "phq4", "rmdq-intro", "rmdq"}
NAMES_AND_TERMS = (
    "osteoporosis", "osteopenia", "ankylosing spondylitis", "psoriasis", "stenosis", "glaucoma",
    "warfarin", "Eliquis", "Xarelto", "Plavix", "ibuprofen", "myeloma", "melanoma", "dialysis",
    "epidural", "English", "Spanish", "Chinese", "Vietnamese", "Arabic", "American Sign Language",
    "interpreter",  # who it is for is asked in the same word
)  # fmt: skip


def read_yaml(path: Any) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def walk(
    items: list[Data], above: tuple[Data, ...] = ()
) -> Iterator[tuple[Data, tuple[Data, ...]]]:
    for item in items:
        yield item, above
        yield from walk(item.get("item", []), (*above, item))


INTAKE: Data = read_yaml(content_dir() / "questionnaires" / "low-back-intake.yaml")
INPUTS: list[Data] = read_yaml(content_dir().parent / HERE / "inputs.yaml")
PLACED = list(walk(INTAKE["item"]))
ITEMS: dict[str, Data] = {item["linkId"]: item for item, _ in PLACED}
ABOVE = {item["linkId"]: above for item, above in PLACED}
ORDER = {link_id: number for number, link_id in enumerate(ITEMS)}
STEP_NUMBER = {
    item["linkId"]: number for number, step in enumerate(INTAKE["item"]) for item, _ in walk([step])
}
QUESTIONS = {
    link_id: item for link_id, item in ITEMS.items() if item["type"] not in ("group", "display")
}


def codes(item: Data) -> list[str]:
    return [option["valueCoding"]["code"] for option in item.get("answerOption", [])]


def extension(item: Data, name: str) -> Any:
    """The value of an extension, or None."""
    for found in item.get("extension", []):
        if found["url"] == EXTENSION + name:
            return next(value for key, value in found.items() if key.startswith("value"))
    return None


def control(item: Data) -> str | None:
    found = extension(item, "questionnaire-itemControl")
    return found["coding"][0]["code"] if found else None


def is_tick_list(item: Data) -> bool:
    return item["type"] == "choice" and bool(item.get("repeats"))


def exclusive_codes(item: Data) -> set[str]:
    return {
        option["valueCoding"]["code"]
        for option in item["answerOption"]
        if extension(option, "questionnaire-optionExclusive")
    }


def is_asked(item: Data) -> bool:
    return not extension(item, "questionnaire-hidden")


# --- the file as a whole ---------------------------------------------------------------


def test_no_link_id_stands_twice():
    found = [item["linkId"] for item, _ in PLACED]

    assert sorted(found) == sorted(set(found))


@pytest.mark.parametrize("link_id", ITEMS)
def test_a_link_id_is_lower_case_words_joined_by_hyphens(link_id):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", link_id)
    assert len(link_id) <= 40


def test_there_are_at_most_20_pages():
    assert len(INTAKE["item"]) <= 20


def test_every_step_is_a_group_with_a_title_and_a_free_address():
    for step in INTAKE["item"]:
        assert step["type"] == "group", step["linkId"]
        assert step["text"], step["linkId"]
        assert step["linkId"] not in RESERVED
        assert "enableWhen" not in step, "a step hides when nothing in it is shown"


def test_no_page_asks_two_questions_in_the_same_words():
    for step in INTAKE["item"]:
        legends = [
            f"{item.get('prefix', '')} {item['text']}".strip()
            for item, _ in walk(step["item"])
            if item["type"] not in ("display", "group")
        ]
        assert sorted(legends) == sorted(set(legends)), step["linkId"]


def test_every_text_a_patient_types_has_a_length_limit():
    for link_id, item in QUESTIONS.items():
        if item["type"] in ("string", "text", "open-choice"):
            assert 0 < item["maxLength"] <= 2000, link_id


def test_nothing_is_chosen_for_the_patient():
    for link_id, item in QUESTIONS.items():
        assert "initial" not in item, link_id
        assert not any(o.get("initialSelected") for o in item.get("answerOption", [])), link_id


def test_codes_of_one_choice_differ_and_carry_the_system_of_their_set():
    for link_id, item in QUESTIONS.items():
        options = [option["valueCoding"] for option in item.get("answerOption", [])]
        assert len({o["code"] for o in options}) == len(options), link_id
        assert len({o["system"] for o in options}) <= 1, link_id
        assert all(
            o["system"].startswith(CODE_SYSTEM) or o["system"] == "urn:ietf:bcp:47" for o in options
        ), link_id
        assert all(o["display"].strip() for o in options), link_id


def test_one_system_always_means_the_same_words():
    words: dict[tuple[str, str], set[str]] = {}
    for item in QUESTIONS.values():
        for option in item.get("answerOption", []):
            coding = option["valueCoding"]
            words.setdefault((coding["system"], coding["code"]), set()).add(coding["display"])

    assert {key: seen for key, seen in words.items() if len(seen) > 1} == {}


# --- the clinical inputs ---------------------------------------------------------------


@pytest.mark.parametrize("wanted", INPUTS, ids=lambda wanted: wanted["link_id"])
def test_a_clinical_input_is_asked_with_exactly_its_codes(wanted):
    item = ITEMS[wanted["link_id"]]

    assert item["type"] == wanted.get("type", "choice")
    if item["type"] == "choice":
        assert codes(item) == list(wanted.get("many") or wanted["one"])
        assert bool(item.get("repeats")) == ("many" in wanted)


def comparisons_of(line: str) -> Clause:
    """Read `a in {x, y} or b = z`."""
    found: set[tuple[str, str, str]] = set()
    for part in line.split(" or "):
        question, operator, value = part.split(" ", 2)
        if operator == "in":
            found |= {(question, "=", code) for code in value.strip("{}").split(", ")}
        else:
            found.add((question, operator, value))
    return frozenset(found)


def comparison(condition: Data) -> tuple[str, str, str]:
    answer = next(value for key, value in condition.items() if key.startswith("answer"))
    value = answer["code"] if isinstance(answer, dict) else str(answer)
    return condition["question"], condition["operator"], value


def clauses_of(item: Data) -> set[Clause]:
    found = [comparison(condition) for condition in item.get("enableWhen", [])]
    if item.get("enableBehavior") == "any":
        return {frozenset(found)}
    return {frozenset([each]) for each in found}


OWN = {
    link_id: set().union(*(clauses_of(each) for each in (item, *ABOVE[link_id])))
    for link_id, item in ITEMS.items()
}
WANTED = {
    wanted["link_id"]: {comparisons_of(line) for line in wanted.get("shown_when", [])}
    for wanted in INPUTS
}


def with_what_it_rests_on(link_id: str, conditions: dict[str, set[Clause]]) -> set[Clause]:
    """The conditions, and those of a question that alone must have been answered."""
    found = set(conditions.get(link_id, set()))
    for clause in tuple(found):
        questions = {question for question, _, _ in clause}
        if len(questions) == 1 and not any(operator == "!=" for _, operator, _ in clause):
            found |= with_what_it_rests_on(questions.pop(), conditions)
    return found


@pytest.mark.parametrize("link_id", WANTED)
def test_a_clinical_input_is_shown_exactly_when_its_table_says(link_id):
    assert with_what_it_rests_on(link_id, OWN) == with_what_it_rests_on(link_id, WANTED)


@pytest.mark.parametrize("wanted", INPUTS, ids=lambda wanted: wanted["link_id"])
def test_a_clinical_input_is_required_unless_a_blank_has_its_own_meaning(wanted):
    link_id = wanted["link_id"]
    may_be_blank = link_id in MAY_BE_LEFT_BLANK or link_id.endswith("-course")

    assert ITEMS[link_id]["required"] is not may_be_blank


@pytest.mark.parametrize("link_id", sorted(SENSITIVE))
def test_a_sensitive_question_says_why_it_is_asked(link_id):
    helps = [child for child in ITEMS[link_id].get("item", []) if control(child) == "help"]

    assert [child for child in helps if child["text"]]


@pytest.mark.parametrize("link_id", sorted(SECOND_LOOKS))
def test_a_second_look_stands_on_the_page_of_its_first_question_and_right_behind_it(link_id):
    first = {question for clause in clauses_of(ITEMS[link_id]) for question, _, _ in clause}
    between = [
        other
        for other, number in ORDER.items()
        if max(ORDER[each] for each in first) < number < ORDER[link_id] and other in QUESTIONS
    ]

    assert {STEP_NUMBER[each] for each in first} == {STEP_NUMBER[link_id]}
    # cannot-pee is the sharper question and comes before its second look
    assert set(between) <= {"cannot-pee"}


@pytest.mark.parametrize("link_id", [each for each in ITEMS if each.endswith("-course")])
def test_when_a_symptom_began_is_asked_on_the_page_of_the_symptom(link_id):
    assert STEP_NUMBER[link_id] == STEP_NUMBER[link_id.removesuffix("-course")]


def test_leg_pain_is_answered_before_the_questions_about_the_saddle():
    # CES-1b and CES-3 read a blank leg-pain as leg pain
    assert STEP_NUMBER["leg-pain"] == STEP_NUMBER["saddle-numb"]
    assert ORDER["leg-pain"] < ORDER["saddle-numb"]


# --- conditions ------------------------------------------------------------------------


def conditions() -> Iterator[tuple[str, Data]]:
    for link_id, item in ITEMS.items():
        for condition in item.get("enableWhen", []):
            yield link_id, condition


def test_a_condition_reads_only_a_question_that_stands_before_it():
    for link_id, condition in conditions():
        question = condition["question"]
        assert question in QUESTIONS, (link_id, question)
        assert ORDER[question] < ORDER[link_id], (link_id, question)


def test_a_condition_compares_with_a_code_that_its_question_offers():
    for link_id, condition in conditions():
        question = ITEMS[condition["question"]]
        if "answerCoding" in condition:
            offered = [
                (option["valueCoding"]["system"], option["valueCoding"]["code"])
                for option in question["answerOption"]
            ]
            asked = condition["answerCoding"]
            assert (asked["system"], asked["code"]) in offered, link_id
        else:
            assert question["type"] == "integer", link_id
            assert isinstance(condition["answerInteger"], int), link_id


def test_more_than_one_condition_says_whether_all_or_any_must_hold():
    for link_id, item in ITEMS.items():
        if len(item.get("enableWhen", [])) > 1:
            assert item["enableBehavior"] in ("all", "any"), link_id


def test_not_equal_is_asked_only_of_a_question_shown_on_the_same_terms():
    # != is true of an unanswered question, so it must never read one that may be hidden
    for link_id, condition in conditions():
        if condition["operator"] == "!=":
            assert OWN[condition["question"]] <= OWN[link_id], link_id


# --- lists, scales and hidden items ----------------------------------------------------


@pytest.mark.parametrize(
    "link_id", [each for each, item in QUESTIONS.items() if is_tick_list(item)]
)
def test_a_tick_list_has_a_none_box_that_stands_alone(link_id):
    item = ITEMS[link_id]

    assert control(item) == "check-box"
    if link_id in WITHOUT_A_NONE_BOX:
        assert "none" not in codes(item)
    else:
        assert "none" in exclusive_codes(item)
    unsure_alone = link_id in SECOND_LOOKS and "not-sure" in codes(item)
    assert exclusive_codes(item) - {"none"} == ({"not-sure"} if unsure_alone else set())


@pytest.mark.parametrize(
    "link_id", [each for each, item in QUESTIONS.items() if is_tick_list(item)]
)
def test_a_tick_list_must_be_answered_unless_it_is_a_second_look_a_scale_or_the_body_map(link_id):
    free = link_id in SECOND_LOOKS | {"rmdq", "body-map"}

    assert ITEMS[link_id]["required"] is not free


@pytest.mark.parametrize("link_id", sorted(SCALES))
def test_a_scale_runs_from_0_to_10_and_names_both_ends(link_id):
    item = ITEMS[link_id]

    assert item["type"] == "integer"
    assert control(item) == "slider"
    assert (extension(item, "minValue"), extension(item, "maxValue")) == (0, 10)
    assert [control(child) for child in item["item"]] == ["lower", "upper"]


def test_rows_of_a_table_share_their_answers():
    tables = [item for item in ITEMS.values() if control(item) == "table"]

    assert tables
    for table in tables:
        assert len({tuple(codes(row)) for row in table["item"]}) == 1, table["linkId"]
        assert all(not row.get("repeats") for row in table["item"]), table["linkId"]


def test_the_body_map_offers_the_regions_of_the_drawing():
    regions = json.loads((content_dir() / "figures" / "body_regions.json").read_text("utf-8"))
    options = [option["valueCoding"] for option in ITEMS["body-map"]["answerOption"]]

    assert len(options) == 50
    assert {option["code"]: option["display"] for option in options} == {
        region["id"]: region["en"] for region in regions
    }


def test_the_disability_list_has_its_24_sentences_in_order_and_a_none_box():
    assert codes(ITEMS["rmdq"]) == [f"item-{number}" for number in range(1, 25)] + ["none"]


def test_the_mood_questions_score_0_to_3_and_may_be_skipped():
    for row in ITEMS["phq4"]["item"]:
        scores = [extension(option, "ordinalValue") for option in row["answerOption"]]
        assert scores == [0, 1, 2, 3], row["linkId"]
        assert row["required"] is False


def test_hidden_items_are_the_age_and_the_tick_of_staff_and_nobody_may_write_them():
    hidden = {link_id for link_id, item in QUESTIONS.items() if not is_asked(item)}

    assert hidden == {"age-years", "staff-self-harm"}
    assert all(ITEMS[link_id]["readOnly"] is True for link_id in hidden)
    assert not any(
        item.get("readOnly") for link_id, item in QUESTIONS.items() if link_id not in hidden
    )


def test_who_you_are_and_how_to_reach_you_must_be_answered():
    for link_id in ("full-name", "birth-date", "sex-at-birth", "who-answers", "phone"):
        assert ITEMS[link_id]["required"] is True


# --- words -----------------------------------------------------------------------------


def is_verbatim(link_id: str) -> bool:
    chain = {link_id, *(above["linkId"] for above in ABOVE[link_id])}
    return bool(chain & VERBATIM)


def question_words(item: Data) -> str:
    """The question and its notes, each on a line of its own."""
    notes = [child["text"] for child in item.get("item", []) if child["type"] == "display"]
    return "\n".join([item["text"], *notes])


def option_words(item: Data) -> str:
    """The answers to tick, each on a line of its own."""
    return "\n".join(option["valueCoding"]["display"] for option in item.get("answerOption", []))


OUR_WORDS = [
    link_id
    for link_id, item in ITEMS.items()
    if is_asked(item) and not is_verbatim(link_id) and item["type"] != "group"
]


@pytest.mark.parametrize("link_id", OUR_WORDS)
def test_a_question_reads_at_grade_6_or_lower_in_short_sentences(link_id):
    for words in (question_words(ITEMS[link_id]), option_words(ITEMS[link_id])):
        measured = reading(words, NAMES_AND_TERMS)
        assert measured.grade <= 6
        assert measured.longest <= 20, measured.longest_sentence
