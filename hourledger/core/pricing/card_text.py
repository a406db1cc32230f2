"""A rate card as text: one line per range, as CSV for spreadsheets or as JSON lines for programs.

::

    role,attribute:Place,kind,first_day,last_day,rate,currency,basis,unit_hours,locked,alias
    Copywriter,USA > New York City,BILLING,2026-06-01,2026-06-30,10.00,USD,TIME,1.00,no,Writer

Days are inclusive; an empty one is no bound. Only role and rate, and a currency unless it is a percentage, must be
there. In JSON the attributes are an object, the other names are the same.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from hourledger.core.errors import HourledgerError, Invalid
from hourledger.core.pricing.card_line import ATTRIBUTE, LINES_MAX, NAMES, CardLine, cells_of, line_of, wrong
from hourledger.core.sheets import Place


class CardFormat(StrEnum):
    CSV = "CSV"
    JSONL = "JSONL"


def write_card(lines: Sequence[CardLine], form: CardFormat) -> str:
    """The lines as text; what ``read_card`` makes of it is the same lines."""
    if form is CardFormat.JSONL:
        return "".join(json.dumps(_as_json(line), ensure_ascii=False) + "\n" for line in lines)
    names = sorted({name for line in lines for name in line.attributes})
    out = io.StringIO()
    columns = ["role", *[ATTRIBUTE + name for name in names], *NAMES[1:]]
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    for line in lines:
        cells = cells_of(line)
        writer.writerow(cells | {ATTRIBUTE + name: line.attributes.get(name, "") for name in names})
    return out.getvalue()


def read_card(text: str, form: CardFormat) -> tuple[list[CardLine], list[Invalid]]:
    """The lines that can be understood, and what is wrong with the others, by line and field.

    Raises Invalid CARD_UNREADABLE: no lines, too many, or a header that is not ours.
    """
    lines: list[CardLine] = []
    errors: list[Invalid] = []
    read = _csv_rows if form is CardFormat.CSV else _json_rows
    for number, cells in read(text.removeprefix("\ufeff")):
        if len(lines) + len(errors) >= LINES_MAX:
            raise Invalid(f"A card has at most {LINES_MAX} lines.", code="CARD_UNREADABLE", field="text")
        try:
            if isinstance(cells, Invalid):
                raise cells
            lines.append(line_of(Place(number), cells))
        except HourledgerError as error:
            errors.append(Place(number).of(error))
    if not lines and not errors:
        raise Invalid("There is no line of rates in this text.", code="CARD_UNREADABLE", field="text")
    return lines, errors


def _as_json(line: CardLine) -> dict[str, Any]:
    cells: dict[str, Any] = {name: value for name, value in cells_of(line).items() if value != ""}
    return cells | {"attributes": dict(line.attributes)} if line.attributes else cells


Rows = Iterator[tuple[int, "dict[str, Any] | Invalid"]]


def _csv_rows(text: str) -> Rows:
    reader = csv.reader(io.StringIO(text), strict=True)
    header: list[str] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = [cell.strip() for cell in cells]
                _check_header(header)
            elif len(cells) != len(header):
                yield reader.line_num, wrong(f"It has {len(cells)} cells, the header has {len(header)}.")
            else:
                row: dict[str, Any] = dict(zip(header, (cell.strip() for cell in cells), strict=True))
                named = {name: row.pop(name) for name in header if name.startswith(ATTRIBUTE)}
                row["attributes"] = {name.removeprefix(ATTRIBUTE): value for name, value in named.items() if value}
                yield reader.line_num, row
    except csv.Error as error:
        raise Invalid(
            f"Line {reader.line_num} is not CSV with commas: {error}.", code="CARD_UNREADABLE", field="text"
        ) from None


def _check_header(header: Sequence[str]) -> None:
    unknown = [name for name in header if name not in NAMES and not name.startswith(ATTRIBUTE)]
    if unknown or len(set(header)) != len(header) or not {"role", "rate"} <= set(header):
        raise Invalid(
            f"The header names each column once: {', '.join(NAMES)} and {ATTRIBUTE}NAME; role and rate are needed."
            + (f" Unknown: {', '.join(unknown)}." if unknown else ""),
            code="CARD_UNREADABLE",
            field="text",
        )


def _json_rows(text: str) -> Rows:
    for number, raw in enumerate(text.split("\n"), start=1):
        if not raw.strip():
            continue
        try:
            # Numbers stay as they are written: a float has already lost digits.
            found = json.loads(raw, parse_float=Decimal, parse_int=Decimal)
        except (ValueError, RecursionError, InvalidOperation):
            yield number, wrong("It is not a JSON object.")
            continue
        if not isinstance(found, dict):
            yield number, wrong("It is not a JSON object.")
        elif unknown := [name for name in found if name not in (*NAMES, "attributes")]:
            yield number, wrong(f"Unknown: {', '.join(unknown)}.")
        else:
            yield number, found
