"""What was explained of the options, asked back: staff read what to explain again, and no score."""

import pytest

from tests.make import make_intake, shipped_questionnaire, shown_keys
from tests.summary.patients import PLAIN, shipped_rules, summary_of

ASKS = {**PLAIN, "regen-interest": "yes", "regen-wait": ["none"], "regen-caution": ["none"],
        "care-tried": ["exercise"]}  # fmt: skip
RIGHT = {"shots-proven": "no", "shots-harm": "yes", "shots-pay": "yes"}


def options_line(answers):
    goals = next(each for each in summary_of(answers).sections if each.id == "goals")
    return next(line for line in goals.lines if line.id == "options").text


@pytest.mark.parametrize(
    ("missed", "answer", "words"),
    [
        ("shots-proven", "yes", "explain again what is proven (said: Yes)"),
        ("shots-harm", "not-sure", "explain again what harm there can be (said: Not sure)"),
        ("shots-pay", "no", "explain again who pays (said: No)"),
    ],
)
def test_a_miss_is_told_to_staff_and_nothing_else(missed, answer, words):
    told = options_line({**ASKS, **RIGHT, missed: answer})

    assert words in told
    assert told.count("explain again") == 1


def test_right_answers_and_blanks_add_nothing():
    assert options_line({**ASKS, **RIGHT}) == options_line(ASKS)
    assert "explain again" not in options_line(ASKS)


def test_no_rule_reads_what_was_asked_back_and_a_blank_holds_nobody_up():
    asked = shipped_questionnaire().by_link_id

    assert not set(RIGHT) & {question for rule in shipped_rules().rules for question in rule.reads}
    assert not any(asked[link_id].required for link_id in RIGHT)


def test_only_those_who_may_ask_about_the_options_are_asked():
    wants, wants_not = (make_intake(given) for given in (ASKS, {**ASKS, "regen-interest": "no"}))

    assert set(RIGHT) <= set(shown_keys(wants))
    assert not set(RIGHT) & set(shown_keys(wants_not))
