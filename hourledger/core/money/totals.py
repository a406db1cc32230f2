"""Amounts of several projects told in one currency, and the day on which amounts without a day are converted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Generic, TypeVar

from hourledger.core.money.amount import Money
from hourledger.core.money.exchange import ExchangeRates

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class ConvertedTotal(Generic[K]):
    """``parts`` by what they were given under, each rounded; ``total`` is exactly their sum."""

    total: Money
    parts: dict[K, Money]


def convert_total(
    amounts: Mapping[K, Money], currency: str, exchange: Mapping[K, ExchangeRates], on: date
) -> ConvertedTotal[K]:
    """Each amount / fx(its currency) * fx(``currency``) on ``on``, and their sum, for reports over several projects.

    Rounded once per amount, half away from zero, to the minor unit, and never again: what is shown line by line adds up
    to the total. ``exchange`` has the rates by which each of them is converted.

    Raises:
        Missing EXCHANGE_RATE_MISSING.
    Source: project-finances §7.4, §7.7, C-23.
    """
    parts = {}
    for key, amount in amounts.items():
        conversion = exchange[key].factor(amount.currency, currency, on)
        parts[key] = (
            amount if amount.currency == currency else Money.rounded(Fraction(amount.amount) * conversion, currency)
        )
    return ConvertedTotal(Money.total(parts.values(), currency), parts)


def fixed_amount_day(exchange_rate_date: date | None, planned_start: date | None, created_on: date) -> date:
    """The day on which a project's fixed amounts are converted: the one it says, else the first day of its plan.

    A project that says neither has the day on which it was made. Source: project-finances §7.4.
    """
    return exchange_rate_date or planned_start or created_on
