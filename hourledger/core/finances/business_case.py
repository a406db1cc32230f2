"""Why a project is worth its money: what it is to bring, what it costs, what may go wrong (project-finances §8.10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hourledger.core.finances.project_measures import ProjectMeasures
from hourledger.core.finances.value import Risk, displayed
from hourledger.core.money import Money
from hourledger.core.work import ProjectStatus, RiskStatus


@dataclass(frozen=True, slots=True)
class CaseExpense:
    """A planned expense. ``planned_on`` None: no day is planned."""

    description: str
    kind: str
    planned_on: date | None
    is_billable: bool
    planned: Money


@dataclass(frozen=True, slots=True)
class CaseRisk:
    """``weighed_cost``: what it may cost x how likely it is."""

    description: str
    kind: str
    status: RiskStatus
    probability_percent: Decimal
    potential_cost: Money
    weighed_cost: Money
    mitigation_plan: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseProject:
    """Whose case it is. ``customer`` None: internal. First and last planned day None: nothing is planned by the day."""

    code: str
    name: str
    customer: str | None
    status: ProjectStatus
    first_day: date | None
    last_day: date | None
    alignment_percent: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessCase:
    """All amounts in ``currency``; ``roi_percent`` with two decimals, None when nothing is budgeted."""

    project: CaseProject
    made_on: date
    currency: str
    planned_benefit: Money
    budgeted_hours: Decimal
    budgeted_labor_cost: Money
    budgeted_expense_cost: Money
    fixed_cost: Money
    budgeted_cost: Money
    total_potential_cost: Money
    potential_risk_cost: Money
    net_value: Money
    roi_percent: Decimal | None
    expenses: tuple[CaseExpense, ...]
    risks: tuple[CaseRisk, ...]


def business_case(
    project: CaseProject,
    measures: ProjectMeasures,
    made_on: date,
    expenses: Sequence[CaseExpense],
    risks: Sequence[CaseRisk],
) -> BusinessCase:
    """The case from the same measures that every other figure of the project comes from.

    ``expenses`` and ``risks`` are those that ``measures`` were made of: their sums are its figures.
    """
    value = measures.value
    return BusinessCase(
        project=project,
        made_on=made_on,
        currency=measures.currency,
        planned_benefit=value.planned_benefit,
        budgeted_hours=displayed(measures.budgeted_seconds, 3600),
        budgeted_labor_cost=measures.budgeted_labor_cost,
        budgeted_expense_cost=measures.budgeted_expense_cost,
        fixed_cost=measures.fixed_cost,
        budgeted_cost=value.budgeted_cost,
        total_potential_cost=measures.total_potential_cost,
        potential_risk_cost=value.potential_risk_cost,
        net_value=value.net_value,
        roi_percent=None if value.roi_percent is None else displayed(value.roi_percent),
        expenses=tuple(expenses),
        risks=tuple(risks),
    )


def case_risk(description: str, kind: str, status: RiskStatus, risk: Risk, mitigation_plan: str) -> CaseRisk:
    """A risk as the case shows it."""
    return CaseRisk(
        description,
        kind,
        status,
        displayed(risk.probability_percent),
        risk.potential_cost,
        risk.weighed_cost,
        mitigation_plan,
    )
