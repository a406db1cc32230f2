"""Taking a recalculation back: the valuations it replaced hold again, as one more append."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from hourledger.core.errors import NotAllowed
from hourledger.core.recalculation import RecalculationScope
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.rate_entries import RatingResult, append_capped
from hourledger.services.recalculate_projects import ProjectRecalculated
from hourledger.services.recalculation_runs import request_recalculation, run_of
from hourledger.services.unit_of_work import UnitOfWork
from models.queries import undoing
from models.queries.billed_costs import book_billed_costs
from models.queries.rating import lock_capped_tasks_of_projects
from models.queries.recalculation import projects_to_rate
from models.queries.valuations import NewValuation
from models.queries.work_locks import keep_work_locks
from models.tables import ProjectOutcome, RunKind, RunStatus, ValuationCause


async def undo_recalculation(unit: UnitOfWork, run_id: int, *, reason: str) -> int:
    """Ask for a finished run to be taken back; returns the id of the run that does it.

    Hours that were billed, edited or rated again since keep what they have, and so do those that a work lock holds.

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
    scope = RecalculationScope.from_json(run.scope)
    return await request_recalculation(
        unit, scope, reason=reason, kind=RunKind.UNDO, of_run_id=run_id, projects=projects
    )


async def undo_projects(
    unit: UnitOfWork, project_ids: Sequence[int | None], of_run_id: int, *, run_id: int
) -> list[ProjectRecalculated]:
    """Give the hours of these projects that a run has valued what they had before; an outcome for each project.

    ``entries`` are those that the run has valued; ``unchanged`` of them were rated again or edited since, ``frozen``
    were billed since or are held by a work lock, the rest is restored. Where a task has a cap, it is handed out anew
    among all of its hours as they are then: ``changed`` and the deltas count those that get another share as well.
    """
    await keep_work_locks(unit.session, unit.organisation_id)
    known = await projects_to_rate(unit.session, unit.organisation_id, [one for one in project_ids if one is not None])
    await lock_capped_tasks_of_projects(unit.session, list(known))
    whose = (unit.session, unit.organisation_id, project_ids, of_run_id)
    await undoing.lock_valued(*whose)
    undone = await undoing.restore_valuations(*whose, run_id=run_id, at=unit.now)
    await book_billed_costs(
        unit.session,
        unit.organisation_id,
        [entry_id for one in undone.values() for entry_id in one.billed_ids],
        run_id=run_id,
        by=unit.principal.subject,
        at=unit.now,
        on=unit.today,
    )
    capped, others = await undoing.capped_values(*whose)
    shared = await append_capped(unit, [_as_it_was(one) for one in capped], run_id=run_id)
    on_project = Counter(one.project_id for one in capped)
    done = []
    for one in project_ids:
        free, rest = undone.get(one, undoing.Undone()), others.get(one, undoing.Undone())
        on_capped = shared.get(one or 0, RatingResult(0, 0, 0, {}, {}))
        superseded, kept = free.superseded + rest.superseded, free.kept + rest.kept
        entries = free.restored + on_project[one or 0] + superseded + kept
        done.append(
            ProjectRecalculated(
                one,
                ProjectOutcome.DONE if entries else ProjectOutcome.SKIPPED,
                currency=unit.base_currency if one is None else known[one].currency if one in known else None,
                entries=entries,
                changed=free.restored + on_capped.changed,
                unchanged=superseded,
                frozen=kept,
                cost_delta_minor=free.cost_delta_minor + on_capped.cost_delta.get(one or 0, 0),
                revenue_delta_minor=free.revenue_delta_minor + on_capped.revenue_delta.get(one or 0, 0),
            )
        )
    changed = {one.project_id: one.changed for one in done if one.changed and one.project_id is not None}
    await emit_finances_changed(
        unit,
        list(changed),
        cause="RECALCULATION_UNDONE",
        run_id=run_id,
        of_project={project_id: {"changed": count} for project_id, count in changed.items()},
    )
    return done


def _as_it_was(former: undoing.FormerValue) -> NewValuation:
    """To be appended once its share of the cap is known."""
    return NewValuation(
        time_entry_id=former.entry_id,
        work_date=former.work_date,
        seconds=former.seconds,
        currency=former.currency,
        cost_minor=former.cost_minor,
        revenue_minor=former.revenue_minor,
        uncapped_revenue_minor=former.uncapped_revenue_minor,
        reason=former.reason_id,
        cause=ValuationCause.UNDONE,
        rated_at=former.rated_at,
    )
