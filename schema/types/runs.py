"""Recalculations."""

from __future__ import annotations

from datetime import datetime

import strawberry

from hourledger.core.access import Permission
from models.queries.listing.runs import RunView
from models.tables import RunStatus
from resolvers import projects, runs
from resolvers.visibility import may_see
from schema.fields import Info, is_value, reads, resolves
from schema.node import Node
from schema.references import MONEY, PROJECT


async def _cost_delta(root: strawberry.Parent[runs.ProjectResultView], info: Info) -> object:
    if not may_see(info.context, "ProjectRecalculation.costDelta", (Permission.VIEW_COST_RATES,)):
        return None
    return await runs.delta(info.context, root.project_id, root.cost_delta_minor)


async def _revenue_delta(root: strawberry.Parent[runs.ProjectResultView], info: Info) -> object:
    if not may_see(info.context, "ProjectRecalculation.revenueDelta", (Permission.VIEW_BILLING_RATES,)):
        return None
    return await runs.delta(info.context, root.project_id, root.revenue_delta_minor)


@strawberry.type(description="What a recalculation did to one project, or would do.")
class ProjectRecalculation:
    project = resolves(
        PROJECT | None, "The project.", lambda context, it: projects.project_by_id(context, it.project_id)
    )
    outcome: str = strawberry.field(description="DONE, MISSING or FAILED.")
    changed: int = strawberry.field(description="Entries that are worth something else now.")
    unchanged: int = strawberry.field(description="Entries that keep their value.")
    frozen: int = strawberry.field(description="Entries whose value stays: billed, or on days whose rates are frozen.")
    message: str = strawberry.field(description="Why it failed; empty otherwise.")
    cost_delta = strawberry.field(
        resolver=_cost_delta,
        graphql_type=MONEY | None,
        description="By how much the cost changed. Null without VIEW_COST_RATES.",
    )
    revenue_delta = strawberry.field(
        resolver=_revenue_delta,
        graphql_type=MONEY | None,
        description="By how much the revenue changed. Null without VIEW_BILLING_RATES.",
    )


@strawberry.type(description="A recalculation: unbilled work rated again by the rates in force on its days.")
class RecalculationRun(Node):
    is_type_of = is_value(RunView)
    status: RunStatus = strawberry.field(description="Whether it is done.")
    requested_by: str = strawberry.field(description="Who asked for it.")
    reason: str = strawberry.field(description="Why.")
    started_at: datetime = strawberry.field(description="When it was asked for.")
    finished_at: datetime | None = strawberry.field(description="When it ended.")
    results = reads(
        list[ProjectRecalculation], "One per project; empty while it runs.", lambda it: runs.project_results(it.result)
    )
