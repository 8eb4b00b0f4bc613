"""The page for the reviewing clinician names what is in the files, and every open point."""

import re
from pathlib import Path

import pytest

from clinic.library.places import content_dir
from clinic.library.questionnaires import read_questionnaire
from clinic.library.rulebook import read_rulebook
from clinic.triage.advice import DO_NOT_DRIVE, NERVE_RULES, advice_ids
from clinic.triage.assess import Finding
from tests.triage.test_truth_tables import SAID_IN_WORDS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "clinical-review.md").read_text(encoding="utf-8")
BOOK = read_rulebook(content_dir())
RULE_SET = BOOK.red_flags
FORM = read_questionnaire(content_dir() / "questionnaires" / "low-back-intake.yaml")
OPEN_POINTS = 36

RULE_ID = r"\b(?:CES|MOT|CORD|CA|SEP|INF|FX|VA|CH|VI|SC|INFL|PR|BL|DEV|AG|CL|PE|PX|AGE|NS|MO)"
RULE_ID += r"-(?:\d+[a-z]?|max)\b"


def part(title: str) -> str:
    """The text under a heading of the second level."""
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    """The rows of the tables in a text, without their heads."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_every_open_point_of_the_draft_is_asked_once_with_room_for_a_decision():
    head, *asked = rows(part("Open points"))

    assert [row[0] for row in asked] == [str(n) for n in range(1, OPEN_POINTS + 1)]
    assert head[3:] == ["Name", "Date", "Decision"]
    assert all(len(row) == len(head) for row in asked)
    assert all("?" in row[1] for row in asked)


def test_every_choice_of_the_project_is_a_question_with_room_for_a_decision():
    head, *asked = rows(part("Choices of this project that need a clinician"))

    assert head[3:] == ["Name", "Date", "Decision"]
    assert all("?" in row[1] and row[2] for row in asked)


def test_every_rule_that_the_page_names_is_a_rule():
    known = {rule.id for rule in RULE_SET.rules} | {quiet.id for quiet in RULE_SET.quiet}

    assert set(re.findall(RULE_ID, PAGE)) <= known


@pytest.mark.parametrize(
    "path",
    sorted(set(re.findall(r"`((?:content|clinic|docs|tests|templates|bench)/[\w./-]+)`", PAGE))),
)
def test_every_file_that_the_page_points_at_is_there(path: str):
    assert (ROOT / path).exists()


def test_every_condition_and_question_that_the_page_names_is_there():
    named = set(re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`", PAGE))
    rule_words = {"red-flags", "project-decision", "from-memory", "years-known", "older-slow"}
    scores = {each.id for each in (*BOOK.scores.scores, *BOOK.scores.typed)}
    rows_of_others = {each.id for each in (*BOOK.stretches.rules, *BOOK.regenerative.facts)}
    known = RULE_SET.named.keys() | FORM.by_link_id.keys() | rule_words

    assert named <= known | scores | rows_of_others


def test_every_note_that_the_draft_tells_in_words_is_among_the_differences():
    told = part("Where the red-flag rules differ from the clinical draft")

    assert set(SAID_IN_WORDS) <= set(re.findall(RULE_ID, told))


def test_every_rule_whose_words_go_further_than_the_draft_is_among_the_differences():
    further = [
        rule.id
        for rule in RULE_SET.rules
        if DO_NOT_DRIVE in advice_ids([_finding(rule.id)]) and not rule.id.startswith(NERVE_RULES)
    ]
    told = part("Where the red-flag rules differ from the clinical draft")

    assert further
    for rule_id in further:
        assert rule_id in told or f"{rule_id.split('-')[0]}-*" in told


def _finding(rule_id: str) -> Finding:
    rule = RULE_SET.rule(rule_id)
    return Finding(
        rule_id=rule.id,
        urgency=rule.urgency,
        flags=rule.flags,
        staff=rule.staff,
        advice=rule.advice,
    )
