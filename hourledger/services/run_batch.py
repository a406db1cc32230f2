"""A batch of a run: some projects rated again, shown, or taken back, each whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from hourledger.core.errors import HourledgerError, Transient
from hourledger.services.recalculate_projects import ProjectRecalculated, failed, recalculate
from hourledger.services.recalculation_runs import Batch
from hourledger.services.undo_recalculation import undo_projects
from hourledger.services.unit_of_work import UnitOfWork
from models.errors import is_connection_lost, translated
from models.queries.recalculation import Shown
from models.tables import ProjectOutcome, RunKind

log = structlog.get_logger(__name__)


async def run_batch(unit: UnitOfWork, batch: Batch, *, is_last: bool = False) -> list[ProjectRecalculated]:
    """An outcome for each project of the batch; what is only for show is rolled back again.

    Together first; where one of them does not fit, one by one, so that each has its own outcome.

    Raises:
        Transient: unless it ``is_last``, when such projects are FAILED. What a lost connection raises.
    """
    if len(batch.projects) > 1:
        try:
            return await _try(unit, batch, batch.projects)
        except Transient:
            if not is_last:
                raise
        except HourledgerError as error:
            log.info("recalculation_one_by_one", run_id=batch.run_id, code=error.code)
        except Exception as error:
            _require_connection(error)
            log.warning("recalculation_one_by_one", run_id=batch.run_id, exc_info=True)
    return [await _one(unit, batch, project, is_last=is_last) for project in batch.projects]


async def _one(unit: UnitOfWork, batch: Batch, project: int | None, *, is_last: bool) -> ProjectRecalculated:
    try:
        (done,) = await _try(unit, batch, [project])
    except _NotAsShown as changed:
        return changed.done
    except Transient as error:
        if not is_last:
            raise
        return failed(project, error)
    except HourledgerError as error:
        log.warning("recalculation_failed", run_id=batch.run_id, project_id=project, code=error.code)
        return failed(project, error)
    except Exception as error:
        # Or else this project would be tried again for ever, and those behind it would never have their turn.
        _require_connection(error)
        log.exception("recalculation_failed", run_id=batch.run_id, project_id=project)
        return failed(project, _unexpected(batch.run_id))
    return done


async def _try(unit: UnitOfWork, batch: Batch, projects: Sequence[int | None]) -> list[ProjectRecalculated]:
    async with translated(), unit.session.begin_nested() as attempt:
        done = _require_as_shown(batch, await _do(unit, batch, projects))
        if batch.is_for_show:
            await attempt.rollback()
        return done


def _require_connection(error: Exception) -> None:
    """Raises what is left to the next attempt: without its connection a transaction cannot go on."""
    if is_connection_lost(error):
        raise error


def _unexpected(run_id: int) -> HourledgerError:
    return HourledgerError(
        f"Something unexpected kept it from being rated. The worker's log has it, under run_id {run_id}; nothing was "
        "changed here.",
        code="UNEXPECTED",
    )


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
    if not batch.is_of_preview:
        return done
    for one in done:
        shown = batch.shown.get(one.project_id)
        if one.outcome in (ProjectOutcome.DONE, ProjectOutcome.SKIPPED) and (
            shown is None or shown.digest != one.digest
        ):
            raise _NotAsShown(
                ProjectRecalculated(
                    one.project_id,
                    ProjectOutcome.CHANGED,
                    code="CHANGED_SINCE_PREVIEW",
                    message=f"Not what the preview has shown any more: {_difference(shown, one)}. Nothing was done "
                    "here. Preview it again.",
                )
            )
    return done


def _difference(shown: Shown | None, now: ProjectRecalculated) -> str:
    """What is another than it was, in numbers of hours; never an amount, for whoever sees the run sees this."""
    if shown is None:
        return "it could not be rated then"
    found = [
        f"{is_now} entries {what}, not {was}"
        for what, was, is_now in (
            ("are in scope", shown.entries, now.entries),
            ("are billed or locked", shown.frozen, now.frozen),
            ("would change", shown.changed, now.changed),
        )
        if is_now != was
    ]
    return ", ".join(found) or f"as many entries would change ({now.changed}), but others, or to other amounts"
