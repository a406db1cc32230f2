"""Change how far a task is. Nothing logged is rated anew; fixed revenue appears and leaves (§2.5, §4.1 row 8)."""

from __future__ import annotations

from decimal import Decimal

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing, NotAllowed
from hourledger.core.finances.value import require_percent
from hourledger.core.work import ProjectStatus, TaskStatus
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_all, select_one
from models.tables import ProjectRow, TaskRow

_DONE = Decimal(100)


async def set_task_status(
    unit: UnitOfWork, task_id: int, status: TaskStatus, *, percent_complete: Decimal | None = None
) -> None:
    """A complete task is 100 percent complete; any other keeps its percent, after reopening too, unless one is given.

    Raises:
        Missing TASK_UNKNOWN.
        NotAllowed PROJECT_COMPLETE: a complete project has complete tasks only (§4.6).
        Invalid PERCENT_INVALID: outside 0 to 100, or not 100 for a complete task.
            PERCENT_ON_PARENT: that of a parent follows from its children.
    """
    unit.require(Permission.EDIT_PROJECTS)
    found = await select_one(unit.session, TaskRow, unit.organisation_id, task_id)
    if found is None:
        raise Missing(f"There is no task {task_id}.", code="TASK_UNKNOWN", field="taskId")
    # The project first, as who completes the project does: neither waits for the other for ever.
    project = await select_one(unit.session, ProjectRow, unit.organisation_id, found.project_id, lock=True)
    task = await select_one(unit.session, TaskRow, unit.organisation_id, task_id, lock=True)
    if project is None or task is None:
        raise Missing(f"There is no task {task_id}.", code="TASK_UNKNOWN", field="taskId")
    if project.status is ProjectStatus.COMPLETE and status is not TaskStatus.COMPLETE:
        raise NotAllowed(
            f"Project {project.code} is complete, and so are all its tasks: reopen the project first.",
            code="PROJECT_COMPLETE",
            field="status",
        )
    percent = await _percent(unit, task, status, percent_complete)
    if (task.status, task.percent_complete) == (status, percent):
        return
    before = {"status": task.status.value, "percent_complete": str(task.percent_complete)}
    task.status, task.percent_complete = status, percent
    unit.session.add(task)
    await unit.session.flush()
    unit.audit(
        "set_status", "task", task_id, before=before, after={"status": status.value, "percent_complete": str(percent)}
    )
    unit.emit("TASK_STATUS_CHANGED", project_id=project.id, entity_id=task_id, status=status.value)
    await emit_finances_changed(unit, [project.id], cause="TASK_STATUS_CHANGED")


async def _percent(unit: UnitOfWork, task: TaskRow, status: TaskStatus, given: Decimal | None) -> Decimal:
    if given is None:
        return _DONE if status is TaskStatus.COMPLETE else task.percent_complete
    require_percent(given, "percent_complete")
    if given != round(given, 2) or (status is TaskStatus.COMPLETE and given != _DONE):
        raise Invalid(
            "A percent has two digits after the point at most, and a complete task is at 100.",
            code="PERCENT_INVALID",
            field="percent_complete",
        )
    if await find_all(unit.session, TaskRow, unit.organisation_id, parent_id=task.id):
        raise Invalid(
            f"Task {task.name!r} has tasks below it, and its percent follows from theirs: set theirs.",
            code="PERCENT_ON_PARENT",
            field="percent_complete",
        )
    return given
