"""The reference rates of the European Central Bank, from the file that the currencyconverter package ships."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal

from currency_converter import CurrencyConverter, RateNotFoundError

from hourledger.core.periods import ONE_DAY


def ecb_rates(currency: str, *, since: date) -> list[tuple[date, Decimal]]:
    """Units of ``currency`` per euro for each day the bank published one, from ``since`` to the end of the file."""
    converter = CurrencyConverter(decimal=True)
    last = converter.bounds[currency].last_date
    found = []
    day = since
    while day <= last:
        with suppress(RateNotFoundError):  # weekends and holidays have none
            found.append((day, Decimal(converter.convert(1, "EUR", currency, date=day))))
        day += ONE_DAY
    return found
