"""What the organisation allows when time is logged."""

from __future__ import annotations

from hourledger.core.access import Permission
from hourledger.services.preferences import Preferences
from hourledger.services.preferences import preferences as chosen
from resolvers.context import RequestContext


async def preferences(context: RequestContext) -> Preferences:
    context.principal.require(Permission.VIEW_PROJECTS)
    async with context.reading() as unit:
        return chosen(unit)
