"""Recalculate Finance: rate again what has not been billed, by the rates that are in force on the work dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hourledger.core.access import Permission
from hourledger.core.errors import HourledgerError
from hourledger.services.company_rates import refresh_company_rates
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.rate_entries import rate_entries
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.rating import entries_of_projects
from models.selecting import select_one
from models.tables import ProjectRow, RecalculationRunRow, RunStatus, ValuationCause


@dataclass(frozen=True, slots=True)
class ProjectRecalculated:
    """The outcome for one project: DONE with counts and deltas (minor units), or MISSING, FAILED with the reason."""

    project_id: int
    outcome: str
    changed: int = 0
    unchanged: int = 0
    frozen: int = 0
    cost_delta_minor: int = 0
    revenue_delta_minor: int = 0
    message: str = ""

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


async def recalculate_project(unit: UnitOfWork, project_id: int, *, run_id: int | None = None) -> ProjectRecalculated:
    """Rate every unbilled entry of one project again; all of it or nothing (C-01, CT-39, CT-R10).

    A second run changes nothing. Raises Denied without the three edit permissions (§9.4).
    """
    _require_rights(unit)
    project = await select_one(unit.session, ProjectRow, unit.organisation_id, project_id)
    if project is None:
        return ProjectRecalculated(project_id, "MISSING", message="There is no such project.")
    if project.company_rates_override:
        await refresh_company_rates(unit, project_id)
    entry_ids = await entries_of_projects(unit.session, unit.organisation_id, [project_id])
    result = await rate_entries(unit, entry_ids, ValuationCause.RECALCULATED, run_id=run_id)
    done = ProjectRecalculated(
        project_id,
        "DONE",
        changed=result.changed,
        unchanged=result.unchanged,
        frozen=result.frozen,
        cost_delta_minor=result.cost_delta.get(project_id, 0),
        revenue_delta_minor=result.revenue_delta.get(project_id, 0),
    )
    await emit_finances_changed(
        unit,
        [project_id],
        cause="RECALCULATED",
        run_id=run_id,
        changed=done.changed,
        cost_delta_minor=done.cost_delta_minor,
        revenue_delta_minor=done.revenue_delta_minor,
    )
    return done


async def request_recalculation(unit: UnitOfWork, project_ids: Sequence[int], *, reason: str) -> int:
    """Note a run and enqueue it; the worker does one project after the other. Returns the run's id."""
    _require_rights(unit)
    run = RecalculationRunRow(
        organisation_id=unit.organisation_id,
        requested_by=unit.principal.subject,
        reason=reason,
        scope={"project_ids": sorted(set(project_ids))},
        started_at=unit.now,
    )
    unit.session.add(run)
    await unit.session.flush()
    await unit.enqueue("recalculate", lock="recalculate", organisation_id=unit.organisation_id, run_id=run.id)
    unit.audit("recalculate", "recalculation_run", run.id, reason=reason, after=run.scope)
    return run.id


async def finish_run(unit: UnitOfWork, run_id: int, results: Sequence[ProjectRecalculated]) -> None:
    """Store what the run did per project and tell subscribers."""
    run = await select_one(unit.session, RecalculationRunRow, unit.organisation_id, run_id)
    assert run is not None
    run.status = RunStatus.DONE if all(one.outcome == "DONE" for one in results) else RunStatus.FAILED
    run.result = {"projects": [one.as_json() for one in results]}
    run.finished_at = unit.now
    unit.session.add(run)
    unit.emit("RECALCULATION_FINISHED", entity_id=run_id, status=run.status.value, result=run.result)


async def run_scope(unit: UnitOfWork, run_id: int) -> tuple[list[int], str]:
    """The projects of a run and who asked for it."""
    run = await select_one(unit.session, RecalculationRunRow, unit.organisation_id, run_id)
    assert run is not None
    listed = run.scope["project_ids"]
    assert isinstance(listed, list)
    return [int(one) for one in listed], run.requested_by


def failed(project_id: int, error: HourledgerError) -> ProjectRecalculated:
    """The outcome of a project whose recalculation raised."""
    return ProjectRecalculated(project_id, "FAILED", message=error.message)


def _require_rights(unit: UnitOfWork) -> None:
    """All three edit permissions (§9.4)."""
    for permission in (Permission.EDIT_COST_RATES, Permission.EDIT_BILLING_RATES, Permission.EDIT_GENERAL_FINANCE):
        unit.require(permission)
