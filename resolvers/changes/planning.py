"""Changing plans: a task's, an assignment's, and the schedules by which work is planned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from hourledger.core.errors import Invalid
from hourledger.core.money import parse_hours
from hourledger.services import work_schedules
from hourledger.services.edit_assignment import edit_assignment as change_assignment
from hourledger.services.edit_task_plan import PlanChanges, edit_task_plan
from hourledger.services.set_contour import set_contour as store_contour
from hourledger.services.task_hours import require_assignment
from hourledger.services.unassign import unassign
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.listing.planning import WORK_SCHEDULES
from models.queries.listing.projects import ASSIGNMENTS, PROJECTS, TASKS, TaskView
from resolvers.changes.left_out import given
from resolvers.context import RequestContext
from resolvers.ids import optional_row_id, row_id
from resolvers.mutations import Answer, Mutation, mutation

_DAYS_MAX = 4_000


@dataclass(frozen=True, slots=True)
class DayOfHours:
    """Hours of one day, in the API's terms."""

    day: date
    hours: Decimal


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day of a schedule; ``hours`` None: as its weekday again."""

    day: date
    hours: Decimal | None
    name: str


@mutation("editTask", TASKS)
async def edit_task(_context: RequestContext, unit: UnitOfWork, *, task_id: str, **fields: Any) -> Answer:
    """What is not given stays; the input leaves it out."""
    changed = given(**fields)
    number = row_id(task_id, "Task", "taskId")
    changes: PlanChanges = {}
    if "planned_hours" in changed:
        changes["planned_seconds"] = parse_hours(_needed(changed["planned_hours"], "plannedHours"))
    if "planned_start" in changed:
        changes["planned_start"] = changed["planned_start"]
    if "planned_completion" in changed:
        changes["planned_completion"] = changed["planned_completion"]
    if "first_day_hours" in changed:
        left = changed["first_day_hours"]
        changes["first_day_seconds"] = None if left is None else parse_hours(left)
    if "percent_complete" in changed:
        changes["percent_complete"] = _needed(changed["percent_complete"], "percentComplete")
    await edit_task_plan(unit, number, changes)
    return {"id": number}


@mutation("editAssignment", ASSIGNMENTS)
async def edit_assignment(_context: RequestContext, unit: UnitOfWork, *, assignment_id: str, **fields: Any) -> Answer:
    changed = given(**fields)
    number = row_id(assignment_id, "Assignment", "assignmentId")
    await require_assignment(unit, number)
    if "planned_hours" in changed:
        hours = changed["planned_hours"]
        await change_assignment(unit, number, None if hours is None else parse_hours(hours))
    return {"id": number}


@dataclass(frozen=True, slots=True)
class AssignmentRemoved:
    """The row id of what is gone, and the task as it is now."""

    id: int
    task: TaskView | None


async def _remove_assignment(_context: RequestContext, unit: UnitOfWork, *, assignment_id: str) -> Answer:
    number = row_id(assignment_id, "Assignment", "assignmentId")
    return {"id": number, "task": await unassign(unit, number)}


async def _removed(context: RequestContext, answer: Answer) -> AssignmentRemoved:
    task = await context.loaders.row(TASKS, answer["task"])
    return AssignmentRemoved(int(answer["id"]), task)


remove_assignment: Mutation[AssignmentRemoved] = Mutation("removeAssignment", _remove_assignment, _removed)


@mutation("setContour", ASSIGNMENTS)
async def set_contour(
    _context: RequestContext, unit: UnitOfWork, *, assignment_id: str, days: Sequence[DayOfHours]
) -> Answer:
    number = row_id(assignment_id, "Assignment", "assignmentId")
    _check_days([one.day for one in days])
    await store_contour(unit, number, {one.day: parse_hours(one.hours) for one in days})
    return {"id": number}


@mutation("createWorkSchedule", WORK_SCHEDULES)
async def create_work_schedule(
    _context: RequestContext, unit: UnitOfWork, *, name: str, weekday_hours: Sequence[Decimal], is_default: bool
) -> Answer:
    seconds = [parse_hours(one) for one in weekday_hours]
    return {"id": await work_schedules.create_work_schedule(unit, name, seconds, is_default=is_default)}


@mutation("editWorkSchedule", WORK_SCHEDULES)
async def edit_work_schedule(
    _context: RequestContext, unit: UnitOfWork, *, work_schedule_id: str, **fields: Any
) -> Answer:
    changed = given(**fields)
    number = row_id(work_schedule_id, "WorkSchedule", "workScheduleId")
    changes: work_schedules.ScheduleChanges = {}
    if "name" in changed:
        changes["name"] = _needed(changed["name"], "name")
    if "weekday_hours" in changed:
        changes["weekday_seconds"] = [parse_hours(one) for one in _needed(changed["weekday_hours"], "weekdayHours")]
    if "is_default" in changed:
        changes["is_default"] = _needed(changed["is_default"], "isDefault")
    await work_schedules.edit_work_schedule(unit, number, changes)
    return {"id": number}


@mutation("setWorkScheduleDays", WORK_SCHEDULES)
async def set_work_schedule_days(
    _context: RequestContext, unit: UnitOfWork, *, work_schedule_id: str, days: Sequence[SpecialDay]
) -> Answer:
    number = row_id(work_schedule_id, "WorkSchedule", "workScheduleId")
    _check_days([one.day for one in days])
    said = {
        one.day: None if one.hours is None else work_schedules.ScheduleDay(parse_hours(one.hours), one.name)
        for one in days
    }
    await work_schedules.set_schedule_days(unit, number, said)
    return {"id": number}


@mutation("chooseWorkSchedule", PROJECTS)
async def choose_work_schedule(
    _context: RequestContext, unit: UnitOfWork, *, project_id: str, work_schedule_id: str | None
) -> Answer:
    number = row_id(project_id, "Project", "projectId")
    chosen = optional_row_id(work_schedule_id, "WorkSchedule", "workScheduleId")
    await work_schedules.choose_work_schedule(unit, number, chosen)
    return {"id": number}


def _check_days(days: Sequence[date]) -> None:
    if len(set(days)) != len(days) or len(days) > _DAYS_MAX:
        raise Invalid(f"Give each day once, and at most {_DAYS_MAX} of them.", code="DAYS_INVALID", field="days")


def _needed(value: Any, field: str) -> Any:
    """What has a value always; leaving it out leaves it as it is. Raises Invalid VALUE_NEEDED on null."""
    if value is None:
        raise Invalid("This cannot be empty: give a value, or leave it out to keep it.", code="VALUE_NEEDED",
                      field=field)  # fmt: skip
    return value
