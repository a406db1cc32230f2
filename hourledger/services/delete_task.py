"""Delete a task or issue with everything below it. Its work stays on the project, or goes too (§1.1, §4.7)."""

from __future__ import annotations

from hourledger.core.access import Permission
from hourledger.core.errors import NotAllowed
from hourledger.services.period_locks import require_open_work
from hourledger.services.preferences import HoursOfDeletedTask, preferences
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.rate_entries import rate_entries
from hourledger.services.task_tree import (
    TaskTree,
    append_actuals,
    lock_tree,
    require_not_on_record,
    reverse_actuals,
    settle_parent,
)
from hourledger.services.unit_of_work import UnitOfWork
from models.queries import structure
from models.queries.rebooking import fit_hour_types
from models.queries.structure import Work
from models.tables import ValuationCause


async def delete_task(unit: UnitOfWork, task_id: int, *, reason: str = "") -> int:
    """Returns the id of its project, whose expenses its expenses become.

    Its hours become hours on the project itself and are rated as such, each by its own day; or they are deleted, as the
    organisation chose. Rows stay as history, their actuals reversed.

    Raises:
        Missing TASK_UNKNOWN, EXCHANGE_RATE_MISSING; Conflict TASK_MOVED.
        NotAllowed BILLED, ON_BILLING_RECORD, FIXED_AMOUNT_BILLED, FIXED_AMOUNT_ON_RECORD (C-26, §4.5). PERIOD_LOCKED.
            HAS_LOGGED_HOURS: the organisation deletes nothing that has hours.
    Source: project-finances §1.1, §4.4, §4.7.
    """
    unit.require(Permission.EDIT_PROJECTS)
    tree, _ = await lock_tree(unit, task_id)
    project_id, parent_id = tree.root.project_id, tree.root.parent_id
    chosen = preferences(unit)
    if tree.work.entries and not chosen.allow_delete_with_logged_hours:
        raise NotAllowed(
            f"{tree.root.name} has logged hours, and nothing with hours is deleted here. Move the hours first.",
            code="HAS_LOGGED_HOURS",
            field="taskId",
        )
    await require_not_on_record(unit, tree)
    await require_open_work(unit, tree.work, [project_id], "taskId")
    await reverse_actuals(unit, tree.work)
    await structure.put_expenses_on_project(unit.session, tree.work.expenses)
    if chosen.on_task_or_issue_delete is HoursOfDeletedTask.DELETE:
        await delete_hours(unit, tree.work, reason=reason or f"{tree.root.name} was deleted")
    else:
        await structure.put_hours_on_project(unit.session, tree.work.entries)
        await fit_hour_types(unit.session, unit.organisation_id, tree.work.entries)
    await _mark(unit, tree)
    if chosen.on_task_or_issue_delete is HoursOfDeletedTask.MOVE_TO_PROJECT:
        await rate_entries(unit, tree.work.entries, ValuationCause.EDITED)
    await append_actuals(unit, tree.work)
    await settle_parent(unit, parent_id)
    before = {
        "project": project_id,
        "parent": parent_id,
        "name": tree.root.name,
        "tasks": tree.ids,
        "hours": len(tree.work.entries),
        "on_task_or_issue_delete": chosen.on_task_or_issue_delete.value,
    }
    unit.audit("delete", "task", task_id, reason=reason, before=before)
    if tree.has_fixed_amounts:  # history cannot tell those of before (as_of)
        unit.audit("delete_task", "project", project_id, reason=reason, before={**before, "task": task_id})
    unit.emit("TASK_DELETED", project_id=project_id, entity_id=task_id, name=tree.root.name)
    await emit_finances_changed(unit, [project_id], cause="TASK_DELETED")
    return project_id


async def delete_hours(unit: UnitOfWork, work: Work, *, reason: str) -> None:
    """Of this work the hours, whose actuals have been reversed; each is told in the time journal."""
    await structure.mark_deleted(unit.session, Work(entries=work.entries), at=unit.now)
    for entry_id in work.entries:
        unit.audit("delete", "time_entry", entry_id, reason=reason)


async def _mark(unit: UnitOfWork, tree: TaskTree) -> None:
    """Deleted, and off the task it was under: that one may have nothing below it any more."""
    for task in tree.tasks:
        task.deleted_at = unit.now
    tree.root.parent_id = None
    unit.session.add_all(tree.tasks)
    await unit.session.flush()
