"""Why a project is worth its money."""

from __future__ import annotations

from decimal import Decimal

import strawberry

from resolvers import business_case
from schema.fields import guarded, pages, reads
from schema.measured import COST, GENERAL, guarded_ratio
from schema.node import Connection
from schema.references import EXPENSE, MONEY, PROJECT, RISK


@strawberry.type(
    description="Why a project is worth its money: what it is to bring, what it is to cost, what may go wrong. As a "
    "PDF at /documents/business-case/CODE.pdf?language=en, with the same token."
)
class BusinessCase:
    planned_benefit = guarded(MONEY, "What it is to bring.", lambda it: it.measures.facts.planned_benefit, GENERAL)
    budgeted_labor_cost = guarded(
        MONEY, "Budgeted hours at the cost rates of the roles.", lambda it: it.measures.budgeted_labor_cost, COST
    )
    budgeted_expense_cost = guarded(MONEY, "Planned expenses.", lambda it: it.measures.budgeted_expense_cost, GENERAL)
    fixed_cost = guarded(MONEY, "A cost of the project as a whole.", lambda it: it.measures.fixed_cost, GENERAL)
    budgeted_cost = guarded(MONEY, "The sum of these three.", lambda it: it.measures.budgeted_cost, COST, GENERAL)
    total_potential_risk_cost = guarded(
        MONEY, "What all risks would cost together.", lambda it: it.measures.total_potential_cost, GENERAL
    )
    potential_risk_cost = guarded(
        MONEY, "What risks may cost x how likely they are.", lambda it: it.measures.risk_cost, GENERAL
    )
    net_value = guarded(
        MONEY, "Planned benefit less budgeted cost and potential risk cost.",
        lambda it: it.measures.value.net_value, COST, GENERAL,
    )  # fmt: skip
    roi_percent = guarded_ratio(
        "Planned benefit less budgeted cost, in percent of it; null too when nothing is budgeted.",
        lambda it: it.measures.value.roi_percent,
        COST,
        GENERAL,
    )
    alignment_score = guarded(
        Decimal,
        "How well the project fits what you are after, 0 to 100, as somebody scored it; null too: nobody did.",
        lambda it: it.project.alignment_percent,
        GENERAL,
    )
    expenses = pages(
        Connection[EXPENSE] | None,
        "Its expenses, newest first. Refused without VIEW_GENERAL_FINANCE.",
        business_case.case_expenses,
    )
    risks = pages(
        Connection[RISK] | None,
        "Its risks, oldest first. Refused without VIEW_GENERAL_FINANCE.",
        business_case.case_risks,
    )
    project = reads(PROJECT, "The project.", lambda it: it.project)
