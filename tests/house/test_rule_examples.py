"""Every rule of the safety screen can fire and can stay silent, shown on answers of one person."""

import json
import shutil
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from clinic.cli import main
from clinic.library.check import content_faults
from clinic.library.places import content_dir
from clinic.library.rule_examples import FILE, check_rule_examples, read_rule_examples
from clinic.library.rules import read_rules
from clinic.triage.assess import Assessment, assess
from clinic.triage.rules import Rule
from tests.make import shipped_questionnaire

RULES = read_rules(content_dir())
EXAMPLES = read_rule_examples(content_dir(), shipped_questionnaire())
SENT = date(2026, 11, 23)
PLAIN = assess(RULES, shipped_questionnaire(), EXAMPLES.base, today=SENT)


@cache
def assessed(rule_id: str) -> Assessment:
    response = EXAMPLES.response(rule_id)
    return assess(RULES, shipped_questionnaire(), response, today=SENT)


def fired(assessment: Assessment) -> set[str]:
    return {finding.rule_id for finding in assessment.findings}


def test_every_rule_has_an_example_and_no_example_is_of_an_unknown_rule() -> None:
    assert list(EXAMPLES.answers) == [rule.id for rule in RULES.rules]


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.id)
def test_an_example_fires_its_rule_on_a_finished_screen(rule: Rule) -> None:
    found = assessed(rule.id)

    assert rule.id in fired(found)
    assert not found.incomplete


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.id)
def test_a_rule_stays_silent_on_plain_back_pain(rule: Rule) -> None:
    assert rule.id not in fired(PLAIN)


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES.rules if rule.urgency], ids=lambda rule: rule.id
)
def test_the_level_of_an_example_is_that_of_its_rule(rule: Rule) -> None:
    assert assessed(rule.id).urgency is rule.urgency


@pytest.mark.parametrize("rule_id", ["CES-1", "MO-1"])
def test_the_example_that_a_command_prints_is_one_that_a_command_assesses(
    rule_id: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rules", "--example", rule_id]) == 0
    file = tmp_path / "example.json"
    file.write_text(capsys.readouterr().out, encoding="utf-8")

    assert main(["assess", str(file)]) == 0
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert rule_id in {finding["rule"] for finding in findings}


def test_an_example_of_an_unknown_rule_names_the_rules_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["rules", "--example", "CES-99"]) == 1
    assert "There is one of: CES-1, CES-1b," in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("CA-3: {weight-loss:", "CA-3: {weight-gone:", "has no question 'weight-gone'"),
        ("VA-7: {leg-cold: \"yes\"}", "VA-7: {leg-cold: icy}", "'leg-cold' does not take 'icy'"),
        ("  VA-7: {leg-cold: \"yes\"}\n", "", "the rule 'VA-7' has no example"),
        ("VA-7: {", "VA-77: {", "there is no rule 'VA-77'"),
        ("base: plain-back-pain", "base: plain-neck-pain", "there is no plain-neck-pain.json"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_examples_is_told_with_the_file(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    content = tmp_path / "content"
    shutil.copytree(content_dir() / FILE.parent, content / FILE.parent)
    text = (content / FILE).read_text(encoding="utf-8")
    assert old in text
    (content / FILE).write_text(text.replace(old, new, 1), encoding="utf-8")

    _, faults = check_rule_examples(content, shipped_questionnaire(), RULES)
    assert [fault.path for fault in faults if told in fault.message] == [str(content / FILE)]


def test_the_check_of_all_content_reads_the_examples(tmp_path: Path) -> None:
    content = Path(shutil.copytree(content_dir(), tmp_path / "content"))
    (content / FILE).unlink()

    assert any("no rule has an example" in fault for fault in content_faults(content))
