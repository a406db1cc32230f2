"""The figures of a selection of projects, or of one of them."""

from __future__ import annotations

from typing import Any

import strawberry

from hourledger.core.access import Permission
from resolvers.told_money import in_one_currency
from schema.fields import guarded, hours
from schema.measured import BILLING, COST, GENERAL, guarded_ratio
from schema.references import MONEY


def summed(description: str, name: str, *permissions: Permission) -> Any:
    return guarded(MONEY, description, lambda it: in_one_currency(getattr(it, name)), *permissions)


@strawberry.type(description="Figures of one project or of a selection, in one currency.")
class PortfolioSums:
    planned_hours = hours("Planned hours.", "planned_seconds")
    actual_hours = hours("Hours logged.", "actual_seconds")
    planned_labor_cost = summed("Planned labour.", "planned_labor_cost", COST)
    planned_expense_cost = summed("Planned expenses.", "planned_expense_cost", GENERAL)
    planned_cost = summed("Planned labour, expenses and fixed cost.", "planned_cost", COST, GENERAL)
    planned_revenue = summed("Planned revenue.", "planned_revenue", BILLING)
    actual_labor_cost = summed("Actual labour.", "actual_labor_cost", COST)
    actual_expense_cost = summed("Actual expenses and fixed cost.", "actual_expense_cost", GENERAL)
    actual_cost = summed("Labour and expenses.", "actual_cost", COST, GENERAL)
    actual_revenue = summed("Actual revenue.", "actual_revenue", BILLING)
    margin = summed("Actual revenue less actual cost.", "margin", COST, BILLING, GENERAL)
    margin_percent = guarded_ratio(
        "Margin in percent of actual revenue; 0 without revenue.", lambda it: it.margin_percent, COST, BILLING, GENERAL
    )
    billed_revenue = summed("On posted billing records.", "billed_revenue", BILLING)
    draft_revenue = summed("On billing records that are not posted yet.", "draft_revenue", BILLING)
    unbilled_revenue = summed("May be billed and is on no billing record.", "unbilled_revenue", BILLING)
    fixed_cost = summed("Fixed cost.", "fixed_cost", GENERAL)
    budget = summed("Budgets; a project without one counts as zero.", "budget", GENERAL)
    budgeted_labor_cost = summed("Budgeted hours of roles.", "budgeted_labor_cost", COST)
    budgeted_cost = summed("Budgeted labour, planned expenses and fixed cost.", "budgeted_cost", COST, GENERAL)
    remaining_budget = summed("Budget less budgeted cost.", "remaining_budget", COST, GENERAL)
    planned_benefit = summed("Planned benefit.", "planned_benefit", GENERAL)
    actual_benefit = summed("Actual benefit.", "actual_benefit", GENERAL)
    planned_risk_cost = summed("What risks may cost x how likely they are.", "risk_cost", GENERAL)
    actual_risk_cost = summed("What risks have cost.", "actual_risk_cost", GENERAL)
    remaining_risk_cost = summed("Planned less actual risk cost.", "remaining_risk_cost", GENERAL)
    net_value = guarded(
        MONEY,
        "Planned benefit less budgeted cost and planned risk cost.",
        lambda it: in_one_currency(it.value.net_value),
        COST,
        GENERAL,
    )
    roi_percent = guarded_ratio(
        "Planned benefit less budgeted cost, in percent of it; null too when nothing is budgeted.",
        lambda it: it.value.roi_percent,
        COST,
        GENERAL,
    )
    risk_indicator = guarded_ratio(
        "Risk / (risk + net value), a part of 1; null too when both sum to zero.",
        lambda it: it.value.risk_indicator,
        COST,
        GENERAL,
    )
    net_value_indicator = guarded_ratio(
        "1 less the risk indicator; null with it.", lambda it: it.value.net_value_indicator, COST, GENERAL
    )
