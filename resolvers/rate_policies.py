"""The rate policies there are, and which one is in use."""

from __future__ import annotations

from dataclasses import dataclass

from hourledger.core.access import Permission
from hourledger.core.rates import SHIPPED
from hourledger.services.rate_policies import policy_text, policy_versions
from resolvers.context import RequestContext


@dataclass(frozen=True, slots=True)
class RatePolicyView:
    """``content`` is the policy as written (TOML)."""

    version: str
    content: str
    is_in_use: bool
    is_shipped: bool


async def rate_policies(context: RequestContext) -> list[RatePolicyView]:
    """Those that ship, then the organisation's own. Refused without VIEW_PROJECTS."""
    context.principal.require(Permission.VIEW_PROJECTS)
    async with context.reading() as unit:
        in_use = unit.organisation.rate_policy
        return [
            RatePolicyView(version, await policy_text(unit, version), version == in_use, version in SHIPPED)
            for version in await policy_versions(unit)
        ]


async def rate_policy(context: RequestContext, version: str) -> RatePolicyView | None:
    """One of them by version; None when there is none."""
    return next((one for one in await rate_policies(context) if one.version == version), None)
