"""The stretch advice that a patient reads is as plain as every other text."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from clinic.library.places import content_dir
from clinic.library.stretches import read_stretches
from tests.house.reading import reading
from tests.house.test_reading_grade import HARDEST_GRADE, LONGEST_SENTENCE

GLOSSARY = YAML(typ="safe").load((content_dir() / "words.yaml").read_text(encoding="utf-8"))
TABLE = read_stretches(content_dir())
REASONS = sorted({because.words for rule in TABLE.rules for because in rule.because})
CHANGES = sorted({e.change for rule in TABLE.rules for e in rule.effects.values() if e.change})
HOLDS = [hold.text for form in TABLE.stretches for hold in form.holds.values()]


@pytest.mark.parametrize("text", [*REASONS, *CHANGES, *HOLDS, TABLE.none_now, TABLE.walk])
def test_advice_reads_at_grade_6_or_lower(text: str) -> None:
    measured = reading(text, GLOSSARY)

    assert measured.grade <= HARDEST_GRADE
    assert measured.longest + len(["because"]) <= LONGEST_SENTENCE


@pytest.mark.parametrize("words", REASONS)
def test_a_reason_goes_on_after_because(words: str) -> None:
    assert words[0].islower(), "it stands inside a sentence"
    assert words[-1] not in ".!?"


@pytest.mark.parametrize("text", [*CHANGES, *HOLDS])
def test_a_change_is_a_sentence_of_its_own(text: str) -> None:
    assert text[0].isupper()
    assert text.endswith(".")


def test_every_drawing_that_advice_names_is_there() -> None:
    named = {drawing for form in TABLE.stretches for drawing in form.drawings}
    drawn = {Path(path).stem for path in (content_dir() / "figures").glob("*.svg")}

    assert named <= drawn
