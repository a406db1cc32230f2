"""Say by hand on which days an assignment's hours fall."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from hourledger.core.access import Permission
from hourledger.core.finances import require_contour
from hourledger.services.task_hours import lock_assignment, settle_hours
from hourledger.services.unit_of_work import UnitOfWork
from models.queries import planning
from models.tables import AssignmentDayRow


async def set_contour(unit: UnitOfWork, assignment_id: int, days: Mapping[date, int]) -> None:
    """Seconds per day, replacing the whole split; no days (or only zeros): back to the equal spread.

    It wins in every view. It goes when the assignment's hours change, and keeps the task's dates from excluding it.

    Raises:
        Missing ASSIGNMENT_UNKNOWN; NotAllowed PLAN_ON_PARENT.
        Invalid CONTOUR_HOURS, CONTOUR_SUM, CONTOUR_OUTSIDE_PLAN.
    """
    unit.require(Permission.EDIT_PROJECTS)
    row, hours = await lock_assignment(unit, assignment_id)
    hours.require_leaf("days")
    task = hours.task
    worked = {day: seconds for day, seconds in sorted(days.items()) if seconds}
    if worked:
        require_contour(worked, hours.seconds[assignment_id], task.planned_start, task.planned_completion)
    known = await planning.contours(unit.session, unit.organisation_id, task_ids=[task.id])
    before = known.get(assignment_id, {})
    if worked == before:
        return
    await planning.clear_contours(unit.session, [assignment_id])
    unit.session.add_all(
        AssignmentDayRow(organisation_id=unit.organisation_id, assignment_id=row.id, day=day, seconds=seconds)
        for day, seconds in worked.items()
    )
    await settle_hours(unit, hours)
    unit.audit("set_contour", "assignment", assignment_id, before=_by_text(before), after=_by_text(worked))
    unit.emit("ASSIGNMENT_CHANGED", project_id=task.project_id, entity_id=assignment_id)


def _by_text(days: Mapping[date, int]) -> dict[str, int]:
    return {day.isoformat(): seconds for day, seconds in days.items()}
