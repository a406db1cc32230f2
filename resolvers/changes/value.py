"""Changing risks, role budgets and baselines."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hourledger.core.errors import Invalid
from hourledger.core.finances import full_time_seconds
from hourledger.core.money import parse_hours
from hourledger.services import baselines, risks, role_budgets
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.listing.value import BASELINES, RISKS, ROLE_BUDGETS, RoleBudgetView
from resolvers.changes.left_out import given
from resolvers.context import RequestContext
from resolvers.ids import row_id
from resolvers.mutations import Answer, Mutation, mutation


@mutation("addRisk", RISKS)
async def add_risk(_context: RequestContext, unit: UnitOfWork, *, project_id: str, **fields: Any) -> Answer:
    made = await risks.add_risk(unit, row_id(project_id, "Project", "projectId"), risks.RiskDraft(**fields))
    return {"id": made}


@mutation("editRisk", RISKS)
async def edit_risk(_context: RequestContext, unit: UnitOfWork, *, risk_id: str, **fields: Any) -> Answer:
    number = row_id(risk_id, "Risk", "riskId")
    await risks.edit_risk(unit, number, given(never_null=tuple(fields), **fields))
    return {"id": number}


async def _delete_risk(_context: RequestContext, unit: UnitOfWork, *, risk_id: str, reason: str) -> Answer:
    number = row_id(risk_id, "Risk", "riskId")
    await risks.delete_risk(unit, number, reason=reason)
    return {"id": number}


async def _set_role_budget(
    _context: RequestContext,
    unit: UnitOfWork,
    *,
    project_id: str,
    role_id: str,
    first_day: date,
    hours: Decimal | None,
    full_time_persons: Decimal | None,
) -> Answer:
    """Raises Invalid ONE_OF_TWO unless exactly one of hours and persons is given."""
    if full_time_persons is not None and hours is None:
        seconds = full_time_seconds(full_time_persons, first_day)
    elif hours is not None and full_time_persons is None:
        seconds = parse_hours(hours)
    else:
        raise Invalid("Give hours or full-time persons, one of the two.", code="ONE_OF_TWO", field="hours")
    made = await role_budgets.set_role_budget(
        unit,
        row_id(project_id, "Project", "projectId"),
        row_id(role_id, "Role", "roleId"),
        first_day,
        seconds,
    )
    return {"id": made}


async def _shown_role_budget(context: RequestContext, answer: Answer) -> RoleBudgetView | None:
    return await context.loaders.row(ROLE_BUDGETS, answer["id"])


@mutation("takeBaseline", BASELINES)
async def take_baseline(_context: RequestContext, unit: UnitOfWork, *, project_id: str, name: str) -> Answer:
    return {"id": await baselines.take_baseline(unit, row_id(project_id, "Project", "projectId"), name)}


@mutation("chooseDefaultBaseline", BASELINES)
async def choose_default_baseline(_context: RequestContext, unit: UnitOfWork, *, baseline_id: str) -> Answer:
    number = row_id(baseline_id, "Baseline", "baselineId")
    await baselines.choose_default_baseline(unit, number)
    return {"id": number}


async def _delete_baseline(_context: RequestContext, unit: UnitOfWork, *, baseline_id: str, reason: str) -> Answer:
    number = row_id(baseline_id, "Baseline", "baselineId")
    await baselines.delete_baseline(unit, number, reason=reason)
    return {"id": number}


async def _deleted(_context: RequestContext, answer: Answer) -> int:
    return int(answer["id"])


delete_risk: Mutation[int] = Mutation("deleteRisk", _delete_risk, _deleted)
"""Its entity is the row id of what is gone."""
delete_baseline: Mutation[int] = Mutation("deleteBaseline", _delete_baseline, _deleted)
set_role_budget: Mutation[RoleBudgetView] = Mutation("setRoleBudget", _set_role_budget, _shown_role_budget)
"""Its entity is None when the budget was cleared."""
