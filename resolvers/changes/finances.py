"""Changing projects and their finances, how tasks cost and earn, and how far they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hourledger.core.errors import Invalid
from hourledger.core.finances import EacMethod, FinancePreferences, IndexMethod, Methods, PercentBasis
from hourledger.core.work import CostType, RevenueType, TaskStatus
from hourledger.services import edit_project as projects
from hourledger.services.finance_preferences import finance_preferences
from hourledger.services.finance_preferences import set_finance_preferences as store_preferences
from hourledger.services.task_status import set_task_status as set_status
from hourledger.services.task_types import edit_task_types as set_types
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.listing.issues import ISSUES
from models.queries.listing.projects import PROJECTS, TASKS
from resolvers.changes.left_out import given
from resolvers.context import RequestContext
from resolvers.ids import row_id
from resolvers.measures import PROJECTS_MAX
from resolvers.mutations import Answer, Mutation, Outcome, mutation, run_mutation


@mutation("editProject", PROJECTS)
async def edit_project(
    _context: RequestContext, unit: UnitOfWork, *, project_id: str, name: Any, status: Any
) -> Answer:
    number = row_id(project_id, "Project", "projectId")
    await projects.edit_project(unit, number, given(never_null=("name", "status"), name=name, status=status))
    return {"id": number}


@mutation("editProjectFinances", PROJECTS)
async def edit_project_finances(
    _context: RequestContext, unit: UnitOfWork, *, project_id: str, **fields: Any
) -> Answer:
    number = row_id(project_id, "Project", "projectId")
    await projects.edit_project(unit, number, _finances(fields))
    return {"id": number}


def _finances(fields: dict[str, Any]) -> dict[str, Any]:
    """By the names of the service."""
    names = {
        "performance_index_method": "index_method",
        "eac_method": "eac_method",
        "percent_complete_basis": "percent_basis",
        "alignment_score": "alignment_percent",
    }
    return {names.get(name, name): value for name, value in given(**fields).items()}


@dataclass(frozen=True, slots=True)
class ProjectEditView:
    """One project's outcome: DONE, SKIPPED, FORBIDDEN or FAILED."""

    project_id: int
    outcome: str
    code: str
    message: str


async def edit_projects(
    context: RequestContext,
    *,
    idempotency_key: str,
    dry_run: bool,
    project_ids: Sequence[str],
    status: Any,
    **fields: Any,
) -> Outcome[list[ProjectEditView]]:
    """The same changes to several projects, with an outcome for each."""

    async def command(unit: UnitOfWork) -> Answer:
        numbers = [row_id(one, "Project", "projectIds") for one in project_ids]
        if not 1 <= len(numbers) <= PROJECTS_MAX:
            raise Invalid(f"Name 1 to {PROJECTS_MAX} projects.", code="PROJECT_COUNT", field="projectIds")
        changes = given(never_null=("status",), status=status) | _finances(fields)
        return {"projects": [one.as_json() for one in await projects.edit_projects(unit, numbers, changes)]}

    async def show(answer: Answer) -> list[ProjectEditView]:
        return [ProjectEditView(**one) for one in answer["projects"]]

    body = {"project_ids": list(project_ids), "status": status, **fields}
    return await run_mutation(context, "editProjects", body, command, show, key=idempotency_key, dry_run=dry_run)


@mutation("setTaskStatus", TASKS)
async def set_task_status(
    _context: RequestContext,
    unit: UnitOfWork,
    *,
    task_id: str,
    status: TaskStatus,
    percent_complete: Decimal | None,
) -> Answer:
    number = row_id(task_id, "Task", "taskId")
    await set_status(unit, number, status, percent_complete=percent_complete)
    return {"id": number}


@mutation("setIssueStatus", ISSUES)
async def set_issue_status(_context: RequestContext, unit: UnitOfWork, *, issue_id: str, status: TaskStatus) -> Answer:
    number = row_id(issue_id, "Issue", "issueId")
    await set_status(unit, number, status)
    return {"id": number}


@mutation("editTaskTypes", TASKS)
async def edit_task_types(_context: RequestContext, unit: UnitOfWork, *, task_id: str, **fields: Any) -> Answer:
    number = row_id(task_id, "Task", "taskId")
    await set_types(unit, number, given(never_null=("cost_type", "revenue_type"), **fields))
    return {"id": number}


async def _set_finance_preferences(
    _context: RequestContext,
    unit: UnitOfWork,
    *,
    performance_index_method: IndexMethod,
    eac_method: EacMethod,
    percent_complete_basis: PercentBasis,
    auto_baseline_on_current: bool,
    task_cost_type: CostType | None,
    task_revenue_type: RevenueType | None,
) -> Answer:
    methods = Methods(performance_index_method, eac_method, percent_complete_basis)
    now = finance_preferences(unit)
    wanted = FinancePreferences(
        methods,
        auto_baseline_on_current,
        task_cost_type or now.task_cost_type,
        task_revenue_type or now.task_revenue_type,
    )
    await store_preferences(unit, wanted)
    return {}


async def _shown_preferences(context: RequestContext, _answer: Answer) -> FinancePreferences:
    async with context.reading() as unit:
        return finance_preferences(unit)


set_finance_preferences: Mutation[FinancePreferences] = Mutation(
    "setFinancePreferences", _set_finance_preferences, _shown_preferences
)
