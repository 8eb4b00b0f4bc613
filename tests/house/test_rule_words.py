"""What the public reads of a rule is short, plain and about the answers, not about a disease."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from clinic.library.places import content_dir
from clinic.library.rulebook import read_rulebook
from clinic.triage.tables import Row, editions
from tests.house.reading import reading, words

HARDEST_GRADE = 6.0
LONGEST_SENTENCE = 20
SHORTEST_MEASURED = 8

BOOK = read_rulebook(content_dir())
GLOSSARY = YAML(typ="safe").load((Path(content_dir()) / "words.yaml").read_text(encoding="utf-8"))
ROWS = [row for edition in editions(BOOK) for row in edition.rows]


def changes() -> Iterator[str]:
    for rule in BOOK.stretches.rules:
        for effect in rule.effects.values():
            if effect.change:
                yield effect.change


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.table}-{row.id}")
def test_the_public_words_of_a_row_read_at_grade_6_or_lower(row: Row) -> None:
    measured = reading(row.public, GLOSSARY)

    assert measured.longest <= LONGEST_SENTENCE, measured.longest_sentence
    if len(words(row.public)) >= SHORTEST_MEASURED:
        assert measured.grade <= HARDEST_GRADE, row.public


@pytest.mark.parametrize("change", sorted(set(changes())))
def test_the_change_of_a_stretch_reads_at_grade_6_or_lower(change: str) -> None:
    measured = reading(change, GLOSSARY)

    assert measured.longest <= LONGEST_SENTENCE
    if len(words(change)) >= SHORTEST_MEASURED:
        assert measured.grade <= HARDEST_GRADE


@pytest.mark.parametrize("title", [subject.title for subject in BOOK.red_flags.subjects])
def test_the_title_of_a_subject_reads_at_grade_6_or_lower(title: str) -> None:
    assert reading(title, GLOSSARY).grade <= HARDEST_GRADE


@pytest.mark.parametrize("rule", BOOK.red_flags.rules, ids=lambda rule: rule.id)
def test_the_public_words_of_a_rule_are_not_those_for_staff(rule) -> None:
    assert rule.about not in (rule.staff, rule.row)
