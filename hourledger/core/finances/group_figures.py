"""What a group of work comes to: planned, budgeted and actual side by side, and how they differ.

Seconds; minor units of ``currency``. Source: project-finances §8.9, §8.13, §8.14.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from hourledger.core.errors import Missing
from hourledger.core.finances.value import margin_percent
from hourledger.core.money import Money


class Measure(StrEnum):
    """What is added up. Expenses are without the fixed cost; hourly revenue is after any cap."""

    PLANNED_SECONDS = "PLANNED_SECONDS"
    PLANNED_LABOR = "PLANNED_LABOR"
    PLANNED_EXPENSE = "PLANNED_EXPENSE"
    PLANNED_FIXED_COST = "PLANNED_FIXED_COST"
    PLANNED_HOURLY_REVENUE = "PLANNED_HOURLY_REVENUE"
    PLANNED_FIXED_REVENUE = "PLANNED_FIXED_REVENUE"
    PLANNED_FIXED_SHARE = "PLANNED_FIXED_SHARE"
    ACTUAL_SECONDS = "ACTUAL_SECONDS"
    ACTUAL_LABOR = "ACTUAL_LABOR"
    ACTUAL_EXPENSE = "ACTUAL_EXPENSE"
    ACTUAL_FIXED_COST = "ACTUAL_FIXED_COST"
    ACTUAL_HOURLY_REVENUE = "ACTUAL_HOURLY_REVENUE"
    ACTUAL_FIXED_REVENUE = "ACTUAL_FIXED_REVENUE"
    ACTUAL_FIXED_SHARE = "ACTUAL_FIXED_SHARE"
    BUDGETED_SECONDS = "BUDGETED_SECONDS"
    BUDGETED_LABOR = "BUDGETED_LABOR"
    BILLED = "BILLED"


CONVERTED_TOGETHER = (
    (Measure.PLANNED_LABOR,),
    (Measure.PLANNED_EXPENSE,),
    (Measure.PLANNED_FIXED_COST,),
    (Measure.PLANNED_HOURLY_REVENUE, Measure.PLANNED_FIXED_REVENUE),
    (Measure.PLANNED_FIXED_SHARE,),
    (Measure.ACTUAL_LABOR,),
    (Measure.ACTUAL_EXPENSE,),
    (Measure.ACTUAL_FIXED_COST,),
    (Measure.ACTUAL_HOURLY_REVENUE, Measure.ACTUAL_FIXED_REVENUE),
    (Measure.ACTUAL_FIXED_SHARE,),
    (Measure.BUDGETED_LABOR,),
    (Measure.BILLED,),
)
"""The amounts, as a portfolio converts them: each of these once for a project, so that both agree to the cent."""


class Sums(Counter[Measure]):
    """Sums by measure; what is not there is zero. ``problem``: why planned amounts in it cannot be known."""

    problem: Missing | None = None


@dataclass(frozen=True, slots=True)
class GroupSide:
    """Planned, budgeted, actual, or a variance. ``fixed_share``: fixed amounts of tasks as spread over their hours.

    ``plan_problem``: why amounts of labour and hourly revenue cannot be known; the hours are.
    """

    currency: str
    seconds: int = 0
    labor_cost_minor: int = 0
    expense_minor: int = 0
    fixed_cost_minor: int = 0
    hourly_revenue_minor: int = 0
    fixed_revenue_minor: int = 0
    fixed_revenue_share_minor: int = 0
    plan_problem: Missing | None = None

    @property
    def cost_minor(self) -> int:
        return self.labor_cost_minor + self.expense_minor + self.fixed_cost_minor

    @property
    def revenue_minor(self) -> int:
        return self.hourly_revenue_minor + self.fixed_revenue_minor

    @property
    def margin_minor(self) -> int:
        return self.revenue_minor - self.cost_minor

    @property
    def margin_percent(self) -> Fraction:
        """(Revenue - cost) / revenue in percent; 0 without revenue (§8.13)."""
        return margin_percent(Money(self.revenue_minor, self.currency), Money(self.cost_minor, self.currency))

    def less(self, actual: GroupSide) -> GroupSide:
        """The variance. Hours and cost: this - actual; revenue: actual - this. Above zero is good (§8.13)."""
        return GroupSide(
            self.currency,
            self.seconds - actual.seconds,
            self.labor_cost_minor - actual.labor_cost_minor,
            self.expense_minor - actual.expense_minor,
            self.fixed_cost_minor - actual.fixed_cost_minor,
            actual.hourly_revenue_minor - self.hourly_revenue_minor,
            actual.fixed_revenue_minor - self.fixed_revenue_minor,
            actual.fixed_revenue_share_minor - self.fixed_revenue_share_minor,
            self.plan_problem,
        )


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """The figures of one group. Budgets are hours of roles at their cost rates, planned expenses and the fixed cost."""

    currency: str
    planned: GroupSide
    budgeted: GroupSide
    actual: GroupSide
    billed_minor: int

    @classmethod
    def of(cls, sums: Mapping[Measure, int], currency: str, problem: Missing | None) -> GroupFigures:
        planned = replace(_side(sums, "PLANNED", currency), plan_problem=problem)
        budgeted = GroupSide(
            currency,
            sums.get(Measure.BUDGETED_SECONDS, 0),
            sums.get(Measure.BUDGETED_LABOR, 0),
            planned.expense_minor,
            planned.fixed_cost_minor,
        )
        return cls(currency, planned, budgeted, _side(sums, "ACTUAL", currency), sums.get(Measure.BILLED, 0))

    @property
    def planned_variance(self) -> GroupSide:
        return self.planned.less(self.actual)

    @property
    def budgeted_variance(self) -> GroupSide:
        """Of hours and cost; nobody budgets revenue."""
        return self.budgeted.less(self.actual)


def summed(several: Iterable[Sums]) -> Sums:
    """All of them together."""
    whole = Sums()
    for one in several:
        whole.update(one)
        whole.problem = whole.problem or one.problem
    return whole


def _side(sums: Mapping[Measure, int], side: str, currency: str) -> GroupSide:
    def of(name: str) -> int:
        return sums.get(Measure(f"{side}_{name}"), 0)

    return GroupSide(
        currency,
        seconds=of("SECONDS"),
        labor_cost_minor=of("LABOR"),
        expense_minor=of("EXPENSE"),
        fixed_cost_minor=of("FIXED_COST"),
        hourly_revenue_minor=of("HOURLY_REVENUE"),
        fixed_revenue_minor=of("FIXED_REVENUE"),
        fixed_revenue_share_minor=of("FIXED_SHARE"),
    )
