"""The directory as a CSV file: what is read, what is a fault, and in which line."""

import csv
import io
from datetime import date
from uuid import uuid4

import pytest

from clinic.actions.provider_csv import (
    COLUMNS,
    MOST_BYTES,
    MOST_ROWS,
    SEMICOLONS,
    TABS,
    cell_of,
    read_sheet,
    shielded,
    unshielded,
    write_sheet,
)
from clinic.errors import BadInput
from clinic.referral.provider import LONGEST, SEVERAL_LINES, Provider
from clinic.referral.typed_day import day_of
from clinic.store.referral_tables import provider as table

HEAD = "name,service\n"


def read(text: str):
    return read_sheet(text.encode())


def faults(text: str) -> list[tuple[int, str]]:
    return [(fault.line, fault.column) for fault in read(text).faults]


def test_rows_are_read_by_the_names_of_their_columns_in_any_order():
    sheet = read("Service,NAME\nspine-clinic,Mill Road\n\noncology,Elm\n")

    assert sheet.faults == ()
    assert [(line.number, dict(line.cells)) for line in sheet.lines] == [
        (2, {"service": "spine-clinic", "name": "Mill Road"}),
        (4, {"service": "oncology", "name": "Elm"}),
    ]


def test_a_byte_order_mark_is_passed_over():
    assert read_sheet(("\ufeff" + HEAD + "Ana,oncology\n").encode()).faults == ()


@pytest.mark.parametrize(
    ("delimiter", "note"), [(",", None), (";", SEMICOLONS), ("\t", TABS)], ids=repr
)
def test_columns_parted_otherwise_are_read_and_told(delimiter, note):
    text = f"name{delimiter}service\nAna{delimiter}oncology\n"

    sheet = read(text)

    assert sheet.lines[0].cells == {"name": "Ana", "service": "oncology"}
    assert sheet.notes == ((note,) if note else ())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \n \n", "empty"),
        ("name,service\nMéndez,oncology\n".encode("utf-16"), "UTF-16"),
        ("name,service\nAna,oncology\n".encode("utf-16-le"), "UTF-16"),
        ("name,service\nAna,oncology\nMéndez,oncology\n".encode("cp1252"), "line 3"),
        (b"PK\x03\x04 a workbook", "Excel workbook"),
        (b"\xd0\xcf\x11\xe0 an old workbook", "Excel workbook"),
        (b"x" * (MOST_BYTES + 1), "400 kB"),
    ],
    ids=["empty", "blank", "utf-16", "utf-16-no-mark", "cp1252", "xlsx", "xls", "large"],
)
def test_a_file_that_is_not_utf8_text_says_what_to_do(data, words):
    with pytest.raises(BadInput, match=words):
        read_sheet(data)


def test_a_file_of_another_encoding_says_how_to_save_it():
    with pytest.raises(BadInput, match="CSV UTF-8"):
        read_sheet("name,service\nMéndez,oncology\n".encode("cp1252"))


def test_every_fault_of_the_first_line_is_told():
    assert faults("nmae,npi,npi,\nAna,1,2,3\n") == [
        (1, "name"),
        (1, "service"),
        (1, "nmae"),
        (1, "npi"),
        (1, ""),
    ]


def test_a_misspelt_column_names_the_nearest():
    assert "“name”" in read("nmae,service\n").faults[1].words


def test_a_sheet_of_a_thousand_columns_is_one_fault():
    wide = ",".join(f"column {number}" for number in range(1000))

    assert faults(f"{wide}\n1,2\n") == [(1, "")]


def test_a_file_without_entries_is_a_fault():
    assert faults(HEAD) == [(1, "")]


def test_a_cell_too_many_names_its_line():
    assert faults(HEAD + "Ana,oncology\nElm, Oak,oncology\n") == [(3, "")]


def test_a_line_after_a_cell_of_several_lines_keeps_its_number():
    text = 'name,service,address\nAna,oncology,"1 Elm\nTown"\nBo,oncology,x,y\n'

    assert faults(text) == [(4, "")]


def test_an_open_quotation_mark_names_the_line_that_it_opens():
    assert faults(HEAD + 'Ana,oncology\n"Bo,oncology\nCy,oncology\n') == [(3, "")]


@pytest.mark.parametrize(("rows", "wrong"), [(MOST_ROWS, 0), (MOST_ROWS + 1, 1)])
def test_a_file_holds_a_thousand_entries_and_no_more(rows, wrong):
    assert len(read(HEAD + "Ana,oncology\n" * rows).faults) == wrong


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1", " =1", "'=1"]
)
def test_a_cell_that_a_spreadsheet_would_compute_is_shielded_and_comes_back(text):
    assert shielded(text) == f"'{text}"
    assert unshielded(shielded(text)) == text


@pytest.mark.parametrize("text", ["", "Ana", "O'Brien", "555-010-0142", "a=b"])
def test_any_other_cell_stays_as_it_is(text):
    assert shielded(text) == text
    assert unshielded(text) == text


def test_an_apostrophe_before_a_plain_word_is_kept():
    assert unshielded("'t Hart") == "'t Hart"
    assert unshielded(shielded("'t Hart")) == "'t Hart"


def test_no_cell_of_the_file_is_a_formula():
    texts = dict.fromkeys(LONGEST, '=HYPERLINK("x")')
    entry = Provider(id=uuid4(), service="@x", **texts)

    rows = list(csv.reader(io.StringIO(write_sheet([entry]))))

    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_what_was_written_is_read_back():
    entry = Provider(
        id=uuid4(),
        name='=Ana "Nina" Méndez, MD',
        service="oncology",
        is_facility=True,
        npi="1234567893",
        board="ABPMR",
        board_checked_on=date(2026, 1, 31),
        phone="+1 555 010 0142",
        address="1 Elm Street\nTown",
        notes="'quoted'\n- and a list",
    )

    (line,) = read(write_sheet([entry])).lines

    assert line.cells == {column: cell_of(entry, column) for column in COLUMNS}


def test_a_text_is_as_long_as_its_column_in_the_store_takes():
    for name, most in LONGEST.items():
        assert name == "notes" or table.c[name].type.length == most
    assert set(LONGEST) > SEVERAL_LINES


@pytest.mark.parametrize("typed", ["3/17/2026", "2026-03-17", " 03.17.2026 "])
def test_a_day_is_read_as_people_and_spreadsheets_write_it(typed):
    assert day_of(typed) == date(2026, 3, 17)


@pytest.mark.parametrize("typed", ["", "17/3/2026", "2/30/2026", "3/17/26", "March 17", "0/0/0000"])
def test_a_day_that_does_not_exist_is_refused(typed):
    with pytest.raises(BadInput):
        day_of(typed)
