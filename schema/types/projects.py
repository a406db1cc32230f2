"""Projects, tasks, assignments and expenses."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

import strawberry

from hourledger.core.access import Permission
from hourledger.core.money import decimal_hours
from hourledger.core.work import CostType, ProjectStatus, RevenueType, TaskStatus
from models.queries.listing.projects import AssignmentView, ProjectView, TaskView
from resolvers import (
    billing,
    business_case,
    expenses,
    finances_as_of,
    issues,
    measures,
    people,
    planning,
    projects,
    rate_attributes,
    snapshots,
    time_entries,
    value,
    work_locks,
    work_types,
)
from schema.fields import Info, asks, guarded_amount, guarded_rate, hours, is_value, pages, reads, resolves
from schema.measured import OnDay, measured_on
from schema.node import Connection, Node
from schema.references import (
    ASSIGNMENT,
    BASELINE,
    BILLING_RECORD,
    BUSINESS_CASE,
    COMPANY,
    CONTOUR_DAY,
    EXPENSE,
    FINANCES,
    HOUR_TYPE,
    ISSUE,
    PERSON,
    PROJECT,
    PROJECT_BILLING_ROLE,
    RISK,
    ROLE,
    ROLE_BUDGET,
    SNAPSHOT,
    TASK,
    TASK_FINANCES,
    TIME_ENTRY,
    WORK_LOCK,
    WORK_SCHEDULE,
)
from schema.types.grouped_finances import utilisation
from schema.types.planning import financial_data, money_by_date, planned_days
from schema.types.rate_attributes import RateNarrowing

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


async def _finances(
    root: strawberry.Parent[Any], info: Info, on: OnDay = None, as_of: AsOf = None, known_at: KnownAt = None
) -> Any:
    return await finances_as_of.finances(info.context, root.id, on, as_of, known_at)


@strawberry.type(description="Work for a customer, or internal work when it has none.")
class Project(Node):
    is_type_of = is_value(ProjectView)
    code: str = strawberry.field(description="Short name, unique in the organisation.")
    name: str = strawberry.field(description="What people call it.")
    currency: str = strawberry.field(description="The currency of all its figures.")
    status: ProjectStatus = strawberry.field(description="Complete and dead projects take no more work.")
    require_time_approval: bool = strawberry.field(description="Whether work counts only once it is approved.")
    preserve_billing_rates: bool = strawberry.field(
        description="Whether it keeps its billing rates, whatever changes elsewhere."
    )
    exchange_rate_date: date | None = strawberry.field(
        description="Set: only the organisation's exchange rates hold, and fixed amounts are converted on this day."
    )
    is_template: bool = strawberry.field(
        description="Whether it is there to be applied to other projects: it takes no hours and no billing records."
    )
    created_at: datetime = strawberry.field(description="When it was created.")
    work_schedule = resolves(
        WORK_SCHEDULE | None,
        "On whose working days its plans fall; null: Monday to Friday, eight hours.",
        planning.schedule_of_project,
    )
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
    business_case = resolves(BUSINESS_CASE | None, "Why it is worth its money; exact now.", business_case.of_project)
    risks = pages(
        Connection[RISK] | None,
        "Its risks, oldest first. Refused without VIEW_GENERAL_FINANCE.",
        lambda context, it, page: value.risks(context, it.id, page),
    )
    role_budgets = pages(
        Connection[ROLE_BUDGET] | None,
        "Hours budgeted for roles, by their first day. Refused without VIEW_GENERAL_FINANCE.",
        lambda context, it, page: value.role_budgets(context, it.id, page),
    )
    baselines = pages(
        Connection[BASELINE],
        "Its baselines, newest first.",
        lambda context, it, page: value.baselines(context, it.id, page),
    )
    snapshots = pages(
        Connection[SNAPSHOT],
        "Its snapshots, newest first.",
        lambda context, it, page: snapshots.of_project(context, it.id, page),
    )
    planned_days = planned_days(
        "What is planned day by day, in order; days without planned hours are left out.", planning.days_of_project
    )
    financial_data = financial_data(
        "Its finances by week or month, in order. Only the days asked for count; over all days they sum to finances."
    )
    utilisation = utilisation(
        "Its finances by role, person, month and so on, level by level: planned, budgeted and actual. Only the days "
        "asked for count; over all days they sum to finances."
    )
    tasks = pages(
        Connection[TASK], "Its tasks, oldest first.", lambda context, it, page: projects.tasks(context, it.id, page)
    )
    time_entries = pages(
        Connection[TIME_ENTRY],
        "Work logged on it, newest first.",
        lambda context, it, page: time_entries.of_project(context, it.id, page),
    )
    billing_records = pages(
        Connection[BILLING_RECORD] | None,
        "The billing records it is on, newest first. Refused without a billing permission.",
        lambda context, it, page: billing.records_of_project(context, it.id, page),
    )
    locks = pages(
        Connection[WORK_LOCK],
        "The rate freezes and period locks in force on it, newest first; those of all projects are among them.",
        lambda context, it, page: work_locks.of_project(context, it.id, page),
    )
    company_rates_override: bool = strawberry.field(
        description="Whether recalculating takes the customer's rates of that day in place of the project's own."
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
    planned_hours = hours("Planned hours; of a task with others below it, theirs.", "planned_seconds")
    planned_start: date | None = strawberry.field(description="First planned day.")
    planned_completion: date | None = strawberry.field(description="Last planned day.")
    first_day_hours = reads(
        Decimal | None,
        "Working hours left on the first day when work starts during it; null: the whole day.",
        lambda it: None if it.first_day_seconds is None else decimal_hours(it.first_day_seconds),
    )
    planned_days = planned_days(
        "What is planned day by day, in order, with all tasks below it; days without planned hours are left out.",
        planning.days_of_task,
    )
    percent_complete: Decimal = strawberry.field(description="0 to 100; of a parent see its finances.")
    finances = measured_on(
        TASK_FINANCES | None,
        "Planned and actual figures of it and everything below it, exact now.",
        lambda context, it, on: measures.of_task(context, it.project_id, it.id, on),
    )
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
    overtime_ratio: Decimal | None = strawberry.field(
        description="Factor on its planned revenue, for USER_AND_ROLE_HOURLY; null: none."
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
    planned_hours = hours("Its part of the task's planned hours.", "planned_seconds")
    is_planned_by_hand: bool = strawberry.field(
        description="Whether its hours were given by hand; otherwise they are an equal share of what the others leave."
    )
    contour = resolves(
        list[CONTOUR_DAY],
        "Its hours by day as somebody split them by hand; empty: spread equally over the working days.",
        lambda context, it: planning.contour(context, it.id),
    )
    planned_days = planned_days(
        "Its part of what is planned for its task day by day, in order; of a task's cap it has its part of each day. "
        "Empty on an issue and on a task that has others below it.",
        planning.days_of_assignment,
    )
    money_by_date = money_by_date(
        "Its rates, planned hours and money, and the hours that count as its own, by stretches of days with the same "
        "rates, in order. Only the days asked for count. Empty on an issue."
    )
    person = resolves(
        PERSON | None, "Who; null: nobody yet.", lambda context, it: projects.person_by_id(context, it.person_id)
    )
    role = resolves(
        ROLE | None,
        "In which role; null: the primary one.",
        lambda context, it: projects.role_by_id(context, it.role_id),
    )
    attributes = resolves(
        list[RateNarrowing],
        "What an open role has for the rate attributes; a person has their own.",
        lambda context, it: rate_attributes.narrowed(context, it.attributes),
    )
    task = resolves(
        TASK | None, "The task; null: it is on an issue.", lambda context, it: projects.task_by_id(context, it.task_id)
    )
    issue = resolves(
        ISSUE | None, "The issue; null: it is on a task.", lambda context, it: issues.issue_by_id(context, it.task_id)
    )
    billing_role = resolves(
        ROLE | None,
        "The job role the person is billed as here; null: as the project says, else as themselves.",
        lambda context, it: projects.role_by_id(context, it.billing_role_id),
    )
