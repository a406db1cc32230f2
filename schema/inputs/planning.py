"""Inputs about plans. What is left out of an edit stays as it is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import strawberry

from schema.inputs.base import MutationInput


@strawberry.input(description="The input of editTask. What is left out stays as it is.")
class EditTaskInput(MutationInput):
    task_id: strawberry.ID = strawberry.field(description="The task; one with tasks below it has no plan of its own.")
    planned_hours: Decimal | None = strawberry.field(
        default=strawberry.UNSET, description="Planned hours, shared by the assignments that have none by hand."
    )
    planned_start: date | None = strawberry.field(
        default=strawberry.UNSET, description="First planned day; null: not said."
    )
    planned_completion: date | None = strawberry.field(
        default=strawberry.UNSET, description="Last planned day; null: not said."
    )
    first_day_hours: Decimal | None = strawberry.field(
        default=strawberry.UNSET,
        description="Working hours left on the first day when work starts during it; null: the whole day.",
    )
    percent_complete: Decimal | None = strawberry.field(
        default=strawberry.UNSET, description="0 to 100, at most two decimals."
    )


@strawberry.input(description="The input of editAssignment. What is left out stays as it is.")
class EditAssignmentInput(MutationInput):
    assignment_id: strawberry.ID = strawberry.field(description="The assignment.")
    planned_hours: Decimal | None = strawberry.field(
        default=strawberry.UNSET,
        description="Hours by hand; null: an equal share of what the others leave of the task's.",
    )


@strawberry.input(description="The input of removeAssignment.")
class RemoveAssignmentInput(MutationInput):
    assignment_id: strawberry.ID = strawberry.field(description="The assignment.")


@strawberry.input(description="Planned hours of one day.")
class DayOfHoursInput:
    day: date = strawberry.field(description="The day.")
    hours: Decimal = strawberry.field(description="Planned hours, zero or more.")


@strawberry.input(description="The input of setContour.")
class SetContourInput(MutationInput):
    assignment_id: strawberry.ID = strawberry.field(description="The assignment.")
    days: list[DayOfHoursInput] = strawberry.field(
        description="All days with their hours, which sum to the assignment's; empty: back to the equal spread."
    )


@strawberry.input(description="The input of createWorkSchedule.")
class CreateWorkScheduleInput(MutationInput):
    name: str = strawberry.field(description="Unique in the organisation.")
    weekday_hours: list[Decimal] = strawberry.field(description="Working hours of the seven weekdays, Monday first.")
    is_default: bool = strawberry.field(
        default=False, description="Whether projects that choose none have it, instead of the default before."
    )


@strawberry.input(description="The input of editWorkSchedule. What is left out stays as it is.")
class EditWorkScheduleInput(MutationInput):
    work_schedule_id: strawberry.ID = strawberry.field(description="The work schedule.")
    name: str | None = strawberry.field(default=strawberry.UNSET, description="Unique in the organisation.")
    weekday_hours: list[Decimal] | None = strawberry.field(
        default=strawberry.UNSET, description="Working hours of the seven weekdays, Monday first."
    )
    is_default: bool | None = strawberry.field(
        default=strawberry.UNSET, description="Whether projects that choose none have it."
    )


@strawberry.input(description="A holiday or another length of one day.")
class WorkScheduleDayInput:
    day: date = strawberry.field(description="The day.")
    hours: Decimal | None = strawberry.field(
        default=None, description="Working hours, 0 on a holiday; null: as its weekday again."
    )
    name: str = strawberry.field(default="", description="What people call it.")


@strawberry.input(description="The input of setWorkScheduleDays.")
class SetWorkScheduleDaysInput(MutationInput):
    work_schedule_id: strawberry.ID = strawberry.field(description="The work schedule.")
    days: list[WorkScheduleDayInput] = strawberry.field(description="Days to set; others stay as they are.")


@strawberry.input(description="The input of chooseWorkSchedule.")
class ChooseWorkScheduleInput(MutationInput):
    project_id: strawberry.ID = strawberry.field(description="The project.")
    work_schedule_id: strawberry.ID | None = strawberry.field(
        default=None, description="Its work schedule; null: the organisation's default."
    )
