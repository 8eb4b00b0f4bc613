"""Staff see what is overdue for a review, and what is due soon."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from clinic.cli import main
from clinic.library.claims import Claim, ClaimKind, Due, claims, due_lines
from clinic.library.shelf import Shelf
from clinic.store.database import Database
from clinic.store.staff import Role
from tests.web.staff import Worker, hire

PAGE = "/staff/content"
DAY = date(2027, 5, 1)
CLAIM = Claim(
    kind=ClaimKind.TEXT, file="en/pages/x.md", title="X", review_by=DAY,
    reviewed_by=None, reviewed_on=None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("days_before", "due"),
    [
        (-1, Due.OVERDUE),
        (0, Due.SOON),
        (1, Due.SOON),
        (60, Due.SOON),
        (61, Due.LATER),
    ],
)
def test_a_claim_is_due_soon_for_60_days_and_overdue_from_the_day_after(
    days_before: int, due: Due
) -> None:
    assert CLAIM.due(DAY - timedelta(days=days_before)) is due


def test_everything_with_a_review_date_is_a_claim(shelf: Shelf) -> None:
    found = claims(shelf.articles, shelf.book)

    texts = [claim for claim in found if claim.kind is ClaimKind.TEXT]
    labels = [claim for claim in found if claim.kind is ClaimKind.LABEL]
    rules = [claim for claim in found if claim.kind is ClaimKind.RULES]
    assert len(texts) == len(list(shelf.articles))
    assert sorted(claim.file for claim in labels) == [
        f"{language}/options/{option}.md"
        for language in ("en", "es")
        for option in ("platelet-rich-plasma", "stem-cell-therapy")
    ]
    assert sum(len(claim.parts) for claim in rules if "red-flags" in claim.file) == 139
    assert [claim.review_by for claim in found] == sorted(claim.review_by for claim in found)


def test_rows_that_are_due_on_another_day_are_listed_apart(shelf: Shelf) -> None:
    flags = shelf.book.red_flags
    first = replace(flags.rules[0], review_by=date(2026, 12, 1), reviewed_by="Dr. Ng")
    book = replace(shelf.book, red_flags=replace(flags, rules=(first, *flags.rules[1:])))

    found = [claim for claim in claims([], book) if claim.file == "rules/red-flags.yaml"]
    assert [(claim.parts[:1], len(claim.parts), claim.reviewed_by) for claim in found] == [
        (("CES-1",), 1, "Dr. Ng"),
        (("CES-1b",), 138, None),
    ]


def test_a_line_of_a_label_that_is_due_sooner_is_listed_apart(shelf: Shelf) -> None:
    option = shelf.articles.get("options", "stem-cell-therapy", "en")
    cost = replace(option.facts["cost"], review_by=date(2026, 12, 1))
    sooner = replace(option, facts={**option.facts, "cost": cost})

    found = [claim for claim in claims([sooner], shelf.book) if claim.kind is ClaimKind.LABEL]
    assert [(claim.parts, claim.due(date(2026, 12, 2))) for claim in found] == [
        (("cost",), Due.OVERDUE),
        (tuple(name for name in option.facts if name != "cost"), Due.LATER),
    ]


@pytest.mark.parametrize(
    ("day", "overdue", "soon"),
    [("2027-03-01", 0, False), ("2027-03-02", 0, True), ("2027-05-01", 0, True),
     ("2027-05-02", 1, False)],
)  # fmt: skip
def test_a_clinician_sees_what_is_overdue_and_what_is_due_soon(
    app: Flask, database: Database, clock, shelf: Shelf, day: str, overdue: int, soon: bool
) -> None:
    clock.now = datetime.fromisoformat(f"{day}T12:00:00-04:00")
    every = len(claims(shelf.articles, shelf.book))
    page = Worker(app, hire(database, "cleo", Role.CLINICIAN)).signs_in().browser.get(PAGE)

    headings = [heading.text for heading in page.select("main h2")]
    assert headings[0] == f"Overdue: {every * overdue}"
    assert headings[1] == f"Due within 60 days: {every * soon}"
    row = next(row for row in page.select("tbody tr") if "rules/red-flags.yaml" in row.text)
    assert "Awaiting clinical review" in row.text
    assert "May 1, 2027" in row.text
    translated = next(row for row in page.select("tbody tr") if "es/pages/safety" in row.text)
    assert "Awaiting review by a qualified translator" in translated.text


def test_an_admin_sees_it_too(app: Flask, database: Database) -> None:
    page = Worker(app, hire(database, "ada", Role.ADMIN)).signs_in().browser.get(PAGE)

    assert page.heading == "Reviews: what is due"


def test_what_is_due_is_printed_and_is_no_fault(
    shelf: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = list(due_lines(claims(shelf.articles, shelf.book), date(2027, 5, 2)))

    assert any("rules/red-flags.yaml: 139 of 139 rows" in line for line in lines)
    assert all("overdue since 2027-05-01, signed by nobody" in line for line in lines)
    assert list(due_lines([CLAIM], DAY)) == [
        "en/pages/x.md: X: due by 2027-05-01, signed by nobody"
    ]
    assert main(["check"]) == 0
    assert capsys.readouterr().out == ""
