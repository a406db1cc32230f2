"""Kinds of hours and of expenses."""

from __future__ import annotations

from hourledger.core.access import Permission
from models.queries.listing.work_types import (
    EXPENSE_TYPES,
    HOUR_TYPES,
    HOUR_TYPES_OF_PERSON,
    HOUR_TYPES_OF_PROJECT,
    ExpenseTypeView,
    HourTypeView,
)
from resolvers.context import RequestContext
from resolvers.paging import Page, PageRequest, page_of, page_under


async def hour_types(context: RequestContext, page: PageRequest) -> Page[HourTypeView]:
    context.principal.require(Permission.VIEW_PROJECTS)
    return await page_of(context, HOUR_TYPES, page)


async def expense_types(context: RequestContext, page: PageRequest) -> Page[ExpenseTypeView]:
    context.principal.require(Permission.VIEW_PROJECTS)
    return await page_of(context, EXPENSE_TYPES, page)


async def hour_types_of_project(context: RequestContext, project_id: int, page: PageRequest) -> Page[HourTypeView]:
    """The kinds of hours that may be logged on it."""
    return await page_under(context, HOUR_TYPES_OF_PROJECT, "h.project_id", project_id, page)


async def hour_types_of_person(context: RequestContext, person_id: int, page: PageRequest) -> Page[HourTypeView]:
    """The kinds of hours that somebody may log, where the project takes them."""
    return await page_under(context, HOUR_TYPES_OF_PERSON, "h.person_id", person_id, page)


async def hour_type_by_id(context: RequestContext, type_id: int | None) -> HourTypeView | None:
    return await context.loaders.row(HOUR_TYPES, type_id)


async def expense_type_by_id(context: RequestContext, type_id: int | None) -> ExpenseTypeView | None:
    return await context.loaders.row(EXPENSE_TYPES, type_id)
