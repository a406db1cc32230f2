"""Which roles people have and had, and the roles they are billed as."""

from __future__ import annotations

from hourledger.core.access import Permission
from hourledger.core.periods import Period
from hourledger.core.role_sets import RoleSet, RoleShare, role_sets
from models.queries.listing.billing_roles import BILLING_ROLES, BillingRoleView
from models.queries.listing.people import PERSON_ROLES
from resolvers.context import RequestContext


async def role_sets_of(context: RequestContext, person_id: int) -> list[RoleSet]:
    """All sets of a person, oldest first."""
    rows = await context.loaders.all_of(PERSON_ROLES, "pr.person_id", "person_id", person_id)
    return role_sets(
        [
            (Period(row.valid_from, row.valid_until), RoleShare(row.role_id, row.share_percent, row.is_primary))
            for row in rows
        ]
    )


async def roles_today(context: RequestContext, person_id: int) -> list[RoleShare]:
    """The roles of today, the primary one first."""
    async with context.reading() as unit:
        today = unit.today
    for one in await role_sets_of(context, person_id):
        if today in one.period:
            return list(one.roles)
    return []


async def billing_roles(context: RequestContext, project_id: int) -> list[BillingRoleView]:
    """Who is billed as what on a project, by name and day."""
    return await context.loaders.all_of(BILLING_ROLES, "b.project_id", "project_id", project_id)


async def billing_role_by_id(context: RequestContext, billing_role_id: int) -> BillingRoleView | None:
    context.principal.require(Permission.VIEW_PROJECTS)
    return await context.loaders.row(BILLING_ROLES, billing_role_id)
