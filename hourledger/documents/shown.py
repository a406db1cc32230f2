"""Values as a document shows them: amounts, numbers and days as people of a language write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from hourledger.core.money import Money


def shown(value: Any, locale: Locale) -> Any:
    """``value`` as JSON of texts, recursively; a dataclass is a mapping of its fields.

    An amount has its currency's digits and its code: 1.234,50 EUR. A number keeps the digits it has. Words of an
    enumeration stay what they are: templates name them.

    Raises TypeError: a float, for it is no exact number; an instant, for a document shows days; anything else unknown.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value.value if isinstance(value, StrEnum) else value
    if isinstance(value, Money):
        return f"{_number(value.amount, locale)}\N{NO-BREAK SPACE}{value.currency}"
    if isinstance(value, int | Decimal):
        return _number(Decimal(value), locale)
    if isinstance(value, date) and not isinstance(value, datetime):
        return format_date(value, format="long", locale=locale)
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: shown(getattr(value, one.name), locale) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): shown(one, locale) for name, one in value.items()}
    if isinstance(value, Sequence):
        return [shown(one, locale) for one in value]
    raise TypeError(f"a document cannot show {value!r}")


def _number(value: Decimal, locale: Locale) -> str:
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int), "a number, and not infinity"
    digits = max(0, -exponent)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return str(format_decimal(value, format=pattern, locale=locale))
