"""The factor by which planned revenue of a task counts, for work at overtime prices (project-finances §3.9)."""

from __future__ import annotations

from decimal import Decimal

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing
from hourledger.core.work import RevenueType
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import select_one
from models.tables import TaskRow

_DECIMALS_MAX = 4
_RATIO_BELOW = 1000


async def set_overtime_ratio(unit: UnitOfWork, task_id: int, ratio: Decimal | None) -> None:
    """For all assignments of the task; None means no factor. Actual revenue and all costs do not follow it.

    Raises:
        Missing TASK_UNKNOWN; Denied PERMISSION_DENIED.
        Invalid OVERTIME_RATIO_INVALID: above 0 and below 1000, at most four decimals.
        Invalid OVERTIME_NEEDS_USER_AND_ROLE: the task earns by another revenue type.
    """
    unit.require(Permission.EDIT_PROJECTS)
    unit.require(Permission.EDIT_BILLING_RATES)
    task = await select_one(unit.session, TaskRow, unit.organisation_id, task_id, lock=True)
    if task is None or task.is_issue:
        raise Missing(f"There is no task {task_id}.", code="TASK_UNKNOWN", field="taskId")
    if ratio is not None:
        _require_ratio(ratio)
        if task.revenue_type is not RevenueType.USER_AND_ROLE_HOURLY:
            raise Invalid(
                f"Task {task.name} earns by {task.revenue_type.value}; an overtime ratio is only for "
                "USER_AND_ROLE_HOURLY. Change its revenue type first, or leave the ratio empty.",
                code="OVERTIME_NEEDS_USER_AND_ROLE",
                field="overtimeRatio",
            )
    before = task.overtime_ratio
    if before == ratio:
        return
    task.overtime_ratio = ratio
    unit.session.add(task)
    await unit.session.flush()
    unit.audit(
        "edit", "task", task_id, before={"overtime_ratio": _text(before)}, after={"overtime_ratio": _text(ratio)}
    )
    unit.emit("TASK_CHANGED", project_id=task.project_id, entity_id=task_id, overtime_ratio=_text(ratio))
    await emit_finances_changed(unit, [task.project_id], cause="OVERTIME_RATIO_CHANGED")


def _require_ratio(ratio: Decimal) -> None:
    exponent = ratio.normalize().as_tuple().exponent if ratio.is_finite() else None
    if not isinstance(exponent, int) or not 0 < ratio < _RATIO_BELOW or exponent < -_DECIMALS_MAX:
        raise Invalid(
            f"{ratio} is not an overtime ratio: give a factor above 0 and below {_RATIO_BELOW}, such as 1.5, with at "
            f"most {_DECIMALS_MAX} decimals.",
            code="OVERTIME_RATIO_INVALID",
            field="overtimeRatio",
        )


def _text(ratio: Decimal | None) -> str | None:
    return None if ratio is None else f"{ratio.normalize():f}"
