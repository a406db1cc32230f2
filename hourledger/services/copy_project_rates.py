"""Rates and rate cards of one project on another, where it has none of its own (project-finances §4.7)."""

from __future__ import annotations

from dataclasses import replace

from hourledger.core.rates import Level
from hourledger.services.attach_rate_card import attach_rate_card
from hourledger.services.copy_task_tree import Copied
from hourledger.services.rate_lines import lines_in_force, priced
from hourledger.services.rate_scopes import RateScope, scope_of
from hourledger.services.set_rate import write_rate
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_all, find_one
from models.tables import RateAttachmentRow, RateScopeRow

_OF_PROJECTS = (Level.PROJECT_PERSON, Level.PROJECT_ROLE, Level.PROJECT_ANYONE)
_OF_TASKS = (Level.TASK_PERSON, Level.TASK_ANYONE)


async def copy_rates(unit: UnitOfWork, source_id: int | None, target_id: int, copied: Copied) -> int:
    """Every range of the project's own rates, and those of the copied tasks and assignments; returns how many.

    ``source_id`` None: only those of tasks and assignments.

    Whoever has a rate of the same kind on the target already, for the same attributes, keeps it, on all days. Hours
    that are logged there already keep their value until they are recalculated (§4.7).

    Raises what set_rate raises: Denied for a kind of rate that the caller may not edit, NotAllowed RATES_PRESERVED.
    """
    count = 0
    for row in await _scopes(unit, source_id, copied):
        lines = await lines_in_force(unit, row.id)
        scope = _there(scope_of(row), target_id, copied)
        if not lines or await _has_rates(unit, scope):
            continue
        for line in lines:
            one = priced(line)
            await write_rate(unit, scope, one.price, one.period)
            count += 1
    return count


async def copy_rate_cards(unit: UnitOfWork, source_id: int, target_id: int) -> int:
    """The source's cards as they stand now, of each kind of which the target has none; returns how many.

    Raises what attach_rate_card raises.
    """
    own = {row.kind for row in await _cards(unit, target_id)}
    count = 0
    for row in await _cards(unit, source_id):
        if row.kind not in own and row.rate_card_id is not None:
            await attach_rate_card(unit, row.rate_card_id, target_id)
            count += 1
    return count


async def _scopes(unit: UnitOfWork, source_id: int | None, copied: Copied) -> list[RateScopeRow]:
    session, organisation_id = unit.session, unit.organisation_id
    projects = [] if source_id is None else [source_id]
    return [
        *await find_all(session, RateScopeRow, organisation_id, project_id=projects, level=_OF_PROJECTS),
        *await find_all(session, RateScopeRow, organisation_id, task_id=copied.tasks.keys(), level=_OF_TASKS),
        *await find_all(session, RateScopeRow, organisation_id, assignment_id=copied.assignments.keys()),
    ]


def _there(scope: RateScope, target_id: int, copied: Copied) -> RateScope:
    return replace(
        scope,
        project_id=None if scope.project_id is None else target_id,
        task_id=None if scope.task_id is None else copied.tasks[scope.task_id],
        assignment_id=None if scope.assignment_id is None else copied.assignments[scope.assignment_id],
    )


async def _has_rates(unit: UnitOfWork, scope: RateScope) -> bool:
    columns = {name: getattr(scope, name) for name in scope.__slots__}
    columns["attributes"] = {str(attribute): value for attribute, value in scope.attributes.items()}
    found = await find_one(unit.session, RateScopeRow, unit.organisation_id, **columns)
    return found is not None and bool(await lines_in_force(unit, found.id))


async def _cards(unit: UnitOfWork, project_id: int) -> list[RateAttachmentRow]:
    return await find_all(
        unit.session, RateAttachmentRow, unit.organisation_id, project_id=project_id, company_id=None, retired_at=None
    )
