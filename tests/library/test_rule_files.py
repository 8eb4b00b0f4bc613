"""What is wrong in a rule file is told with the file, and what it names elsewhere is there."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from clinic.errors import ContentFault
from clinic.library.check import content_faults
from clinic.library.faults import Fault
from clinic.library.places import content_dir
from clinic.library.regenerative import check_regenerative
from clinic.library.rulebook import read_rulebook
from clinic.library.rules import read_rules
from clinic.library.scores import check_scores
from clinic.library.stretches import check_stretches

NAMED = read_rules(content_dir()).named


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of the content folder, to be broken."""
    return Path(shutil.copytree(content_dir(), tmp_path / "content"))


def change(content: Path, name: str, old: str, new: str) -> None:
    path = content / "rules" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


CHECKS: dict[str, Callable[[Path], tuple[object, list[Fault]]]] = {
    "scores.yaml": check_scores,
    "stretches.yaml": check_stretches,
    "regenerative.yaml": lambda content: check_regenerative(content, NAMED),
}


@pytest.mark.parametrize("name", CHECKS)
def test_a_rule_file_as_shipped_has_no_fault(content: Path, name: str) -> None:
    table, faults = CHECKS[name](content)

    assert table is not None
    assert faults == []


@pytest.mark.parametrize("name", CHECKS)
def test_a_rule_file_that_is_missing_is_told(content: Path, name: str) -> None:
    (content / "rules" / name).unlink()
    table, faults = CHECKS[name](content)

    assert table is None
    assert "this file is missing" in str(faults[0])


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("scores.yaml", "method: mean", "method: median", "'method' must be one of"),
        ("scores.yaml", "{least: 6, label: moderate}", "{least: 0, label: moderate}", "must rise"),
        ("scores.yaml", "id: peg\n", "id: rmdq\n", "stands twice"),
        ("scores.yaml", 'points: "7.5"', 'points: "much"', "'points' must be a whole number"),
        ("scores.yaml", "higher_is: worse", "higher_is: bad", "'higher_is' must be one of"),
        ("scores.yaml", "review_by: 2027-05-01", "review_by: 2027-02-31", "must be a date"),
        ("stretches.yaml", "seconds: 60", "seconds: 61", "from 1 to 60"),
        ("stretches.yaml", "forms: [full form, ", "forms: [", "must name each of the drawings"),
        ("stretches.yaml", "{verdict: avoid}", "{verdict: maybe}", "'verdict' must be one of"),
        ("stretches.yaml", "{verdict: avoid}", "{verdict: modify}", "say exactly what to do"),
        ("stretches.yaml", "drawing: childs_pose_easier}", "drawing: sphinx}", "is no drawing of"),
        ("stretches.yaml", "unfinished: questions-open", "unfinished: nobody", "must be one of"),
        ("stretches.yaml", "id: urgent\n", "id: glaucoma\n", "stands twice"),
        ("stretches.yaml", "{condition: narrow-canal}", "{condition: wide}", "stands above"),
        ("stretches.yaml", "sphinx: {verdict: avoid}", "cobra: {verdict: avoid}", "unknown key"),
        ("regenerative.yaml", "level: caution", "level: careful", "'level' must be one of"),
        ("regenerative.yaml", "- id: not_now", "- id: caution", "in this order"),
        ("regenerative.yaml", "{condition: low-temp}", "{condition: cold}", "stands above"),
        ("regenerative.yaml", "id: fever\n", "id: wound\n", "stands twice"),
        ("regenerative.yaml", "override: none", "override: anyone", "'override' must be one of"),
    ],
)
def test_a_fault_of_a_rule_file_is_told_with_its_line(
    content: Path, name: str, old: str, new: str, told: str
) -> None:
    change(content, name, old, new)
    table, faults = CHECKS[name](content)

    assert table is None
    matching = [fault for fault in faults if told in fault.message]
    assert matching, faults
    assert all(fault.path.endswith(name) and fault.line > 1 for fault in matching)


def test_the_tables_cannot_be_read_while_one_has_a_fault(content: Path) -> None:
    change(content, "stretches.yaml", "seconds: 60", "seconds: 90")
    change(content, "scores.yaml", "method: mean", "method: median")

    with pytest.raises(ContentFault) as raised:
        read_rulebook(content)
    told = "\n".join(raised.value.faults)
    assert "stretches.yaml" in told
    assert "scores.yaml" in told


def test_what_a_rule_file_names_and_nothing_has_is_told(content: Path) -> None:
    change(content, "stretches.yaml", "source: press-up-totalback", "source: my-aunt")
    change(content, "stretches.yaml", "question: aneurysm,", "question: bulge,")
    change(content, "stretches.yaml", "answer: glaucoma}", "answer: cataract}")
    change(content, "stretches.yaml", "{flag: inflammatory,", "{flag: joints,")
    change(content, "stretches.yaml", "{fact: stretch-questions,", "{fact: questions,")
    change(content, "stretches.yaml", "{urgency: level, ", "{urgency: rank, ")
    change(content, "regenerative.yaml", "{score: phq-4,", "{score: phq-9,")
    change(content, "scores.yaml", "peg-enjoyment, peg-activity", "peg-enjoyment, peg-life")
    (content / "figures" / "sphinx_easier.svg").unlink()

    told = "\n".join(content_faults(content))
    for message in (
        "narrow-canal names no known source 'my-aunt'",
        "aneurysm: low-back-intake has no question 'bulge'",
        "glaucoma: 'head-facts' does not offer 'cataract'",
        "inflammatory: there is no flag 'joints'",
        "questions-open: there is no fact 'questions'",
        "there is no urgency 'rank'",
        "severe-mood: there is no score 'phq-9'",
        "peg: low-back-intake does not ask peg-life",
        "sphinx: there is no drawing 'sphinx_easier'",
    ):
        assert message in told, message


def test_a_question_that_nothing_reads_is_told(content: Path) -> None:
    path = content / "questionnaires" / "low-back-intake.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("item:\n", "item:\n  - linkId: shoe-size\n    type: integer\n"
                     "    text: What is your shoe size?\n", 1),
        encoding="utf-8",
    )  # fmt: skip

    assert any("reads 'shoe-size': drop it" in fault for fault in content_faults(content))
