"""The finances of projects by role and person, month, customer and so on."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import strawberry

from hourledger.core.finances import FinancePart, Grouping
from hourledger.core.money import Money
from resolvers import grouped_finances, projects, work_types
from resolvers.grouped_finances import key_of
from resolvers.told_money import Summed, in_one_currency
from schema.fields import Info, guarded, guarded_amount, hours, pages, reads, resolves
from schema.measured import BILLING, COST, GENERAL, guarded_plan_ratio
from schema.node import Connection
from schema.references import COMPANY, FINANCE_GROUP, GROUPED_FINANCES, HOUR_TYPE, MONEY, PERSON, PROJECT, ROLE
from schema.types.planning import plan_amount

GroupBy = Annotated[
    list[Grouping],
    strawberry.argument(description="By what, from the outermost level inwards: one to four; by weeks or by months."),
]
SomeFirstDay = Annotated[date | None, strawberry.argument(description="Only from this day on; null: from the first.")]
SomeLastDay = Annotated[
    date | None, strawberry.argument(description="Only up to and including this day; null: to the last.")
]


@strawberry.type(description="What is budgeted: hours of roles, planned expenses and the fixed cost; or how it varies.")
class BudgetFigures:
    hours = hours("Hours.", "seconds")
    labor_cost = plan_amount("What the hours cost.", "labor_cost_minor", COST)
    expense_cost = guarded_amount("Expenses, without the fixed cost.", "expense_minor", GENERAL)
    fixed_cost = guarded_amount("The projects' fixed cost.", "fixed_cost_minor", GENERAL)
    cost = plan_amount("Labour, expenses and the fixed cost.", "cost_minor", COST, GENERAL)


@strawberry.type(description="How planned and actual figures differ. Above zero is good.")
class VarianceFigures(BudgetFigures):
    hourly_revenue = plan_amount("What the hours earn, after any cap of their task.", "hourly_revenue_minor", BILLING)
    fixed_revenue = guarded_amount("Fixed amounts of tasks and projects.", "fixed_revenue_minor", BILLING)
    revenue = plan_amount("What the hours earn, and fixed amounts.", "revenue_minor", BILLING)
    fixed_revenue_share = guarded_amount(
        "Another reading of the fixed amounts of tasks: spread over the hours of the task, so that roles and people "
        "have their share; where a task has no hours, it stays with the amount. Not part of revenue.",
        "fixed_revenue_share_minor",
        BILLING,
    )


@strawberry.type(description="What is planned, or what happened, of one group of work.")
class WorkFigures(VarianceFigures):
    margin = plan_amount("Revenue less cost.", "margin_minor", COST, BILLING, GENERAL)
    margin_percent = guarded_plan_ratio(
        "Margin in percent of revenue; 0 without revenue.", lambda it: it.margin_percent, COST, BILLING, GENERAL
    )


@strawberry.type
class GroupSums:
    """Not in the schema by itself."""

    planned = reads(WorkFigures, "What was planned.", lambda it: Summed(it.figures.planned))
    budgeted = reads(BudgetFigures, "What was budgeted.", lambda it: Summed(it.figures.budgeted))
    actual = reads(WorkFigures, "What happened.", lambda it: Summed(it.figures.actual))
    planned_variance = reads(
        VarianceFigures,
        "Hours and cost: planned less actual. Revenue: actual less planned. Above zero is good.",
        lambda it: Summed(it.figures.planned_variance),
    )
    budgeted_variance = reads(
        BudgetFigures, "Hours and cost: budgeted less actual.", lambda it: Summed(it.figures.budgeted_variance)
    )
    billed_revenue = guarded(
        MONEY,
        "On posted billing records, by their billing date.",
        lambda it: in_one_currency(Money(it.figures.billed_minor, it.figures.currency)),
        BILLING,
    )
    groups = pages(
        Connection[FINANCE_GROUP],
        "The groups of the next level: by their ids or days, what has none last. They sum to this.",
        grouped_finances.groups,
    )


@strawberry.type(description="All figures that have one thing in common: a role, a month, a customer and so on.")
class FinanceGroup(GroupSums):
    by = reads(Grouping, "What they are grouped by on this level.", lambda it: it.by)
    part = reads(
        FinancePart | None,
        "What the figures are of; null: grouped by something else.",
        lambda it: it.key if isinstance(it.key, FinancePart) else None,
    )
    allocation_date = reads(
        date | None,
        "The first of the month; of a week its Sunday, or the first of a month that begins within it; null: grouped "
        "by something else.",
        lambda it: it.key if isinstance(it.key, date) else None,
    )
    project = resolves(
        PROJECT | None,
        "The project; null: grouped by something else.",
        lambda context, it: projects.project_by_id(context, key_of(it, Grouping.PROJECT)),
    )
    company = resolves(
        COMPANY | None,
        "The project's customer, of billed revenue the billing record's; null: internal, or grouped by something else.",
        lambda context, it: projects.company_by_id(context, key_of(it, Grouping.COMPANY)),
    )
    role = resolves(
        ROLE | None,
        "The role chosen for an hour, else that of the assignment, else the person's primary one that day; null: no "
        "role's, or grouped by something else.",
        lambda context, it: projects.role_by_id(context, key_of(it, Grouping.ROLE)),
    )
    person = resolves(
        PERSON | None,
        "Who works; null: nobody's, or grouped by something else.",
        lambda context, it: projects.person_by_id(context, key_of(it, Grouping.PERSON)),
    )
    hour_type = resolves(
        HOUR_TYPE | None,
        "The kind of the hours logged; null: nothing logged, or grouped by something else.",
        lambda context, it: work_types.hour_type_by_id(context, key_of(it, Grouping.HOUR_TYPE)),
    )


@strawberry.type(
    description="Finances of one project or several, grouped. Whatever they are grouped by, they sum to the projects' "
    "own totals."
)
class GroupedFinances(GroupSums):
    currency: str = strawberry.field(description="ISO 4217 code of all its figures.")
    on: date | None = strawberry.field(
        description="The day whose exchange rates were used; null: of one project, in its own currency."
    )


async def _utilisation(
    root: strawberry.Parent[Any],
    info: Info,
    by: GroupBy,
    first_day: SomeFirstDay = None,
    last_day: SomeLastDay = None,
) -> Any:
    return await grouped_finances.utilisation(info.context, root, by, first_day, last_day)


def utilisation(description: str) -> Any:
    """The field utilisation of a project."""
    return strawberry.field(resolver=_utilisation, graphql_type=GROUPED_FINANCES | None, description=description)
