"""Recalculating: asking for it, previewing it, committing a preview, cancelling, undoing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from hourledger.core.errors import HourledgerError, Invalid
from hourledger.core.periods import Period
from hourledger.core.recalculation import RecalculationScope
from hourledger.services import recalculation_runs, undo_recalculation
from hourledger.services.recalculate_projects import ProjectRecalculated, failed, recalculate, require_rights
from hourledger.services.unit_of_work import UnitOfWork
from models.errors import translated
from models.queries.listing.runs import RUNS, RehearsedProjectView, RunProjectView, RunView
from models.queries.scope import projects_in_scope
from models.tables import ProjectOutcome, RunKind
from resolvers.context import RequestContext
from resolvers.ids import row_id
from resolvers.mutations import Answer, Outcome, mutation, run_mutation

_REHEARSED_MAX = 500


@dataclass(frozen=True, slots=True)
class ScopeGiven:
    """A scope in the API's terms."""

    project_ids: Sequence[str]
    company_ids: Sequence[str]
    person_ids: Sequence[str]
    role_ids: Sequence[str]
    rate_line_ids: Sequence[str]
    time_entry_ids: Sequence[str]
    first_day: date | None
    last_day: date | None
    only_new: bool
    includes_billed_cost: bool


def read_scope(given: ScopeGiven) -> RecalculationScope:
    """Raises Invalid ID_INVALID, PERIOD_REVERSED."""

    def rows(ids: Sequence[str], type_name: str, field: str) -> tuple[int, ...]:
        return tuple(row_id(one, type_name, field) for one in ids)

    return RecalculationScope(
        project_ids=rows(given.project_ids, "Project", "projectIds"),
        company_ids=rows(given.company_ids, "Company", "companyIds"),
        person_ids=rows(given.person_ids, "Person", "personIds"),
        role_ids=rows(given.role_ids, "Role", "roleIds"),
        rate_line_ids=rows(given.rate_line_ids, "RateLine", "rateLineIds"),
        time_entry_ids=rows(given.time_entry_ids, "TimeEntry", "timeEntryIds"),
        days=Period.inclusive(given.first_day, given.last_day),
        only_new=given.only_new,
        includes_billed_cost=given.includes_billed_cost,
    )


@dataclass(frozen=True, slots=True)
class RecalculationAsked:
    """A run that was enqueued (its outcomes come later), or the outcomes of a rehearsal (then there is no run)."""

    run: RunView | None
    projects: list[RunProjectView]


async def recalculate_scope(
    context: RequestContext, *, idempotency_key: str, dry_run: bool, scope: ScopeGiven, reason: str
) -> Outcome[RecalculationAsked]:
    """Enqueue a run; a dry run instead does it here and now, for real, and rolls it back."""

    async def command(unit: UnitOfWork) -> Answer:
        wanted = read_scope(scope)
        if not dry_run:
            return {"id": await recalculation_runs.request_recalculation(unit, wanted, reason=reason)}
        require_rights(unit)
        projects = await projects_in_scope(unit.session, unit.organisation_id, wanted)
        if len(projects) > _REHEARSED_MAX:
            raise Invalid(
                f"{len(projects)} projects are in scope, a dry run answers for at most {_REHEARSED_MAX}: choose fewer, "
                "or use previewRecalculation.",
                code="SCOPE_TOO_LARGE",
                field="scope",
            )
        return {"projects": [asdict(await _rehearsed(unit, one, wanted)) for one in projects]}

    async def show(answer: Answer) -> RecalculationAsked:
        run = await context.loaders.row(RUNS, answer.get("id"))
        projects = answer.get("projects", ())
        return RecalculationAsked(run, [_shown(one, read_scope(scope)) for one in projects])

    body = {"scope": asdict(scope), "reason": reason}
    return await run_mutation(context, "recalculate", body, command, show, key=idempotency_key, dry_run=dry_run)


async def _rehearsed(unit: UnitOfWork, project_id: int | None, scope: RecalculationScope) -> ProjectRecalculated:
    """One project's outcome; a failure leaves the others alone."""
    try:
        async with translated(), unit.session.begin_nested():
            (done,) = await recalculate(unit, [project_id], scope)
            return done
    except HourledgerError as error:
        return failed(project_id, error)


def _shown(outcome: dict[str, Any], scope: RecalculationScope) -> RunProjectView:
    known = {"id": 0, "run_id": 0, "outcome": ProjectOutcome(outcome["outcome"]), "scope": scope}
    return RehearsedProjectView(**outcome | known)


@mutation("previewRecalculation", RUNS)
async def preview_scope(_context: RequestContext, unit: UnitOfWork, *, scope: ScopeGiven, reason: str) -> Answer:
    wanted = read_scope(scope)
    return {"id": await recalculation_runs.request_recalculation(unit, wanted, reason=reason, kind=RunKind.PREVIEW)}


@mutation("commitRecalculation", RUNS)
async def commit_shown(_context: RequestContext, unit: UnitOfWork, *, preview_id: str, reason: str) -> Answer:
    number = row_id(preview_id, "RecalculationRun", "previewId")
    return {"id": await recalculation_runs.commit_preview(unit, number, reason=reason)}


@mutation("cancelRecalculation", RUNS)
async def cancel_run(_context: RequestContext, unit: UnitOfWork, *, run_id: str, reason: str) -> Answer:
    number = row_id(run_id, "RecalculationRun", "runId")
    await recalculation_runs.cancel_recalculation(unit, number, reason=reason)
    return {"id": number}


@mutation("undoRecalculation", RUNS)
async def undo_run(_context: RequestContext, unit: UnitOfWork, *, run_id: str, reason: str) -> Answer:
    number = row_id(run_id, "RecalculationRun", "runId")
    return {"id": await undo_recalculation.undo_recalculation(unit, number, reason=reason)}
