"""Spreadsheets as plain tables: what a file held, cell by cell, and what one is to hold. Files are read elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from hourledger.core.errors import HourledgerError, Invalid


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell that holds something which is neither text, number nor day; ``why`` says what, and the way out."""

    why: str


@dataclass(frozen=True, slots=True)
class SheetRow:
    """``number``: as the spreadsheet counts, 1 the first. Numbers and days are texts: 10.5, 2026-06-01."""

    number: int
    cells: Sequence[str | Unreadable]


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    rows: Sequence[SheetRow]


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet to be written, its header first. None is an empty cell."""

    name: str
    rows: Sequence[Sequence[str | Decimal | date | None]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands: in a text, or with ``sheet`` in that sheet. ``columns``: the letter of each field's."""

    number: int = 0
    sheet: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"Line {self.number}" if self.sheet is None else f"{self.sheet} row {self.number}"

    def of(self, error: HourledgerError) -> Invalid:
        """The same error, saying where: in a text lines.3.rate, in a sheet Rates!E3."""
        where, field_name = str(self), f"lines.{self.number}" + (f".{error.field}" if error.field else "")
        if self.sheet is not None:
            column = self.columns.get(error.field or "")
            where += f", column {column}" if column else ""
            field_name = f"{self.sheet}!{column or ''}{self.number}"
        return Invalid(
            f"{where}: {error.message}", code=error.code, field=field_name, sheet=self.sheet or "", row=self.number
        )


def column_letter(index: int) -> str:
    """0 is A, 25 Z, 26 AA."""
    letters = ""
    while index >= 0:
        index, rest = divmod(index, 26)
        letters = chr(ord("A") + rest) + letters
        index -= 1
    return letters
