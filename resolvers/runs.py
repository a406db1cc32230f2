"""Recalculation runs: how far they are, what came of each project, and each hour that changed or would change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from hourledger.core.access import Permission
from hourledger.core.money import Money
from hourledger.core.recalculation import RecalculationScope
from hourledger.services.preview_changes import preview_changes
from models.queries.listing.keyset import Slice
from models.queries.listing.runs import (
    BY_RUN,
    OF_KIND,
    OF_OUTCOME,
    OF_RUN,
    OF_STATUS,
    ON_PROJECT,
    RUN_CHANGES,
    RUN_PROJECTS,
    RUNS,
    RehearsedProjectView,
    RunChangeView,
    RunProjectView,
    RunTotalView,
    RunView,
)
from models.queries.listing.time_entries import TIME_ENTRIES, TimeEntryView
from models.queries.recalculation import RunProgress
from models.queries.scope import scope_condition
from models.queries.work_locks import IS_KEPT
from models.tables import ProjectOutcome, RunKind, RunStatus
from resolvers.context import RequestContext
from resolvers.ids import row_id
from resolvers.paging import Page, PageRequest, chosen, page_from, page_of

_LOCKED = f"{IS_KEPT} AND e.deleted_at IS NULL AND e.project_id IS NOT DISTINCT FROM cast(:project AS bigint)"


async def recalculation_run(context: RequestContext, run_id: str) -> RunView | None:
    return await run_by_id(context, row_id(run_id, "RecalculationRun", "id"))


async def run_by_id(context: RequestContext, run_id: int | None) -> RunView | None:
    context.principal.require(Permission.VIEW_PROJECTS)
    return await context.loaders.row(RUNS, run_id)


async def recalculation_runs(
    context: RequestContext,
    page: PageRequest,
    *,
    kinds: Sequence[RunKind] | None,
    statuses: Sequence[RunStatus] | None,
) -> Page[RunView]:
    """The latest first."""
    context.principal.require(Permission.VIEW_PROJECTS)
    conditions: dict[str, dict[str, object]] = {}
    if kinds is not None:
        conditions[OF_KIND] = {"kinds": chosen(kinds)}
    if statuses is not None:
        conditions[OF_STATUS] = {"statuses": chosen(statuses)}
    return await page_of(context, RUNS, page, conditions)


async def progress(context: RequestContext, run: RunView) -> RunProgress:
    return await context.loaders.run_progress(run.id)


def time_left(run: RunView, progress: RunProgress) -> timedelta | None:
    """At the speed it has had so far; None before the first project is done and after the last."""
    if run.finished_at is not None or not progress.entries_done or progress.last_at is None:
        return None
    taken = progress.last_at - progress.started_at
    return taken * (max(0, progress.entries - progress.entries_done) / progress.entries_done)


async def totals(context: RequestContext, run: RunView) -> list[RunTotalView]:
    return await context.loaders.run_totals(run.id)


async def projects_of(
    context: RequestContext, run: RunView, page: PageRequest, *, outcomes: Sequence[ProjectOutcome] | None
) -> Page[RunProjectView]:
    conditions: dict[str, dict[str, object]] = {OF_RUN: {"run": run.id}}
    if outcomes is not None:
        conditions[OF_OUTCOME] = {"outcomes": chosen(outcomes)}
    return await page_of(context, RUN_PROJECTS, page, conditions)


async def changes_of(context: RequestContext, project: RunProjectView, page: PageRequest) -> Page[RunChangeView]:
    """Each hour that changed; of a preview or a rehearsal, that would change.

    Raises:
        Conflict CHANGED_SINCE_PREVIEW: not what the preview has shown any more.
    """
    if project.outcome is not ProjectOutcome.DONE:
        return page_from(RUN_CHANGES, Slice(), page)
    run = await _run_of(context, project)
    if run is not None and run.kind is not RunKind.PREVIEW:
        conditions: dict[str, dict[str, object]] = {
            BY_RUN: {"run": run.id},
            ON_PROJECT: {"project": project.project_id},
        }
        return await page_of(context, RUN_CHANGES, page, conditions)
    cut = page.cut(RUN_CHANGES)
    await context.finish()
    # Rated in a transaction of its own that is rolled back: what is only looked at is not kept.
    async with context.transactions.begin(context.principal, dry_run=True) as unit:
        rows, has_more = await preview_changes(
            unit,
            project.project_id,
            _scope_of(project, run),
            digest=project.digest,
            after_entry=int(cut.after[0]) if cut.after else 0,
            limit=cut.limit,
        )
    keys = tuple((one.time_entry_id, 0) for one in rows)
    return page_from(RUN_CHANGES, Slice(tuple(rows), keys, has_more), page)


async def locked_of(context: RequestContext, project: RunProjectView, page: PageRequest) -> Page[TimeEntryView]:
    """The hours in scope whose value cannot change, because they are billed or held by work locks; as they are now.

    None where the cost of billed hours is rated as well.
    """
    scope = _scope_of(project, await _run_of(context, project))
    if scope.includes_billed_cost:
        return page_from(TIME_ENTRIES, Slice(), page)
    condition, values = scope_condition(scope)
    return await page_of(context, TIME_ENTRIES, page, {_LOCKED: {"project": project.project_id}, condition: values})


async def _run_of(context: RequestContext, project: RunProjectView) -> RunView | None:
    """None: a rehearsal, which has none."""
    if isinstance(project, RehearsedProjectView):
        return None
    return await context.loaders.row(RUNS, project.run_id)


def _scope_of(project: RunProjectView, run: RunView | None) -> RecalculationScope:
    if isinstance(project, RehearsedProjectView):
        return project.scope
    assert run is not None
    return RecalculationScope.from_json(run.scope)


def delta(project: RunProjectView | RunTotalView, minor: int) -> Money | None:
    """An amount in the currency of the project; None when there is no such project."""
    return Money(minor, project.currency) if project.currency and project.currency != "XXX" else None
