"""Rating: what one piece of logged time costs and earns, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from hourledger.core.money import ExchangeRates, Money, amount_for
from hourledger.core.rates.policy import PROJECT_HOURS, Level, Policy, Subject
from hourledger.core.rates.resolution import RateTable, Resolution, resolve
from hourledger.core.work import CostType, RateKind, RevenueType


@dataclass(frozen=True, slots=True)
class RatingInput:
    """The facts about one time entry that decide its rates.

    ``subjects``: who and what can have a rate here; ``scopes``: the project and its company. Both types are None for
    hours on a project that are on none of its tasks. ``counts_as_revenue`` is false for hour types and assignments that
    never earn (§3.11): no billing rate is searched then, cost stays. ``is_planned``: hours that are to be worked.
    """

    on: date
    seconds: int
    currency: str
    cost_type: CostType | None
    revenue_type: RevenueType | None
    subjects: Mapping[Subject, int]
    scopes: Mapping[Level, int]
    counts_as_revenue: bool = True
    is_planned: bool = False

    def searched_type(self, kind: RateKind) -> str | None:
        """Under which name the policy lists the search; None when there is nothing to search."""
        if kind is RateKind.COST:
            return self.cost_type.value if self.cost_type else PROJECT_HOURS
        if not self.counts_as_revenue:
            return None
        if self.revenue_type is None:
            return PROJECT_HOURS
        return self.revenue_type.hourly.value if self.revenue_type.hourly else None


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
    Source: project-finances §2.1, §2.3, §2.9, §3, §7.5; docs/decisions/0002-money-and-rounding.md.
    """
    return Rated(
        cost=_value(entry, RateKind.COST, policy, rates, exchange),
        revenue=_value(entry, RateKind.BILLING, policy, rates, exchange),
        policy_version=policy.version,
    )


def _value(entry: RatingInput, kind: RateKind, policy: Policy, rates: RateTable, exchange: ExchangeRates) -> Valued:
    type_name = entry.searched_type(kind)
    steps = policy.steps_for(kind, type_name, is_planned=entry.is_planned) if type_name else ()
    resolution = resolve(kind, steps, entry.subjects, entry.scopes, rates, entry.on)
    if resolution.line is None:
        return Valued(Money.zero(entry.currency), resolution)
    rate = resolution.line.rate
    conversion = exchange.factor(rate.currency, entry.currency, entry.on)
    return Valued(amount_for(entry.seconds, rate, entry.currency, conversion), resolution, conversion)
