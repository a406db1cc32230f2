"""The finances of a project, rolled up from what is stored (R-2.7)."""

from __future__ import annotations

from dataclasses import dataclass

from hourledger.core.errors import Missing
from hourledger.core.money import Money


@dataclass(frozen=True, slots=True)
class ProjectFigures:
    """The sums a project's finances are made of, all in its currency; hours in seconds.

    ``realised_fixed_revenue`` is the fixed revenue of completed tasks, and of the project when it is complete (§2.5).
    Planned labour cost and hourly revenue are None when they cannot be known.
    """

    planned_seconds: int
    planned_labor_cost: Money | None
    planned_expense_cost: Money
    planned_hourly_revenue: Money | None
    planned_fixed_revenue: Money
    actual_seconds: int
    actual_labor_cost: Money
    actual_expense_cost: Money
    actual_hourly_revenue: Money
    realised_fixed_revenue: Money
    fixed_cost: Money
    billed: Money
    on_draft: Money
    unbilled: Money


@dataclass(frozen=True, slots=True)
class ProjectFinances:
    """What one asks of a project. Every amount is exact and in the project's currency; hours in seconds.

    What depends on planned labour is None where an exchange rate is missing, as ``plan_problem`` says.
    """

    planned_seconds: int
    planned_labor_cost: Money | None
    planned_expense_cost: Money
    planned_cost: Money | None
    planned_revenue: Money | None
    actual_seconds: int
    actual_labor_cost: Money
    actual_expense_cost: Money
    actual_cost: Money
    actual_revenue: Money
    billed_revenue: Money
    draft_revenue: Money
    unbilled_revenue: Money
    margin: Money
    plan_problem: Missing | None = None


def roll_up(figures: ProjectFigures) -> ProjectFinances:
    """The roll-up of project-finances §2.7; fixed cost counts once, inside expense cost for actuals (CT-01, CT-02)."""
    actual_expense_cost = figures.actual_expense_cost + figures.fixed_cost
    actual_cost = figures.actual_labor_cost + actual_expense_cost
    actual_revenue = figures.actual_hourly_revenue + figures.realised_fixed_revenue
    return ProjectFinances(
        planned_seconds=figures.planned_seconds,
        planned_labor_cost=figures.planned_labor_cost,
        planned_expense_cost=figures.planned_expense_cost,
        planned_cost=_plus(figures.planned_labor_cost, figures.planned_expense_cost + figures.fixed_cost),
        planned_revenue=_plus(figures.planned_hourly_revenue, figures.planned_fixed_revenue),
        actual_seconds=figures.actual_seconds,
        actual_labor_cost=figures.actual_labor_cost,
        actual_expense_cost=actual_expense_cost,
        actual_cost=actual_cost,
        actual_revenue=actual_revenue,
        billed_revenue=figures.billed,
        draft_revenue=figures.on_draft,
        unbilled_revenue=figures.unbilled,
        margin=actual_revenue - actual_cost,
    )


def _plus(one: Money | None, other: Money) -> Money | None:
    return None if one is None else one + other
