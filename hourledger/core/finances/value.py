"""What a project is worth before and while it runs: budgeted cost, risk, net value, return, variances.

Amounts are ``Money`` in one currency (two raise Invalid CURRENCY_MISMATCH). Percents and ratios are exact fractions,
rounded only by ``displayed``. Source: project-finances §8.9 to §8.13; decision C-08 (fixed cost is in budgeted cost).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hourledger.core.errors import Invalid
from hourledger.core.finances.planned import PLAN_SECONDS_MAX
from hourledger.core.money import HourlyRate, Money, amount_for, round_half_up

SECONDS_PER_FTE_MONTH = 160 * 3600
"""A full-time person in a month: 160 hours."""


@dataclass(frozen=True, slots=True)
class RoleBudget:
    """Budgeted seconds of one role at its cost rate; what is budgeted by person never enters (§8.9).

    ``conversion``: units of ``currency`` (None: that of the rate) per unit of the rate's.
    """

    seconds: int
    cost_rate: HourlyRate
    currency: str | None = None
    conversion: Fraction = Fraction(1)

    @property
    def cost(self) -> Money:
        """Hours x cost rate x conversion, rounded once, half away from zero."""
        return amount_for(self.seconds, self.cost_rate, self.currency or self.cost_rate.currency, self.conversion)


@dataclass(frozen=True, slots=True)
class Risk:
    """What a risk may cost, how likely in percent, and what it has cost; outside actual cost.

    Raises:
        Invalid PERCENT_INVALID: probability outside 0 to 100.
    """

    potential_cost: Money
    probability_percent: Fraction | Decimal | int
    actual_cost: Money

    def __post_init__(self) -> None:
        require_percent(self.probability_percent, "probability")

    @property
    def weighed_cost(self) -> Money:
        """Potential cost x probability, rounded once, half away from zero."""
        exact = self.potential_cost.minor * Fraction(self.probability_percent) / 100
        return Money(round_half_up(exact), self.potential_cost.currency)


@dataclass(frozen=True, slots=True)
class ProjectValue:
    """The three figures a project is judged by.

    Raises:
        Invalid BENEFIT_NEGATIVE: planned benefit below zero.
    """

    planned_benefit: Money
    budgeted_cost: Money
    potential_risk_cost: Money

    def __post_init__(self) -> None:
        if self.planned_benefit.minor < 0:
            raise Invalid(
                f"A planned benefit of {self.planned_benefit} is below zero: write zero or more.",
                code="BENEFIT_NEGATIVE",
                field="plannedBenefit",
            )

    @property
    def net_value(self) -> Money:
        """Planned benefit - budgeted cost - potential risk cost."""
        return self.planned_benefit - self.budgeted_cost - self.potential_risk_cost

    @property
    def roi_percent(self) -> Fraction | None:
        """(planned benefit - budgeted cost) / budgeted cost in percent; None when nothing is budgeted."""
        cost = self.budgeted_cost
        return Fraction(100 * (self.planned_benefit - cost).minor, cost.minor) if cost else None

    @property
    def risk_indicator(self) -> Fraction | None:
        """Risk / (risk + net value), as a part of 1; outside 0 to 1 when net value is negative. None: both sum to 0."""
        whole = self.potential_risk_cost + self.net_value
        return Fraction(self.potential_risk_cost.minor, whole.minor) if whole else None

    @property
    def net_value_indicator(self) -> Fraction | None:
        """1 - risk indicator; None with it."""
        risk = self.risk_indicator
        return None if risk is None else 1 - risk


def full_time_seconds(persons: Decimal | Fraction | int, month: date) -> int:
    """A month's budget of so many full-time persons, 160 hours each, to the second, half away from zero (CT-41).

    ``month``: its first day. Source: project-finances §8.9, scenario planner.

    Raises:
        Invalid PERSONS_INVALID: below zero, not a number, or more hours than can be planned; MONTH_EXPECTED: another
            day than the first of a month.
    """
    if month.day != 1:
        raise Invalid(
            f"Full-time persons are budgeted by the month, and {month} is not the first of one. Give that day, or give "
            "hours.",
            code="MONTH_EXPECTED",
            field="firstDay",
        )
    is_number = not isinstance(persons, Decimal) or persons.is_finite()
    if not is_number or not 0 <= persons <= PLAN_SECONDS_MAX // SECONDS_PER_FTE_MONTH:
        raise Invalid(
            f"{persons} is not a number of full-time persons: write zero or more; zero clears them.",
            code="PERSONS_INVALID",
            field="fullTimePersons",
        )
    return round_half_up(Fraction(persons) * SECONDS_PER_FTE_MONTH)


def full_time_persons(seconds: int) -> Fraction:
    """How many full-time persons of a month so many seconds are, exact."""
    return Fraction(seconds, SECONDS_PER_FTE_MONTH)


def budgeted_labor_cost(budgets: Iterable[RoleBudget], currency: str) -> Money:
    """Hours x cost rate, rounded once for each budget so that the budgets sum to it.

    Raises:
        Invalid CURRENCY_MISMATCH: a budget is in another currency.
    """
    return Money.total((one.cost for one in budgets), currency)


def budgeted_cost(labor: Money, planned_expenses: Iterable[Money], fixed_cost: Money) -> Money:
    """Budgeted labour, planned expenses and fixed cost (§8.9; two of four pages leave fixed cost out, C-08)."""
    return labor + Money.total(planned_expenses, labor.currency) + fixed_cost


def total_potential_cost(risks: Iterable[Risk], currency: str) -> Money:
    """What all risks would cost together. Source: project-finances §8.10."""
    return Money.total((risk.potential_cost for risk in risks), currency)


def potential_risk_cost(risks: Iterable[Risk], currency: str) -> Money:
    """Potential cost x probability (plannedRiskCost), each risk rounded once, half away from zero. Source: §8.10."""
    return Money.total((risk.weighed_cost for risk in risks), currency)


def remaining_risk_cost(risks: Sequence[Risk], currency: str) -> Money:
    """Potential risk cost less what risks have cost; negative when they cost more. Source: §8.10."""
    return potential_risk_cost(risks, currency) - Money.total((risk.actual_cost for risk in risks), currency)


def on_budget_percent(on_budget_count: int, running_count: int) -> Fraction | None:
    """Projects on budget per projects Current or Approved (§8.11); None when none is. What is on budget: the caller."""
    return Fraction(100 * on_budget_count, running_count) if running_count else None


def cost_variance(planned: Money, actual: Money) -> Money:
    """Planned (or budgeted) - actual: positive is good. Source: project-finances §8.13."""
    return planned - actual


def revenue_variance(planned: Money, actual: Money) -> Money:
    """Actual - planned (or budgeted): positive is good (§8.13; the source's text and colours disagree)."""
    return actual - planned


def margin_percent(revenue: Money, cost: Money) -> Fraction:
    """(Revenue - cost) / revenue in percent; 0 without revenue, even when there is cost. Source: §8.13."""
    left = revenue - cost
    return Fraction(100 * left.minor, revenue.minor) if revenue else Fraction(0)


def remaining(planned: Money, actual: Money) -> Money:
    """Planned - actual, of cost, of revenue, or of a portfolio's budget and its budgeted cost (§8.11, §8.13)."""
    return planned - actual


def displayed(value: Fraction | Decimal | int, units: int = 1) -> Decimal:
    """``value`` / ``units``, two decimals, half away from zero. ``units``: 3600 for hours, 100 for cents to euros."""
    return Decimal(round_half_up(Fraction(value) * 100 / units)).scaleb(-2)


def require_percent(percent: Fraction | Decimal | int, field: str) -> Fraction:
    """``percent`` exactly; raises Invalid PERCENT_INVALID outside 0 to 100."""
    if not isinstance(percent, Fraction | Decimal | int):
        raise TypeError(f"a percent is an exact number, not {percent!r}")
    if (isinstance(percent, Decimal) and not percent.is_finite()) or not 0 <= percent <= 100:
        raise Invalid(f"{percent} is not a percent: write a number from 0 to 100.", code="PERCENT_INVALID", field=field)
    return Fraction(percent)
