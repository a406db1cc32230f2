"""Who is asking."""

from __future__ import annotations

from dataclasses import dataclass

from hourledger.core.access import Permission
from resolvers.context import RequestContext


@dataclass(frozen=True, slots=True)
class OrganisationView:
    name: str
    base_currency: str
    time_zone: str
    rate_policy: str


@dataclass(frozen=True, slots=True)
class ViewerView:
    subject: str
    permissions: tuple[Permission, ...]
    organisation: OrganisationView


async def viewer(context: RequestContext) -> ViewerView:
    """The caller with its permissions in the order of the list of all permissions."""
    async with context.reading() as unit:
        found = unit.organisation
    return ViewerView(
        context.principal.subject,
        tuple(permission for permission in Permission if context.principal.may(permission)),
        OrganisationView(found.name, found.base_currency, found.time_zone, found.rate_policy),
    )
