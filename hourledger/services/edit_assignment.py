"""Change how many hours of a task an assignment has."""

from __future__ import annotations

from hourledger.core.access import Permission
from hourledger.core.finances import require_seconds
from hourledger.services.task_hours import lock_assignment, settle_hours
from hourledger.services.unit_of_work import UnitOfWork


async def edit_assignment(unit: UnitOfWork, assignment_id: int, planned_seconds: int | None) -> None:
    """Hours by hand, or None: an equal share of what the others leave. A contour that does not fit any more is dropped.

    The task keeps its hours while somebody shares the rest, and grows when more than them is given by hand; when all
    are given by hand it has their sum (§1.4, CT-35).

    Raises:
        Missing ASSIGNMENT_UNKNOWN; NotAllowed PLAN_ON_PARENT; Invalid HOURS_INVALID.
    """
    unit.require(Permission.EDIT_PROJECTS)
    row, hours = await lock_assignment(unit, assignment_id)
    if row.planned_seconds == planned_seconds:
        return
    hours.require_leaf("plannedHours")
    if planned_seconds is not None:
        require_seconds(planned_seconds)
    before = {"planned_seconds": row.planned_seconds, "task_seconds": hours.task.planned_seconds}
    row.planned_seconds = planned_seconds
    await settle_hours(unit, hours)
    after = {"planned_seconds": planned_seconds, "task_seconds": hours.task.planned_seconds}
    unit.audit("edit", "assignment", assignment_id, before=before, after=after)
    unit.emit("ASSIGNMENT_CHANGED", project_id=hours.task.project_id, entity_id=assignment_id)
