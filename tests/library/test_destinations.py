"""The table of destinations, as it is shipped and as it is read."""

from pathlib import Path

import pytest

from clinic.library.destinations import check_destinations, read_destinations
from clinic.library.places import content_dir
from clinic.library.rulebook import read_rulebook
from clinic.library.sources import read_sources
from clinic.triage.rules import Urgency

CONTENT = content_dir()
RULES = read_rulebook(CONTENT).red_flags
TABLE = read_destinations(CONTENT, RULES)


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES.rules if rule.flags and rule.urgency], ids=lambda rule: rule.id
)
def test_every_rule_that_gives_a_level_leads_somewhere(rule):
    assert [row for row in TABLE.destinations if rule.id in row.findings]


def test_no_rule_leads_to_two_rows():
    named = [rule_id for row in TABLE.destinations for rule_id in row.findings]

    assert len(named) == len(set(named))


def test_emergencies_are_told_by_telephone_first_and_nothing_else_is():
    for row in TABLE.destinations:
        levels = {RULES.rule(rule_id).urgency for rule_id in row.findings}
        assert row.phone_first is (levels == {Urgency.EMERGENCY_NOW}), row.id


def test_a_row_speaks_for_one_level():
    for row in TABLE.destinations:
        levels = {RULES.rule(rule_id).urgency for rule_id in row.findings}
        assert len(levels) <= 1, row.id


def test_rows_stand_most_urgent_first():
    ranks = [RULES.rule(row.findings[0]).urgency.rank for row in TABLE.destinations if row.findings]

    assert ranks == sorted(ranks)


def test_every_source_is_known_and_nothing_is_signed():
    sources = read_sources(CONTENT)

    assert all(key in sources for row in TABLE.destinations for key in row.source)
    assert not any(row.reviewed_by for row in TABLE.destinations)


def _faults(tmp_path: Path, old: str, new: str) -> list[str]:
    text = (CONTENT / "rules" / "destinations.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "destinations.yaml").write_text(
        text.replace(old, new, 1), encoding="utf-8"
    )
    table, faults = check_destinations(tmp_path, RULES)
    assert table is None
    return [fault.message for fault in faults]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[CORD-3]", "[CORD-9]", "there is no rule 'CORD-9'"),
        ("service: eye-care", "service: eye-shop", "service"),
        ("id: today-eye", "id: today-leg", "stands twice"),
        ("    findings: [CORD-3]\n", "", "nothing would lead to this row"),
        ('"=", answer: chronic}', '"~", answer: chronic}', "is no operator"),
    ],
)
def test_what_is_wrong_is_told_by_line(tmp_path, old, new, message):
    assert any(message in fault for fault in _faults(tmp_path, old, new))


def test_a_missing_file_is_told(tmp_path):
    table, faults = check_destinations(tmp_path, RULES)

    assert table is None
    assert "referrals need it" in faults[0].message
