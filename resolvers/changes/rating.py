"""How an organisation and a project rate: rate policies, and preserving what a project bills."""

from __future__ import annotations

from dataclasses import dataclass

from hourledger.services import preserve_rates
from hourledger.services.rate_policies import add_rate_policy as add_policy
from hourledger.services.rate_policies import use_rate_policy as use_policy
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.listing.projects import ProjectView
from resolvers.context import RequestContext
from resolvers.ids import row_id
from resolvers.mutations import Answer, Mutation
from resolvers.projects import project_by_id
from resolvers.rate_policies import RatePolicyView, rate_policy


async def _policy(context: RequestContext, answer: Answer) -> RatePolicyView | None:
    return await rate_policy(context, answer["version"])


async def _add(_context: RequestContext, unit: UnitOfWork, *, content: str) -> Answer:
    return {"version": await add_policy(unit, content)}


async def _use(_context: RequestContext, unit: UnitOfWork, *, version: str, reason: str) -> Answer:
    await use_policy(unit, version, reason=reason)
    return {"version": version}


add_rate_policy: Mutation[RatePolicyView] = Mutation("addRatePolicy", _add, _policy)
use_rate_policy: Mutation[RatePolicyView] = Mutation("useRatePolicy", _use, _policy)


@dataclass(frozen=True, slots=True)
class Preserved:
    """The project as it is now, and how many of its entries got another value."""

    project: ProjectView | None
    changed: int


async def _preserve(_context: RequestContext, unit: UnitOfWork, *, project_id: str, is_on: bool, reason: str) -> Answer:
    number = row_id(project_id, "Project", "projectId")
    result = await preserve_rates.preserve_billing_rates(unit, number, is_on=is_on, reason=reason)
    return {"id": number, "changed": result.changed}


async def _preserved(context: RequestContext, answer: Answer) -> Preserved:
    return Preserved(await project_by_id(context, answer["id"]), answer["changed"])


preserve_billing_rates: Mutation[Preserved] = Mutation("preserveBillingRates", _preserve, _preserved)
