"""Dated exchange rates. A rate is units of the foreign currency per one unit of the base currency (C-23)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hourledger.core.errors import Missing
from hourledger.core.periods import Period


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """``rate`` units of ``currency`` per base unit, in force during ``period``; ``row_id`` names the stored row."""

    currency: str
    rate: Decimal
    period: Period
    row_id: int | None = None


BASE_RATE = Decimal(1)


class ExchangeRates:
    """What one unit is worth on a day, for one organisation (or one project, when it has rates of its own)."""

    def __init__(self, base_currency: str, rates: Iterable[ExchangeRate]) -> None:
        self.base_currency = base_currency
        self._by_currency: dict[str, list[ExchangeRate]] = {}
        for rate in rates:
            self._by_currency.setdefault(rate.currency, []).append(rate)
        for dated in self._by_currency.values():
            dated.sort(key=lambda rate: rate.period.valid_from or date.min)

    def on(self, currency: str, day: date) -> ExchangeRate:
        """The rate of ``currency`` in force on ``day``.

        Raises:
            Missing EXCHANGE_RATE_MISSING: no row of that currency covers the day.
        """
        if currency == self.base_currency:
            return ExchangeRate(currency, BASE_RATE, Period())
        for rate in self._by_currency.get(currency, ()):
            if day in rate.period:
                return rate
        raise Missing(
            f"No exchange rate of {currency} to {self.base_currency} on {day.isoformat()}. "
            "Add one that covers this day, then try again.",
            code="EXCHANGE_RATE_MISSING",
            currency=currency,
            on=day.isoformat(),
        )

    def factor(self, from_currency: str, to_currency: str, day: date) -> Fraction:
        """Units of ``to_currency`` per unit of ``from_currency`` on ``day``, exact; 1 when they are the same."""
        if from_currency == to_currency:
            return Fraction(1)
        return Fraction(self.on(to_currency, day).rate) / Fraction(self.on(from_currency, day).rate)
