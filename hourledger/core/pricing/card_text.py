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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from hourledger.core.errors import HourledgerError, Invalid
from hourledger.core.money import decimal_hours, parse_hours
from hourledger.core.money.hourly import SECONDS_PER_HOUR
from hourledger.core.periods import Period
from hourledger.core.pricing.dated import PricedDays
from hourledger.core.pricing.price import price_of
from hourledger.core.rates import RateBasis
from hourledger.core.work import RateKind

PATH_SEPARATOR = " > "
"""Between a place and those within it."""

_ATTRIBUTE = "attribute:"
_NAMES = ("role", "kind", "first_day", "last_day", "rate", "currency", "basis", "unit_hours", "locked", "alias")
_YES, _NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0", ""})
_LINES_MAX = 50_000

T = TypeVar("T")


class CardFormat(StrEnum):
    CSV = "CSV"
    JSONL = "JSONL"


@dataclass(frozen=True, slots=True)
class CardLine:
    """One range of a role's rates, by names. ``alias``: None where the text says nothing of it.

    ``number``: the line in the text, 1 the first of all.
    """

    role: str
    attributes: Mapping[str, str]
    kind: RateKind | None
    ranged: PricedDays
    alias: str | None = None
    number: int = field(default=0, compare=False)


def write_card(lines: Sequence[CardLine], form: CardFormat) -> str:
    """The lines as text; what ``read_card`` makes of it is the same lines."""
    if form is CardFormat.JSONL:
        return "".join(json.dumps(_as_json(line), ensure_ascii=False) + "\n" for line in lines)
    names = sorted({name for line in lines for name in line.attributes})
    out = io.StringIO()
    columns = ["role", *[_ATTRIBUTE + name for name in names], *_NAMES[1:]]
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    for line in lines:
        cells = _cells(line)
        writer.writerow(cells | {_ATTRIBUTE + name: line.attributes.get(name, "") for name in names})
    return out.getvalue()


def read_card(text: str, form: CardFormat) -> tuple[list[CardLine], list[Invalid]]:
    """The lines that can be understood, and what is wrong with the others, by line and field.

    Raises Invalid CARD_UNREADABLE: no lines, too many, or a header that is not ours.
    """
    lines: list[CardLine] = []
    errors: list[Invalid] = []
    read = _csv_rows if form is CardFormat.CSV else _json_rows
    for number, cells in read(text.removeprefix("\ufeff")):
        if len(lines) + len(errors) >= _LINES_MAX:
            raise Invalid(f"A card has at most {_LINES_MAX} lines.", code="CARD_UNREADABLE", field="text")
        try:
            if isinstance(cells, Invalid):
                raise cells
            lines.append(_line(number, cells))
        except HourledgerError as error:
            errors.append(at_line(number, error))
    if not lines and not errors:
        raise Invalid("There is no line of rates in this text.", code="CARD_UNREADABLE", field="text")
    return lines, errors


def at_line(number: int, error: HourledgerError) -> Invalid:
    """The same error, saying which line it is about."""
    where = f"lines.{number}" + (f".{error.field}" if error.field else "")
    return Invalid(f"Line {number}: {error.message}", code=error.code, field=where)


def _as_json(line: CardLine) -> dict[str, Any]:
    cells: dict[str, Any] = {name: value for name, value in _cells(line).items() if value != ""}
    return cells | {"attributes": dict(line.attributes)} if line.attributes else cells


def _cells(line: CardLine) -> dict[str, str]:
    period, price = line.ranged
    return {
        "role": line.role,
        "kind": line.kind.value if line.kind else "",
        "first_day": str(period.valid_from or ""),
        "last_day": str(period.last_day or ""),
        "rate": str(price.amount),
        "currency": "" if price.is_percentage else price.rate.currency,
        "basis": price.basis.value,
        "unit_hours": str(decimal_hours(price.rate.unit_seconds)),
        "locked": "yes" if price.is_locked else "no",
        "alias": line.alias or "",
    }


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
                yield reader.line_num, _wrong(f"It has {len(cells)} cells, the header has {len(header)}.")
            else:
                row: dict[str, Any] = dict(zip(header, (cell.strip() for cell in cells), strict=True))
                named = {name: row.pop(name) for name in header if name.startswith(_ATTRIBUTE)}
                row["attributes"] = {name.removeprefix(_ATTRIBUTE): value for name, value in named.items() if value}
                yield reader.line_num, row
    except csv.Error as error:
        raise Invalid(
            f"Line {reader.line_num} is not CSV with commas: {error}.", code="CARD_UNREADABLE", field="text"
        ) from None


