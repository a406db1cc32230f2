"""What one line of rates says: a price per hour or day, a price per entry, or a percentage."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from hourledger.core.errors import Invalid
from hourledger.core.money import RATE_SCALE, HourlyRate, round_half_up
from hourledger.core.money.amount import EXACT
from hourledger.core.money.hourly import SECONDS_PER_HOUR
from hourledger.core.rates import RateBasis

PERCENT_CURRENCY = "XXX"
"""ISO 4217's code for no currency: percentages are kept with it."""

_PERCENTS = frozenset({RateBasis.COST_PLUS, RateBasis.PERCENT})
_SCALED_MAX = 2**62
_NOTHING_LEFT = -100 * RATE_SCALE


@dataclass(frozen=True, slots=True)
class Price:
    """``rate`` is per unit of time, per entry, or, in 1/10,000 and currency XXX, a percentage: ``basis`` says which.

    ``is_locked``: goes before overrides on the project; only lines of rate cards can be (§3.4).
    """

    rate: HourlyRate
    basis: RateBasis = RateBasis.TIME
    is_locked: bool = False

    @property
    def is_percentage(self) -> bool:
        return self.basis in _PERCENTS

    def adjusted(self, percent: Decimal) -> Price:
        """``percent`` more, or less when negative: 10 is x 1.10 (CT-42). To four decimals, half away from zero.

        Raises:
            Invalid RATE_INVALID: the result is below zero (a percentage: below -100), or too large to be kept.
        """
        exact = self.rate.scaled * (1 + Fraction(percent) / 100)
        scaled = round_half_up(exact)
        if not (_NOTHING_LEFT if self.is_percentage else 0) <= scaled < _SCALED_MAX:
            raise Invalid(
                f"{self} changed by {percent} % is not a rate any more. Choose a percentage above -100.",
                code="RATE_INVALID",
                field="percent",
            )
        return replace(self, rate=replace(self.rate, scaled=scaled))

    @property
    def amount(self) -> Decimal:
        """In major units, or the percentage; with two digits, or as many as it needs up to four."""
        return self.rate.per_unit

    def __str__(self) -> str:
        if self.is_percentage:
            return f"{self.amount} % {'over cost' if self.basis is RateBasis.COST_PLUS else 'on top'}"
        if self.basis is RateBasis.ENTRY:
            return f"{self.amount} {self.rate.currency} per entry"
        return str(self.rate)


def price_of(
    amount: Decimal,
    currency: str | None,
    basis: RateBasis = RateBasis.TIME,
    *,
    unit_seconds: int = SECONDS_PER_HOUR,
    is_locked: bool = False,
) -> Price:
    """As typed: an amount with its currency, per unit of time or per entry, or a percentage without currency.

    Rates have up to four decimals in every currency, also in those whose amounts have fewer: they are not amounts yet.

    Raises:
        Invalid RATE_INVALID, UNKNOWN_CURRENCY, CURRENCY_MISSING, PERCENT_HAS_NO_CURRENCY, UNIT_INVALID.
    """
    if basis is not RateBasis.TIME and unit_seconds != SECONDS_PER_HOUR:
        raise Invalid("Only a price per unit of time has a unit.", code="UNIT_INVALID", field="unitHours")
    if basis in _PERCENTS:
        if currency not in (None, PERCENT_CURRENCY):
            raise Invalid("A percentage has no currency.", code="PERCENT_HAS_NO_CURRENCY", field="currency")
        return Price(HourlyRate(_percent(amount), PERCENT_CURRENCY), basis, is_locked)
    if currency is None:
        raise Invalid("Say in which currency the rate is.", code="CURRENCY_MISSING", field="currency")
    return Price(HourlyRate.of(amount, currency, unit_seconds), basis, is_locked)


def _percent(amount: Decimal) -> int:
    try:
        scaled = EXACT.multiply(amount, RATE_SCALE)
        if scaled.is_finite() and scaled == scaled.to_integral_value() and _NOTHING_LEFT <= scaled < _SCALED_MAX:
            return int(scaled)
    except ArithmeticError:
        pass
    raise Invalid(
        f"{amount} is not a percentage: write -100 or more, with at most four decimals.",
        code="RATE_INVALID",
        field="rate",
    )
