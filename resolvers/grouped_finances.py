"""The finances of projects, grouped: a tree whose every level is read page by page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hourledger.core.access import Permission
from hourledger.core.finances import FinanceGroup, Grouping, require_groupings
from hourledger.core.work import ProjectStatus
from hourledger.services import grouped_finances as finances
from hourledger.services.grouped_finances import GroupedFinances
from models.queries.listing.keyset import Ordered
from models.queries.listing.projects import ProjectView
from resolvers.context import RequestContext
from resolvers.measures import chosen_projects
from resolvers.paging import Page, PageRequest, page_of_values


async def grouped_finances(
    context: RequestContext,
    *,
    by: Sequence[Grouping],
    project_ids: Sequence[str] | None,
    text: str | None,
    company_id: str | None,
    statuses: Sequence[ProjectStatus] | None,
    first_day: date | None,
    last_day: date | None,
    currency: str | None,
    on: date | None,
) -> GroupedFinances:
    """Raises Denied; Invalid GROUPING_INVALID, PROJECT_COUNT, ONE_OF_TWO, DAYS_INVALID; Missing PROJECT_UNKNOWN."""
    context.principal.require(Permission.VIEW_PROJECTS)
    require_groupings(by)
    chosen = await chosen_projects(
        context, project_ids=project_ids, text=text, company_id=company_id, statuses=statuses
    )
    async with context.reading() as unit:
        return await finances.grouped_finances(
            unit, chosen, by, first_day=first_day, last_day=last_day, currency=currency, on=on
        )


async def utilisation(
    context: RequestContext,
    project: ProjectView,
    by: Sequence[Grouping],
    first_day: date | None,
    last_day: date | None,
) -> GroupedFinances | None:
    """Of one project, in its own currency. Raises Denied; Invalid GROUPING_INVALID, DAYS_INVALID."""
    context.principal.require(Permission.VIEW_PROJECTS)
    return await context.loaders.utilisation(project.id, tuple(by), first_day, last_day)


async def groups(
    context: RequestContext, whole: GroupedFinances | FinanceGroup, page: PageRequest
) -> Page[FinanceGroup]:
    """Raises Invalid PAGE_SIZE, CURSOR_INVALID, QUERY_TOO_LARGE."""
    listed = [(one.order, one) for one in whole.groups]
    width = len(listed[0][0]) if listed else 1
    name = f"groups by {whole.groups[0].by}" if whole.groups else "groups"
    order = Ordered(name=name, order=tuple((f"part_{number}", "bigint") for number in range(width)))
    found = page_of_values(order, listed, page)
    context.loaders.take_rows(len(found.edges))
    return found


def key_of(group: FinanceGroup, by: Grouping) -> int | None:
    """The id that the group is of; None when it is grouped by something else, or of what has none."""
    return group.key if group.by is by and isinstance(group.key, int) else None
