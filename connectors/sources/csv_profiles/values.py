"""Cells to values: dates, clock times, durations. A cell that does not fit its declared format is refused, not guessed.

03/04/2026 is the third of April in one export and the fourth of March in another, and 1.500 is one and a half hours
here and fifteen hundred there. The profile or the connection says which; nothing is concluded from the cells.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from functools import lru_cache
from typing import Literal, get_args

from hourledger.core.errors import Invalid
from hourledger.core.money import parse_hours

DecimalSign = Literal[".", ","]
DateFormat = Literal["YYYY-MM-DD", "YYYY/MM/DD", "DD-MM-YYYY", "DD/MM/YYYY", "DD.MM.YYYY", "MM/DD/YYYY", "MM-DD-YYYY"]
ClockFormat = Literal["HH:MM:SS", "HH:MM", "hh:mm:ss AM", "hh:mm AM"]
DurationFormat = Literal["H:MM:SS", "H:MM", "decimal hours"]

_DATE_PATTERNS = {
    text: text.replace("YYYY", "%Y").replace("MM", "%m").replace("DD", "%d") for text in get_args(DateFormat)
}
_CLOCK_PATTERNS = {
    "HH:MM:SS": "%H:%M:%S",
    "HH:MM": "%H:%M",
    "hh:mm:ss AM": "%I:%M:%S %p",
    "hh:mm AM": "%I:%M %p",
}
_CLOCK_DURATION = re.compile(r"(-?)([0-9]{1,6}):([0-5][0-9])(?::([0-5][0-9]))?")
_DECIMAL_DURATION = {
    ".": re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,12})?"),
    ",": re.compile(r"-?[0-9]{1,9}(,[0-9]{1,12})?"),
}


def parse_date(text: str, written_as: DateFormat) -> date:
    """A day of the calendar; Invalid DATE_INVALID for anything else."""
    try:
        return _strptime(text, _DATE_PATTERNS[written_as]).date()
    except ValueError:
        raise Invalid(
            f"{text!r} is not a date written as {written_as}. Correct it at the source, or set the connection's date "
            "format if the whole file is written otherwise.",
            code="DATE_INVALID",
            field="date",
        ) from None


def parse_clock(text: str, written_as: ClockFormat) -> time:
    """A time of day without a zone; Invalid TIME_INVALID for anything else."""
    try:
        return _strptime(text, _CLOCK_PATTERNS[written_as]).time()
    except ValueError:
        raise Invalid(f"{text!r} is not a time written as {written_as}.", code="TIME_INVALID", field="time") from None


def parse_duration(text: str, written_as: DurationFormat, decimal: DecimalSign) -> int:
    """Whole seconds, zero or more. Decimal hours to the second as core.money.parse_hours rounds them.

    Raises:
        Invalid DURATION_NEGATIVE: a running timer or a mistake; no export we read has corrections below zero.
        Invalid DURATION_INVALID: not written as declared, such as a decimal point where the comma is the sign.
    """
    seconds = _decimal_seconds(text, decimal) if written_as == "decimal hours" else _clock_seconds(text, written_as)
    if seconds is None:
        like = f"decimal hours with {decimal!r}" if written_as == "decimal hours" else written_as
        raise Invalid(
            f"{text!r} is not a duration written as {like}. Correct it at the source, or set the connection's formats "
            "if the whole file is written otherwise.",
            code="DURATION_INVALID",
            field="duration",
        )
    if seconds < 0:
        raise Invalid(
            f"The duration {text} is below zero: a timer that was running, or a mistake. Correct it at the source.",
            code="DURATION_NEGATIVE",
            field="duration",
        )
    return seconds


@lru_cache(maxsize=4096)  # an export has many rows on few days
def _strptime(text: str, pattern: str) -> datetime:
    return datetime.strptime(text, pattern)  # noqa: DTZ007 - only its date or its time is used, and neither has a zone


def _decimal_seconds(text: str, decimal: DecimalSign) -> int | None:
    if not _DECIMAL_DURATION[decimal].fullmatch(text):
        return None
    try:
        return parse_hours(text.replace(",", "."))
    except Invalid:  # more hours than a duration can have: the caller says it with the cell's text
        return None


def _clock_seconds(text: str, written_as: DurationFormat) -> int | None:
    match = _CLOCK_DURATION.fullmatch(text)
    if match is None or (match[4] is None) != (written_as == "H:MM"):
        return None
    seconds = int(match[2]) * 3600 + int(match[3]) * 60 + int(match[4] or 0)
    return -seconds if match[1] else seconds
