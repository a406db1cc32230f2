"""Take a person or a role off a task."""

from __future__ import annotations

from hourledger.core.access import Permission
from hourledger.core.errors import NotAllowed
from hourledger.core.work import CostType, RevenueType
from hourledger.services.task_hours import TaskHours, lock_assignment, settle_assignees
from hourledger.services.unit_of_work import UnitOfWork
from models.queries import planning
from models.selecting import find_all
from models.tables import AssignmentRow, RateLineRow, RateScopeRow


async def unassign(unit: UnitOfWork, assignment_id: int) -> int:
    """Returns the task's id. Hours given by hand leave with the assignment; a share goes to the others (CT-35).

    Without anybody given hours by hand the task keeps all of its hours, whoever leaves. The oldest one left becomes
    primary. Rates of the assignment are retired; hours logged meanwhile keep their value (§4.1), and are booked at once
    as the row says that speaks for them now.

    Raises:
        Missing ASSIGNMENT_UNKNOWN.
        NotAllowed HAS_LOGGED_HOURS: on a USER_AND_ROLE_HOURLY task whoever has logged hours stays assigned (§3.4).
    """
    unit.require(Permission.EDIT_PROJECTS)
    row, hours = await lock_assignment(unit, assignment_id, with_logged=True)
    await _check_logged(unit, row, hours)
    task = hours.task
    before = {
        "task_id": task.id,
        "person_id": row.person_id,
        "role_id": row.role_id,
        "is_primary": row.is_primary,
        "planned_seconds": row.planned_seconds,
        "task_seconds": task.planned_seconds,
    }
    await _retire_rates(unit, assignment_id)
    await planning.clear_contours(unit.session, [assignment_id])
    hours.assignments.remove(row)
    await unit.session.delete(row)
    await unit.session.flush()
    if row.is_primary and hours.assignments:
        hours.assignments[0].is_primary = True
    if row.planned_seconds is not None and not hours.is_parent:
        task.planned_seconds = max(0, task.planned_seconds - row.planned_seconds)
    await settle_assignees(unit, hours)
    unit.audit("delete", "assignment", assignment_id, before=before, after={"task_seconds": task.planned_seconds})
    unit.emit("ASSIGNMENT_REMOVED", project_id=task.project_id, entity_id=assignment_id, task_id=task.id)
    return task.id


async def _check_logged(unit: UnitOfWork, row: AssignmentRow, hours: TaskHours) -> None:
    task = hours.task
    by_hierarchy = (
        task.cost_type is CostType.USER_AND_ROLE_HOURLY or task.revenue_type.hourly is RevenueType.USER_AND_ROLE_HOURLY
    )
    stays = any(one.person_id == row.person_id and one.id != row.id for one in hours.assignments)
    if not by_hierarchy or row.person_id is None or stays:
        return
    if await planning.has_logged(unit.session, unit.organisation_id, task.id, row.person_id):
        raise NotAllowed(
            f"This person has logged hours on {task.name}, whose rates depend on who is assigned. Give them 0 planned "
            "hours instead, or delete or move the logged hours first.",
            code="HAS_LOGGED_HOURS",
            field="assignmentId",
        )


async def _retire_rates(unit: UnitOfWork, assignment_id: int) -> None:
    scopes = await find_all(unit.session, RateScopeRow, unit.organisation_id, assignment_id=assignment_id)
    if not scopes:
        return
    lines = await find_all(
        unit.session, RateLineRow, unit.organisation_id, scope_id={one.id for one in scopes}, retired_at=None
    )
    for line in lines:
        line.retired_at = unit.now
        unit.session.add(line)
    await unit.session.flush()
