"""The directory as a CSV file: bytes in, lines and faults out; entries in, text out. Pure."""

import csv
import difflib
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from clinic.errors import BadInput
from clinic.referral.provider import LONGEST, Provider

COLUMNS = (
    *("id", "name", "facility", "service", "npi", "licence", "board", "board_checked_on"),
    *("board_checked_by", "board_checked_where", "phone", "fax", "email", "address"),
    *("languages", "accepts", "financial_tie", "notes"),
)
NEEDED = ("name", "service")
MOST_ROWS = 1000
MOST_COLUMNS = 3 * len(COLUMNS)
"""With more it is some other sheet, and one fault says so better than a thousand."""
MOST_BYTES = 400_000
LONGEST_CELL = max(LONGEST.values())

HOW_TO_SAVE = "In Excel choose File, Save as, and the kind “CSV UTF-8 (Comma delimited)”."
SEMICOLONS = "The columns are parted by semicolons, not by commas. The file was read that way."
TABS = "The columns are parted by tabs, not by commas. The file was read that way."
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
BOOK_MARKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How an Excel workbook begins, a new one and an old one."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet compute a cell; the wide forms count in some languages."""
SHIELD = "'"
"""Before such a cell it makes text of it. What begins with it is shielded too, and comes back."""


class LineFault(NamedTuple):
    """What is wrong in one line of a file."""

    line: int
    column: str
    words: str


class Line(NamedTuple):
    """One row: the line that it begins in, and its cells by column."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as it was read. With a fault it is not used."""

    lines: tuple[Line, ...]
    faults: tuple[LineFault, ...]
    notes: tuple[str, ...] = ()


def text_of(data: bytes) -> str:
    """Give the text of a file. Raises BadInput, which says how to save it."""
    if not data.strip():
        raise BadInput("This file is empty. Choose the file once more.")
    if len(data) > MOST_BYTES:
        raise BadInput(f"This file is larger than {MOST_BYTES // 1000} kB. Split it in parts.")
    if data.startswith(BOOK_MARKS):
        raise BadInput(f"This is an Excel workbook, not a CSV file. {HOW_TO_SAVE}")
    if data.startswith(UTF16_MARKS) or b"\0" in data:
        raise BadInput(f"This file is saved as UTF-16 (“Unicode text”), not UTF-8. {HOW_TO_SAVE}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadInput(
            f"This file is not saved as UTF-8, most likely as Windows-1252. "
            f"The first letter that cannot be read stands in line {line}. {HOW_TO_SAVE}"
        ) from None


def read_sheet(data: bytes) -> Sheet:
    """Read a file and give its rows, or every fault of its form. Raises BadInput for no text."""
    text = text_of(data)
    delimiter, notes = _delimiter(text)
    found: list[Line] = []
    faults: list[LineFault] = []
    header: list[str] | None = None
    for number, cells in _rows(text, delimiter, faults):
        if header is None:
            header = [cell.strip().casefold().replace(" ", "_") for cell in cells]
            faults.extend(_header_faults(number, header))
            if faults:
                break
        elif any(cell.strip() for cell in cells):
            faults.extend(_width_faults(number, header, cells))
            values = map(unshielded, cells)
            found.append(Line(number, dict(zip(header, values, strict=False))))
        if len(found) > MOST_ROWS:
            words = f"This file has more than {MOST_ROWS:,} entries. Split it in parts."
            faults.append(LineFault(number, "", words))
            break
    if not found and not faults:
        faults.append(LineFault(1, "", "There is no entry below the first line."))
    return Sheet(tuple(found), tuple(faults), notes)


def write_sheet(entries: Iterable[Provider]) -> str:
    """Give the directory as CSV. No cell is a formula; reading it gives the same entries."""
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet)
    writer.writerow(COLUMNS)
    for entry in entries:
        writer.writerow([shielded(cell_of(entry, column)) for column in COLUMNS])
    return sheet.getvalue()


def cell_of(entry: Provider, column: str) -> str:
    """Give what stands in a column of an entry."""
    if column == "facility":
        return "yes" if entry.is_facility else "no"
    if column == "board_checked_on":
        return entry.board_checked_on.isoformat() if entry.board_checked_on else ""
    return str(getattr(entry, column))


def shielded(text: str) -> str:
    """Give a cell that no spreadsheet computes."""
    starts = (*FORMULA_STARTS, SHIELD)
    return SHIELD + text if text.lstrip(" ").startswith(starts) else text


def unshielded(text: str) -> str:
    """Give what a cell held before it was shielded."""
    rest = text.removeprefix(SHIELD)
    return rest if rest != text and shielded(rest) == text else text


def _delimiter(text: str) -> tuple[str, tuple[str, ...]]:
    first = text.lstrip().split("\n", 1)[0]
    if "," not in first and ";" in first:
        return ";", (SEMICOLONS,)
    if "," not in first and "\t" in first:
        return "\t", (TABS,)
    return ",", ()


def _rows(text: str, delimiter: str, faults: list[LineFault]) -> Iterator[tuple[int, list[str]]]:
    """Give each row with the line that it begins in; what cannot be read joins the faults."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            if cells:
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error:
        words = "A quotation mark here is not closed, or stands inside a cell. Double it there."
        faults.append(LineFault(begins, "", words))


def _header_faults(line: int, header: list[str]) -> Iterator[LineFault]:
    if len(header) > MOST_COLUMNS:
        words = f"The first line names {len(header):,} columns. Use these: {', '.join(COLUMNS)}."
        yield LineFault(line, "", words)
        return
    for column in NEEDED:
        if column not in header:
            yield LineFault(line, column, f"The first line names no column “{column}”. Add it.")
    for column in dict.fromkeys(header):
        if column not in COLUMNS:
            yield LineFault(line, column, _unknown_words(column))
        elif header.count(column) > 1:
            yield LineFault(line, column, f"The column “{column}” stands twice. Take one out.")


def _unknown_words(column: str) -> str:
    if not column:
        return "A column has no name. Name it, or take it out."
    near = difflib.get_close_matches(column, COLUMNS, n=1)
    mend = f"Did you mean “{near[0]}”?" if near else f"Use these: {', '.join(COLUMNS)}."
    return f"There is no column “{column[:40]}”. {mend}"


def _width_faults(line: int, header: list[str], cells: list[str]) -> Iterator[LineFault]:
    if len(cells) > len(header):
        words = (
            f"This line has {len(cells)} cells, and the first line names {len(header)}. "
            "Put a cell that holds a comma in quotation marks."
        )
        yield LineFault(line, "", words)
