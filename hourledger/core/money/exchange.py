"""Dated exchange rates. A rate is units of the foreign currency per one unit of the base currency (C-23)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hourledger.core.errors import Invalid, Missing
from hourledger.core.periods import Period

EXCHANGE_DIGITS = 10
"""Digits that an exchange rate has at most, before and after the point."""


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """``rate`` units of ``currency`` per base unit, in force during ``period``; ``row_id`` names the stored row."""

    currency: str
    rate: Decimal
    period: Period
    row_id: int | None = None
    source: str = ""


BASE_RATE = Decimal(1)


class ExchangeRates:
    """What one unit is worth on a day, for one organisation or, with its ``own`` rates, for one project.

    A currency that is among the own rates has only those: a rate agreed for a project and one of the market are not
    mixed, not even on days that the agreed one leaves out (§7.2).
    """

    def __init__(self, base_currency: str, rates: Iterable[ExchangeRate], own: Iterable[ExchangeRate] = ()) -> None:
        self.base_currency = base_currency
        own_by_currency = _in_order(own)
        self._own = frozenset(own_by_currency)
        self._by_currency = _in_order(rates) | own_by_currency
        self._starts = {currency: [_start(one) for one in dated] for currency, dated in self._by_currency.items()}

    def on(self, currency: str, day: date) -> ExchangeRate:
        """The rate of ``currency`` in force on ``day``.

        Raises:
            Missing EXCHANGE_RATE_MISSING: no row of that currency covers the day.
        """
        if currency == self.base_currency:
            return ExchangeRate(currency, BASE_RATE, Period())
        if currency in self._by_currency:
            last_begun = bisect_right(self._starts[currency], day) - 1
            if last_begun >= 0 and day in (found := self._by_currency[currency][last_begun]).period:
                return found
        of_project = " of the project, which has its own," if currency in self._own else ""
        raise Missing(
            f"No exchange rate{of_project} of {currency} to {self.base_currency} on {day.isoformat()}. "
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


def fixed_amount_day(exchange_rate_date: date | None, planned_days: Iterable[date], created_on: date) -> date:
    """The day on which a fixed amount becomes the currency of a project: the one it says, else its first planned one.

    A project that says neither has the day on which it was made. Source: project-finances §7.4.
    """
    return exchange_rate_date or min(planned_days, default=created_on)


def require_exchange_rate(rate: Decimal, field: str = "rate") -> Decimal:
    """``rate`` as it is, if it can be kept: above zero, at most ten digits before and after the point.

    Raises Invalid EXCHANGE_RATE_INVALID otherwise; nothing is rounded.
    """
    exponent = rate.normalize().as_tuple().exponent if rate.is_finite() else None
    if not isinstance(exponent, int) or exponent < -EXCHANGE_DIGITS or not 0 < rate < 10**EXCHANGE_DIGITS:
        raise Invalid(
            f"{rate} is not an exchange rate: write units of the currency per unit of the base currency, above zero, "
            f"with at most {EXCHANGE_DIGITS} digits before and after the point.",
            code="EXCHANGE_RATE_INVALID",
            field=field,
        )
    return rate


def _in_order(rates: Iterable[ExchangeRate]) -> dict[str, list[ExchangeRate]]:
    by_currency: dict[str, list[ExchangeRate]] = {}
    for rate in rates:
        by_currency.setdefault(rate.currency, []).append(rate)
    for dated in by_currency.values():
        dated.sort(key=_start)
    return by_currency


def _start(rate: ExchangeRate) -> date:
    return rate.period.valid_from or date.min
