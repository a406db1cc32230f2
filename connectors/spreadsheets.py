"""Spreadsheet files (.xlsx): read as plain cells, within bounds; written without formulas.

Files come from outside: a small one may unpack to gigabytes, hold formulas whose results nobody computed, days that are
numbers, and numbers that went through binary floating point. A cell is read exactly or told to be unreadable.
"""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils.exceptions import IllegalCharacterError, InvalidFileException

from hourledger.core.errors import Invalid
from hourledger.core.sheets import Sheet, SheetRow, Table, Unreadable, column_letter

_FILE_BYTES_MAX = 10_000_000
_UNPACKED_BYTES_MAX = 60_000_000
_PARTS_MAX = 1_000
_ROWS_MAX = 100_000
_COLUMNS_MAX = 200
_BROKEN = (zipfile.BadZipFile, ParseError, InvalidFileException, KeyError, ValueError, TypeError, IndexError,
           AttributeError, OSError, EOFError, RuntimeError, SyntaxError, zlib.error)  # fmt: skip


def read_sheets(content: bytes) -> list[Sheet]:
    """The sheets of a workbook, every cell as text: numbers by their shortest digits, days as 2026-06-01.

    Unreadable are formulas, errors, percentages, times, and days with one. True and false are yes and no.

    Raises:
        Invalid SPREADSHEET_UNREADABLE: not an .xlsx file, or broken. SPREADSHEET_TOO_LARGE.
    """
    _check_size(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of extensions that it leaves out; what matters to us is in the cells
        try:
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
            try:
                return [Sheet(sheet.title, list(_rows(sheet))) for sheet in book.worksheets]
            finally:
                book.close()
        except _BROKEN:
            raise _unreadable() from None


def write_workbook(tables: Sequence[Table]) -> bytes:
    """The tables as an .xlsx file, headers bold and in view. Texts stay texts, whatever sign they begin with.

    Raises Invalid TEXT_INVALID: a text has a character that spreadsheets cannot hold.
    """
    book = Workbook(write_only=True)
    for table in tables:
        sheet = book.create_sheet(table.name)
        sheet.freeze_panes = "A2"
        for index in range(len(table.rows[0]) if table.rows else 0):
            sheet.column_dimensions[column_letter(index)].width = 18
        for number, row in enumerate(table.rows):
            sheet.append([_written(sheet, value, is_header=number == 0) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _check_size(content: bytes) -> None:
    """Before anything is unpacked. A part cannot be longer than it says: unpacking stops there."""
    if len(content) > _FILE_BYTES_MAX:
        raise _too_large(f"{len(content)} bytes")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            if len(parts) > _PARTS_MAX or unpacked > _UNPACKED_BYTES_MAX:
                raise _too_large(f"{unpacked} bytes unpacked in {len(parts)} parts")
    except _BROKEN:
        raise _unreadable() from None


def _rows(sheet: Any) -> Iterator[SheetRow]:
    sheet.reset_dimensions()  # what a file says of its own size may be wrong
    for number, row in enumerate(sheet.iter_rows(max_col=_COLUMNS_MAX), start=1):
        if number > _ROWS_MAX:
            raise _too_large(f"more than {_ROWS_MAX} rows in {sheet.title}")
        yield SheetRow(number, _without_trailing(_read(cell) for cell in row))


def _without_trailing(cells: Iterable[str | Unreadable]) -> list[str | Unreadable]:
    found = list(cells)
    while found and found[-1] == "":
        found.pop()
    return found


def _read(cell: Any) -> str | Unreadable:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return Unreadable("It holds a formula. Paste its value instead.")
    if cell.data_type == "e":
        return Unreadable(f"It holds the error {value}.")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _number(value, str(cell.number_format))
    if isinstance(value, datetime):
        if value.time() != time():
            return Unreadable(f"It holds {value}, a day with a time. Write the day alone.")
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time | timedelta):
        return Unreadable(f"It holds a time, {value}.")
    return str(value).strip()


def _number(value: float, number_format: str) -> str | Unreadable:
    """The shortest digits that are this number: 0.1 is 0.1, though no binary number is."""
    if "%" in number_format:
        return Unreadable("It is formatted as a percentage. Write the number without the format.")
    return f"{Decimal(repr(value)):f}"


def _written(sheet: Any, value: Any, *, is_header: bool) -> Any:
    try:
        cell = WriteOnlyCell(sheet, value)
    except IllegalCharacterError:
        raise Invalid(
            f"{value!r} has a character that spreadsheets cannot hold. Rename it, or export as JSONL.",
            code="TEXT_INVALID",
        ) from None
    if isinstance(value, str):
        cell.data_type = "s"  # else =1+1 were a formula
    if isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    if is_header:
        cell.font = Font(bold=True)
    return cell


def _too_large(what: str) -> Invalid:
    return Invalid(
        f"This spreadsheet is too large ({what}). Split it, or import CSV.",
        code="SPREADSHEET_TOO_LARGE",
        field="content",
    )


def _unreadable() -> Invalid:
    return Invalid(
        "This is not a spreadsheet that can be read. Save it as .xlsx, without a password.",
        code="SPREADSHEET_UNREADABLE",
        field="content",
    )
