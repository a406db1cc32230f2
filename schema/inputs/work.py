"""Inputs about worked time."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import strawberry

from schema.inputs.base import MutationInput


@strawberry.input(description="Work to log.")
class WorkInput:
    person_id: strawberry.ID = strawberry.field(description="Who worked.")
    project_id: strawberry.ID = strawberry.field(description="On which project.")
    work_date: date = strawberry.field(description="The calendar day of the work.")
    hours: Decimal = strawberry.field(description="Decimal hours, not zero; negative: a correction.")
    task_id: strawberry.ID | None = strawberry.field(default=None, description="On which task.")
    role_id: strawberry.ID | None = strawberry.field(default=None, description="The role chosen for it.")
    hour_type_id: strawberry.ID | None = strawberry.field(
        default=None, description="The kind of hours; null: Project Time."
    )
    note: str = strawberry.field(default="", description="What was done.")


@strawberry.input(description="The input of logTime.")
class LogTimeInput(MutationInput):
    entries: list[WorkInput] = strawberry.field(description="1 to 500; all are logged, or none.")


@strawberry.input(description="The input of editTime.")
class EditTimeInput(MutationInput):
    time_entry_id: strawberry.ID = strawberry.field(description="The entry.")
    hours: Decimal = strawberry.field(description="Decimal hours, not zero.")
    work_date: date = strawberry.field(description="The calendar day of the work.")
    note: str = strawberry.field(default="", description="What was done.")


@strawberry.input(description="The input of deleteTime.")
class DeleteTimeInput(MutationInput):
    time_entry_id: strawberry.ID = strawberry.field(description="The entry.")
    reason: str = strawberry.field(default="", description="Why, for the audit log.")


@strawberry.input(description="The input of recalculateProjects.")
class RecalculateProjectsInput(MutationInput):
    project_ids: list[strawberry.ID] = strawberry.field(description="1 to 500 projects.")
    reason: str = strawberry.field(default="", description="Why, for the audit log.")
