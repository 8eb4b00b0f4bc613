"""The table of destinations, as it is shipped and as it is read."""

from pathlib import Path

import pytest

from clinic.library.destinations import check_destinations, read_destinations
from clinic.library.places import content_dir
from clinic.library.rulebook import read_rulebook
from clinic.library.sources import read_sources
from clinic.referral.destinations import proposals
from clinic.referral.topics import Topic
from clinic.triage.assess import assess_intake
from clinic.triage.guidance import guidance_of_intake
from clinic.triage.rules import Urgency
from tests.summary.patients import EMERGENCY, PLAIN, SENT, make_sent_intake

CONTENT = content_dir()
BOOK = read_rulebook(CONTENT)
RULES = BOOK.red_flags
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


def _proposed(answers) -> list[str]:
    intake, today = make_sent_intake(answers), SENT.date()
    found = assess_intake(RULES, intake, today)
    given = guidance_of_intake(BOOK, intake, found, today)
    return [each.destination.id for each in proposals(TABLE, intake, found, given, today)]


@pytest.mark.parametrize("change", ["same", "worse", "different"])
def test_plain_back_pain_that_is_not_better_after_two_weeks_is_led_to_physical_therapy(change):
    answers = {**PLAIN, "pain-duration": "2-to-4-weeks", "pain-change": change}

    assert "back-pain-over-2-weeks" in _proposed(answers)


@pytest.mark.parametrize(
    "changes",
    [
        {"pain-change": "better"},
        {"pain-duration": "under-2-weeks"},
        {"leg-pain": "below-knee"},
        {"fever": "yes", "chills": "yes"},
    ],
)
def test_other_back_pain_is_not_called_plain(changes):
    assert "back-pain-over-2-weeks" not in _proposed({**PLAIN, **changes})


def test_leg_pain_alone_leads_to_physical_therapy_and_to_a_spine_clinic_after_six_weeks():
    short = {**PLAIN, "leg-pain": "below-knee", "pain-duration": "2-to-4-weeks"}
    long = {**short, "pain-duration": "3-to-6-months", "pain-change": "same"}

    assert "leg-pain" in _proposed(short)
    assert "leg-pain-long" not in _proposed(short)
    assert "leg-pain-long" in _proposed(long)


def test_leg_pain_with_something_urgent_is_no_plain_leg_pain():
    long = {**EMERGENCY, "leg-pain": "below-knee", "pain-duration": "3-to-6-months"}

    assert not {"leg-pain", "leg-pain-long"} & set(_proposed(long))


def test_every_proposal_says_why():
    asking = {
        "regen-interest": "yes",
        "leg-pain": "below-knee",
        "phq4-interest": "nearly-every-day",
    }
    intake, today = (
        make_sent_intake({**PLAIN, **asking, "phq4-down": "nearly-every-day"}),
        SENT.date(),
    )
    found = assess_intake(RULES, intake, today)
    given = guidance_of_intake(BOOK, intake, found, today)

    proposed = list(proposals(TABLE, intake, found, given, today))

    assert {"leg-pain", "mood", "regenerative"} <= {each.destination.id for each in proposed}
    assert all(all(each.reasons) and each.reasons for each in proposed)


def test_plain_back_pain_is_checked_after_two_weeks():
    row = next(each for each in TABLE.destinations if each.id == "back-pain-over-2-weeks")

    assert (row.service.id, "2 weeks" in row.clock) == ("physical-therapy", True)


def test_a_consult_about_prp_is_proposed_to_whoever_asks():
    assert "regenerative" in _proposed({**PLAIN, "regen-interest": "yes"})
    assert "regenerative" not in _proposed({**PLAIN, "regen-interest": "no"})


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param(EMERGENCY, id="emergency"),
        pytest.param({**PLAIN, "pregnant": "yes", "minor-fall": "yes"}, id="same day"),
        pytest.param({**PLAIN, "weight-loss": "yes"}, id="2 weeks"),
    ],
)
def test_no_consult_about_prp_is_proposed_while_something_urgent_is_open(answers):
    asking = {**answers, "regen-interest": "yes"}
    level = assess_intake(RULES, make_sent_intake(asking), SENT.date()).urgency

    assert level in (Urgency.EMERGENCY_NOW, Urgency.SAME_DAY, Urgency.URGENT_2WK)
    assert "regenerative" not in _proposed(asking)


def test_who_takes_an_emergency_of_the_spine_is_told_whose_call_an_empty_stomach_is():
    row = next(each for each in TABLE.destinations if each.id == "emergency-spine")

    assert "Nil by mouth is the clinician's call." in row.note


def test_emergency_care_is_for_no_private_topic_of_its_own():
    assert TABLE.service("emergency-department").about == ()
    assert TABLE.service("behavioral-health").about == (Topic.MOOD,)


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
        ("about: [mood]", "about: [moods]", "there is no topic 'moods'"),
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
