"""What every change of a plan has in common: the task and its assignments locked, and hours that fit afterwards."""

from __future__ import annotations

from dataclasses import dataclass

from hourledger.core.access import Permission
from hourledger.core.errors import Missing, NotAllowed
from hourledger.core.finances import assigned_seconds, require_seconds, settled_task_seconds
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.rebook_entries import follow_assignments
from hourledger.services.unit_of_work import UnitOfWork
from models.queries import planning
from models.queries.rebooking import lock_hours_of_task
from models.selecting import find_all, select_one
from models.tables import AssignmentRow, TaskRow


@dataclass
class TaskHours:
    """A task and its assignments, oldest first; nobody else changes them until the transaction ends."""

    task: TaskRow
    assignments: list[AssignmentRow]
    is_parent: bool
    seconds_before: int

    @property
    def by_hand(self) -> list[int | None]:
        """The hours given by hand; None: an equal share."""
        return [one.planned_seconds for one in self.assignments]

    @property
    def seconds(self) -> dict[int, int]:
        """What each assignment has, by id."""
        shares = assigned_seconds(self.task.planned_seconds, self.by_hand)
        return {one.id: seconds for one, seconds in zip(self.assignments, shares, strict=True)}

    def require_leaf(self, field: str | None = None) -> None:
        """Raises NotAllowed PLAN_ON_PARENT: the plan of a parent is the sum of the tasks below it (§2.6)."""
        if self.is_parent:
            raise NotAllowed(
                f"{self.task.name} has tasks below it: its plan is the sum of theirs. Change the plan of those.",
                code="PLAN_ON_PARENT",
                field=field,
            )


async def lock_task_hours(
    unit: UnitOfWork, task_id: int, field: str = "taskId", *, with_logged: bool = False
) -> TaskHours:
    """``with_logged``: the hours logged on it as well, because who is assigned decides how they are billed.

    Raises Missing TASK_UNKNOWN.
    """
    if with_logged:
        await lock_hours_of_task(unit.session, unit.organisation_id, task_id)
    task = await select_one(unit.session, TaskRow, unit.organisation_id, task_id, lock=True)
    if task is None:
        raise Missing(f"There is no task {task_id}.", code="TASK_UNKNOWN", field=field)
    assignments = await find_all(unit.session, AssignmentRow, unit.organisation_id, lock=True, task_id=task_id)
    is_parent = await planning.has_children(unit.session, unit.organisation_id, task_id)
    return TaskHours(task, assignments, is_parent, task.planned_seconds)


async def settle_assignees(unit: UnitOfWork, hours: TaskHours) -> None:
    """Store who is assigned now; logged hours are booked as the row says that speaks for them, planned hours fit.

    Raises what ``settle_hours`` raises.
    """
    await settle_hours(unit, hours)
    if await follow_assignments(unit, [hours.task.id]):
        await emit_finances_changed(unit, [hours.task.project_id], cause="ASSIGNMENT_CHANGED")


async def lock_assignment(
    unit: UnitOfWork, assignment_id: int, *, with_logged: bool = False
) -> tuple[AssignmentRow, TaskHours]:
    """The assignment with its task and the others on it. Raises Missing ASSIGNMENT_UNKNOWN."""
    found = await select_one(unit.session, AssignmentRow, unit.organisation_id, assignment_id)
    task = None if found is None else await select_one(unit.session, TaskRow, unit.organisation_id, found.task_id)
    hours = await lock_task_hours(unit, task.id, with_logged=with_logged) if task else None
    # Somebody may have removed it while we waited for the task.
    for row in hours.assignments if hours else ():
        if hours and row.id == assignment_id:
            return row, hours
    raise _unknown(assignment_id)


async def require_assignment(unit: UnitOfWork, assignment_id: int) -> None:
    """That it is there and the caller may change it, even where nothing of it is to change.

    Raises Missing ASSIGNMENT_UNKNOWN, Denied.
    """
    unit.require(Permission.EDIT_PROJECTS)
    found = await select_one(unit.session, AssignmentRow, unit.organisation_id, assignment_id)
    if found is None or await select_one(unit.session, TaskRow, unit.organisation_id, found.task_id) is None:
        raise _unknown(assignment_id)


async def settle_hours(unit: UnitOfWork, hours: TaskHours) -> None:
    """Store what was changed; the task's hours fit its assignments, contours that do not sum any more are dropped.

    All hours given by hand: the task's are their sum. Some: the task has at least these, the others share the rest.
    A parent's own hours count for nothing and stay as they are. Without any hours no figure can have changed.

    Raises:
        Invalid HOURS_INVALID: the sum is more than some 68 years.
    """
    task = hours.task
    if not hours.is_parent:
        task.planned_seconds = settled_task_seconds(task.planned_seconds, hours.by_hand)
        require_seconds(task.planned_seconds)
    unit.session.add_all([task, *hours.assignments])
    await unit.session.flush()
    await _drop_stale_contours(unit, hours)
    if hours.seconds_before or task.planned_seconds:
        await emit_finances_changed(unit, [task.project_id], cause="PLAN_CHANGED")


async def _drop_stale_contours(unit: UnitOfWork, hours: TaskHours) -> None:
    contours = await planning.contours(unit.session, unit.organisation_id, task_ids=[hours.task.id])
    seconds = hours.seconds
    stale = {one: days for one, days in contours.items() if sum(days.values()) != seconds[one]}
    if not stale:
        return
    await planning.clear_contours(unit.session, list(stale))
    for assignment_id, days in stale.items():
        before = {day.isoformat(): share for day, share in days.items()}
        unit.audit("drop_contour", "assignment", assignment_id, reason="Its planned hours changed", before=before)


def _unknown(assignment_id: int) -> Missing:
    return Missing(f"There is no assignment {assignment_id}.", code="ASSIGNMENT_UNKNOWN", field="assignmentId")
