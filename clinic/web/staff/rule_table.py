"""The clinical tables in full, for staff: ids, levels, conditions, words, grounds, signatures."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, render_template

from clinic.library.sources import Source
from clinic.triage.rules import RuleSet
from clinic.triage.tables import Edition, Row, Table, editions
from clinic.web.security import Audience, open_to
from clinic.web.visit import house, sources

blueprint = Blueprint("rule_table", __name__, url_prefix="/rules")

TITLES = {
    Table.RED_FLAGS: "Red flags",
    Table.SCORES: "Scores",
    Table.STRETCHES: "Stretch advice",
    Table.REGENERATIVE: "Regenerative gate",
}


@dataclass(frozen=True, slots=True)
class Chapter:
    """Rows that stand together under one title."""

    title: str
    rows: tuple[Row, ...]


@blueprint.route("")
@open_to(Audience.FRONT_DESK, Audience.CLINICIAN, Audience.ADMIN)
def rules() -> str:
    """Show every row of every table."""
    book = house().book
    tables = [
        (TITLES[edition.table], edition, tuple(_chapters(edition, book.red_flags)))
        for edition in editions(book)
    ]
    return render_template("staff/rules.html", tables=tables, cited=_cited)


def _chapters(edition: Edition, flags: RuleSet) -> Iterator[Chapter]:
    """Give the red flags by subject, as on the public page; another table whole."""
    if edition.table is not Table.RED_FLAGS:
        yield Chapter(f"All {len(edition.rows)} rows", edition.rows)
        return
    by_id = {row.id: row for row in edition.rows}
    for subject in flags.subjects:
        rows = tuple(by_id[rule_id] for rule_id in subject.rules)
        yield Chapter(f"{subject.title} ({len(rows)})", rows)


def _cited(row: Row) -> list[Source]:
    return [sources().source(key) for key in row.source]
