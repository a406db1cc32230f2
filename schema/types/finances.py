"""The finances of a project, and of a task."""

from __future__ import annotations

import strawberry

from hourledger.core.finances import ProjectMeasures
from resolvers.measures import billing_of_task
from resolvers.told_money import MoneyView, money_of
from resolvers.visibility import if_known, may_see
from schema.fields import Info, field_name, guarded, guarded_plan, hours, known_hours, knows_plan
from schema.measured import BILLING, COST, GENERAL, AtProject, guarded_call, guarded_ratio
from schema.references import MONEY
from schema.types.earned_value import WorkFinances


def _eac_including_fixed_cost(
    root: strawberry.Parent[ProjectMeasures], info: Info, eac_method: AtProject = None
) -> MoneyView | None:
    if not may_see(info.context, "ProjectFinances.eacIncludingFixedCost", (COST, GENERAL)):
        return None
    if not knows_plan(info, root):
        return None
    found: MoneyView | None = money_of(
        root, if_known(info.context, field_name(info), lambda: root.eac_including_fixed_cost(eac_method))
    )
    return found


@strawberry.type(
    description="What a project is planned to cost and earn, and what it does; in its currency, exact. Of a day or an "
    "instant, what history does not tell is null, and extensions.unknown in the answer says why."
)
class ProjectFinances(WorkFinances):
    planned_hours = known_hours("Planned hours of all tasks.", "planned_seconds")
    planned_labor_cost = guarded_plan(
        MONEY, "Planned hours at the cost rates of their days.", lambda it: it.planned_labor_cost, COST
    )
    planned_expense_cost = guarded(MONEY, "Planned expenses.", lambda it: it.planned_expense_cost, GENERAL)
    planned_cost = guarded_plan(
        MONEY, "Planned labour, expenses and the fixed cost.", lambda it: it.planned_cost, COST, GENERAL
    )
    planned_revenue = guarded_plan(
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
    fixed_cost = guarded(MONEY, "A cost of the project as a whole.", lambda it: it.fixed_cost, GENERAL)
    fixed_revenue = guarded(
        MONEY, "A revenue of the project as a whole; realised while it is complete.",
        lambda it: it.facts.fixed_revenue, GENERAL,
    )  # fmt: skip
    budget = guarded(MONEY, "What it may cost; null too when none was set.", lambda it: it.facts.budget, GENERAL)
    planned_benefit = guarded(MONEY, "What it is to bring.", lambda it: it.facts.planned_benefit, GENERAL)
    actual_benefit = guarded(MONEY, "What it has brought.", lambda it: it.facts.actual_benefit, GENERAL)
    eac_including_fixed_cost = strawberry.field(
        resolver=_eac_including_fixed_cost,
        graphql_type=MONEY | None,
        description="The cost-based estimate at completion and the fixed cost. "
        "Null without VIEW_COST_RATES and VIEW_GENERAL_FINANCE.",
    )
    budgeted_hours = known_hours("Hours budgeted for roles.", "budgeted_seconds")
    budgeted_labor_cost = guarded(
        MONEY, "Budgeted hours at the cost rates of the roles.", lambda it: it.budgeted_labor_cost, COST
    )
    budgeted_expense_cost = guarded(MONEY, "Planned expenses.", lambda it: it.budgeted_expense_cost, GENERAL)
    budgeted_cost = guarded(
        MONEY, "Budgeted labour, planned expenses and the fixed cost.", lambda it: it.budgeted_cost, COST, GENERAL
    )
    budgeted_cost_variance = guarded(
        MONEY, "Budgeted less actual cost: positive is good.", lambda it: it.budgeted_cost_variance, COST, GENERAL
    )
    total_potential_risk_cost = guarded(
        MONEY, "What all risks would cost together.", lambda it: it.total_potential_cost, GENERAL
    )
    planned_risk_cost = guarded(MONEY, "What risks may cost x how likely they are.", lambda it: it.risk_cost, GENERAL)
    actual_risk_cost = guarded(
        MONEY, "What risks have cost; in no other cost.", lambda it: it.actual_risk_cost, GENERAL
    )
    remaining_risk_cost = guarded(MONEY, "Planned less actual risk cost.", lambda it: it.remaining_risk_cost, GENERAL)
    net_value = guarded(
        MONEY, "Planned benefit less budgeted cost and planned risk cost.", lambda it: it.value.net_value,
        COST, GENERAL,
    )  # fmt: skip
    roi_percent = guarded_ratio(
        "Planned benefit less budgeted cost, in percent of it; null too when nothing is budgeted.",
        lambda it: it.value.roi_percent,
        COST,
        GENERAL,
    )


@strawberry.type(
    description="What a task and everything below it is planned to cost and earn, and what it does; in the project's "
    "currency, exact now."
)
class TaskFinances(WorkFinances):
    planned_hours = known_hours("Planned hours.", "planned_seconds")
    planned_labor_cost = guarded_plan(
        MONEY, "Planned hours at the cost rates of their days.", lambda it: it.planned_labor_cost, COST
    )
    planned_expense_cost = guarded(MONEY, "Planned expenses.", lambda it: it.planned_expense_cost, GENERAL)
    planned_cost = guarded_plan(MONEY, "Planned labour and expenses.", lambda it: it.planned_cost, COST, GENERAL)
    planned_revenue = guarded_plan(
        MONEY, "Planned hours at the billing rates of their days, and fixed amounts.", lambda it: it.planned_revenue,
        BILLING,
    )  # fmt: skip
    actual_hours = hours("Hours logged.", "actual_seconds")
    actual_labor_cost = guarded(MONEY, "What the logged hours cost.", lambda it: it.actual_labor_cost, COST)
    actual_expense_cost = guarded(MONEY, "Actual expenses.", lambda it: it.actual_expense_cost, GENERAL)
    actual_cost = guarded(MONEY, "Labour and expenses.", lambda it: it.actual_cost, COST, GENERAL)
    actual_revenue = guarded(
        MONEY, "What the logged hours and realised fixed amounts earn.", lambda it: it.actual_revenue, BILLING
    )
    margin = guarded(MONEY, "Actual revenue less actual cost.", lambda it: it.margin, COST, BILLING, GENERAL)
    billed_revenue = guarded_call(
        MONEY,
        "On posted billing records.",
        lambda context, it: billing_of_task(context, it, "billed_minor"),
        BILLING,
    )
    draft_revenue = guarded_call(
        MONEY,
        "On billing records that are not posted yet.",
        lambda context, it: billing_of_task(context, it, "on_draft_minor"),
        BILLING,
    )
    unbilled_revenue = guarded_call(
        MONEY,
        "May be billed and is on no billing record.",
        lambda context, it: billing_of_task(context, it, "unbilled_minor"),
        BILLING,
    )
