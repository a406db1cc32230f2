"""Copy a task with everything below it; its hours stay behind (project-finances §4.7)."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from hourledger.core.access import Permission
from hourledger.core.errors import Conflict, Invalid, Missing
from hourledger.services.copy_expenses import copy_expenses
from hourledger.services.copy_project_rates import copy_rates
from hourledger.services.copy_task_tree import Shift, copy_task_tree
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.template_currency import template_currency
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.structure import task_ids_of_tree
from models.selecting import find_all, hold_all, select_kept, select_one
from models.tables import ExpenseRow, ProjectRow, TaskRow


@dataclass(frozen=True, slots=True)
class Copy:
    """Where to: ``project_id`` None is the project of the task to go under, else its own; ``under_task_id`` None is the
    top of the project.

    ``with_finances``: types, amounts and the rates of tasks and assignments; else NO_COST and NOT_BILLABLE.
    ``with_expenses``: its expenses, as planned ones; nothing of them is spent twice.
    """

    project_id: int | None = None
    under_task_id: int | None = None
    with_finances: bool = True
    with_expenses: bool = True


async def copy_task(unit: UnitOfWork, task_id: int, copy: Copy) -> int:
    """A new task, not begun, with new tasks below it, the same people, roles, plan and contours; returns its id.

    Hours, progress and what was billed stay with the original. A name that is taken gets a number behind it.

    Raises:
        Missing TASK_UNKNOWN (an issue has no plan to copy), PROJECT_UNKNOWN; NotAllowed PROJECT_COMPLETE.
        Conflict TASK_MOVED; Invalid COPY_CURRENCY: it has amounts in another currency than the project it goes to.
        NotAllowed RATES_PRESERVED: it has rates of its own, and that project keeps its billing rates (§3.8).
        Denied: EDIT_PROJECTS; EDIT_GENERAL_FINANCE for expenses; for rates those of set_rate.
    """
    unit.require(Permission.EDIT_PROJECTS)
    source, target = await _projects(unit, task_id, copy)
    ids = await task_ids_of_tree(unit.session, unit.organisation_id, task_id)
    tasks = await find_all(unit.session, TaskRow, unit.organisation_id, id=ids)
    expenses = await find_all(unit.session, ExpenseRow, unit.organisation_id, task_id=ids, deleted_at=None)
    if not copy.with_expenses:
        expenses = []
    _require_one_currency(source, target, tasks if copy.with_finances else [], expenses)
    money = await template_currency(unit, target, source, planned_days=(), expense_days=())
    copied = await copy_task_tree(
        unit, source, target, tasks, Shift(), money, with_finances=copy.with_finances, under=copy.under_task_id
    )
    await copy_expenses(unit, target, expenses, copied, Shift(), money)
    rates = await copy_rates(unit, None, target.id, copied) if copy.with_finances else 0
    made = copied.tasks[task_id]
    unit.audit("copy", "task", made, after=asdict(copy) | {"of": task_id, "tasks": len(ids), "rates": rates})
    unit.emit("TASK_COPIED", project_id=target.id, entity_id=made, of=task_id)
    await emit_finances_changed(unit, [target.id], cause="TASK_COPIED")
    return made


async def _projects(unit: UnitOfWork, task_id: int, copy: Copy) -> tuple[ProjectRow, ProjectRow]:
    """The project it is on, and the one it goes to; their currencies and tasks stay as they are meanwhile. The task to
    go under is checked later."""
    task = await select_one(unit.session, TaskRow, unit.organisation_id, task_id)
    if task is None or task.is_issue:
        raise Missing(f"There is no task {task_id}.", code="TASK_UNKNOWN", field="taskId")
    wanted = copy.project_id
    if wanted is None and copy.under_task_id is not None:
        above = await select_one(unit.session, TaskRow, unit.organisation_id, copy.under_task_id)
        if above is None:
            raise Missing(f"There is no task {copy.under_task_id}.", code="TASK_UNKNOWN", field="underTaskId")
        wanted = above.project_id
    target_id = task.project_id if wanted is None else wanted
    held = await hold_all(unit.session, ProjectRow, unit.organisation_id, {task.project_id, target_id})
    projects = {row.id: row for row in held}
    if target_id not in projects:
        raise Missing(f"There is no project {target_id}.", code="PROJECT_UNKNOWN", field="toProjectId")
    still = await select_kept(unit.session, TaskRow, unit.organisation_id, task_id)
    if still is None or still.project_id not in projects:
        raise Conflict(f"Somebody moved {task.name} just now. Read it again.", code="TASK_MOVED", field="taskId")
    return projects[still.project_id], projects[target_id]


def _require_one_currency(
    source: ProjectRow, target: ProjectRow, tasks: list[TaskRow], expenses: list[ExpenseRow]
) -> None:
    amounts = {amount for one in tasks for amount in (one.cost_rate_scaled, one.billing_rate_scaled)}
    amounts |= {one.billing_amount_minor for one in tasks}
    if source.currency != target.currency and (amounts - {None} or expenses):
        raise Invalid(
            f"It has amounts in {source.currency}, and {target.code} is in {target.currency}; they are not converted. "
            "Copy it without financial information and without expenses.",
            code="COPY_CURRENCY",
            field="toProjectId",
        )
