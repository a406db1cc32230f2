"""Worked time, and why it is worth what it is worth."""

from __future__ import annotations

from datetime import date

from hourledger.core.access import Permission
from hourledger.services.explain_valuation import Explanation, RateExplanation, explain_entry, explain_rate
from models.queries.listing.time_entries import (
    FROM_DAY,
    IS_GENERAL,
    OF_PERSON,
    OF_PROJECT,
    TIME_ENTRIES,
    TO_DAY,
    TimeEntryView,
)
from resolvers.context import RequestContext
from resolvers.ids import optional_row_id, row_id
from resolvers.paging import Page, PageRequest, page_of, page_under


async def time_entries(
    context: RequestContext,
    page: PageRequest,
    *,
    project_id: str | None,
    person_id: str | None,
    first_day: date | None,
    last_day: date | None,
    is_general: bool | None = None,
) -> Page[TimeEntryView]:
    """Newest work first; both days belong to the period."""
    context.principal.require(Permission.VIEW_PROJECTS)
    conditions: dict[str, dict[str, object]] = {}
    if project_id is not None:
        conditions[OF_PROJECT] = {"project": row_id(project_id, "Project", "projectId")}
    if person_id is not None:
        conditions[OF_PERSON] = {"person": row_id(person_id, "Person", "personId")}
    if first_day is not None:
        conditions[FROM_DAY] = {"first_day": first_day}
    if last_day is not None:
        conditions[TO_DAY] = {"last_day": last_day}
    if is_general is not None:
        conditions[IS_GENERAL] = {"general": is_general}
    return await page_of(context, TIME_ENTRIES, page, conditions)


async def of_project(context: RequestContext, project_id: int, page: PageRequest) -> Page[TimeEntryView]:
    return await page_under(context, TIME_ENTRIES, "e.project_id", project_id, page)


async def of_task(context: RequestContext, task_id: int, page: PageRequest) -> Page[TimeEntryView]:
    return await page_under(context, TIME_ENTRIES, "e.task_id", task_id, page)


async def time_entry_by_id(context: RequestContext, entry_id: int | None) -> TimeEntryView | None:
    context.principal.require(Permission.VIEW_PROJECTS)
    return await context.loaders.row(TIME_ENTRIES, entry_id)


async def explain_time_entry(context: RequestContext, entry_id: str) -> Explanation:
    """Every step of the search for both rates. Raises Missing TIME_ENTRY_UNKNOWN, NOT_RATED; Denied."""
    return await explanation_of(context, row_id(entry_id, "TimeEntry", "id"))


async def explanation_of(context: RequestContext, entry_id: int) -> Explanation:
    async with context.reading() as unit:
        return await explain_entry(unit, entry_id)


async def explain_supposed_hour(
    context: RequestContext,
    *,
    person_id: str,
    project_id: str | None,
    task_id: str | None,
    role_id: str | None,
    hour_type_id: str | None,
    on: date,
) -> RateExplanation:
    """What an hour there would be worth, and why. Raises Missing, Denied."""
    async with context.reading() as unit:
        return await explain_rate(
            unit,
            person_id=row_id(person_id, "Person", "personId"),
            project_id=optional_row_id(project_id, "Project", "projectId"),
            task_id=optional_row_id(task_id, "Task", "taskId"),
            role_id=optional_row_id(role_id, "Role", "roleId"),
            hour_type_id=optional_row_id(hour_type_id, "HourType", "hourTypeId"),
            on=on,
        )
