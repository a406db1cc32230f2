"""Moving, copying and deleting tasks; deleting and restoring projects."""

from __future__ import annotations

from dataclasses import dataclass

from hourledger.core.errors import Invalid
from hourledger.services import copy_task as copying
from hourledger.services import delete_project as projects
from hourledger.services import delete_task as deleting
from hourledger.services import move_task as moving
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.listing.issues import ISSUES, IssueView
from models.queries.listing.projects import PROJECTS, TASKS, ProjectView, TaskView
from resolvers.changes.removing import deletion
from resolvers.changes.work import task_or_issue
from resolvers.context import RequestContext
from resolvers.ids import optional_row_id, row_id
from resolvers.mutations import Answer, Mutation, mutation


@dataclass(frozen=True, slots=True)
class MovedView:
    """What moved, as it is now: a task or an issue."""

    task: TaskView | None
    issue: IssueView | None


@dataclass(frozen=True, slots=True)
class DeletedFromView:
    """What is gone, a task or an issue, and the project it was on."""

    id: int
    is_issue: bool
    project: ProjectView | None


async def _move_task(
    _context: RequestContext,
    unit: UnitOfWork,
    *,
    task_id: str | None,
    issue_id: str | None,
    to_project_id: str | None,
    under_task_id: str | None,
    keep_financial_information: bool,
    keep_expenses: bool,
) -> Answer:
    number = _either(task_id, issue_id)
    move = moving.Move(
        project_id=optional_row_id(to_project_id, "Project", "toProjectId"),
        under_task_id=optional_row_id(under_task_id, "Task", "underTaskId"),
        keeps_finances=keep_financial_information,
        keeps_expenses=keep_expenses,
    )
    await moving.move_task(unit, number, move)
    return {"id": number}


async def _moved(context: RequestContext, answer: Answer) -> MovedView:
    task = await context.loaders.row(TASKS, answer["id"])
    issue = await context.loaders.row(ISSUES, answer["id"])
    return MovedView(task, issue)


move_task: Mutation[MovedView] = Mutation("moveTask", _move_task, _moved)


@mutation("copyTask", TASKS)
async def copy_task(
    _context: RequestContext,
    unit: UnitOfWork,
    *,
    task_id: str,
    to_project_id: str | None,
    under_task_id: str | None,
    with_finances: bool,
    with_expenses: bool,
) -> Answer:
    copy = copying.Copy(
        project_id=optional_row_id(to_project_id, "Project", "toProjectId"),
        under_task_id=optional_row_id(under_task_id, "Task", "underTaskId"),
        with_finances=with_finances,
        with_expenses=with_expenses,
    )
    return {"id": await copying.copy_task(unit, row_id(task_id, "Task", "taskId"), copy)}


async def _delete_task(
    _context: RequestContext, unit: UnitOfWork, *, task_id: str | None, issue_id: str | None, reason: str
) -> Answer:
    number = _either(task_id, issue_id)
    project_id = await deleting.delete_task(unit, number, reason=reason)
    return {"id": number, "is_issue": issue_id is not None, "project_id": project_id}


async def _deleted_task(context: RequestContext, answer: Answer) -> DeletedFromView:
    project = await context.loaders.row(PROJECTS, answer["project_id"])
    return DeletedFromView(answer["id"], answer["is_issue"], project)


delete_task: Mutation[DeletedFromView] = Mutation("deleteTask", _delete_task, _deleted_task)


@deletion("deleteProject")
async def delete_project(_context: RequestContext, unit: UnitOfWork, *, project_id: str, reason: str) -> Answer:
    number = row_id(project_id, "Project", "projectId")
    await projects.delete_project(unit, number, reason=reason)
    return {"id": number}


@mutation("restoreProject", PROJECTS)
async def restore_project(_context: RequestContext, unit: UnitOfWork, *, project_id: str) -> Answer:
    number = row_id(project_id, "Project", "projectId")
    await projects.restore_project(unit, number)
    return {"id": number}


def _either(task_id: str | None, issue_id: str | None) -> int:
    """The row behind either. Raises Invalid ONE_OF_TWO unless exactly one is given."""
    number = task_or_issue(task_id, issue_id)
    if number is None:
        raise Invalid("Name the task or the issue.", code="ONE_OF_TWO", field="taskId")
    return number
