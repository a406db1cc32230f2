"""Rating: what one piece of logged time costs and earns, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from hourledger.core.money import ExchangeRates, Money
from hourledger.core.rates.attributes import AttributeValues
from hourledger.core.rates.levels import PROJECT_HOURS, Subject
from hourledger.core.rates.policy import Policy
from hourledger.core.rates.resolution import Resolution, resolve
from hourledger.core.rates.table import RateBasis, RateLine, RateTable
from hourledger.core.work import CostType, RateKind, RevenueType


@dataclass(frozen=True, slots=True)
class RatingInput:
    """The facts about one time entry that decide its rates.

    ``subjects``: who and what can have a rate here; ``attributes``: what rates may be narrowed to. Both types are None
    for hours that are on no task: ``untyped`` says on what they are. ``counts_as_revenue`` is false for hour types and
    assignments that never earn (§3.11): no billing rate is searched then, cost stays. ``is_planned``: hours that are to
    be worked. ``overtime_ratio`` multiplies the planned revenue of USER_AND_ROLE_HOURLY (§3.9).
    """

    on: date
    seconds: int
    currency: str
    cost_type: CostType | None
    revenue_type: RevenueType | None
    subjects: Mapping[Subject, int]
    attributes: AttributeValues = field(default_factory=dict)
    untyped: str = PROJECT_HOURS
    counts_as_revenue: bool = True
    is_planned: bool = False
    overtime_ratio: Fraction = Fraction(1)

    def searched_type(self, kind: RateKind) -> str | None:
        """Under which name the policy lists the search; None when there is nothing to search."""
        if kind is RateKind.COST:
            return self.cost_type.value if self.cost_type else self.untyped
        if not self.counts_as_revenue:
            return None
        if self.revenue_type is None:
            return self.untyped
        return self.revenue_type.hourly.value if self.revenue_type.hourly else None

    @property
    def revenue_factor(self) -> Fraction:
        """What the planned revenue is multiplied by; actual revenue never is (CT-15)."""
        counts = self.is_planned and self.revenue_type is RevenueType.USER_AND_ROLE_HOURLY
        return self.overtime_ratio if counts else Fraction(1)


@dataclass(frozen=True, slots=True)
class Valued:
    """An amount in the project's currency and how it came about; ``conversion`` is 1 within one currency.

    Without a rate the amount is 0.00 and ``resolution.line`` is None: an absent rate is not a rate of zero. ``markup``:
    the search for a percentage on top, where the policy has one.
    """

    amount: Money
    resolution: Resolution
    conversion: Fraction = field(default=Fraction(1))
    markup: Resolution | None = None


@dataclass(frozen=True, slots=True)
class Rated:
    """Cost and revenue of one time entry. ``revenue`` is before any cap of the task (see cap_revenue)."""

    cost: Valued
    revenue: Valued
    policy_version: str


def rate_hours(entry: RatingInput, policy: Policy, rates: RateTable, exchange: ExchangeRates) -> Rated:
    """Cost and revenue of one entry, from the rates in force on its date.

    Each is seconds x rate x conversion, in the project's currency, rounded once to the minor unit, half away from zero.
    A rate per entry counts once, negative for negative hours. A rate on top of cost is the cost rate of the same hour,
    unrounded, plus the percentage; without a cost rate it is 0.00. A markup multiplies the revenue before rounding.

    Raises:
        Missing EXCHANGE_RATE_MISSING: a rate in another currency, and no exchange rate on the day.
    Source: project-finances §2.1, §2.3, §2.8 to §2.10, §3, §7.5; project-invoicing §4.4;
    docs/decisions/0002-money-and-rounding.md.
    """
    cost = search_rate(entry, RateKind.COST, policy, rates)
    revenue = search_rate(entry, RateKind.BILLING, policy, rates)
    markup = _markup(entry, policy, rates) if revenue.line else None
    factor = entry.revenue_factor
    if markup is not None and markup.line is not None:
        factor *= 1 + Fraction(markup.line.percent) / 100
    return Rated(
        cost=_value(entry, cost, None, exchange, Fraction(1)),
        revenue=_value(entry, revenue, cost.line, exchange, factor, markup),
        policy_version=policy.version,
    )


def search_rate(entry: RatingInput, kind: RateKind, policy: Policy, rates: RateTable) -> Resolution:
    """The search alone: which rate, from which level, and every step tried."""
    type_name = entry.searched_type(kind)
    steps = policy.steps_for(kind, type_name, is_planned=entry.is_planned) if type_name else ()
    return resolve(kind, steps, entry.subjects, rates, entry.on, entry.attributes)


def _markup(entry: RatingInput, policy: Policy, rates: RateTable) -> Resolution | None:
    """The percentage on top of the billing rate; None where the policy has no such search for the type."""
    found = search_rate(entry, RateKind.MARKUP, policy, rates)
    return found if found.steps else None


def _value(
    entry: RatingInput,
    found: Resolution,
    cost: RateLine | None,
    exchange: ExchangeRates,
    factor: Fraction,
    markup: Resolution | None = None,
) -> Valued:
    if found.line is None:
        return Valued(Money.zero(entry.currency), found, markup=markup)
    amount, conversion = price_hours(found.line, entry.seconds, entry.currency, entry.on, exchange, cost, factor)
    return Valued(amount, found, conversion, markup)


def price_hours(
    line: RateLine,
    seconds: int,
    currency: str,
    on: date,
    exchange: ExchangeRates,
    cost: RateLine | None = None,
    factor: Fraction = Fraction(1),
) -> tuple[Money, Fraction]:
    """What so many seconds of a day are worth by a line, in ``currency``, and the conversion used.

    Rounded once, half away from zero. ``cost``: the cost line of the same hour, for lines that are on top of it.

    Raises:
        Missing EXCHANGE_RATE_MISSING.
    """
    priced: RateLine | None = line
    if line.basis is RateBasis.COST_PLUS:
        priced = cost
        factor *= 1 + Fraction(line.percent) / 100
    if priced is None:
        return Money.zero(currency), Fraction(1)
    conversion = exchange.factor(priced.rate.currency, currency, on)
    return Money.rounded(_price(seconds, priced) * conversion * factor, currency), conversion


def _price(seconds: int, line: RateLine) -> Fraction:
    """In the line's own currency, unrounded."""
    if line.basis is RateBasis.ENTRY:
        return Fraction(line.rate.per_unit) * (1 if seconds > 0 else -1)
    return seconds * line.rate.per_second
