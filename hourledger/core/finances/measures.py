"""Everything one asks of a task or a parent task, by name: roll-ups, earned value, variances.

A project has more (``project_measures``). Amounts are ``Money`` in
the project's currency; ratios and percents are exact, rounded only by ``displayed``. Each is computed when it is asked.
Source: project-finances §2.6, §2.7, §8; see ``earned_value`` and ``value`` for the rules of the single figures.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from hourledger.core.errors import Missing
from hourledger.core.finances import earned_value, value
from hourledger.core.finances.earned_value import EacMethod
from hourledger.core.finances.preferences import Methods
from hourledger.core.finances.work_node import IndexMethod, PercentBasis, percent_complete
from hourledger.core.finances.work_tree import Branch, Figures
from hourledger.core.money import Money, round_half_up


@dataclass(frozen=True, slots=True)
class EarnedAmount:
    """An estimate or a budget of work, exact: seconds when ``method`` is hour based, else minor units."""

    method: IndexMethod
    exact: Fraction
    currency: str

    @property
    def seconds(self) -> Fraction | None:
        return self.exact if self.method is IndexMethod.HOUR_BASED else None

    @property
    def cost(self) -> Money | None:
        """Rounded once, half away from zero; None when it is hours."""
        if self.method is IndexMethod.HOUR_BASED:
            return None
        return Money(round_half_up(self.exact), self.currency)


@dataclass(frozen=True)
class WorkMeasures:
    """Of a task with everything below it. ``on``: the day up to which work is scheduled (BCWS, SPI, CSI).

    ``plan_problem``: why planned labour and hourly revenue cannot be known (a planned day has no exchange rate); what
    is made of them is not to be shown then. Planned hours are known all the same.
    """

    project_id: int
    branch: Branch
    currency: str
    methods: Methods
    on: date
    plan_problem: Missing | None = field(default=None, kw_only=True)

    def require_plan(self) -> None:
        """Raises ``plan_problem``."""
        if self.plan_problem is not None:
            raise self.plan_problem

    @property
    def figures(self) -> Figures:
        return self.branch.figures

    @property
    def planned_seconds(self) -> int:
        return self.figures.planned_seconds

    @property
    def actual_seconds(self) -> int:
        """With those of everything below it (C-21)."""
        return self.figures.actual_seconds

    @property
    def actual_seconds_own(self) -> int:
        """Logged on it, and not on anything below it (C-21)."""
        return self.branch.own.actual_seconds

    # --- cost ---------------------------------------------------------------------------------------------------

    @property
    def fixed_cost(self) -> Money:
        """Of a project only."""
        return self.money(0)

    @property
    def planned_labor_cost(self) -> Money:
        return self.money(self.figures.planned_labor_minor)

    @property
    def planned_expense_cost(self) -> Money:
        return self.money(self.figures.planned_expense_minor)

    @property
    def planned_billable_expense_cost(self) -> Money:
        return self.money(self.figures.planned_billable_expense_minor)

    @property
    def planned_non_billable_expense_cost(self) -> Money:
        return self.money(self.figures.planned_non_billable_expense_minor)

    @property
    def planned_cost(self) -> Money:
        return self.planned_labor_cost + self.planned_expense_cost + self.fixed_cost

    @property
    def actual_labor_cost(self) -> Money:
        return self.money(self.figures.actual_labor_minor)

    @property
    def actual_expense_cost(self) -> Money:
        """As reported: of a project with its fixed cost, which the split into billable and not leaves out (§2.7)."""
        return self.money(self.figures.actual_expense_minor) + self.fixed_cost

    @property
    def actual_billable_expense_cost(self) -> Money:
        return self.money(self.figures.actual_billable_expense_minor)

    @property
    def actual_non_billable_expense_cost(self) -> Money:
        return self.money(self.figures.actual_non_billable_expense_minor)

    @property
    def actual_cost(self) -> Money:
        return self.actual_labor_cost + self.actual_expense_cost

    # --- revenue ------------------------------------------------------------------------------------------------

    @property
    def planned_fixed_revenue(self) -> Money:
        return self.money(self.figures.planned_fixed_revenue_minor)

    @property
    def planned_revenue(self) -> Money:
        return self.money(self.figures.planned_hourly_revenue_minor) + self.planned_fixed_revenue

    @property
    def realised_fixed_revenue(self) -> Money:
        """Of what is complete (§2.5)."""
        return self.money(self.figures.realised_fixed_revenue_minor)

    @property
    def actual_revenue(self) -> Money:
        return self.money(self.figures.actual_hourly_revenue_minor) + self.realised_fixed_revenue

    # --- variance, remaining, margin (§8.13) ------------------------------------------------------------------------

    @property
    def cost_variance(self) -> Money:
        return value.cost_variance(self.planned_cost, self.actual_cost)

    @property
    def revenue_variance(self) -> Money:
        return value.revenue_variance(self.planned_revenue, self.actual_revenue)

    @property
    def seconds_variance(self) -> int:
        """Planned - actual: positive is good."""
        return self.planned_seconds - self.actual_seconds

    @property
    def remaining_cost(self) -> Money:
        return value.remaining(self.planned_cost, self.actual_cost)

    @property
    def remaining_revenue(self) -> Money:
        return value.remaining(self.planned_revenue, self.actual_revenue)

    @property
    def planned_margin(self) -> Money:
        return self.planned_revenue - self.planned_cost

    @property
    def planned_margin_percent(self) -> Fraction:
        return value.margin_percent(self.planned_revenue, self.planned_cost)

    @property
    def margin(self) -> Money:
        return self.actual_revenue - self.actual_cost

    @property
    def margin_percent(self) -> Fraction:
        return value.margin_percent(self.actual_revenue, self.actual_cost)

    # --- earned value (§8.1 to §8.8); a method that is not given is the project's -----------------------------------

    def percent_complete(self, basis: PercentBasis | None = None) -> Fraction | None:
        """None: nothing has hours (or days) to weigh by."""
        return percent_complete(self.branch.work, basis or self.methods.basis)

    def cpi(self, method: IndexMethod | None = None) -> Fraction:
        return earned_value.cpi(self.branch.work, method or self.methods.index)

    @property
    def spi(self) -> Fraction:
        return earned_value.spi(self.branch.work, self.on)

    def csi(self, method: IndexMethod | None = None) -> Fraction:
        return earned_value.csi(self.branch.work, method or self.methods.index, self.on)

    def eac(self, method: IndexMethod | None = None, eac_method: EacMethod | None = None) -> EarnedAmount:
        by = method or self.methods.index
        return self._earned(by, earned_value.eac(self.branch.work, by, eac_method or self.methods.eac))

    def bcwp(self, method: IndexMethod | None = None) -> EarnedAmount:
        by = method or self.methods.index
        return self._earned(by, earned_value.bcwp(self.branch.work, by))

    def bcws(self, method: IndexMethod | None = None) -> EarnedAmount:
        by = method or self.methods.index
        return self._earned(by, earned_value.bcws(self.branch.work, by, self.on))

    def money(self, minor: int) -> Money:
        return Money(minor, self.currency)

    def _earned(self, method: IndexMethod, exact: Fraction) -> EarnedAmount:
        return EarnedAmount(method, exact, self.currency)
