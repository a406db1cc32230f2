"""What a project adds to its tasks: fixed amounts, budget, benefit, risks, billing.

Amounts are ``Money`` in the project's currency. Source: project-finances §2.7, §8.9, §8.10; decisions C-04, C-07, C-08.
"""

from __future__ import annotations

from dataclasses import dataclass

from hourledger.core.finances import earned_value, value
from hourledger.core.finances.earned_value import EacMethod
from hourledger.core.finances.measures import WorkMeasures
from hourledger.core.finances.value import ProjectValue, Risk, RoleBudget
from hourledger.core.money import Money, round_half_up
from hourledger.core.work import ProjectStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFacts:
    """What a project has besides its tasks. ``budget`` None: none was set, which differs from 0."""

    status: ProjectStatus
    fixed_cost: Money
    fixed_revenue: Money
    budget: Money | None
    planned_benefit: Money
    actual_benefit: Money
    billed_revenue: Money
    draft_revenue: Money
    unbilled_revenue: Money
    risks: tuple[Risk, ...] = ()
    role_budgets: tuple[RoleBudget, ...] = ()


@dataclass(frozen=True)
class ProjectMeasures(WorkMeasures):
    """Of a project: its tasks, what is on none of them, and ``facts``; ``tasks`` are the same measures of each task."""

    facts: ProjectFacts
    tasks: dict[int, WorkMeasures]

    @property
    def fixed_cost(self) -> Money:
        return self.facts.fixed_cost

    @property
    def planned_fixed_revenue(self) -> Money:
        return super().planned_fixed_revenue + self.facts.fixed_revenue

    @property
    def realised_fixed_revenue(self) -> Money:
        """That of the project while it is complete (C-04)."""
        whole = super().realised_fixed_revenue
        return whole + self.facts.fixed_revenue if self.facts.status is ProjectStatus.COMPLETE else whole

    @property
    def billed_revenue(self) -> Money:
        return self.facts.billed_revenue

    @property
    def draft_revenue(self) -> Money:
        return self.facts.draft_revenue

    @property
    def unbilled_revenue(self) -> Money:
        return self.facts.unbilled_revenue

    def eac_including_fixed_cost(self, eac_method: EacMethod | None = None) -> Money:
        """Always cost based (C-07), rounded once."""
        how = eac_method or self.methods.eac
        exact = earned_value.eac_including_fixed_cost(self.branch.work, how, self.fixed_cost.minor)
        return self.money(round_half_up(exact))

    # --- budget, risk, value (§8.9, §8.10) ---------------------------------------------------------------------------

    @property
    def budgeted_seconds(self) -> int:
        return sum(one.seconds for one in self.facts.role_budgets)

    @property
    def budgeted_labor_cost(self) -> Money:
        return value.budgeted_labor_cost(self.facts.role_budgets, self.currency)

    @property
    def budgeted_expense_cost(self) -> Money:
        return self.planned_expense_cost

    @property
    def budgeted_cost(self) -> Money:
        return value.budgeted_cost(self.budgeted_labor_cost, [self.budgeted_expense_cost], self.fixed_cost)

    @property
    def budgeted_cost_variance(self) -> Money:
        return value.cost_variance(self.budgeted_cost, self.actual_cost)

    @property
    def total_potential_cost(self) -> Money:
        return value.total_potential_cost(self.facts.risks, self.currency)

    @property
    def risk_cost(self) -> Money:
        """Potential cost x probability (plannedRiskCost)."""
        return value.potential_risk_cost(self.facts.risks, self.currency)

    @property
    def actual_risk_cost(self) -> Money:
        """Outside actual cost (§1.16)."""
        return Money.total((risk.actual_cost for risk in self.facts.risks), self.currency)

    @property
    def remaining_risk_cost(self) -> Money:
        return value.remaining_risk_cost(self.facts.risks, self.currency)

    @property
    def value(self) -> ProjectValue:
        return ProjectValue(self.facts.planned_benefit, self.budgeted_cost, self.risk_cost)

    @property
    def is_on_budget(self) -> bool:
        """Actual cost is not above the budget, or planned cost where none was set (ours: §8.11 does not say)."""
        limit = self.planned_cost if self.facts.budget is None else self.facts.budget
        return self.actual_cost.minor <= limit.minor