def _check_header(header: Sequence[str]) -> None:
    unknown = [name for name in header if name not in _NAMES and not name.startswith(_ATTRIBUTE)]
    if unknown or len(set(header)) != len(header) or not {"role", "rate"} <= set(header):
        raise Invalid(
            f"The header names each column once: {', '.join(_NAMES)} and {_ATTRIBUTE}NAME; role and rate are needed."
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
            yield number, _wrong("It is not a JSON object.")
            continue
        if not isinstance(found, dict):
            yield number, _wrong("It is not a JSON object.")
        elif unknown := [name for name in found if name not in (*_NAMES, "attributes")]:
            yield number, _wrong(f"Unknown: {', '.join(unknown)}.")
        else:
            yield number, found


def _wrong(message: str, field_name: str | None = None) -> Invalid:
    return Invalid(message, code="CARD_LINE_INVALID", field=field_name)


def _line(number: int, cells: Mapping[str, Any]) -> CardLine:
    attributes = cells.get("attributes") or {}
    if not isinstance(attributes, dict) or not all(isinstance(one, str) for one in attributes.values()):
        raise _wrong("The attributes are an object of names and values.", "attributes")
    role = _text(cells, "role")
    if not role:
        raise _wrong("It names no role.", "role")
    basis = _parsed(cells, "basis", RateBasis, "TIME, ENTRY, COST_PLUS or PERCENT") or RateBasis.TIME
    kind = _parsed(cells, "kind", RateKind, "COST, BILLING or MARKUP")
    if kind is None and basis is RateBasis.PERCENT:
        kind = RateKind.MARKUP
    amount = _parsed(cells, "rate", Decimal, "a number")
    if amount is None or not amount.is_finite():
        raise _wrong("It has no rate.", "rate")
    days = Period.inclusive(
        _parsed(cells, "first_day", date.fromisoformat, "a day such as 2026-12-31"),
        _parsed(cells, "last_day", date.fromisoformat, "a day such as 2026-12-31"),
    )
    price = price_of(
        amount,
        _text(cells, "currency") or None,
        basis,
        unit_seconds=_parsed(cells, "unit_hours", parse_hours, "a number of hours") or SECONDS_PER_HOUR,
        is_locked=_flag(cells, "locked"),
    )
    return CardLine(role, attributes, kind, PricedDays(days, price), _text(cells, "alias") or None, number)


def _text(cells: Mapping[str, Any], name: str) -> str:
    value = cells.get(name)
    if value is None or isinstance(value, str | Decimal | bool):
        return "" if value is None else str(value).strip()
    raise _wrong(f"{name} is a text.", name)


def _flag(cells: Mapping[str, Any], name: str) -> bool:
    word = _text(cells, name).lower()
    if word not in _YES | _NO:
        raise _wrong(f"{name} is yes or no.", name)
    return word in _YES


def _parsed(cells: Mapping[str, Any], name: str, parse: Callable[[str], T], wanted: str) -> T | None:
    word = _text(cells, name)
    if not word:
        return None
    try:
        return parse(word)
    except HourledgerError:
        raise
    except (ValueError, ArithmeticError):
        raise _wrong(f"{name} {word!r} is not {wanted}.", name) from None


def by_line(errors: Iterable[Invalid]) -> Invalid:
    """All of them as one error, whose ``causes`` a client is shown one by one."""
    causes = list(errors)
    return Invalid(
        f"{len(causes)} lines cannot be imported; nothing was changed.",
        code="CARD_INVALID",
        field="text",
        causes=causes,
    )
