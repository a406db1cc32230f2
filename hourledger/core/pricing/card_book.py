"""Rate cards as a workbook of three sheets: what the cards say of themselves, their rates, their aliases (§1.14).

::

    Cards     card, description, kind, customer, group, first_day, last_day
    Rates     card, role, attribute:Place, kind, first_day, last_day, rate, currency, basis, unit_hours, locked
    Aliases   card, role, attribute:Place, alias

Rows of rates are lines of a card as in ``card_text``. Where there is only one card, the column ``card`` may be left out
of Rates and Aliases. A column of Cards that is left out says nothing; an empty cell in one that is there says "none".
An empty cell for a day, or the word General in it, is no bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from hourledger.core.errors import HourledgerError, Invalid
from hourledger.core.pricing.card_line import (
    ATTRIBUTE,
    LINES_MAX,
    NAMES,
    CardAlias,
    CardLine,
    cells_of,
    line_of,
    parsed,
    text_in,
    wrong,
)
from hourledger.core.sheets import Place, Sheet, SheetRow, Table, Unreadable, column_letter
from hourledger.core.work import RateKind

_CARDS = ("card", "description", "kind", "customer", "group", "first_day", "last_day")
_RATES = ("card", *(name for name in NAMES if name != "alias"))
_ALIASES = ("card", "role", "alias")
_DAYS = ("first_day", "last_day")
_FIELDS = {
    "lastDay": "last_day",
    "validFrom": "first_day",
    "unitHours": "unit_hours",
    "hours": "unit_hours",
    "isLocked": "locked",
    "name": "card",
}
"""Fields of errors by the columns they are about, where the names differ."""
_NUMBER_DIGITS_MAX = 12
"""Spreadsheets keep hardly more of a number; longer ones are written as texts."""
_OPEN_END = "general"

Cell = str | Decimal | date | None
Cells = dict[str, Any]


@dataclass(slots=True)
class BookCard:
    """``said``: description, kind, customer, group, first_day and last_day, those that the file speaks of."""

    name: str
    place: Place = field(default_factory=Place)
    said: Mapping[str, Any] = field(default_factory=dict)
    lines: list[CardLine] = field(default_factory=list)
    aliases: list[CardAlias] = field(default_factory=list)


@dataclass(slots=True)
class CardBook:
    """``errors``: what is wrong with which cell; the rest can be understood."""

    cards: dict[str, BookCard] = field(default_factory=dict)
    errors: list[Invalid] = field(default_factory=list)


def read_book(sheets: Sequence[Sheet]) -> CardBook:
    """What the sheets say, cell by cell; other sheets are left alone.

    Raises Invalid CARD_UNREADABLE: none of the sheets is there, a header is not ours, nothing in it, or too much.
    """
    by_name = {sheet.name.strip().lower(): sheet for sheet in sheets}
    if not by_name.keys() & {"cards", "rates", "aliases"}:
        raise Invalid(
            "None of the sheets Cards, Rates and Aliases is in this file.", code="CARD_UNREADABLE", field="content"
        )
    book = CardBook()
    for place, cells in _rows(by_name.get("cards"), _CARDS, {"card"}, book):
        _note(book, place, cells, _note_card)
    for place, cells in _rows(by_name.get("rates"), _RATES, {"role", "rate"}, book):
        _note(book, place, cells, _note_line)
    for place, cells in _rows(by_name.get("aliases"), _ALIASES, {"role", "alias"}, book):
        _note(book, place, cells, _note_alias)
    if not book.cards and not book.errors:
        raise Invalid("There is no card in this file.", code="CARD_UNREADABLE", field="content")
    return book


def write_book(cards: Sequence[BookCard]) -> list[Table]:
    """The sheets of these cards; what ``read_book`` makes of them is the same cards."""
    named = [one.attributes for card in cards for one in card.lines]
    named += [one.attributes for card in cards for one in card.aliases]
    names = sorted({name for attributes in named for name in attributes})
    narrowing = [ATTRIBUTE + name for name in names]
    columns = _RATES[2:]
    about: list[list[Cell]] = [list(_CARDS)]
    rates: list[list[Cell]] = [["card", "role", *narrowing, *columns]]
    aliases: list[list[Cell]] = [["card", "role", *narrowing, "alias"]]
    for card in cards:
        about.append([card.name, *(_said(card, name) for name in _CARDS[1:])])
        for line in card.lines:
            cells = _line_cells(line)
            values = (line.attributes.get(name) for name in names)
            rates.append([card.name, line.role, *values, *(cells[name] for name in columns)])
        for alias in card.aliases:
            values = (alias.attributes.get(name) for name in names)
            aliases.append([card.name, alias.role, *values, alias.alias])
    return [Table("Cards", about), Table("Rates", rates), Table("Aliases", aliases)]


def _said(card: BookCard, name: str) -> Cell:
    value: Cell = card.said.get(name)
    return None if value == "" else str(value) if isinstance(value, RateKind) else value


def _line_cells(line: CardLine) -> dict[str, Cell]:
    """Days as days, and the rate as a number where a spreadsheet keeps all of its digits."""
    period, price = line.ranged
    cells: dict[str, Cell] = {name: text or None for name, text in cells_of(line).items()}
    cells |= {"first_day": period.valid_from, "last_day": period.last_day}
    if len(price.amount.as_tuple().digits) <= _NUMBER_DIGITS_MAX:
        cells["rate"] = price.amount
    return cells


def _rows(sheet: Sheet | None, known: Sequence[str], needed: set[str], book: CardBook) -> Iterator[tuple[Place, Cells]]:
    """The rows below the header, by column; those with a cell that cannot be read are noted and left out."""
    header: list[str] = []
    columns: dict[str, str] = {}
    count = 0
    for row in sheet.rows if sheet else ():
        if not any(cell != "" for cell in row.cells):
            continue
        if not header:
            header = _header(sheet.name if sheet else "", row, known, needed)
            columns = {name: column_letter(index) for index, name in enumerate(header) if name}
            narrowing = [columns[name] for name in header if name.startswith(ATTRIBUTE)]
            columns |= {"attributes": narrowing[0]} if narrowing else {}
            columns |= {about: columns[name] for about, name in _FIELDS.items() if name in columns}
            continue
        count += 1
        if count > LINES_MAX:
            raise Invalid(f"A sheet has at most {LINES_MAX} lines.", code="CARD_UNREADABLE", field="content")
        place = Place(row.number, sheet.name if sheet else "", columns)
        cells, problems = _cells(header, row)
        book.errors += [place.of(one) for one in problems]
        if not problems:
            yield place, cells


def _header(sheet: str, row: SheetRow, known: Sequence[str], needed: set[str]) -> list[str]:
    names = [_column_name(cell) for cell in row.cells]
    while names and not names[-1]:
        names.pop()
    unknown = [name or "(empty)" for name in names if name not in known and not _narrows(name, known)]
    if unknown or len(set(names)) != len(names) or not needed <= set(names):
        raise Invalid(
            f"The first row of {sheet} names each column once: {', '.join(known)}"
            + (f" and {ATTRIBUTE}NAME" if "role" in known else "")
            + f"; {' and '.join(sorted(needed))} must be there."
            + (f" Unknown: {', '.join(unknown)}." if unknown else ""),
            code="CARD_UNREADABLE",
            field="content",
        )
    return names


def _column_name(cell: str | Unreadable) -> str:
    """First Day is first_day; the name of an attribute stays as it is written."""
    if isinstance(cell, Unreadable):
        return ""
    if cell.lower().startswith(ATTRIBUTE):
        return ATTRIBUTE + cell[len(ATTRIBUTE) :].strip()
    return "_".join(cell.lower().split())


def _narrows(name: str, known: Sequence[str]) -> bool:
    return "role" in known and name.startswith(ATTRIBUTE) and name != ATTRIBUTE


def _cells(header: Sequence[str], row: SheetRow) -> tuple[dict[str, Any], list[Invalid]]:
    cells: Cells = {name: "" for name in header if name and not name.startswith(ATTRIBUTE)}
    cells["attributes"] = {}
    problems: list[Invalid] = []
    for index, cell in enumerate(row.cells):
        name = header[index] if index < len(header) else ""
        if isinstance(cell, Unreadable):
            problems.append(wrong(cell.why, name or None))
        elif not name:
            if cell:
                problems.append(wrong(f"{cell!r} stands in column {column_letter(index)}, which has no name."))
        elif name.startswith(ATTRIBUTE):
            if cell:
                cells["attributes"][name.removeprefix(ATTRIBUTE)] = cell
        else:
            cells[name] = "" if name in _DAYS and cell.lower() == _OPEN_END else cell
    return cells, problems


def _note(book: CardBook, place: Place, cells: Cells, note: Callable[[CardBook, Place, Cells], None]) -> None:
    """Note what a row says, or what is wrong with it."""
    try:
        note(book, place, cells)
    except HourledgerError as error:
        book.errors.append(place.of(error))


def _note_card(book: CardBook, place: Place, cells: Cells) -> None:
    name = text_in(cells, "card")
    if not name:
        raise wrong("It names no card.", "card")
    if name in book.cards:
        raise wrong(f"{name} is in row {book.cards[name].place.number} already.", "card")
    said: dict[str, Any] = {}
    for column in _CARDS[1:]:
        if column not in cells:
            continue
        if column in _DAYS:
            said[column] = parsed(cells, column, date.fromisoformat, "a day such as 2026-12-31")
        elif column == "kind":
            said[column] = parsed(cells, column, RateKind, "COST or BILLING") or RateKind.BILLING
        else:
            said[column] = text_in(cells, column)
    book.cards[name] = BookCard(name, place, said)


def _card(book: CardBook, cells: Cells) -> BookCard:
    """The card that a row names, which need not be in the sheet of cards; else the only one there is."""
    name = text_in(cells, "card")
    if not name and len(book.cards) != 1:
        raise wrong("It names no card, and there is not just one in the sheet Cards.", "card")
    if not name:
        return next(iter(book.cards.values()))
    return book.cards.setdefault(name, BookCard(name))


def _note_line(book: CardBook, place: Place, cells: Cells) -> None:
    line = line_of(place, cells)
    _card(book, cells).lines.append(line)


def _note_alias(book: CardBook, place: Place, cells: Cells) -> None:
    role, alias = text_in(cells, "role"), text_in(cells, "alias")
    if not role or not alias:
        raise wrong("A role and what it is called are needed.", "alias" if role else "role")
    _card(book, cells).aliases.append(CardAlias(role, cells["attributes"], alias, place))
