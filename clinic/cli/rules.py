"""The command that prints the clinical tables whole, so that they can be read and signed."""

import argparse
import json
import shutil
import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from clinic.cli.examples import example_of
from clinic.library.places import content_dir
from clinic.library.rulebook import read_rulebook
from clinic.triage.tables import Edition, Row, Table, editions

NARROWEST, WIDEST = 60, 110
LABEL = 10
NAMES = {
    Table.RED_FLAGS: "RED FLAGS",
    Table.SCORES: "SCORES",
    Table.STRETCHES: "STRETCH ADVICE",
    Table.REGENERATIVE: "REGENERATIVE GATE",
}
HINT = """\
Every row of the red flags, scores, stretch advice and regenerative gate: what it gives, what it
reads, when it holds, its words, where it comes from, who has signed it. A part in CAPITALS is a
named condition; they stand below the rows of their table.
"""


def add_commands(commands: Any) -> None:
    """Add this command to the parser."""
    rules = commands.add_parser(
        "rules", help="print the clinical tables, for reading and signing", description=HINT
    )
    rules.add_argument("--unreviewed", action="store_true", help="only what nobody has signed")
    rules.add_argument(
        "--set", choices=[str(table) for table in Table], help="only this table", dest="table"
    )
    rules.add_argument("--json", action="store_true", help="as JSON, one object a table")
    rules.add_argument(
        "--example",
        metavar="RULE-ID",
        help="print answers that fire a red-flag rule: a QuestionnaireResponse for `assess`",
    )
    rules.set_defaults(run=run_rules)


def run_rules(given: argparse.Namespace) -> int:
    """Print the tables, or an example of one rule."""
    if given.example:
        print(json.dumps(example_of(given.example), indent=1))
        return 0
    chosen = [
        edition
        for edition in editions(read_rulebook(content_dir()))
        if given.table in (None, edition.table)
    ]
    if given.json:
        print(json.dumps([_plain(each, given.unreviewed) for each in chosen], indent=1))
        return 0
    width = min(max(shutil.get_terminal_size((100, 0)).columns, NARROWEST), WIDEST)
    for edition in chosen:
        for line in _lines(edition, width, unreviewed=given.unreviewed):
            print(line)
    return 0


def _rows(edition: Edition, *, unreviewed: bool) -> tuple[Row, ...]:
    return edition.unsigned if unreviewed else edition.rows


def _plain(edition: Edition, unreviewed: bool) -> dict[str, Any]:
    return {
        "table": edition.table,
        "version": edition.version,
        "hash": edition.hash,
        "rows": [_plain_row(row) for row in _rows(edition, unreviewed=unreviewed)],
        "does_not_fire": [asdict(quiet) for quiet in edition.quiet],
        "said": dict(edition.said),
        "conditions": dict(edition.named),
    }


def _plain_row(row: Row) -> dict[str, Any]:
    return {
        key: value if value is None or isinstance(value, str | tuple) else str(value)
        for key, value in asdict(row).items()
        if key != "table"
    }


def _lines(edition: Edition, width: int, *, unreviewed: bool) -> Iterator[str]:
    rows = _rows(edition, unreviewed=unreviewed)
    yield f"{NAMES[edition.table]}  version {edition.version}, hash {edition.hash[:12]}"
    signed = len(edition.rows) - len(edition.unsigned)
    yield f"{signed} of {len(edition.rows)} signed" + (
        "" if signed else ": awaiting clinical review"
    )
    yield "=" * width
    for row in rows:
        yield from _block(row, width)
    if not unreviewed:
        for quiet in edition.quiet:
            yield from _part(f"{quiet.id}: does not fire.", quiet.staff, width)
        for label, words in edition.said:
            yield from _part(f"{label}:", words, width)
        yield from _conditions(edition, width)
    yield f"{len(rows)} of {len(edition.rows)} rules"
    yield ""


def _block(row: Row, width: int) -> Iterator[str]:
    yield from textwrap.wrap(
        "  ".join(filter(None, (row.id, row.verdict, ", ".join(row.flags)))),
        width,
        subsequent_indent="  ",
        break_on_hyphens=False,
    )
    for label, words in (
        ("staff", row.staff),
        ("list", "" if row.list_words == row.staff else row.list_words),
        ("public", row.public),
        ("when", row.when),
        ("also", "; ".join(row.details)),
        ("reads", ", ".join(row.reads)),
        ("source", ", ".join(row.source)),
        ("review", _review(row)),
    ):
        if words:
            yield from _part(f"  {label:{LABEL - 2}}", words, width)
    yield ""


def _part(label: str, words: str, width: int) -> list[str]:
    return textwrap.wrap(
        f"{label} {words}".rstrip(),
        width,
        subsequent_indent=" " * (LABEL + 1),
        break_on_hyphens=False,
        break_long_words=False,
    )


def _review(row: Row) -> str:
    signed = f"signed by {row.reviewed_by} on {row.reviewed_on}" if row.is_signed else "not signed"
    return f"{signed}, due {row.review_by}"


def _conditions(edition: Edition, width: int) -> Iterator[str]:
    if edition.named:
        yield "Named conditions:"
    for name, words in edition.named:
        yield from _part(f"  {name} =", words, width)
    yield ""
