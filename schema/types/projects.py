"""Projects, tasks, assignments and expenses."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

import strawberry

from hourledger.core.access import Permission
from hourledger.core.work import CostType, EntryStatus, ProjectStatus, RevenueType, TaskStatus
from models.queries.listing.projects import AssignmentView, ExpenseView, ProjectView, TaskView
from resolvers import billing, finances_as_of, projects, time_entries
from schema.fields import Info, asks, guarded_amount, guarded_rate, hours, is_value, pages, resolves
from schema.node import Connection, Node
from schema.references import (
    ASSIGNMENT,
    BILLING_RECORD,
    COMPANY,
    EXPENSE,
    FINANCES,
    PERSON,
    PROJECT,
    ROLE,
    TASK,
    TIME_ENTRY,
)

GENERAL = Permission.VIEW_GENERAL_FINANCE
AsOf = Annotated[
    date | None,
    strawberry.argument(description="Only work, expenses and billing dated up to and including this day."),
]
KnownAt = Annotated[
    datetime | None,
    strawberry.argument(
        description="As it was known at this instant: what was logged, rated, billed or deleted later does not count. "
        "Null: as known now. No such project at the instant: null."
    ),
]


async def _finances(root: strawberry.Parent[Any], info: Info, as_of: AsOf = None, known_at: KnownAt = None) -> Any:
    return await finances_as_of.finances(info.context, root.id, as_of, known_at)


@strawberry.type(description="Work for a customer, or internal work when it has none.")
class Project(Node):
    is_type_of = is_value(ProjectView)
    code: str = strawberry.field(description="Short name, unique in the organisation.")
    name: str = strawberry.field(description="What people call it.")
    currency: str = strawberry.field(description="The currency of all its figures.")
    status: ProjectStatus = strawberry.field(description="Complete and dead projects take no more work.")
    require_time_approval: bool = strawberry.field(description="Whether work counts only once it is approved.")
    created_at: datetime = strawberry.field(description="When it was created.")
    fixed_cost = guarded_amount("A cost of the project as a whole.", "fixed_cost_minor", GENERAL)
    fixed_revenue = guarded_amount("A revenue of the project as a whole.", "fixed_revenue_minor", GENERAL)
    company = resolves(
        COMPANY | None,
        "The customer; null: internal.",
        lambda context, it: projects.company_by_id(context, it.company_id),
    )
    finances = asks(
        FINANCES | None, "Planned and actual figures, exact now; or of a day, or as they were known at an instant."
    )(_finances)
    tasks = pages(
        Connection[TASK], "Its tasks, oldest first.", lambda context, it, page: projects.tasks(context, it.id, page)
    )
    time_entries = pages(
        Connection[TIME_ENTRY],
        "Work logged on it, newest first.",
        lambda context, it, page: time_entries.of_project(context, it.id, page),
    )
    expenses = pages(
        Connection[EXPENSE] | None,
        "Its expenses, newest first. Refused without VIEW_GENERAL_FINANCE.",
        lambda context, it, page: projects.expenses(context, it.id, page),
    )
    billing_records = pages(
        Connection[BILLING_RECORD] | None,
        "The billing records it is on, newest first. Refused without a billing permission.",
        lambda context, it, page: billing.records_of_project(context, it.id, page),
    )


@strawberry.type(description="A piece of a project: it decides which rates apply to the work on it.")
class Task(Node):
    is_type_of = is_value(TaskView)
    name: str = strawberry.field(description="Unique in the project.")
    status: TaskStatus = strawberry.field(description="Fixed revenue is earned when it is complete.")
    cost_type: CostType = strawberry.field(description="Which cost rate applies.")
    revenue_type: RevenueType = strawberry.field(description="Which billing rate applies.")
    cost_rate = guarded_rate("The rate of cost type FIXED_HOURLY.", "cost_rate_scaled", Permission.VIEW_COST_RATES)
    billing_rate = guarded_rate(
        "The rate of revenue type FIXED_HOURLY.", "billing_rate_scaled", Permission.VIEW_BILLING_RATES
    )
    billing_amount = guarded_amount(
        "The cap or the fixed amount of its revenue type.", "billing_amount_minor", Permission.VIEW_BILLING_RATES
    )
    planned_hours = hours("Planned hours.", "planned_seconds")
    planned_start: date | None = strawberry.field(description="First planned day.")
    planned_completion: date | None = strawberry.field(description="Last planned day.")
    percent_complete: Decimal = strawberry.field(description="0 to 100.")
    project = resolves(
        PROJECT | None, "The project it is part of.", lambda context, it: projects.project_by_id(context, it.project_id)
    )
    parent = resolves(
        TASK | None, "The task it is part of.", lambda context, it: projects.task_by_id(context, it.parent_id)
    )
    assignments = resolves(
        list[ASSIGNMENT], "Who is to do it.", lambda context, it: projects.assignments(context, it.id)
    )
    time_entries = pages(
        Connection[TIME_ENTRY],
        "Work logged on it, newest first.",
        lambda context, it, page: time_entries.of_task(context, it.id, page),
    )


@strawberry.type(description="A person or a role on a task.")
class Assignment(Node):
    is_type_of = is_value(AssignmentView)
    is_primary: bool = strawberry.field(description="Whether it is the task's main assignment.")
    is_billable: bool = strawberry.field(description="Whether its hours may earn.")
    planned_hours = hours("Its share of the planned hours.", "planned_seconds")
    task = resolves(TASK | None, "The task.", lambda context, it: projects.task_by_id(context, it.task_id))
    person = resolves(
        PERSON | None, "Who; null: nobody yet.", lambda context, it: projects.person_by_id(context, it.person_id)
    )
    role = resolves(
        ROLE | None,
        "In which role; null: the primary one.",
        lambda context, it: projects.role_by_id(context, it.role_id),
    )


@strawberry.type(description="A cost that is not labour.")
class Expense(Node):
    is_type_of = is_value(ExpenseView)
    expense_type: str = strawberry.field(description="The kind of expense, such as Travel.")
    description: str = strawberry.field(description="What it was for.")
    planned_on: date | None = strawberry.field(description="When it is planned.")
    paid_on: date | None = strawberry.field(description="When it was paid.")
    is_billable: bool = strawberry.field(description="Whether the customer pays for it.")
    is_reimbursable: bool = strawberry.field(description="Whether somebody gets it back.")
    status: EntryStatus = strawberry.field(description="Whether it counts yet.")
    entered_at: datetime = strawberry.field(description="When it was entered.")
    entered_by: str = strawberry.field(description="Who entered it.")
    planned_amount = guarded_amount("Planned.", "planned_minor", GENERAL)
    actual_amount = guarded_amount("Spent.", "actual_minor", GENERAL)
    project = resolves(
        PROJECT | None, "The project it is for.", lambda context, it: projects.project_by_id(context, it.project_id)
    )
    task = resolves(TASK | None, "The task it is for.", lambda context, it: projects.task_by_id(context, it.task_id))
