"""Change what is planned for a task: how many hours, when, and how far it is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, TypedDict

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, NotAllowed
from hourledger.core.finances import days_outside, require_plan, settled_task_seconds
from hourledger.core.finances.value import require_percent
from hourledger.core.money import decimal_hours
from hourledger.services.task_hours import TaskHours, lock_task_hours, settle_hours
from hourledger.services.unit_of_work import UnitOfWork
from models.queries import planning

_DAY_SECONDS = 24 * 3600
_PERCENT_STEP = Decimal("0.01")


class PlanChanges(TypedDict, total=False):
    """What is to be different; what is not named stays. ``first_day_seconds`` None: the first day is a whole one."""

    planned_seconds: int
    planned_start: date | None
    planned_completion: date | None
    first_day_seconds: int | None
    percent_complete: Decimal


async def edit_task_plan(unit: UnitOfWork, task_id: int, changes: PlanChanges) -> None:
    """The new hours are shared among the assignments without a number; contours stay while hours and dates allow.

    Raises:
        Missing TASK_UNKNOWN.
        NotAllowed PLAN_ON_PARENT. PLAN_IS_ASSIGNED: the assignments say other hours. CONTOUR_OUTSIDE_PLAN: somebody's
            split by hand has days outside the new dates.
        Invalid HOURS_INVALID, PLAN_REVERSED, PLAN_TOO_LONG, PERCENT_INVALID.
    """
    unit.require(Permission.EDIT_PROJECTS)
    hours = await lock_task_hours(unit, task_id)
    task = hours.task
    before = {name: getattr(task, name) for name in changes}
    after = {name: value for name, value in changes.items() if value != before[name]}
    if not after:
        return
    hours.require_leaf()
    for name, value in after.items():
        setattr(task, name, value)
    require_plan(task.planned_seconds, task.planned_start, task.planned_completion)
    _check_first_day(task.first_day_seconds)
    if "percent_complete" in after:
        task.percent_complete = _percent(task.percent_complete)
    if "planned_seconds" in after:
        _check_assigned(hours)
    await _check_contours(unit, hours)
    await settle_hours(unit, hours)
    unit.audit(
        "edit_plan", "task", task_id, before={name: _plain(before[name]) for name in after}, after=_all_plain(after)
    )
    unit.emit("TASK_PLAN_CHANGED", project_id=task.project_id, entity_id=task_id, name=task.name)


def _check_first_day(seconds: int | None) -> None:
    if seconds is not None and not 0 <= seconds <= _DAY_SECONDS:
        raise Invalid("What is left of the first day is 0 to 24 hours.", code="HOURS_INVALID", field="firstDayHours")


def _percent(percent: Decimal) -> Decimal:
    require_percent(percent, "percentComplete")
    if percent != percent.quantize(_PERCENT_STEP):
        raise Invalid("A percent has at most two decimals.", code="PERCENT_INVALID", field="percentComplete")
    return percent


def _check_assigned(hours: TaskHours) -> None:
    wanted = hours.task.planned_seconds
    possible = settled_task_seconds(wanted, hours.by_hand)
    if possible != wanted:
        raise NotAllowed(
            f"The assignments of {hours.task.name} have {decimal_hours(possible)} h by hand. Change theirs, or give "
            "one of them an equal share first.",
            code="PLAN_IS_ASSIGNED",
            field="plannedHours",
        )


async def _check_contours(unit: UnitOfWork, hours: TaskHours) -> None:
    """Only of contours that will stay: where the hours change, they go anyway."""
    task, seconds = hours.task, hours.seconds
    for assignment_id, days in (
        await planning.contours(unit.session, unit.organisation_id, task_ids=[task.id])
    ).items():
        outside = days_outside(days, task.planned_start, task.planned_completion)
        if outside and sum(days.values()) == seconds[assignment_id]:
            raise NotAllowed(
                f"Somebody split the hours of an assignment by day, and {outside[0]} is outside the new dates. "
                "Set or clear that split first.",
                code="CONTOUR_OUTSIDE_PLAN",
                field="plannedStart" if task.planned_start and outside[0] < task.planned_start else "plannedCompletion",
                assignment_id=assignment_id,
            )


def _all_plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int) else str(value)
