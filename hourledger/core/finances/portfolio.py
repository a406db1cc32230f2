"""Any selection of projects in one currency.

Each figure of a project that others are made of is converted and rounded once; what follows from them is computed after
that, so that the parts of a project sum to its totals and the projects sum to the portfolio, to the cent.
Source: project-finances §7.4, §8.11; decisions C-20 (ratio of sums), C-23 (direction of a rate).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cached_property

from hourledger.core.finances.project_measures import ProjectMeasures
from hourledger.core.finances.value import ProjectValue, margin_percent, on_budget_percent
from hourledger.core.money import Money
from hourledger.core.work import ProjectStatus

_RUNNING = (ProjectStatus.CURRENT, ProjectStatus.APPROVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioFigures:
    """Of one project or of all; seconds, and amounts in one currency. ``actual_expense_cost`` holds the fixed cost."""

    planned_seconds: int
    actual_seconds: int
    budget: Money
    fixed_cost: Money
    planned_labor_cost: Money
    planned_expense_cost: Money
    planned_revenue: Money
    actual_labor_cost: Money
    actual_expense_cost: Money
    actual_revenue: Money
    billed_revenue: Money
    draft_revenue: Money
    unbilled_revenue: Money
    budgeted_labor_cost: Money
    planned_benefit: Money
    actual_benefit: Money
    risk_cost: Money
    actual_risk_cost: Money

    @classmethod
    def of(cls, project: ProjectMeasures, factor: Fraction, currency: str) -> PortfolioFigures:
        """``factor``: units of ``currency`` per unit of the project's. A budget that was not set counts as 0."""

        def shown(amount: Money) -> Money:
            return amount.converted(factor, currency)

        actual_expense = project.actual_expense_cost - project.fixed_cost
        return cls(
            planned_seconds=project.planned_seconds,
            actual_seconds=project.actual_seconds,
            budget=shown(project.facts.budget or project.money(0)),
            fixed_cost=shown(project.fixed_cost),
            planned_labor_cost=shown(project.planned_labor_cost),
            planned_expense_cost=shown(project.planned_expense_cost),
            planned_revenue=shown(project.planned_revenue),
            actual_labor_cost=shown(project.actual_labor_cost),
            actual_expense_cost=shown(actual_expense) + shown(project.fixed_cost),
            actual_revenue=shown(project.actual_revenue),
            billed_revenue=shown(project.billed_revenue),
            draft_revenue=shown(project.draft_revenue),
            unbilled_revenue=shown(project.unbilled_revenue),
            budgeted_labor_cost=shown(project.budgeted_labor_cost),
            planned_benefit=shown(project.facts.planned_benefit),
            actual_benefit=shown(project.facts.actual_benefit),
            risk_cost=shown(project.risk_cost),
            actual_risk_cost=shown(project.actual_risk_cost),
        )

    @classmethod
    def nothing(cls, currency: str) -> PortfolioFigures:
        zero = {one.name: 0 if one.name.endswith("_seconds") else Money.zero(currency) for one in fields(cls)}
        return cls(**zero)  # type: ignore[arg-type]  # by the names of the fields

    def __add__(self, other: PortfolioFigures) -> PortfolioFigures:
        return PortfolioFigures(
            **{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(PortfolioFigures)}
        )

    @property
    def planned_cost(self) -> Money:
        return self.planned_labor_cost + self.planned_expense_cost + self.fixed_cost

    @property
    def actual_cost(self) -> Money:
        return self.actual_labor_cost + self.actual_expense_cost

    @property
    def margin(self) -> Money:
        return self.actual_revenue - self.actual_cost

    @property
    def margin_percent(self) -> Fraction:
        return margin_percent(self.actual_revenue, self.actual_cost)

    @property
    def budgeted_cost(self) -> Money:
        return self.budgeted_labor_cost + self.planned_expense_cost + self.fixed_cost

    @property
    def remaining_risk_cost(self) -> Money:
        return self.risk_cost - self.actual_risk_cost

    @property
    def remaining_budget(self) -> Money:
        """Budget - budgeted cost (§8.11)."""
        return self.budget - self.budgeted_cost

    @property
    def value(self) -> ProjectValue:
        return ProjectValue(self.planned_benefit, self.budgeted_cost, self.risk_cost)


@dataclass(frozen=True, slots=True)
class PortfolioRow:
    """One project of the selection."""

    project_id: int
    figures: PortfolioFigures
    is_running: bool
    is_on_budget: bool


@dataclass(frozen=True)
class Portfolio:
    """The selection: its projects, and their sum."""

    currency: str
    rows: tuple[PortfolioRow, ...]

    @cached_property
    def figures(self) -> PortfolioFigures:
        return sum((row.figures for row in self.rows), PortfolioFigures.nothing(self.currency))

    @property
    def on_budget_percent(self) -> Fraction | None:
        """Of the projects that are Current or Approved; None when none is."""
        running = [row for row in self.rows if row.is_running]
        return on_budget_percent(sum(row.is_on_budget for row in running), len(running))


def portfolio_of(projects: Iterable[tuple[ProjectMeasures, Fraction]], currency: str) -> Portfolio:
    """Each project with the factor that turns its currency into ``currency`` on the day that was chosen."""
    return Portfolio(
        currency,
        tuple(
            PortfolioRow(
                project.project_id,
                PortfolioFigures.of(project, factor, currency),
                project.facts.status in _RUNNING,
                project.is_on_budget,
            )
            for project, factor in projects
        ),
    )
