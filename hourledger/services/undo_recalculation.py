"""Taking a recalculation back: the valuations it replaced hold again, as one more append."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hourledger.core.errors import NotAllowed
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.rate_entries import recap_task
from hourledger.services.recalculate_projects import ProjectRecalculated
from hourledger.services.recalculation_runs import request_recalculation, run_of
from hourledger.services.unit_of_work import UnitOfWork
from models.queries import undoing
from models.queries.billed_costs import book_billed_costs
from models.queries.rating import lock_capped_tasks_of_projects
from models.queries.recalculation import projects_to_rate
from models.queries.work_locks import keep_work_locks
from models.tables import ProjectOutcome, RunKind, RunStatus


async def undo_recalculation(unit: UnitOfWork, run_id: int, *, reason: str) -> int:
    """Ask for a finished run to be taken back; returns the id of the run that does it.

    Hours that were billed, edited or rated again since keep what they have, and so does what a work lock keeps.

    Raises:
        Missing RUN_UNKNOWN; NotAllowed RUN_NOT_OVER, NOT_UNDOABLE; Conflict RUN_TAKEN (undone already). Denied without
        the three edit permissions.
    """
    run = await run_of(unit, run_id)
    if run.status in (RunStatus.QUEUED, RunStatus.RUNNING):
        raise NotAllowed(
            "This run is still going. Wait for its end, or cancel it, then undo what it has done.", code="RUN_NOT_OVER"
        )
    if run.kind is not RunKind.RECALCULATION:
        raise NotAllowed(
            "A preview changes nothing, and an undo is not undone: recalculate instead.", code="NOT_UNDOABLE"
        )
    projects = await undoing.projects_of_run(unit.session, run_id)
    if not projects:
        raise NotAllowed("This run changed nothing: there is nothing to take back.", code="NOT_UNDOABLE")
    return await request_recalculation(unit, projects, reason=reason, kind=RunKind.UNDO, of_run_id=run_id)


async def undo_projects(
    unit: UnitOfWork, project_ids: Sequence[int | None], of_run_id: int, *, run_id: int
) -> list[ProjectRecalculated]:
    """Give the hours of these projects that a run has valued what they had before; an outcome for each project.

    ``unchanged`` counts what was rated again or edited since, ``frozen`` what was billed since or is kept by a work
    lock. Where a task has a cap, it is handed out anew among its hours as they are then.
    """
    await keep_work_locks(unit.session, unit.organisation_id)
    known = await projects_to_rate(unit.session, unit.organisation_id, [one for one in project_ids if one is not None])
    await lock_capped_tasks_of_projects(unit.session, list(known))
    undone = await undoing.restore_valuations(
        unit.session, unit.organisation_id, project_ids, of_run_id, run_id=run_id, at=unit.now
    )
    await book_billed_costs(
        unit.session,
        unit.organisation_id,
        [entry_id for one in undone.values() for entry_id in one.billed_ids],
        run_id=run_id,
        by=unit.principal.subject,
        at=unit.now,
        on=unit.today,
    )
    for task_id in await undoing.capped_tasks_of(unit.session, run_id, list(known)):
        await recap_task(unit, task_id)
    done = []
    for one in project_ids:
        found = undone.get(one)
        outcome = ProjectRecalculated(
            one, ProjectOutcome.SKIPPED, currency=known[one].currency if one in known else None
        )
        if found is not None:
            outcome = replace(
                outcome,
                outcome=ProjectOutcome.DONE,
                entries=found.restored + found.superseded + found.kept,
                changed=found.restored,
                unchanged=found.superseded,
                frozen=found.kept,
                cost_delta_minor=found.cost_delta_minor,
                revenue_delta_minor=found.revenue_delta_minor,
            )
        done.append(outcome)
    changed = {one.project_id: one.changed for one in done if one.changed and one.project_id is not None}
    await emit_finances_changed(
        unit,
        list(changed),
        cause="RECALCULATION_UNDONE",
        run_id=run_id,
        of_project={project_id: {"changed": count} for project_id, count in changed.items()},
    )
    return done
