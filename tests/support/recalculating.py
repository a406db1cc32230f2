"""Recalculating one project in the transaction at hand, as a batch of a run does it."""

from __future__ import annotations

from hourledger.services.recalculate_projects import ProjectRecalculated, recalculate
from hourledger.services.unit_of_work import UnitOfWork


async def recalculate_project(unit: UnitOfWork, project_id: int, *, run_id: int | None = None) -> ProjectRecalculated:
    """All unbilled hours of one project; raises what keeps it from being rated."""
    (done,) = await recalculate(unit, [project_id], run_id=run_id)
    return done
