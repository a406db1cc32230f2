"""A project's finances by week or month: rows under allocation dates that sum to its totals.

Source: project-finances §1.18, §8.13, CT-33, CT-34.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from hourledger.core.errors import Missing
from hourledger.core.finances.plan_days import plus
from hourledger.core.periods import ONE_DAY

_WEEK = timedelta(days=7)


class FinancialPeriod(StrEnum):
    """How long the rows of time-phased figures are."""

    WEEK = "WEEK"
    MONTH = "MONTH"


@dataclass(frozen=True, slots=True)
class FinancialFigures:
    """One side (planned, actual or their variance). Seconds; minor units of ``currency``.

    Labour amounts are None when they cannot be known; ``plan_problem`` says why. Expense is without the fixed cost.
    """

    currency: str
    labor_seconds: int = 0
    labor_cost_minor: int | None = 0
    labor_revenue_minor: int | None = 0
    billable_expense_minor: int = 0
    non_billable_expense_minor: int = 0
    fixed_cost_minor: int = 0
    fixed_revenue_minor: int = 0
    plan_problem: Missing | None = None

    @property
    def expense_minor(self) -> int:
        return self.billable_expense_minor + self.non_billable_expense_minor

    @property
    def total_cost_minor(self) -> int | None:
        return plus(self.labor_cost_minor, self.expense_minor + self.fixed_cost_minor)

    @property
    def total_revenue_minor(self) -> int | None:
        return plus(self.labor_revenue_minor, self.fixed_revenue_minor)

    def __add__(self, other: FinancialFigures) -> FinancialFigures:
        return FinancialFigures(
            self.currency,
            self.labor_seconds + other.labor_seconds,
            plus(self.labor_cost_minor, other.labor_cost_minor),
            plus(self.labor_revenue_minor, other.labor_revenue_minor),
            self.billable_expense_minor + other.billable_expense_minor,
            self.non_billable_expense_minor + other.non_billable_expense_minor,
            self.fixed_cost_minor + other.fixed_cost_minor,
            self.fixed_revenue_minor + other.fixed_revenue_minor,
            self.plan_problem or other.plan_problem,
        )

    def __neg__(self) -> FinancialFigures:
        return FinancialFigures(
            self.currency,
            -self.labor_seconds,
            None if self.labor_cost_minor is None else -self.labor_cost_minor,
            None if self.labor_revenue_minor is None else -self.labor_revenue_minor,
            -self.billable_expense_minor,
            -self.non_billable_expense_minor,
            -self.fixed_cost_minor,
            -self.fixed_revenue_minor,
            self.plan_problem,
        )


@dataclass(frozen=True, slots=True)
class FinancialRow:
    """The figures of the days from ``allocation_date`` to the next one. ``is_split``: a week cut by a new month."""

    allocation_date: date
    is_split: bool
    planned: FinancialFigures
    actual: FinancialFigures

    @property
    def variance(self) -> FinancialFigures:
        return variance(self.planned, self.actual)


def variance(planned: FinancialFigures, actual: FinancialFigures) -> FinancialFigures:
    """Hours and cost: planned - actual; revenue: actual - planned. Positive is good on both (§8.13)."""
    cost, revenue = planned + -actual, actual + -planned
    return replace(
        cost, labor_revenue_minor=revenue.labor_revenue_minor, fixed_revenue_minor=revenue.fixed_revenue_minor
    )


def allocation_date(day: date, by: FinancialPeriod) -> date:
    """The first of the month; of a week its Sunday, or the first of the month when that lies between them."""
    first_of_month = day.replace(day=1)
    if by is FinancialPeriod.MONTH:
        return first_of_month
    return max(_sunday(day), first_of_month)


def is_split(allocated: date, by: FinancialPeriod) -> bool:
    """Whether it is one of the two rows of a week that straddles two months."""
    sunday = _sunday(allocated)
    return by is FinancialPeriod.WEEK and sunday.month != (sunday + _WEEK - ONE_DAY).month


def financial_rows(
    planned: Mapping[date, FinancialFigures],
    actual: Mapping[date, FinancialFigures],
    by: FinancialPeriod,
    nothing: FinancialFigures,
) -> list[FinancialRow]:
    """Rows in order from the figures of days; ``nothing`` is an empty side in the project's currency.

    A row for every allocation date with a planned or actual day, and both rows of a split week when one has (CT-34).
    """
    dates = {allocation_date(day, by) for day in (*planned, *actual)}
    dates |= {half for one in dates if is_split(one, by) for half in _halves(one)}
    sides = [_by_allocation(days, by, nothing) for days in (planned, actual)]
    return [FinancialRow(one, is_split(one, by), *(side.get(one, nothing) for side in sides)) for one in sorted(dates)]


def _by_allocation(
    days: Mapping[date, FinancialFigures], by: FinancialPeriod, nothing: FinancialFigures
) -> dict[date, FinancialFigures]:
    found: dict[date, FinancialFigures] = {}
    for day, figures in days.items():
        allocated = allocation_date(day, by)
        found[allocated] = found.get(allocated, nothing) + figures
    return found


def _halves(allocated: date) -> Iterable[date]:
    sunday = _sunday(allocated)
    return (sunday, (sunday + _WEEK).replace(day=1))


def _sunday(day: date) -> date:
    """The Sunday on or before the day."""
    since = (day.weekday() + 1) % 7
    return day - min(timedelta(days=since), day - date.min)
