"""What happened to hours, for those who keep a copy of them elsewhere."""

from __future__ import annotations

from hourledger.core.access import Permission
from models.queries.listing.time_entries import OF_PERSON, OF_PROJECT
from models.queries.listing.time_journal import TIME_JOURNAL, TimeChangeView
from resolvers.context import RequestContext
from resolvers.ids import row_id
from resolvers.paging import Page, PageRequest, page_from


async def time_journal(
    context: RequestContext, page: PageRequest, *, project_id: str | None, person_id: str | None
) -> Page[TimeChangeView]:
    """Oldest first, so that a reader goes on from the last cursor. Without a project general time is in it too."""
    context.principal.require(Permission.VIEW_PROJECTS)
    conditions: list[str] = []
    values: dict[str, object] = {}
    if project_id is not None:
        conditions.append(OF_PROJECT)
        values["project"] = row_id(project_id, "Project", "projectId")
    if person_id is not None:
        conditions.append(OF_PERSON)
        values["person"] = row_id(person_id, "Person", "personId")
    cut = page.cut(TIME_JOURNAL)
    # Not the operation's snapshot: who is still writing has to be asked before the rows are read.
    async with context.transactions.begin(context.principal, dry_run=True) as unit:
        found = await TIME_JOURNAL.page(
            unit.session, unit.organisation_id, cut, conditions, {**values, "now": unit.now}
        )
    return page_from(TIME_JOURNAL, found, page)
