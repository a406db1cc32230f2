"""Inputs about worked time."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import strawberry
from strawberry import UNSET

from schema.inputs.base import MutationInput


@strawberry.input(description="Work to log.")
class WorkInput:
    person_id: strawberry.ID = strawberry.field(description="Who worked.")
    work_date: date = strawberry.field(description="The calendar day of the work.")
    hours: Decimal = strawberry.field(description="Decimal hours, not zero; negative: a correction.")
    project_id: strawberry.ID | None = strawberry.field(
        default=None, description="On which project; null: general time, on none."
    )
    task_id: strawberry.ID | None = strawberry.field(default=None, description="On which task.")
    issue_id: strawberry.ID | None = strawberry.field(default=None, description="On which issue, instead of a task.")
    role_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The role chosen for it: one the person has that day, or one assigned to the task.",
    )
    hour_type_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The kind of hours; null: Task, Issue or Project Time or General Overhead, by what it is on.",
    )
    note: str = strawberry.field(default="", description="What was done.")


@strawberry.input(description="The input of logTime.")
class LogTimeInput(MutationInput):
    entries: list[WorkInput] = strawberry.field(description="1 to 500; all are logged, or none.")


@strawberry.input(description="The input of editTime; whose time it is and on which project, stays.")
class EditTimeInput(MutationInput):
    time_entry_id: strawberry.ID = strawberry.field(description="The entry.")
    hours: Decimal = strawberry.field(description="Decimal hours, not zero.")
    work_date: date = strawberry.field(description="The calendar day of the work.")
    note: str = strawberry.field(default="", description="What was done.")
    task_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Another task of its project; null: the project itself. Not given: it stays."
    )
    issue_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="An issue of its project, instead of a task. Not given: it stays."
    )
    role_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="The role chosen for it; null: none. Not given: it stays."
    )
    hour_type_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="The kind of hours; null: the built-in one. Not given: it stays."
    )


@strawberry.input(description="The input of deleteTime.")
class DeleteTimeInput(MutationInput):
    time_entry_id: strawberry.ID = strawberry.field(description="The entry.")
    reason: str = strawberry.field(default="", description="Why, for the audit log.")
