"""Recalculation runs and what they did, project by project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hourledger.core.access import Permission
from hourledger.core.money import Money
from models.queries.listing.projects import PROJECTS
from models.queries.listing.runs import RUNS, RunView
from resolvers.context import RequestContext
from resolvers.ids import row_id
from resolvers.told_money import MoneyView


@dataclass(frozen=True, slots=True)
class ProjectResultView:
    """One project's outcome: DONE, MISSING or FAILED; deltas are None where the project's currency is not known."""

    project_id: int
    outcome: str
    changed: int
    unchanged: int
    frozen: int
    message: str
    cost_delta_minor: int
    revenue_delta_minor: int


async def recalculation_run(context: RequestContext, run_id: str) -> RunView | None:
    return await run_by_id(context, row_id(run_id, "RecalculationRun", "id"))


async def run_by_id(context: RequestContext, run_id: int | None) -> RunView | None:
    context.principal.require(Permission.VIEW_PROJECTS)
    return await context.loaders.row(RUNS, run_id)


def project_results(result: Mapping[str, Any]) -> list[ProjectResultView]:
    """The stored outcome of a run, one per project; empty while it runs."""
    names = ProjectResultView.__slots__
    return [ProjectResultView(**{name: one[name] for name in names}) for one in result.get("projects", ())]


async def delta(context: RequestContext, project_id: int, minor: int) -> MoneyView | None:
    """An amount in the currency of a project; None when there is no such project."""
    project = await context.loaders.row(PROJECTS, project_id)
    return MoneyView(Money(minor, project.currency), project_id) if project else None
