"""Inputs about where tasks are, and about what is deleted."""

from __future__ import annotations

import strawberry

from schema.inputs.base import MutationInput


@strawberry.input(description="The input of moveTask; give a task or an issue.")
class MoveTaskInput(MutationInput):
    task_id: strawberry.ID | None = strawberry.field(default=None, description="The task, with everything below it.")
    issue_id: strawberry.ID | None = strawberry.field(default=None, description="The issue.")
    to_project_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The project it goes to; null: that of the task it goes under, or else the one it is on.",
    )
    under_task_id: strawberry.ID | None = strawberry.field(
        default=None, description="The task it becomes part of; null: it stands at the top of the project."
    )
    keep_financial_information: bool = strawberry.field(
        default=True, description="Whether types and amounts come along; else the tasks are NO_COST and NOT_BILLABLE."
    )
    keep_expenses: bool = strawberry.field(
        default=True,
        description="Whether expenses come along; else they stay, as expenses of the project that the task leaves.",
    )


@strawberry.input(description="The input of copyTask.")
class CopyTaskInput(MutationInput):
    task_id: strawberry.ID = strawberry.field(description="The task, with everything below it; hours stay behind.")
    to_project_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The project of the copy; null: that of the task it goes under, or else the one of the original.",
    )
    under_task_id: strawberry.ID | None = strawberry.field(
        default=None, description="The task that the copy becomes part of; null: it stands at the top of the project."
    )
    with_finances: bool = strawberry.field(
        default=True,
        description="Whether types, amounts and rates are copied; else the copies are NO_COST and NOT_BILLABLE.",
    )
    with_expenses: bool = strawberry.field(
        default=True, description="Whether expenses are copied, as planned ones of which nothing is paid."
    )


@strawberry.input(description="The input of deleteTask; give a task or an issue.")
class DeleteTaskInput(MutationInput):
    task_id: strawberry.ID | None = strawberry.field(default=None, description="The task, with everything below it.")
    issue_id: strawberry.ID | None = strawberry.field(default=None, description="The issue.")
    reason: str = strawberry.field(default="", description="Why; kept in the audit log.")


@strawberry.input(description="The input of deleteProject.")
class DeleteProjectInput(MutationInput):
    project_id: strawberry.ID = strawberry.field(description="A project of which nothing is on a billing record.")
    reason: str = strawberry.field(default="", description="Why; kept in the audit log.")


@strawberry.input(description="The input of restoreProject.")
class RestoreProjectInput(MutationInput):
    project_id: strawberry.ID = strawberry.field(description="A project that was deleted.")
