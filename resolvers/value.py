"""Risks, role budgets and baselines of projects."""

from __future__ import annotations

from hourledger.core.access import Permission
from hourledger.services.compare_baselines import BaselineComparison, compare_baselines
from models.queries.listing.value import (
    BASELINE_TASKS,
    BASELINES,
    RISKS,
    ROLE_BUDGETS,
    BaselineTaskView,
    BaselineView,
    RiskView,
    RoleBudgetView,
)
from resolvers.context import RequestContext
from resolvers.ids import optional_row_id, row_id
from resolvers.paging import Page, PageRequest, page_under


async def risks(context: RequestContext, project_id: int, page: PageRequest) -> Page[RiskView]:
    """Raises Denied PERMISSION_DENIED without the right to see general finance."""
    context.principal.require(Permission.VIEW_GENERAL_FINANCE)
    return await page_under(context, RISKS, "r.project_id", project_id, page)


async def risk_by_id(context: RequestContext, risk_id: int) -> RiskView | None:
    context.principal.require(Permission.VIEW_GENERAL_FINANCE)
    return await context.loaders.row(RISKS, risk_id)


async def role_budgets(context: RequestContext, project_id: int, page: PageRequest) -> Page[RoleBudgetView]:
    """Raises Denied PERMISSION_DENIED without the right to see general finance."""
    context.principal.require(Permission.VIEW_GENERAL_FINANCE)
    return await page_under(context, ROLE_BUDGETS, "b.project_id", project_id, page)


async def role_budget_by_id(context: RequestContext, budget_id: int) -> RoleBudgetView | None:
    context.principal.require(Permission.VIEW_GENERAL_FINANCE)
    return await context.loaders.row(ROLE_BUDGETS, budget_id)


async def baselines(context: RequestContext, project_id: int, page: PageRequest) -> Page[BaselineView]:
    context.principal.require(Permission.VIEW_PROJECTS)
    return await page_under(context, BASELINES, "s.project_id", project_id, page)


async def baseline_by_id(context: RequestContext, baseline_id: int | None) -> BaselineView | None:
    context.principal.require(Permission.VIEW_PROJECTS)
    return await context.loaders.row(BASELINES, baseline_id)


async def baseline_tasks(context: RequestContext, baseline_id: int, page: PageRequest) -> Page[BaselineTaskView]:
    context.principal.require(Permission.VIEW_PROJECTS)
    return await page_under(context, BASELINE_TASKS, "k.baseline_id", baseline_id, page)


async def comparison(context: RequestContext, a: str, b: str | None) -> BaselineComparison:
    """Raises Missing BASELINE_UNKNOWN; Invalid OTHER_PROJECT."""
    context.principal.require(Permission.VIEW_PROJECTS)
    before, after = row_id(a, "Baseline", "a"), optional_row_id(b, "Baseline", "b")
    async with context.reading() as unit:
        return await compare_baselines(unit, before, after)
