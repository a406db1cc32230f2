"""A project's finances: now, or as of a day and as known at an instant."""

from __future__ import annotations

from datetime import date, datetime

from hourledger.core.access import Permission
from hourledger.core.finances import ProjectMeasures
from resolvers import measures
from resolvers.context import RequestContext
from resolvers.told_money import OfProject, of_project


async def finances(
    context: RequestContext, project_id: int, on: date | None, as_of: date | None, known_at: datetime | None
) -> ProjectMeasures | OfProject | None:
    """None when there is no such project, or was none at the instant. ``on``: for what is measured of now."""
    if as_of is None and known_at is None:
        return await measures.of_project(context, project_id, on)
    context.principal.require(Permission.VIEW_PROJECTS)
    return of_project(await context.loaders.finances_as_of(project_id, as_of, known_at), project_id)
