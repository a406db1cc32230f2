"""The files in which the European Central Bank publishes its reference rates, as they are and packed.

    eurofxref-hist.zip      all days since 1999, CSV in a zip:  Date,USD,JPY,...,    2026-10-30,1.1172,N/A,...,
    eurofxref.zip           the last day, likewise:             Date, USD, JPY, ...  30 October 2026, 1.1172, ...
    eurofxref-hist-90d.xml  90 days: <Cube time="2026-10-30"><Cube currency="USD" rate="1.1172"/>...</Cube>

N/A: the bank published no rate of that currency on that day. A file is read whole or not at all.

Source: https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import NoReturn
from xml.parsers import expat

from hourledger.core.errors import Invalid
from hourledger.core.money import ReferenceRates

BASE = "EUR"
UNPACKED_BYTES_MAX = 50_000_000

_CODE = re.compile(r"[A-Z]{3}\Z")
_ABSENT = {"N/A", ""}
_DATE_FORMATS = ("%Y-%m-%d", "%d %B %Y")


def read_rates(content: bytes) -> ReferenceRates:
    """The reference rates in a file of any of the three forms, which its first bytes tell apart.

    Raises:
        Invalid EXCHANGE_FILE_UNREADABLE: not such a file, or only a part of one; says where it stops making sense.
        Invalid EXCHANGE_RATE_INVALID: no day in it, or a rate of zero or less.
    """
    if content.startswith(b"PK"):
        content = _unpack(content)
    text = _decode(content)
    quotes = _read_xml(text) if text.lstrip().startswith("<") else _read_csv(text)
    by_currency: dict[str, dict[date, Decimal]] = defaultdict(dict)
    for day, rates in quotes.items():
        for currency, rate in rates.items():
            by_currency[currency][day] = rate
    return ReferenceRates(BASE, tuple(sorted(quotes)), dict(by_currency))


def _unpack(content: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [name for name in archive.namelist() if name.endswith((".csv", ".xml"))]
            if len(names) != 1:
                _refuse(f"the zip holds {len(names)} CSV or XML files instead of one")
            with archive.open(names[0]) as packed:
                unpacked = packed.read(UNPACKED_BYTES_MAX + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        _refuse(f"the zip is damaged or cut off ({error})")
    if len(unpacked) > UNPACKED_BYTES_MAX:
        _refuse(f"the zip unpacks to more than {UNPACKED_BYTES_MAX:,} bytes")
    return unpacked


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _refuse(f"it is no text ({error.reason} at byte {error.start})")


def _read_csv(text: str) -> dict[date, dict[str, Decimal]]:
    lines = [[cell.strip() for cell in line.split(",")] for line in text.splitlines() if line.strip()]
    if not lines or lines[0][0] != "Date":
        _refuse("it does not begin with a line of Date and currency codes")
    header, *rows = lines
    # Every line ends with a comma, so that the last cell is empty: one that is cut off has fewer cells.
    codes = header[1:-1] if header[-1] == "" else header[1:]
    if len(set(codes)) != len(codes) or not all(_CODE.match(code) for code in codes):
        _refuse("its first line has other things than currency codes, each once")
    found: dict[date, dict[str, Decimal]] = {}
    for number, cells in enumerate(rows, start=2):
        if len(cells) != len(header) or (header[-1] == "" and cells[-1] != ""):
            _refuse(f"line {number} has {len(cells)} cells where the first line has {len(header)}")
        day = _day(cells[0], f"line {number}")
        if day in found:
            _refuse(f"line {number} repeats {day}")
        pairs = zip(codes, cells[1 : len(codes) + 1], strict=True)
        found[day] = {code: _rate(cell, f"line {number}") for code, cell in pairs if cell not in _ABSENT}
    return found


def _read_xml(text: str) -> dict[date, dict[str, Decimal]]:
    found: dict[date, dict[str, Decimal]] = {}
    days: list[date] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if not name.endswith("Cube"):
            return
        where = f"line {parser.CurrentLineNumber}"
        if "time" in attributes:
            day = _day(attributes["time"], where)
            if day in found:
                _refuse(f"{where} repeats {day}")
            days.append(day)
            found[day] = {}
        elif "currency" in attributes:
            if not days or not _CODE.match(attributes["currency"]):
                _refuse(f"{where} has a rate without a day or a currency code")
            found[days[-1]][attributes["currency"]] = _rate(attributes.get("rate", ""), where)

    def refuse_doctype(*_: object) -> None:
        _refuse("it declares a document type, which these files never do")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse_doctype  # no entities, so nothing that grows or reads files
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        _refuse(f"it is no whole XML document ({error})")
    if not found:
        _refuse("it has no <Cube time=...> with rates")
    return found


def _day(text: str, where: str) -> date:
    for form in _DATE_FORMATS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  (a calendar date has no zone)
        except ValueError:
            continue
    raise _unreadable(f"{where} has {text[:20]!r} where a date should be")


def _rate(text: str, where: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        _refuse(f"{where} has {text[:20]!r} where a rate should be")


def _refuse(reason: str) -> NoReturn:
    raise _unreadable(reason) from None


def _unreadable(reason: str) -> Invalid:
    return Invalid(
        f"This is not a file of ECB reference rates: {reason}. Take one from the bank's site, whole.",
        code="EXCHANGE_FILE_UNREADABLE",
        field="file",
    )
