"""When planned work falls, what it costs and earns by the day, and a project's finances by week or month."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from datetime import date

from hourledger.core.access import Permission
from hourledger.core.errors import Missing
from hourledger.core.finances import DatedMoney, FinancialPeriod, PlannedDay, stretches_of_money
from hourledger.services import financial_data as finances
from hourledger.services.plan_figures import PlanByDay
from models.queries.listing.keyset import Cut
from models.queries.listing.planning import (
    ASSIGNMENT_DAYS,
    IS_DEFAULT,
    WORK_SCHEDULE_DAYS,
    WORK_SCHEDULES,
    AssignmentDayView,
    WorkScheduleDayView,
    WorkScheduleView,
)
from models.queries.listing.projects import TASKS, AssignmentView, ProjectView, TaskView
from resolvers.context import RequestContext
from resolvers.paging import Page, PageRequest, page_of
from resolvers.told_money import OfProject


@dataclass(frozen=True, slots=True)
class PlannedDayView:
    """Seconds and minor units of ``currency``; None where ``plan_problem`` says why."""

    day: date
    seconds: int
    project_id: int
    currency: str
    cost_minor: int | None
    revenue_minor: int | None
    plan_problem: Missing | None


async def work_schedules(context: RequestContext, page: PageRequest) -> Page[WorkScheduleView]:
    context.principal.require(Permission.VIEW_PROJECTS)
    return await page_of(context, WORK_SCHEDULES, page)


async def work_schedule_by_id(context: RequestContext, schedule_id: int | None) -> WorkScheduleView | None:
    return await context.loaders.row(WORK_SCHEDULES, schedule_id)


async def schedule_of_project(context: RequestContext, project: ProjectView) -> WorkScheduleView | None:
    """The one it chose, else the default one; None: Monday to Friday, eight hours."""
    if project.schedule_id is not None:
        return await work_schedule_by_id(context, project.schedule_id)
    async with context.reading() as unit:
        found = await WORK_SCHEDULES.page(unit.session, unit.organisation_id, Cut(1), (IS_DEFAULT,))
    return found.rows[0] if found.rows else None


async def special_days(context: RequestContext, schedule_id: int) -> list[WorkScheduleDayView]:
    """At most as many as the service lets a schedule have."""
    return await context.loaders.all_of(WORK_SCHEDULE_DAYS, "d.schedule_id", "schedule_id", schedule_id)


async def contour(context: RequestContext, assignment_id: int) -> list[AssignmentDayView]:
    return await context.loaders.all_of(ASSIGNMENT_DAYS, "d.assignment_id", "assignment_id", assignment_id)


async def days_of_project(
    context: RequestContext, project: ProjectView, first_day: date, last_day: date
) -> list[PlannedDayView]:
    return await _days(context, project.id, project.currency, first_day, last_day, lambda plan: plan.days())


async def days_of_task(
    context: RequestContext, task: TaskView, first_day: date, last_day: date
) -> list[PlannedDayView]:
    """Of a parent: of all tasks below it."""
    return await _days(context, task.project_id, task.currency, first_day, last_day, lambda plan: plan.days(task.id))


async def days_of_assignment(
    context: RequestContext, assignment: AssignmentView, first_day: date, last_day: date
) -> list[PlannedDayView]:
    """None on an issue, which has no plan, and on a task that has others below it."""
    context.principal.require(Permission.VIEW_PROJECTS)
    finances.require_days(first_day, last_day)
    task = await context.loaders.row(TASKS, assignment.task_id)
    if task is None:
        return []
    return await _days(
        context,
        task.project_id,
        task.currency,
        first_day,
        last_day,
        lambda plan: plan.assignments.get(assignment.id, []),
    )


@dataclass(frozen=True, slots=True)
class DatedMoneyView(DatedMoney):
    """Amounts are in ``currency``; planned ones None where ``plan_problem`` says why."""

    project_id: int = field(kw_only=True)
    currency: str = field(kw_only=True)
    plan_problem: Missing | None = field(kw_only=True)


async def money_of_assignment(
    context: RequestContext, assignment: AssignmentView, first_day: date, last_day: date
) -> list[DatedMoneyView]:
    """Stretches of days with the same rates. Raises Denied PERMISSION_DENIED, Invalid DAYS_INVALID, QUERY_TOO_LARGE."""
    context.principal.require(Permission.VIEW_PROJECTS)
    finances.require_days(first_day, last_day)
    task = await context.loaders.row(TASKS, assignment.task_id)
    if task is None:  # an issue: its revenue shows on the project only (§1.5)
        return []
    money = await context.loaders.assignment_money(task.project_id)
    days = [one for one in money.days.get(assignment.id, []) if first_day <= one.first_day <= last_day]
    found = stretches_of_money(days)
    context.loaders.take_rows(len(found))
    return [
        DatedMoneyView(
            *(getattr(one, part.name) for part in fields(DatedMoney)),
            project_id=task.project_id,
            currency=task.currency,
            plan_problem=money.problem if one.planned_cost_minor is None or one.planned_revenue_minor is None else None,
        )
        for one in found
    ]


async def _days(
    context: RequestContext,
    project_id: int,
    currency: str,
    first_day: date,
    last_day: date,
    choose: Callable[[PlanByDay], list[PlannedDay]],
) -> list[PlannedDayView]:
    """Raises Denied PERMISSION_DENIED, Invalid DAYS_INVALID, QUERY_TOO_LARGE."""
    context.principal.require(Permission.VIEW_PROJECTS)
    finances.require_days(first_day, last_day)
    plan = await context.loaders.plan_by_day(project_id)
    found = list(_within(choose(plan), first_day, last_day))
    context.loaders.take_rows(len(found))
    return [
        PlannedDayView(one.day, one.seconds, project_id, currency, one.cost_minor, one.revenue_minor, plan.problem)
        for one in found
    ]


def _within(days: Iterable[PlannedDay], first_day: date, last_day: date) -> Iterable[PlannedDay]:
    return (one for one in days if first_day <= one.day <= last_day)


async def financial_data(
    context: RequestContext, project: ProjectView, by: FinancialPeriod, first_day: date, last_day: date
) -> list[OfProject]:
    """``FinancialRow`` of the project. Raises Denied PERMISSION_DENIED, Invalid DAYS_INVALID, QUERY_TOO_LARGE."""
    context.principal.require(Permission.VIEW_PROJECTS)
    finances.require_days(first_day, last_day)
    plan = await context.loaders.plan_by_day(project.id)
    async with context.reading() as unit:
        rows = await finances.financial_data(unit, project.id, plan, by, first_day, last_day)
    context.loaders.take_rows(len(rows))
    return [OfProject(row, project.id) for row in rows]
