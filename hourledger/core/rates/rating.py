"""Rating: what one piece of logged time costs and earns, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from hourledger.core.money import ExchangeRates, Money, amount_for
from hourledger.core.rates.policy import Level, Policy, Subject
from hourledger.core.rates.resolution import RateTable, Resolution, resolve
from hourledger.core.work import CostType, RateKind, RevenueType


@dataclass(frozen=True, slots=True)
class RatingInput:
    """The facts about one time entry that decide its rates.

    ``subjects``: who and what can have a rate here; ``scopes``: the project and its company. ``counts_as_revenue`` is
    false for hour types and assignments that never earn (§3.11): no billing rate is searched then, cost stays.
    """

    on: date
    seconds: int
    currency: str
    cost_type: CostType
    revenue_type: RevenueType
    subjects: Mapping[Subject, int]
    scopes: Mapping[Level, int]
    counts_as_revenue: bool = True


@dataclass(frozen=True, slots=True)
class Valued:
    """An amount in the project's currency and how it came about; ``conversion`` is 1 within one currency.

    Without a rate the amount is 0.00 and ``resolution.line`` is None: an absent rate is not a rate of zero.
    """

    amount: Money
    resolution: Resolution
    conversion: Fraction = field(default=Fraction(1))


@dataclass(frozen=True, slots=True)
class Rated:
    """Cost and revenue of one time entry. ``revenue`` is before any cap of the task (see cap_revenue)."""

    cost: Valued
    revenue: Valued
    policy_version: str


def rate_hours(entry: RatingInput, policy: Policy, rates: RateTable, exchange: ExchangeRates) -> Rated:
    """Cost and revenue of one entry, from the rates in force on its date.

    Each is seconds x rate x conversion, in the project's currency, rounded once to the minor unit, half away from zero.

    Raises:
        Missing EXCHANGE_RATE_MISSING: a rate in another currency, and no exchange rate on the day.
    Source: project-finances §2.1, §2.3, §3, §7.5; docs/decisions/0002-money-and-rounding.md.
    """
    hourly = entry.revenue_type.hourly if entry.counts_as_revenue else None
    return Rated(
        cost=_value(entry, RateKind.COST, entry.cost_type.value, policy, rates, exchange),
        revenue=_value(entry, RateKind.BILLING, hourly.value if hourly else None, policy, rates, exchange),
        policy_version=policy.version,
    )


def _value(
    entry: RatingInput,
    kind: RateKind,
    type_name: str | None,
    policy: Policy,
    rates: RateTable,
    exchange: ExchangeRates,
) -> Valued:
    steps = policy.steps.get((kind, type_name), ()) if type_name else ()
    resolution = resolve(kind, steps, entry.subjects, entry.scopes, rates, entry.on)
    if resolution.line is None:
        return Valued(Money.zero(entry.currency), resolution)
    rate = resolution.line.rate
    conversion = exchange.factor(rate.currency, entry.currency, entry.on)
    return Valued(amount_for(entry.seconds, rate, entry.currency, conversion), resolution, conversion)
