"""Recalculations in the background: asked for, done batch by batch by any number of workers, cancelled, finished.

::

    QUEUED -- a worker takes its first batch --> RUNNING -- no project is left --> DONE, or FAILED when some could not
       |                                            |
       +------------- cancelRecalculation ----------+--> CANCELLED: what is done stays done, the rest is not begun

Every project of a run is a row. A worker takes some rows with SKIP LOCKED, rates their projects and writes the
outcomes, all in one transaction: what a worker that dies has begun is nobody's again, and nothing of it has happened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from hourledger.core.errors import Missing, NotAllowed
from hourledger.core.recalculation import RecalculationScope
from hourledger.services.recalculate_projects import ProjectRecalculated, require_rights
from hourledger.services.unit_of_work import UnitOfWork
from models.queries import recalculation
from models.queries.scope import projects_in_scope
from models.selecting import select_one
from models.tables import RecalculationRunRow, RunKind, RunStatus

IDS_MAX = 100_000
WORKERS_PER_RUN = 2
"""Jobs that share a run of more projects than one batch holds."""

BATCH_PROJECTS = 500
BATCH_ENTRIES = 100_000
LOCK_MILLISECONDS_MAX = 500


async def request_recalculation(
    unit: UnitOfWork,
    scope: RecalculationScope | Sequence[int],
    *,
    reason: str,
    kind: RunKind = RunKind.RECALCULATION,
    of_run_id: int | None = None,
    projects: Sequence[int | None] | None = None,
) -> int:
    """Note a run and enqueue it. ``scope``: or the ids of whole projects. Returns the run's id.

    ``projects``: those to go through; None: all that have hours in scope.

    Raises Denied without the three edit permissions (§9.4); Invalid SCOPE_TOO_LARGE.
    """
    require_rights(unit)
    if not isinstance(scope, RecalculationScope):
        scope = RecalculationScope(project_ids=tuple(scope))
    scope.require_bounded(IDS_MAX)
    if projects is None:
        projects = await projects_in_scope(unit.session, unit.organisation_id, scope)
    run = RecalculationRunRow(
        organisation_id=unit.organisation_id,
        kind=kind,
        requested_by=unit.principal.subject,
        reason=reason,
        scope=scope.as_json(),
        of_run_id=of_run_id,
        started_at=unit.now,
    )
    unit.session.add(run)
    await unit.session.flush()
    entries = await recalculation.add_projects(unit.session, unit.organisation_id, run.id, projects)
    is_long = len(projects) > BATCH_PROJECTS or entries > BATCH_ENTRIES
    for number in range(WORKERS_PER_RUN if is_long else 1):
        await _enqueue(unit, run.id, number)
    unit.audit(kind.value.lower(), "recalculation_run", run.id, reason=reason, after=run.scope)
    return run.id


async def take_up_forgotten_runs(unit: UnitOfWork) -> list[int]:
    """Give a job to every run that is not over and has none, because its job was given up or lost; returns the runs."""
    runs = await recalculation.runs_without_job(unit.session, unit.organisation_id)
    for run_id in runs:
        await _enqueue(unit, run_id, 0)
    return runs


async def _enqueue(unit: UnitOfWork, run_id: int, number: int) -> None:
    lock = f"recalculate {run_id} {number}"
    await unit.enqueue("recalculate", lock=lock, once=lock, organisation_id=unit.organisation_id, run_id=run_id)


async def commit_preview(unit: UnitOfWork, run_id: int, *, reason: str) -> int:
    """Ask for exactly what a preview has shown to be done; returns the id of the run that does it.

    A project that would become something else by now is not touched: its outcome is CHANGED, with what has changed.

    Raises:
        Missing RUN_UNKNOWN; NotAllowed NOT_A_PREVIEW, RUN_NOT_OVER; Conflict RUN_TAKEN (committed already). Denied
        without the three edit permissions.
    """
    run = await run_of(unit, run_id)
    if run.kind is not RunKind.PREVIEW:
        raise NotAllowed("Only a preview can be committed.", code="NOT_A_PREVIEW", field="previewId")
    if run.status not in (RunStatus.DONE, RunStatus.FAILED):
        raise NotAllowed(
            f"This preview is {run.status.value}: wait until it has gone through all projects.", code="RUN_NOT_OVER"
        )
    scope = RecalculationScope.from_json(run.scope)
    projects = await recalculation.projects_shown(unit.session, run_id)
    return await request_recalculation(unit, scope, reason=reason, of_run_id=run_id, projects=projects)


async def cancel_recalculation(unit: UnitOfWork, run_id: int, *, reason: str) -> None:
    """Begin no further project. What is being rated at this moment is still finished. Asking again does no harm.

    Raises:
        Missing RUN_UNKNOWN; NotAllowed RUN_OVER. Denied without the three edit permissions.
    """
    require_rights(unit)
    run = await run_of(unit, run_id)
    if run.status not in (RunStatus.QUEUED, RunStatus.RUNNING):
        raise NotAllowed(
            f"This run is {run.status.value} and cannot be cancelled. To take back what it did, undo it.",
            code="RUN_OVER",
        )
    if run.cancel_requested_at is None:
        run.cancel_requested_at = unit.now
        unit.session.add(run)
        unit.audit("cancel", "recalculation_run", run.id, reason=reason)
        await unit.session.flush()
    await recalculation.cancel_pending(unit.session, run.id, at=unit.now)
    await finish_if_over(unit, run_id)


async def run_of(unit: UnitOfWork, run_id: int) -> RecalculationRunRow:
    """Raises Missing RUN_UNKNOWN."""
    run = await select_one(unit.session, RecalculationRunRow, unit.organisation_id, run_id)
    if run is None:
        raise Missing(f"There is no recalculation {run_id}.", code="RUN_UNKNOWN", field="runId")
    return run


@dataclass(frozen=True)
class Batch:
    """Projects that are one worker's until its transaction ends, and what is to be done with them.

    ``shown``: where a preview is being committed, what it had shown of them.
    """

    run_id: int
    kind: RunKind
    scope: RecalculationScope
    projects: Sequence[int | None]
    of_run_id: int | None = None
    shown: Mapping[int | None, recalculation.Shown] = field(default_factory=dict)

    @property
    def is_for_show(self) -> bool:
        """Nothing of it is kept but the outcomes."""
        return self.kind is RunKind.PREVIEW

    @property
    def is_of_preview(self) -> bool:
        return self.kind is RunKind.RECALCULATION and self.of_run_id is not None


async def begin_run(unit: UnitOfWork, run_id: int) -> None:
    """Say that somebody is at it; to be committed before its first batch is taken."""
    await recalculation.mark_running(unit.session, run_id)


async def take_batch(unit: UnitOfWork, run_id: int, *, patiently: bool = False) -> Batch:
    """The next projects of a run; none: nothing is left that could be taken now.

    Locks are not waited for long, so that nobody who works is held up; ``patiently``: as long as it takes. Once it is
    to be cancelled, what a batch that came to nothing has left behind is not taken either.
    """
    run = await run_of(unit, run_id)
    projects: list[int | None] = []
    if run.cancel_requested_at is not None:
        await recalculation.cancel_pending(unit.session, run_id, at=unit.now)
    else:
        if not patiently:
            await recalculation.wait_at_most(unit.session, LOCK_MILLISECONDS_MAX)
        projects = await recalculation.take_projects(
            unit.session, run_id, projects_max=BATCH_PROJECTS, entries_max=BATCH_ENTRIES
        )
    batch = Batch(run_id, run.kind, RecalculationScope.from_json(run.scope), projects, run.of_run_id)
    if not batch.is_of_preview:
        return batch
    assert run.of_run_id is not None
    return replace(batch, shown=await recalculation.shown_in(unit.session, run.of_run_id, projects))


async def is_over(unit: UnitOfWork, run_id: int) -> bool:
    """Whether the run has its final status."""
    return (await run_of(unit, run_id)).status not in (RunStatus.QUEUED, RunStatus.RUNNING)


async def write_outcomes(unit: UnitOfWork, run_id: int, done: Sequence[ProjectRecalculated]) -> None:
    """The outcomes of a batch, and how far the run is, for those who watch."""
    await recalculation.write_outcomes(unit.session, run_id, done, at=unit.now)
    progress = (await recalculation.progress_of_runs(unit.session, [run_id]))[run_id]
    unit.emit(
        "RECALCULATION_PROGRESS",
        entity_id=run_id,
        projects=progress.projects,
        projects_done=progress.projects_done,
        entries=progress.entries,
        entries_done=progress.entries_done,
        changed=progress.changed,
    )


async def finish_if_over(unit: UnitOfWork, run_id: int) -> bool:
    """Close the run once each of its projects has an outcome. False while some are still to do."""
    outcomes = await recalculation.close_run(unit.session, run_id, at=unit.now)
    if outcomes is None:
        return False
    unit.emit(
        "RECALCULATION_FINISHED",
        entity_id=run_id,
        status=outcomes.status.value,
        outcomes={outcome.value: count for outcome, count in outcomes.counts.items()},
        changed=outcomes.changed,
    )
    return True
