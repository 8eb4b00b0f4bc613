"""What a list row says of a rule is short, and keeps what is private to itself."""

import re

import pytest

from clinic.library.places import content_dir
from clinic.library.rules import read_rules
from clinic.triage.rules import Rule
from clinic.triage.sensitive import SENSITIVE

MOST_WORDS = 12
PRIVATE = re.compile(
    r"pregnan|birth|period|bleeding, fluid|movement|sexual|\bsex\b|\bTB\b|infection|inject|dialysis"
    r"|weak defense|harm|suicid|transfus|breast",
    re.IGNORECASE,
)
"""Words that would give away an answer of red_flags.md 3.4."""

RULES = [rule for rule in read_rules(content_dir()).rules if rule.urgency is not None]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_row_says_the_reason_in_at_most_twelve_words(rule: Rule):
    assert 0 < len(rule.row_words.split()) <= MOST_WORDS


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if rule.reads & SENSITIVE], ids=lambda rule: rule.id
)
def test_a_row_gives_no_private_answer_away(rule: Rule):
    assert not PRIVATE.search(rule.row_words)


def test_the_private_words_are_known_when_they_are_seen():
    told = [rule.id for rule in RULES if rule.reads & SENSITIVE and PRIVATE.search(rule.staff)]

    assert {"CES-2", "INF-6", "PR-1", "MO-1"} <= set(told)
