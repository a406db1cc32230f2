"""Issues of projects."""

from __future__ import annotations

from hourledger.core.access import Permission
from models.queries.listing.issues import ISSUES, IssueView
from resolvers.context import RequestContext
from resolvers.paging import Page, PageRequest, page_under


async def of_project(context: RequestContext, project_id: int, page: PageRequest) -> Page[IssueView]:
    return await page_under(context, ISSUES, "t.project_id", project_id, page)


async def issue_by_id(context: RequestContext, issue_id: int | None) -> IssueView | None:
    """None for a task."""
    context.principal.require(Permission.VIEW_PROJECTS)
    return await context.loaders.row(ISSUES, issue_id)
