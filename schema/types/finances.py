"""The finances of a project."""

from __future__ import annotations

import strawberry

from hourledger.core.access import Permission
from schema.fields import guarded, hours, known_hours
from schema.references import MONEY

COST = Permission.VIEW_COST_RATES
BILLING = Permission.VIEW_BILLING_RATES
GENERAL = Permission.VIEW_GENERAL_FINANCE


@strawberry.type(
    description="What a project is planned to cost and earn, and what it does; in its currency, exact. Of a day or an "
    "instant, what history does not tell is null, and extensions.unknown in the answer says why."
)
class ProjectFinances:
    planned_hours = known_hours("Planned hours of all tasks.", "planned_seconds")
    planned_labor_cost = guarded(
        MONEY, "Planned hours at the cost rates of their days.", lambda it: it.planned_labor_cost, COST
    )
    planned_expense_cost = guarded(MONEY, "Planned expenses.", lambda it: it.planned_expense_cost, GENERAL)
    planned_cost = guarded(
        MONEY, "Planned labour, expenses and the fixed cost.", lambda it: it.planned_cost, COST, GENERAL
    )
    planned_revenue = guarded(
        MONEY, "Planned hours at the billing rates of their days, and fixed revenue.", lambda it: it.planned_revenue,
        BILLING,
    )  # fmt: skip
    actual_hours = hours("Hours logged.", "actual_seconds")
    actual_labor_cost = guarded(MONEY, "What the logged hours cost.", lambda it: it.actual_labor_cost, COST)
    actual_expense_cost = guarded(
        MONEY, "Actual expenses and the fixed cost.", lambda it: it.actual_expense_cost, GENERAL
    )
    actual_cost = guarded(MONEY, "Labour and expenses.", lambda it: it.actual_cost, COST, GENERAL)
    actual_revenue = guarded(
        MONEY, "What the logged hours and realised fixed amounts earn.", lambda it: it.actual_revenue, BILLING
    )
    billed_revenue = guarded(MONEY, "On posted billing records.", lambda it: it.billed_revenue, BILLING)
    draft_revenue = guarded(MONEY, "On billing records that are not posted yet.", lambda it: it.draft_revenue, BILLING)
    unbilled_revenue = guarded(
        MONEY, "May be billed and is on no billing record.", lambda it: it.unbilled_revenue, BILLING
    )
    margin = guarded(MONEY, "Actual revenue less actual cost.", lambda it: it.margin, COST, BILLING, GENERAL)
