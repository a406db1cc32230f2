"""Delete a project of which nothing has been billed, and restore it (project-finances §1.1, §4.4, §4.7)."""

from __future__ import annotations

from hourledger.core.access import Permission
from hourledger.core.errors import Conflict, Missing
from hourledger.services.delete_task import delete_hours
from hourledger.services.period_locks import require_open_work
from hourledger.services.preferences import HoursOfDeletedProject, preferences
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.rate_entries import rate_entries
from hourledger.services.task_tree import append_actuals, refusal_of, reverse_actuals
from hourledger.services.unit_of_work import UnitOfWork
from models.queries import structure
from models.queries.rebooking import fit_hour_types
from models.queries.structure import Work
from models.selecting import find_all, find_one, hold_all, select_one
from models.tables import ProjectRow, TaskRow, ValuationCause


async def delete_project(unit: UnitOfWork, project_id: int, *, reason: str = "") -> None:
    """It is gone with its tasks, issues, expenses, risks, baselines, rates and budgets. Its hours become general time
    and are rated as such, each by its own day; or they are deleted, as the organisation chose.

    Nothing is thrown away: rows stay as history, their actuals reversed, and ``restore_project`` brings it back.

    Raises:
        Missing PROJECT_UNKNOWN, EXCHANGE_RATE_MISSING.
        NotAllowed BILLED, ON_BILLING_RECORD: some of it is on a billing record that is not deleted (§4.4).
            PERIOD_LOCKED.
        Denied: EDIT_PROJECTS, EDIT_GENERAL_FINANCE.
    """
    unit.require(Permission.EDIT_PROJECTS)
    unit.require(Permission.EDIT_GENERAL_FINANCE)
    project, tasks, work = await _lock(unit, project_id)
    found = await structure.on_record_of_project(unit.session, unit.organisation_id, project_id)
    if found is not None:
        raise refusal_of(found, project.code)
    await require_open_work(unit, work, [project_id], "projectId")
    chosen = preferences(unit).on_project_delete
    await reverse_actuals(unit, work)
    await structure.mark_deleted(unit.session, Work(expenses=work.expenses), at=unit.now)
    if chosen is HoursOfDeletedProject.DELETE:
        await delete_hours(unit, work, reason=reason or f"Project {project.code} was deleted")
    else:
        await structure.make_hours_general(unit.session, work.entries)
        await fit_hour_types(unit.session, unit.organisation_id, work.entries)
        await rate_entries(unit, work.entries, ValuationCause.MOVED, moved_from=project_id)
    for row in (project, *tasks):
        row.deleted_at = unit.now
    unit.session.add_all([project, *tasks])
    await unit.session.flush()
    before = {
        "code": project.code,
        "hours": len(work.entries),
        "expenses": len(work.expenses),
        "on_project_delete": chosen.value,
    }
    unit.audit("delete", "project", project_id, reason=reason, before=before)
    unit.emit("PROJECT_DELETED", project_id=project_id, entity_id=project_id, code=project.code)


async def restore_project(unit: UnitOfWork, project_id: int) -> None:
    """Bring a deleted project back with everything that was deleted with it but hours: those that became general time
    stay so, and deleted ones stay deleted. Its expenses are actuals again.

    Raises:
        Missing PROJECT_UNKNOWN: there is no deleted project of this id. Conflict CODE_TAKEN.
        Denied: EDIT_PROJECTS, EDIT_GENERAL_FINANCE.
    """
    unit.require(Permission.EDIT_PROJECTS)
    unit.require(Permission.EDIT_GENERAL_FINANCE)
    project = await structure.lock_deleted_project(unit.session, unit.organisation_id, project_id)
    if project is None or project.deleted_at is None:
        raise Missing(f"There is no deleted project {project_id}.", code="PROJECT_UNKNOWN", field="projectId")
    if await find_one(unit.session, ProjectRow, unit.organisation_id, code=project.code) is not None:
        raise Conflict(
            f"Another project is called {project.code} by now. Delete or finish that one first.",
            code="CODE_TAKEN",
            field="projectId",
        )
    deleted_at, project.deleted_at = project.deleted_at, None
    unit.session.add(project)
    await unit.session.flush()
    expenses = await structure.bring_back(unit.session, unit.organisation_id, project_id, deleted_at=deleted_at)
    await append_actuals(unit, Work(expenses=expenses))
    unit.audit("restore", "project", project_id, before={"deleted_at": deleted_at.isoformat()})
    unit.emit("PROJECT_RESTORED", project_id=project_id, entity_id=project_id, code=project.code)
    await emit_finances_changed(unit, [project_id], cause="PROJECT_RESTORED")


async def _lock(unit: UnitOfWork, project_id: int) -> tuple[ProjectRow, list[TaskRow], Work]:
    """In the order of ``task_tree.lock_tree``: those who hold some of the work may finish, then nobody begins."""
    session, organisation_id = unit.session, unit.organisation_id
    await hold_all(session, ProjectRow, organisation_id, [project_id])
    held = await find_all(session, TaskRow, organisation_id, project_id=project_id)
    await hold_all(session, TaskRow, organisation_id, [task.id for task in held])
    await structure.lock_work_of_project(session, organisation_id, project_id)
    project = await select_one(session, ProjectRow, organisation_id, project_id, lock=True)
    if project is None:
        raise Missing(f"There is no project {project_id}.", code="PROJECT_UNKNOWN", field="projectId")
    tasks = await find_all(session, TaskRow, organisation_id, lock=True, project_id=project_id)
    return project, tasks, await structure.lock_work_of_project(session, organisation_id, project_id)
