"""The clinical tables read the same in every place, and say their conditions in words."""

import pytest

from clinic.library.places import content_dir
from clinic.library.rulebook import read_rulebook
from clinic.questionnaire.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    Comparison,
    Condition,
    Kind,
    Named,
    NoneOf,
    Operator,
)
from clinic.triage.readable import in_words, named_in
from clinic.triage.tables import Edition, Table, editions
from tests.make import make_comparison

BOOK = read_rulebook(content_dir())
EDITIONS = {edition.table: edition for edition in editions(BOOK)}
FEVER = make_comparison("fever", "=", "yes")
CHILLS = make_comparison("chills", "=", "yes")
HIGH = make_comparison("pain-where", "=", "upper-back")
MID = make_comparison("pain-where", "=", "mid-back")
OLD = Comparison(Kind.FACT, "age-years", Operator.GREATER_OR_EQUAL, 65)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (FEVER, "fever is yes"),
        (make_comparison("fever", "!=", "no"), "fever is not no"),
        (make_comparison("fever", "exists", False), "fever is blank"),
        (make_comparison("fever", "exists", True), "fever is answered"),
        (OLD, "fact age-years is at least 65"),
        (AllOf((FEVER, OLD)), "fever is yes and fact age-years is at least 65"),
        (AnyOf((HIGH, MID)), "pain-where is one of upper-back, mid-back"),
        (AllOf((HIGH, MID)), "pain-where is upper-back and pain-where is mid-back"),
        (
            AllOf((make_comparison("a", "!=", "x"), make_comparison("a", "!=", "y"))),
            "a is none of x, y",
        ),
        (AllOf((FEVER, AnyOf((CHILLS, OLD)))),
         "fever is yes and (chills is yes or fact age-years is at least 65)"),
        (NoneOf((FEVER, CHILLS)), "none of (fever is yes; chills is yes)"),
        (AtLeast(2, (FEVER, CHILLS, OLD)),
         "at least 2 of (fever is yes; chills is yes; fact age-years is at least 65)"),
        (AnyOf((Named("hot", FEVER), CHILLS)), "HOT or chills is yes"),
        (AnyOf(()), "never"),
    ],
)  # fmt: skip
def test_a_condition_is_said_in_words(condition: Condition, words: str) -> None:
    assert in_words(condition) == words


def test_named_parts_are_found_inside_one_another() -> None:
    hot = Named("hot", FEVER)
    ill = Named("ill", AnyOf((hot, CHILLS)))

    assert set(named_in([NoneOf((ill,))])) == {"hot", "ill"}


def test_the_four_tables_hold_every_row_of_the_book() -> None:
    ids = {table: [row.id for row in edition.rows] for table, edition in EDITIONS.items()}

    assert ids[Table.RED_FLAGS] == [rule.id for rule in BOOK.red_flags.rules]
    assert ids[Table.STRETCHES] == [rule.id for rule in BOOK.stretches.rules]
    assert ids[Table.REGENERATIVE] == [fact.id for fact in BOOK.regenerative.facts]
    assert ids[Table.SCORES] == [
        *(score.id for score in BOOK.scores.scores),
        *(total.id for total in BOOK.scores.typed),
    ]


@pytest.mark.parametrize("edition", EDITIONS.values(), ids=lambda edition: edition.table)
def test_every_row_has_words_grounds_and_a_day_to_be_looked_at_again(edition: Edition) -> None:
    for row in edition.rows:
        assert row.staff, row.id
        assert row.public, row.id
        assert row.source, row.id
        assert row.when, row.id
        assert row.verdict, row.id
        assert row.review_by is not None, row.id


@pytest.mark.parametrize("table", [Table.RED_FLAGS, Table.STRETCHES, Table.REGENERATIVE])
def test_a_name_in_capitals_is_explained_with_its_table(table: Table) -> None:
    edition = EDITIONS[table]
    explained = {name for name, _ in edition.named}
    said = [row.when for row in edition.rows] + [words for _, words in edition.named]
    used = {
        word.strip("();,")
        for words in said
        for word in words.split()
        if word.isupper() and len(word.strip("();,")) > 1
    }

    assert used == explained


@pytest.mark.parametrize(
    ("rule_id", "told"),
    [
        ("FX-1b", ("the patient also reads: do-not-drive, lie-still",)),
        ("NS-1", ("the patient also reads: not-sure",)),
        ("VA-7", ()),
    ],
)
def test_a_red_flag_names_the_extra_words_that_go_with_it(
    rule_id: str, told: tuple[str, ...]
) -> None:
    rows = {row.id: row for row in EDITIONS[Table.RED_FLAGS].rows}

    assert rows[rule_id].details == told
