"""An amount of money in one currency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from fractions import Fraction

from hourledger.core.errors import Invalid
from hourledger.core.money.iso4217_table import EXPONENTS
from hourledger.core.money.rounding import allocate, round_half_up

RATE_SCALE = 10_000
"""A rate of 1.00 per hour is stored as 10,000."""

_EXPONENT_BY_CODE = {code: exponent for exponent, codes in EXPONENTS.items() for code in codes}
_MINOR_MAX = 2**63 - 1

EXACT = Context(prec=60, Emin=-60, Emax=60, traps=[Inexact, InvalidOperation, Overflow])
"""Arithmetic on typed numbers: what does not fit raises an ArithmeticError, so that no digit is dropped unseen."""


def require_currency(code: str) -> str:
    """``code`` if it is an active ISO 4217 code in capitals; raises Invalid UNKNOWN_CURRENCY otherwise."""
    if code not in _EXPONENT_BY_CODE:
        raise Invalid(
            f"{code!r} is not a currency code. Use a three-letter ISO 4217 code such as EUR.",
            code="UNKNOWN_CURRENCY",
            field="currency",
            currency=code,
        )
    return code


def currency_exponent(code: str) -> int:
    """Digits after the decimal point of a currency: 2 for EUR, 0 for JPY, 3 for KWD."""
    return _EXPONENT_BY_CODE[require_currency(code)]


@dataclass(frozen=True, slots=True)
class Money:
    """``minor`` units of ``currency``; 1234 EUR-cents is ``Money(1234, "EUR")``, and prints as 12.34 EUR.

    Two currencies never mix: adding them raises Invalid CURRENCY_MISMATCH.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        require_currency(self.currency)
        if not isinstance(self.minor, int):
            raise TypeError(f"minor units are a whole number, not {self.minor!r}")
        if abs(self.minor) > _MINOR_MAX:
            raise Invalid(
                f"An amount of {self.minor} minor units is beyond what can be booked.", code="AMOUNT_TOO_LARGE"
            )

    @classmethod
    def of(cls, amount: Decimal | str | int, currency: str) -> Money:
        """Exactly ``amount``; more digits than the currency has raise Invalid TOO_MANY_DIGITS (never rounded)."""
        exponent = currency_exponent(currency)
        try:
            minor = EXACT.scaleb(Decimal(amount), exponent)
            if not minor.is_finite() or minor != minor.to_integral_value():
                raise InvalidOperation
        except ArithmeticError:
            raise Invalid(
                f"{amount!s} is not an amount in {currency}: write digits with at most {exponent} after the point.",
                code="TOO_MANY_DIGITS",
                field="amount",
            ) from None
        return cls(int(minor), currency)

    @classmethod
    def rounded(cls, amount: Fraction, currency: str) -> Money:
        """``amount`` in major units to the minor unit, half away from zero."""
        return cls(round_half_up(amount * 10 ** currency_exponent(currency)), currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(0, currency)

    @classmethod
    def total(cls, amounts: Iterable[Money], currency: str) -> Money:
        """Their sum; of nothing it is 0 in ``currency``."""
        result = cls.zero(currency)
        for amount in amounts:
            result += amount
        return result

    @property
    def amount(self) -> Decimal:
        """In major units with exactly the currency's digits: Decimal("12.30")."""
        return Decimal(self.minor).scaleb(-currency_exponent(self.currency))

    def converted(self, factor: Fraction, currency: str) -> Money:
        """In ``currency``, of which one unit of this currency is worth ``factor``; rounded once, half away from zero.

        Source: project-finances §7.4; ``ExchangeRates.factor`` gives the factor of a day.
        """
        return Money.rounded(Fraction(self.minor, 10 ** currency_exponent(self.currency)) * factor, currency)

    def split(self, weights: Sequence[Fraction | int]) -> list[Money]:
        """Parts in proportion to ``weights`` that sum to this amount (largest remainder)."""
        return [Money(part, self.currency) for part in allocate(self.minor, weights)]

    def __add__(self, other: Money) -> Money:
        self._require_same_currency(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return self + -other

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{self.amount:,} {self.currency}"

    def _require_same_currency(self, other: Money) -> None:
        if other.currency != self.currency:
            raise Invalid(
                f"{self} and {other} are in different currencies: convert one of them on a date first.",
                code="CURRENCY_MISMATCH",
            )
