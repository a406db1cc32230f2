"""Exact money: currencies converted on a day, and rounded once."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.oracle.results import Found
from tests.oracle.world import ExchangeRate, World


class NoExchangeRateError(LookupError):
    """The world needs an exchange rate it does not have; generated worlds never do."""


def decimals_of(world: World, currency: str) -> int:
    """Decimals of the currency's minor unit."""
    for one in world.currencies:
        if one.code == currency:
            return one.decimals
    raise NoExchangeRateError(f"{currency} is no currency of this world")


def round_money(world: World, amount: Fraction) -> Decimal:
    """To the minor unit of the project's currency, half away from zero (§2.11 and the house's convention)."""
    decimals = decimals_of(world, world.project.currency)
    units = math.floor(abs(amount) * 10**decimals + Fraction(1, 2))
    if amount < 0:
        units = -units
    return Decimal(units).scaleb(-decimals)


def zero(world: World) -> Decimal:
    """Nothing, in the decimals of the project's currency."""
    return round_money(world, Fraction(0))


def per_base(world: World, currency: str, on: date) -> Fraction:
    """Units of ``currency`` for one unit of the base currency on that day (§7.4).

    A project that has rates of its own of a currency has only those of it (§7.2).
    Choice: so it is on days that they leave out, too, where the rate is missing then.
    """
    if currency == world.base_currency:
        return Fraction(1)
    known = [rate for rate in world.exchange_rates if rate.currency == currency]
    own = [rate for rate in known if rate.of_project]
    for rate in own or known:
        if _covers(rate, on):
            return Fraction(rate.per_base)
    raise NoExchangeRateError(f"no rate of {currency} on {on}")


def convert(world: World, amount: Fraction, currency: str, on: date) -> Fraction:
    """``amount`` in the project's currency, exactly: amount / fx(from, day) x fx(to, day) (§7.4, C-23)."""
    if currency == world.project.currency:
        return amount
    return amount / per_base(world, currency, on) * per_base(world, world.project.currency, on)


def price(world: World, seconds: int, found: Found, on: date, factor: Decimal = Decimal(1)) -> Decimal:
    """seconds x rate x factor in the project's currency, exact until it is rounded once; 0 without a rate."""
    if found.per_hour is None or found.currency is None:
        return zero(world)
    exact = Fraction(seconds, 3600) * Fraction(found.per_hour) * Fraction(factor)
    return round_money(world, convert(world, exact, found.currency, on))


def _covers(rate: ExchangeRate, on: date) -> bool:
    return (rate.first_day or date.min) <= on <= (rate.last_day or date.max)
