"""Projects, tasks and assignments."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import strawberry

from hourledger.core.access import Permission
from hourledger.core.work import CostType, ProjectStatus, RevenueType, TaskStatus
from models.queries.listing.projects import AssignmentView, ProjectView, TaskView
from resolvers import billing, expenses, issues, people, projects, time_entries, work_types
from schema.fields import guarded_amount, guarded_rate, hours, is_value, pages, resolves
from schema.node import Connection, Node
from schema.references import (
    ASSIGNMENT,
    BILLING_RECORD,
    COMPANY,
    EXPENSE,
    FINANCES,
    HOUR_TYPE,
    ISSUE,
    PERSON,
    PROJECT,
    PROJECT_BILLING_ROLE,
    ROLE,
    TASK,
    TIME_ENTRY,
)

GENERAL = Permission.VIEW_GENERAL_FINANCE


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
    finances = resolves(
        FINANCES | None, "Planned and actual figures, exact now.", lambda context, it: projects.finances(context, it.id)
    )
    tasks = pages(
        Connection[TASK], "Its tasks, oldest first.", lambda context, it, page: projects.tasks(context, it.id, page)
    )
    time_entries = pages(
        Connection[TIME_ENTRY],
        "Work logged on it, newest first.",
        lambda context, it, page: time_entries.of_project(context, it.id, page),
    )
    issues = pages(
        Connection[ISSUE],
        "Work that turned up on it, oldest first.",
        lambda context, it, page: issues.of_project(context, it.id, page),
    )
    filters_hour_types: bool = strawberry.field(
        description="Whether of the organisation's own kinds of hours it takes only some."
    )
    hour_types = pages(
        Connection[HOUR_TYPE],
        "The kinds of hours that may be logged on it, by name.",
        lambda context, it, page: work_types.hour_types_of_project(context, it.id, page),
    )
    billing_roles = resolves(
        list[PROJECT_BILLING_ROLE],
        "Who is billed as another job role on it, and when.",
        lambda context, it: people.billing_roles(context, it.id),
    )
    expenses = pages(
        Connection[EXPENSE] | None,
        "Its expenses and those of its tasks, newest first. Refused without VIEW_GENERAL_FINANCE.",
        lambda context, it, page: expenses.of_project(context, it.id, page),
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
    overtime_ratio: Decimal | None = strawberry.field(
        description="Factor on its planned revenue, for USER_AND_ROLE_HOURLY; null: none."
    )
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
    expenses = pages(
        Connection[EXPENSE] | None,
        "Its own expenses, newest first. Refused without VIEW_GENERAL_FINANCE.",
        lambda context, it, page: expenses.of_task(context, it.id, page),
    )


@strawberry.type(description="A person or a role on a task.")
class Assignment(Node):
    is_type_of = is_value(AssignmentView)
    is_primary: bool = strawberry.field(description="Whether it is the task's main assignment.")
    is_billable: bool = strawberry.field(description="Whether its hours may earn.")
    planned_hours = hours("Its share of the planned hours.", "planned_seconds")
    task = resolves(
        TASK | None, "The task; null: it is on an issue.", lambda context, it: projects.task_by_id(context, it.task_id)
    )
    issue = resolves(
        ISSUE | None, "The issue; null: it is on a task.", lambda context, it: issues.issue_by_id(context, it.task_id)
    )
    person = resolves(
        PERSON | None, "Who; null: nobody yet.", lambda context, it: projects.person_by_id(context, it.person_id)
    )
    role = resolves(
        ROLE | None,
        "In which role; null: the primary one.",
        lambda context, it: projects.role_by_id(context, it.role_id),
    )
    billing_role = resolves(
        ROLE | None,
        "The job role the person is billed as here; null: as the project says, else as themselves.",
        lambda context, it: projects.role_by_id(context, it.billing_role_id),
    )
