"""A batch of a run: some projects rated again, shown, or taken back, each whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from hourledger.core.errors import HourledgerError, Transient
from hourledger.services.recalculate_projects import ProjectRecalculated, failed, recalculate
from hourledger.services.recalculation_runs import Batch
from hourledger.services.undo_recalculation import undo_projects
from hourledger.services.unit_of_work import UnitOfWork
from models.errors import translated
from models.tables import ProjectOutcome, RunKind

log = structlog.get_logger(__name__)


async def run_batch(unit: UnitOfWork, batch: Batch, *, is_last: bool = False) -> list[ProjectRecalculated]:
    """An outcome for each project of the batch.

    Together first; where one of them does not fit, one by one, so that each has its own outcome.

    Raises:
        Transient: unless it ``is_last``, when such projects are FAILED.
    """
    if len(batch.projects) > 1:
        try:
            async with translated(), unit.session.begin_nested():
                return _require_as_shown(batch, await _do(unit, batch, batch.projects))
        except Transient:
            if not is_last:
                raise
        except HourledgerError as error:
            log.info("recalculation_one_by_one", run_id=batch.run_id, code=error.code)
    return [await _one(unit, batch, project, is_last=is_last) for project in batch.projects]


async def _one(unit: UnitOfWork, batch: Batch, project: int | None, *, is_last: bool) -> ProjectRecalculated:
    try:
        async with translated(), unit.session.begin_nested():
            (done,) = _require_as_shown(batch, await _do(unit, batch, [project]))
            return done
    except _NotAsShown as changed:
        return changed.done
    except Transient as error:
        if not is_last:
            raise
        return failed(project, error)
    except HourledgerError as error:
        log.warning("recalculation_failed", run_id=batch.run_id, project_id=project, code=error.code)
        return failed(project, error)


async def _do(unit: UnitOfWork, batch: Batch, projects: Sequence[int | None]) -> list[ProjectRecalculated]:
    if batch.kind is RunKind.UNDO:
        assert batch.of_run_id is not None
        return await undo_projects(unit, projects, batch.of_run_id, run_id=batch.run_id)
    return await recalculate(unit, projects, batch.scope, run_id=batch.run_id)


class _NotAsShown(HourledgerError):
    """A project would not become what its preview has shown."""

    def __init__(self, done: ProjectRecalculated) -> None:
        super().__init__(done.message, code=done.code)
        self.done = done


def _require_as_shown(batch: Batch, done: list[ProjectRecalculated]) -> list[ProjectRecalculated]:
    """Raises _NotAsShown for the first project that differs from the preview which is being committed."""
    for one in done:
        shown = batch.shown.get(one.project_id)
        if batch.is_of_preview and (shown is None or shown.digest != one.digest):
            was = f"{shown.changed} entries were shown" if shown else "it was not shown"
            raise _NotAsShown(
                ProjectRecalculated(
                    one.project_id,
                    ProjectOutcome.CHANGED,
                    code="CHANGED_SINCE_PREVIEW",
                    message=f"Hours, rates or bills have changed since the preview: {was}, {one.changed} would change "
                    "now. Nothing was done here. Preview it again.",
                )
            )
    return done
