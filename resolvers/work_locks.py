"""Rate freezes and period locks, and what holds a time entry."""

from __future__ import annotations

from hourledger.core.access import Permission
from models.queries.listing.work_locks import IN_FORCE, LOCKS_OF_PROJECT, OF_PROJECT, WORK_LOCKS, WorkLockView
from models.queries.work_locks import Hold
from resolvers.context import RequestContext
from resolvers.ids import row_id
from resolvers.paging import Page, PageRequest, page_of, page_under


async def work_locks(
    context: RequestContext, page: PageRequest, *, project_id: str | None, in_force: bool | None
) -> Page[WorkLockView]:
    """Newest first. Whoever sees projects sees why their work cannot be changed."""
    context.principal.require(Permission.VIEW_PROJECTS)
    conditions: dict[str, dict[str, object]] = {}
    if project_id is not None:
        conditions[OF_PROJECT] = {"project": row_id(project_id, "Project", "projectId")}
    if in_force is not None:
        conditions[IN_FORCE] = {"in_force": in_force}
    return await page_of(context, WORK_LOCKS, page, conditions)


async def of_project(context: RequestContext, project_id: int, page: PageRequest) -> Page[WorkLockView]:
    return await page_under(context, LOCKS_OF_PROJECT, "l.held_project_id", project_id, page)


async def work_lock_by_id(context: RequestContext, work_lock_id: int | None) -> WorkLockView | None:
    context.principal.require(Permission.VIEW_PROJECTS)
    return await context.loaders.row(WORK_LOCKS, work_lock_id)


async def holds(context: RequestContext, time_entry_id: int) -> list[Hold]:
    return await context.loaders.holds(time_entry_id)
