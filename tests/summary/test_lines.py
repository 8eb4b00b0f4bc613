"""The lines of a summary are data: each names questions that exist, and no question is lost."""

from pathlib import Path

import pytest

from clinic.errors import ContentFault
from clinic.library.places import content_dir
from clinic.library.summaries import read_summary_plan
from clinic.summary.lines import EMPTY_PLAN
from tests.make import shipped_questionnaire
from tests.summary.patients import shipped_plan, shipped_rules

SCALES = {"rmdq", "phq4-nervous", "phq4-worry", "phq4-interest", "phq4-down"}
"""Read by the scores, and printed in full in the list of every answer."""

STAFF_ONLY = {"staff-self-harm", "age-years"}


def test_every_question_that_a_line_reads_is_asked():
    asked = set(shipped_questionnaire().by_link_id)

    assert set(shipped_plan().reads()) <= asked


def test_every_question_is_read_by_a_line_or_a_scale():
    read = set(shipped_plan().reads())
    questions = {item.link_id for item in shipped_questionnaire().walk() if item.is_question}

    assert questions - read == SCALES | STAFF_ONLY


def test_every_emergency_question_stands_among_the_safety_answers():
    told = set(shipped_plan().safety_questions())
    elsewhere = set(shipped_plan().reads()) - told

    assert shipped_rules().emergency_questions - told - STAFF_ONLY <= elsewhere


def test_every_flag_that_a_rule_raises_has_a_name():
    assert set(shipped_rules().flags) <= set(shipped_plan().flags)


def test_the_codes_that_hide_or_deny_an_answer_are_answers_of_the_question():
    known = shipped_questionnaire().by_link_id
    plan = shipped_plan()
    parts = [part for section in plan.sections for line in section.lines for part in line.parts]
    for part in parts:
        assert part.hide <= {option.code for option in known[part.question].options}
    for safety in plan.safety_plans():
        codes = {option.code for option in known[safety.question].options}
        assert codes & safety.no, safety.question


def test_a_questionnaire_without_a_plan_gets_an_empty_one():
    assert read_summary_plan(content_dir(), "another") is EMPTY_PLAN


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("say: now {}", "unknown key 'sai'"),
        ("lead: true", "'lead' must be true or false"),
        ("questionnaire: low-back-intake", "'questionnaire' is missing"),
    ],
)
def test_a_fault_names_its_file_and_line(tmp_path: Path, written: str, complaint: str):
    shipped = (content_dir() / "summary" / "low-back-intake.yaml").read_text(encoding="utf-8")
    wrong = {
        "say: now {}": ('say: "now {}"', 'sai: "now {}"'),
        "lead: true": ("lead: true", "lead: yes please"),
        "questionnaire: low-back-intake": ("questionnaire: low-back-intake", "# gone"),
    }[written]
    folder = tmp_path / "summary"
    folder.mkdir()
    file = folder / "low-back-intake.yaml"
    file.write_text(shipped.replace(*wrong, 1), encoding="utf-8")

    with pytest.raises(ContentFault) as caught:
        read_summary_plan(tmp_path)

    assert any(fault.startswith(f"{file}:") and complaint in fault for fault in caught.value.faults)
