"""What tasks and projects have in common: splits, variances, margins, earned value."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import strawberry

from hourledger.core.finances import EacMethod, IndexMethod, PercentBasis, displayed
from resolvers.told_money import OfProject
from resolvers.visibility import if_known
from schema.fields import Info, field_name, guarded, guarded_plan, known, known_hours, reads
from schema.measured import (
    BILLING,
    COST,
    GENERAL,
    Basis,
    by_both_methods,
    by_method,
    guarded_plan_ratio,
    guarded_ratio,
    rounded,
)
from schema.references import MONEY

EVERYTHING = (COST, BILLING, GENERAL)


@strawberry.type(description="An amount of work: in hours when it is hour based, in money when it is cost based.")
class EarnedAmount:
    method: IndexMethod = strawberry.field(description="By which method it was measured.")
    hours = reads(
        Decimal | None,
        "Hours, two decimals; null when cost based.",
        lambda it: None if it.seconds is None else displayed(it.seconds, 3600),
    )
    cost = reads(MONEY | None, "Money; null when hour based.", lambda it: it.cost)


def _percent_complete(root: strawberry.Parent[Any], info: Info, basis: Basis = None) -> Decimal | None:
    found: Decimal | None = if_known(info.context, field_name(info), lambda: rounded(root.percent_complete(basis)))
    return found


@strawberry.type
class WorkFinances:
    """Not in the schema by itself."""

    performance_index_method: IndexMethod | None = known(
        IndexMethod, "What CPI and EAC are made of here.", lambda it: it.methods.index
    )
    eac_method: EacMethod | None = known(EacMethod, "Where the EAC comes from here.", lambda it: it.methods.eac)
    percent_complete_basis: PercentBasis | None = known(
        PercentBasis, "What weighs a percent complete here.", lambda it: it.methods.basis
    )
    actual_hours_own = known_hours("Hours logged on itself, and on nothing below it.", "actual_seconds_own")
    planned_billable_expense_cost = guarded(
        MONEY, "Planned expenses that the customer pays for.", lambda it: it.planned_billable_expense_cost, GENERAL
    )
    planned_non_billable_expense_cost = guarded(
        MONEY, "Planned expenses that nobody pays for.", lambda it: it.planned_non_billable_expense_cost, GENERAL
    )
    actual_billable_expense_cost = guarded(
        MONEY, "Actual expenses that the customer pays for.", lambda it: it.actual_billable_expense_cost, GENERAL
    )
    actual_non_billable_expense_cost = guarded(
        MONEY,
        "Actual expenses that nobody pays for, without any fixed cost.",
        lambda it: it.actual_non_billable_expense_cost,
        GENERAL,
    )
    planned_fixed_revenue = guarded(
        MONEY, "The fixed part of planned revenue.", lambda it: it.planned_fixed_revenue, BILLING
    )
    realised_fixed_revenue = guarded(
        MONEY, "The fixed part of actual revenue: of what is complete.", lambda it: it.realised_fixed_revenue, BILLING
    )
    cost_variance = guarded_plan(
        MONEY, "Planned less actual cost: positive is good.", lambda it: it.cost_variance, COST, GENERAL
    )
    revenue_variance = guarded_plan(
        MONEY, "Actual less planned revenue: positive is good.", lambda it: it.revenue_variance, BILLING
    )
    hours_variance = known_hours("Planned less actual hours: positive is good.", "seconds_variance")
    remaining_cost = guarded_plan(MONEY, "Planned less actual cost.", lambda it: it.remaining_cost, COST, GENERAL)
    remaining_revenue = guarded_plan(MONEY, "Planned less actual revenue.", lambda it: it.remaining_revenue, BILLING)
    planned_margin = guarded_plan(
        MONEY, "Planned revenue less planned cost.", lambda it: it.planned_margin, *EVERYTHING
    )
    planned_margin_percent = guarded_plan_ratio(
        "Planned margin in percent of planned revenue; 0 without revenue.",
        lambda it: it.planned_margin_percent,
        *EVERYTHING,
    )
    margin_percent = guarded_ratio(
        "Margin in percent of actual revenue; 0 without revenue.", lambda it: it.margin_percent, *EVERYTHING
    )
    percent_complete = strawberry.field(
        resolver=_percent_complete,
        graphql_type=Decimal | None,
        description="Percent complete, 0 to 100, of a parent or project weighed; null: nothing to weigh by.",
    )
    cpi = by_method(
        Decimal,
        "Cost performance index, two decimals: above 1 is under budget; 1 while nothing is spent.",
        lambda it, method: displayed(it.cpi(method)),
    )
    spi = guarded_ratio(
        "Schedule performance index: above 1 is ahead; 1 while nothing is scheduled.", lambda it: it.spi, GENERAL
    )
    csi = by_method(Decimal, "CPI x SPI, two decimals.", lambda it, method: displayed(it.csi(method)))
    eac = by_both_methods(
        EarnedAmount,
        "Estimate at completion, without any fixed cost.",
        lambda it, method, eac_method: OfProject(it.eac(method, eac_method), it.project_id),
    )
    bcwp = by_method(
        EarnedAmount,
        "Budgeted cost of work performed.",
        lambda it, method: OfProject(it.bcwp(method), it.project_id),
    )
    bcws = by_method(
        EarnedAmount,
        "Budgeted cost of work scheduled until the day.",
        lambda it, method: OfProject(it.bcws(method), it.project_id),
    )
