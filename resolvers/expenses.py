"""Expenses of projects and tasks."""

from __future__ import annotations

from datetime import date

from hourledger.core.access import Permission
from models.queries.listing.expenses import (
    BILLABLE,
    EXPENSES,
    FROM_DAY,
    OF_PROJECT,
    OF_TASK,
    OF_TYPE,
    TO_DAY,
    ExpenseView,
)
from resolvers.context import RequestContext
from resolvers.ids import row_id
from resolvers.paging import Page, PageRequest, page_of, page_under


async def expenses(
    context: RequestContext,
    page: PageRequest,
    *,
    project_id: str | None,
    task_id: str | None,
    expense_type_id: str | None,
    is_billable: bool | None,
    first_day: date | None,
    last_day: date | None,
) -> Page[ExpenseView]:
    """Newest first; those of a project include those of its tasks. Raises Denied PERMISSION_DENIED."""
    context.principal.require(Permission.VIEW_GENERAL_FINANCE)
    conditions: dict[str, dict[str, object]] = {}
    for condition, name, value, type_name, field in (
        (OF_PROJECT, "project", project_id, "Project", "projectId"),
        (OF_TASK, "task", task_id, "Task", "taskId"),
        (OF_TYPE, "type", expense_type_id, "ExpenseType", "expenseTypeId"),
    ):
        if value is not None:
            conditions[condition] = {name: row_id(value, type_name, field)}
    if is_billable is not None:
        conditions[BILLABLE] = {"billable": is_billable}
    if first_day is not None:
        conditions[FROM_DAY] = {"first_day": first_day}
    if last_day is not None:
        conditions[TO_DAY] = {"last_day": last_day}
    return await page_of(context, EXPENSES, page, conditions)


async def of_project(context: RequestContext, project_id: int, page: PageRequest) -> Page[ExpenseView]:
    """Raises Denied PERMISSION_DENIED without the right to see general finance."""
    context.principal.require(Permission.VIEW_GENERAL_FINANCE)
    return await page_under(context, EXPENSES, "x.project_id", project_id, page)


async def of_task(context: RequestContext, task_id: int, page: PageRequest) -> Page[ExpenseView]:
    """Likewise, of one task, without those of tasks below it."""
    context.principal.require(Permission.VIEW_GENERAL_FINANCE)
    return await page_under(context, EXPENSES, "x.task_id", task_id, page)


async def expense_by_id(context: RequestContext, expense_id: int) -> ExpenseView | None:
    context.principal.require(Permission.VIEW_GENERAL_FINANCE)
    return await context.loaders.row(EXPENSES, expense_id)
