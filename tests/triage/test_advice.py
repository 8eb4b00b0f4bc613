"""Which extra words go with which findings."""

import pytest

from clinic.triage.advice import advice_ids
from clinic.triage.assess import Finding
from tests.triage.test_patients import RULES


def findings_of(*rule_ids: str) -> list[Finding]:
    rules = [RULES.rule(rule_id) for rule_id in rule_ids]
    return [
        Finding(rule_id=r.id, urgency=r.urgency, flags=r.flags, staff=r.staff, advice=r.advice)
        for r in rules
    ]


@pytest.mark.parametrize(
    ("rule_ids", "told"),
    [
        (["FX-1"], ("lie-still",)),
        (["FX-8"], ("lie-still",)),
        (["FX-9"], ("lie-still",)),
        (["PR-1"], ("pregnancy-line",)),
        (["PR-2b", "PR-4", "VI-3b"], ("pregnancy-line",)),
        (["MOT-2"], ("do-not-drive",)),
        (["CES-1"], ("do-not-drive",)),
        (["CES-1c"], ("do-not-drive",)),
        (["MOT-1c"], ("do-not-drive",)),
        (["CES-3c"], ()),
        (["MOT-3b"], ()),
        (["CORD-3"], ("do-not-drive", "sit-up")),
        (["FX-1b"], ("do-not-drive", "lie-still")),
        (["MO-1"], ("crisis-line",)),
        (["VI-2c"], ("own-doctor",)),
        (["INF-10"], ("urgent-care",)),
        (["INF-10", "INFL-2", "VI-2"], ("urgent-care",)),
        (["INF-10", "INF-2"], ()),
        (["CES-1c", "INF-10"], ("do-not-drive",)),
        (["NS-1"], ("not-sure",)),
        (["NS-1", "INF-10"], ("not-sure",)),
        (["VA-7"], ()),
    ],
)
def test_the_words_go_with_the_findings_as_the_draft_has_it(
    rule_ids: list[str], told: tuple[str, ...]
) -> None:
    assert advice_ids(findings_of(*rule_ids)) == told


def test_urgent_care_is_not_named_while_a_safety_question_is_open() -> None:
    assert advice_ids(findings_of("INF-10"), incomplete=True) == ()
