"""Rates per hour, durations in seconds, and the one product that turns them into money."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction

from hourledger.core.errors import Invalid
from hourledger.core.money.amount import EXACT, RATE_SCALE, Money, require_currency

SECONDS_PER_HOUR = 3600


@dataclass(frozen=True, slots=True)
class HourlyRate:
    """``scaled`` / 10,000 of the major unit of ``currency`` per hour. 0.00 is a rate; an absent rate is None."""

    scaled: int
    currency: str

    @classmethod
    def of(cls, rate_per_hour: Decimal | str | int, currency: str) -> HourlyRate:
        """At most four digits after the point, zero or more, else Invalid RATE_INVALID."""
        require_currency(currency)
        try:
            scaled = EXACT.multiply(Decimal(rate_per_hour), RATE_SCALE)
            if not scaled.is_finite() or scaled != scaled.to_integral_value() or not 0 <= scaled < 2**62:
                raise InvalidOperation
        except ArithmeticError:
            raise Invalid(
                f"{rate_per_hour!s} is not a rate per hour: write zero or more, with at most four decimals.",
                code="RATE_INVALID",
                field="rate",
            ) from None
        return cls(int(scaled), currency)

    @property
    def per_hour(self) -> Decimal:
        """With two digits, or as many as it needs up to four."""
        rate = Decimal(self.scaled) / RATE_SCALE
        return rate.quantize(Decimal("0.01")) if self.scaled % 100 == 0 else rate.normalize()

    def __str__(self) -> str:
        return f"{self.per_hour} {self.currency}/h"


def amount_for(seconds: int, rate: HourlyRate, currency: str, conversion: Fraction = Fraction(1)) -> Money:
    """seconds x rate x conversion, in ``currency``, rounded once, half away from zero, to the minor unit.

    ``conversion`` is units of ``currency`` per unit of the rate's currency. Negative seconds give the negative amount.
    Source: project-finances §2.11, §7.5 (rates are converted when applied).
    """
    exact = Fraction(seconds, SECONDS_PER_HOUR) * Fraction(rate.scaled, RATE_SCALE) * conversion
    return Money.rounded(exact, currency)


def decimal_hours(seconds: int) -> Decimal:
    """Hours with as many digits as are exact, at least two: 5400 -> 1.50; a third of an hour is cut at six digits."""
    hours = (Decimal(seconds) / SECONDS_PER_HOUR).quantize(Decimal("0.000001"))
    return hours.quantize(Decimal("0.01")) if hours == hours.quantize(Decimal("0.01")) else hours.normalize()


def parse_hours(hours: Decimal | str | int) -> int:
    """Decimal hours as whole seconds, rounded to the nearest one, half away from zero.

    Raises:
        Invalid HOURS_INVALID: not a number, or more than some 68 years.
    """
    try:
        seconds = Decimal(hours) * SECONDS_PER_HOUR
        if not seconds.is_finite() or abs(seconds) > 2**31:
            raise InvalidOperation
    except ArithmeticError:
        raise Invalid(f"{hours!s} is not a number of hours.", code="HOURS_INVALID", field="hours") from None
    if seconds != seconds.to_integral_value():
        # Sources print thirds of an hour as 0.33 or 0.333333; both are whole seconds or within half a second of one.
        seconds = seconds.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return int(seconds)
