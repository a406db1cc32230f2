"""Spreadsheet files: each cell is read exactly or told to be unreadable; no file eats the machine."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from connectors import spreadsheets
from connectors.spreadsheets import read_sheets, write_workbook
from hourledger.core.errors import Invalid
from hourledger.core.sheets import Table, Unreadable, column_letter


def saved(*values: Any, number_format: str | None = None) -> bytes:
    """A file with these values in its first row."""
    book = Workbook()
    assert book.active is not None
    book.active.append(values)
    for cell in book.active[1] if number_format else ():
        cell.number_format = number_format or "General"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def edited(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The file with its parts changed by hand, as other programs write them."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, change(part.filename, old.read(part)))
    return out.getvalue()


def first_cell(content: bytes) -> str | Unreadable:
    return read_sheets(content)[0].rows[0].cells[0]


READ = [
    ("a text", "  Developer ", "Developer"),
    ("a whole number", 100, "100"),
    ("a fraction that binary cannot hold", 0.1, "0.1"),
    ("a rate of four digits", 87.1234, "87.1234"),
    ("a large number", 1e15, "1000000000000000"),
    ("a day", date(2026, 6, 1), "2026-06-01"),
    ("a day as most programs write it", datetime(2026, 6, 1), "2026-06-01"),
    ("yes", True, "yes"),
    ("nothing in front of something", None, ""),
    ("the word", "General", "General"),
]


@pytest.mark.parametrize(("value", "expected"), [one[1:] for one in READ], ids=[one[0] for one in READ])
def test_a_cell_is_read_exactly(value: Any, expected: str) -> None:
    assert read_sheets(saved(value, "end"))[0].rows[0].cells == [expected, "end"]


@pytest.mark.parametrize(
    ("stored", "expected"),
    [("87.129999999999995", "87.13"), ("0.30000000000000004", "0.30000000000000004"), ("1.5E2", "150.0")],
)
def test_seventeen_digits_as_excel_stores_them_are_the_number_that_was_typed(stored: str, expected: str) -> None:
    def typed(name: str, content: bytes) -> bytes:
        return content.replace(b"<v>0.5</v>", f"<v>{stored}</v>".encode()) if "sheet1" in name else content

    assert first_cell(edited(saved(0.5), typed)) == expected


UNREADABLE = [
    ("a formula", "=1+1", None, "formula"),
    ("an error", "#REF!", None, "error"),
    ("a day with a time", datetime(2026, 6, 1, 9), None, "time"),
    ("a time", time(9, 30), None, "time"),
    ("ten percent, which is a tenth inside", 0.1, "0%", "percentage"),
    ("a day that no calendar has", 99999999999, "yyyy-mm-dd", "error"),
]


@pytest.mark.parametrize(("value", "form", "word"), [one[1:] for one in UNREADABLE], ids=[one[0] for one in UNREADABLE])
def test_a_cell_that_cannot_be_read_exactly_is_told_with_its_reason(value: Any, form: str | None, word: str) -> None:
    found = first_cell(saved(value, number_format=form))
    assert isinstance(found, Unreadable)
    assert word in found.why


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha">%s]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">
<c r="A1" t="inlineStr"><is><t>&z;</t></is></c></row></sheetData></worksheet>""" % b"".join(
    b'<!ENTITY %c "%s">' % (98 + place, b"&%c;" % (97 + place) * 10) for place in range(25)
)


def _laughing(name: str, content: bytes) -> bytes:
    return LAUGHS if name == "xl/worksheets/sheet1.xml" else content


def _in_the_last_row(name: str, content: bytes) -> bytes:
    return content.replace(b'r="1"', b'r="1048576"').replace(b"A1", b"A1048576") if "sheet1" in name else content


def _zeros() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 61_000_000)
    return out.getvalue()


HOSTILE: list[tuple[str, bytes, str]] = [
    ("nothing", b"", "SPREADSHEET_UNREADABLE"),
    ("a text", b"role,rate\n", "SPREADSHEET_UNREADABLE"),
    ("half a file", saved("x")[:-100], "SPREADSHEET_UNREADABLE"),
    ("a document of another kind", edited(saved("x"), lambda _name, _content: b"<html/>"), "SPREADSHEET_UNREADABLE"),
    ("entities without end", edited(saved("x"), _laughing), "SPREADSHEET_UNREADABLE"),
    ("small, and large when unpacked", _zeros(), "SPREADSHEET_TOO_LARGE"),
    ("one cell in the last row there is", edited(saved("x"), _in_the_last_row), "SPREADSHEET_TOO_LARGE"),
    ("longer than anybody types", b"PK" + b"0" * 10_000_000, "SPREADSHEET_TOO_LARGE"),
]


@pytest.mark.parametrize(("content", "code"), [one[1:] for one in HOSTILE], ids=[one[0] for one in HOSTILE])
def test_what_is_no_spreadsheet_or_too_much_of_one_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_sheets(content)
    assert caught.value.code == code


def test_too_many_parts_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "_PARTS_MAX", 3)
    with pytest.raises(Invalid) as caught:
        read_sheets(saved("x"))
    assert caught.value.code == "SPREADSHEET_TOO_LARGE"


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
CELLS = (
    st.none()
    | TEXTS.map(str.strip).filter(bool)
    | st.sampled_from(("=1+1", "+1", "-1", "@x", "007", "2026-06-01", "#REF!", "TRUE", "_x0041_"))
    | st.dates(min_value=date(1900, 3, 1))
    | st.builds(lambda scaled: Decimal(scaled) / 10_000, st.integers(0, 10**12 - 1))
)


@given(st.lists(st.lists(CELLS, max_size=5), min_size=1, max_size=5))
def test_what_is_written_is_read_back(rows: list[list[Any]]) -> None:
    [sheet] = read_sheets(write_workbook([Table("Rates", rows)]))
    read = {row.number: list(row.cells) for row in sheet.rows}

    def same(value: Any, cell: Any) -> bool:
        return Decimal(cell) == value if isinstance(value, Decimal) else cell == ("" if value is None else str(value))

    for number, row in enumerate(rows, start=1):
        cells = read.get(number, [])
        cells += [""] * (len(row) - len(cells))
        assert all(same(value, cell) for value, cell in zip(row, cells, strict=True)), (row, cells)


def test_a_character_that_no_spreadsheet_holds_is_told() -> None:
    with pytest.raises(Invalid) as caught:
        write_workbook([Table("Rates", [["bell \a"]])])
    assert caught.value.code == "TEXT_INVALID"


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_named_as_spreadsheets_do(index: int, letters: str) -> None:
    assert column_letter(index) == letters
