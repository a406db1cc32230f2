"""Work schedules, contours, planned days, and finances by week or month."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import strawberry

from hourledger.core.access import Permission
from hourledger.core.finances import FinancialPeriod
from hourledger.core.money import Money, decimal_hours
from models.queries.listing.planning import WorkScheduleView
from resolvers import planning
from resolvers.context import RequestContext
from resolvers.told_money import OfProject
from schema.fields import Info, guarded, guarded_amount, guarded_plan, hours, is_value, reads, resolves
from schema.node import Node
from schema.references import DATED_MONEY, FINANCIAL_FIGURES, FINANCIAL_ROW, MONEY, PLANNED_DAY, RATE

COST = Permission.VIEW_COST_RATES
BILLING = Permission.VIEW_BILLING_RATES
GENERAL = Permission.VIEW_GENERAL_FINANCE

FirstDay = Annotated[date, strawberry.argument(description="From this day on.")]
LastDay = Annotated[
    date, strawberry.argument(description="Up to and including this day; at most 1100 days from the first one.")
]
Rows = Annotated[FinancialPeriod, strawberry.argument(description="How long the rows are.")]


@strawberry.type(description="A date on which a work schedule differs from its weekday.")
class WorkScheduleDay:
    day: date = strawberry.field(description="The day.")
    hours = hours("Working hours; 0 on a holiday.", "seconds")
    name: str = strawberry.field(description="What people call it; may be empty.")


@strawberry.type(description="Which days are worked and for how long; planned hours fall on these days.")
class WorkSchedule(Node):
    is_type_of = is_value(WorkScheduleView)
    name: str = strawberry.field(description="Unique in the organisation.")
    is_default: bool = strawberry.field(description="Whether projects that choose none have it.")
    weekday_hours = reads(
        list[Decimal],
        "Working hours of the seven weekdays, Monday first.",
        lambda it: [decimal_hours(seconds) for seconds in it.weekday_seconds],
    )
    special_days = resolves(
        list[WorkScheduleDay],
        "Holidays and days of another length, in order.",
        lambda context, it: planning.special_days(context, it.id),
    )


@strawberry.type(description="One day of a contour: planned hours as somebody split them by hand.")
class ContourDay:
    day: date = strawberry.field(description="The day.")
    hours = hours("Planned hours.", "seconds")


def plan_amount(description: str, attribute: str, *permissions: Permission) -> Any:
    """Minor units of the value's currency as Money; null without the permissions and where it cannot be known."""

    def read(value: Any) -> Money | None:
        minor = getattr(value, attribute)
        return None if minor is None else Money(minor, value.currency)

    return guarded_plan(MONEY, description, read, *permissions)


@strawberry.type(description="What is planned for one day, at the rates of that day.")
class PlannedDay:
    day: date = strawberry.field(description="The day.")
    hours = hours("Planned hours.", "seconds")
    cost = plan_amount("Planned labour at the cost rates of the day.", "cost_minor", COST)
    revenue = plan_amount(
        "Planned hours at the billing rates of the day; a task's cap goes to its earliest days.",
        "revenue_minor",
        BILLING,
    )


def rate_as_kept(description: str, attribute: str, *permissions: Permission) -> Any:
    return guarded(RATE, description, lambda it: getattr(it, attribute), *permissions)


@strawberry.type(description="What an assignment costs and earns over days with the same rates.")
class DatedMoney:
    first_day: date = strawberry.field(description="The first day with hours, planned or worked.")
    last_day: date = strawberry.field(description="The last one.")
    planned_cost_rate = rate_as_kept(
        "The cost rate of these days, in its own currency; null too without one, or where it is no price per time.",
        "cost_rate",
        COST,
    )
    planned_revenue_rate = rate_as_kept(
        "The billing rate of these days, likewise; before a markup or an overtime ratio.", "billing_rate", BILLING
    )
    planned_hours = hours("Planned hours.", "planned_seconds")
    planned_cost = plan_amount("What they cost.", "planned_cost_minor", COST)
    planned_revenue = plan_amount("What they earn, under the task's cap.", "planned_revenue_minor", BILLING)
    actual_hours = hours("Hours logged that count as the assignment's.", "actual_seconds")
    actual_cost = guarded_amount("What they cost.", "actual_cost_minor", COST)
    actual_revenue = guarded_amount("What they earn.", "actual_revenue_minor", BILLING)


@strawberry.type(description="One side of a row: planned, actual, or their variance.")
class FinancialFigures:
    labor_hours = hours("Hours.", "labor_seconds")
    labor_cost = plan_amount("What the hours cost.", "labor_cost_minor", COST)
    labor_revenue = plan_amount("What the hours earn.", "labor_revenue_minor", BILLING)
    expense_cost = guarded_amount("Expenses.", "expense_minor", GENERAL)
    billable_expense_cost = guarded_amount("Of these, what the customer pays for.", "billable_expense_minor", GENERAL)
    non_billable_expense_cost = guarded_amount("Of these, the others.", "non_billable_expense_minor", GENERAL)
    fixed_cost = guarded_amount("The project's fixed cost.", "fixed_cost_minor", GENERAL)
    fixed_revenue = guarded_amount("Fixed amounts of tasks and of the project.", "fixed_revenue_minor", BILLING)
    total_cost = plan_amount("Labour, expenses and the fixed cost.", "total_cost_minor", COST, GENERAL)
    total_revenue = plan_amount("Labour and fixed revenue.", "total_revenue_minor", BILLING)


@strawberry.type(description="A project's finances of one week or month, or of a part of a week in one month.")
class FinancialRow:
    allocation_date: date = strawberry.field(
        description="The first of the month; of a week its Sunday, or the first of a month that begins within it."
    )
    is_split: bool = strawberry.field(description="Whether it is one part of a week that lies in two months.")
    planned = reads(FINANCIAL_FIGURES, "What was planned.", lambda it: OfProject(it.planned, it.project_id))
    actual = reads(FINANCIAL_FIGURES, "What happened.", lambda it: OfProject(it.actual, it.project_id))
    variance = reads(
        FINANCIAL_FIGURES,
        "Hours and cost: planned less actual. Revenue: actual less planned. Above zero is good.",
        lambda it: OfProject(it.variance, it.project_id),
    )


def planned_days(description: str, call: Callable[[RequestContext, Any, date, date], Awaitable[Any]]) -> Any:
    """The field plannedDays of a project, a task or an assignment."""

    async def resolve(root: strawberry.Parent[Any], info: Info, first_day: FirstDay, last_day: LastDay) -> Any:
        return await call(info.context, root, first_day, last_day)

    return strawberry.field(resolver=resolve, graphql_type=list[PLANNED_DAY] | None, description=description)


def money_by_date(description: str) -> Any:
    """The field moneyByDate of an assignment."""

    async def resolve(root: strawberry.Parent[Any], info: Info, first_day: FirstDay, last_day: LastDay) -> Any:
        return await planning.money_of_assignment(info.context, root, first_day, last_day)

    return strawberry.field(resolver=resolve, graphql_type=list[DATED_MONEY] | None, description=description)


def financial_data(description: str) -> Any:
    """The field financialData of a project."""

    async def resolve(
        root: strawberry.Parent[Any], info: Info, by: Rows, first_day: FirstDay, last_day: LastDay
    ) -> Any:
        return await planning.financial_data(info.context, root, by, first_day, last_day)

    return strawberry.field(resolver=resolve, graphql_type=list[FINANCIAL_ROW] | None, description=description)
