"""Rates per hour, durations in seconds, and the one product that turns them into money."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction

from hourledger.core.errors import Invalid
from hourledger.core.money.amount import EXACT, RATE_SCALE, Money, require_currency
from hourledger.core.money.rounding import round_half_up

SECONDS_PER_HOUR = 3600


@dataclass(frozen=True, slots=True)
class HourlyRate:
    """``scaled`` / 10,000 of the major unit of ``currency`` per unit of time. 0.00 is a rate; an absent rate is None.

    ``unit_seconds``: an hour, unless prices are kept per day of so many hours (project-invoicing §4.3); never rounded
    to a price per hour.
    """

    scaled: int
    currency: str
    unit_seconds: int = SECONDS_PER_HOUR

    @classmethod
    def of(cls, rate_per_unit: Decimal | str | int, currency: str, unit_seconds: int = SECONDS_PER_HOUR) -> HourlyRate:
        """At most four digits after the point, zero or more, else Invalid RATE_INVALID; a unit above zero."""
        require_currency(currency)
        if not 0 < unit_seconds < 2**31:
            raise Invalid("A rate is per a time above zero.", code="RATE_INVALID", field="unitHours")
        try:
            scaled = EXACT.multiply(Decimal(rate_per_unit), RATE_SCALE)
            if not scaled.is_finite() or scaled != scaled.to_integral_value() or not 0 <= scaled < 2**62:
                raise InvalidOperation
        except ArithmeticError:
            raise Invalid(
                f"{rate_per_unit!s} is not a rate per hour: write zero or more, with at most four decimals.",
                code="RATE_INVALID",
                field="rate",
            ) from None
        return cls(int(scaled), currency, unit_seconds)

    def converted(self, factor: Fraction, currency: str) -> HourlyRate:
        """In ``currency``, of which one unit of this currency is worth ``factor``; rounded once, half away from zero.

        For a rate that is to be kept in another currency; one that is applied converts the product (``amount_for``).
        """
        return HourlyRate(round_half_up(self.scaled * factor), currency, self.unit_seconds)

    @property
    def per_unit(self) -> Decimal:
        """With two digits, or as many as it needs up to four."""
        rate = Decimal(self.scaled) / RATE_SCALE
        return rate.quantize(Decimal("0.01")) if self.scaled % 100 == 0 else rate.normalize()

    @property
    def per_second(self) -> Fraction:
        """Exact, in the major unit of the currency."""
        return Fraction(self.scaled, RATE_SCALE) / self.unit_seconds

    def __str__(self) -> str:
        unit = "h" if self.unit_seconds == SECONDS_PER_HOUR else f"{decimal_hours(self.unit_seconds)} h"
        return f"{self.per_unit} {self.currency}/{unit}"


def amount_for(seconds: int, rate: HourlyRate, currency: str, conversion: Fraction = Fraction(1)) -> Money:
    """seconds x rate x conversion, in ``currency``, rounded once, half away from zero, to the minor unit.

    ``conversion`` is units of ``currency`` per unit of the rate's currency. Negative seconds give the negative amount.
    Source: project-finances §2.11, §7.5 (rates are converted when applied).
    """
    return Money.rounded(seconds * rate.per_second * conversion, currency)


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
