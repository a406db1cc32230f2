"""Expenses on a project or one of its tasks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hourledger.core.access import Permission
from hourledger.core.errors import Missing
from hourledger.core.work import EntryStatus
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.unit_of_work import UnitOfWork
from models.queries import actuals
from models.selecting import find_one, select_one
from models.tables import ExpenseRow, ExpenseTypeRow, ProjectRow, TaskRow


@dataclass(frozen=True, slots=True)
class ExpenseDraft:
    """Amounts in minor units of the project's currency; negative ones are credits. ``paid_on``: None means today."""

    project_id: int
    expense_type: str
    description: str
    task_id: int | None = None
    planned_minor: int = 0
    actual_minor: int = 0
    planned_on: date | None = None
    paid_on: date | None = None
    is_billable: bool = False
    is_reimbursable: bool = False


async def add_expense(unit: UnitOfWork, draft: ExpenseDraft) -> int:
    """Store an expense; with an actual amount it becomes an actual at once, or on approval. Returns its id.

    Raises:
        Missing PROJECT_UNKNOWN, TASK_UNKNOWN, EXPENSE_TYPE_UNKNOWN.
    """
    unit.require(Permission.EDIT_GENERAL_FINANCE)
    project = await select_one(unit.session, ProjectRow, unit.organisation_id, draft.project_id)
    if project is None:
        raise Missing(f"There is no project {draft.project_id}.", code="PROJECT_UNKNOWN", field="projectId")
    if draft.task_id is not None:
        task = await select_one(unit.session, TaskRow, unit.organisation_id, draft.task_id)
        if task is None or task.project_id != project.id:
            raise Missing(f"Project {project.code} has no task {draft.task_id}.", code="TASK_UNKNOWN", field="taskId")
    found = await find_one(unit.session, ExpenseTypeRow, unit.organisation_id, name=draft.expense_type)
    if found is None:
        raise Missing(
            f"There is no expense type {draft.expense_type!r}.", code="EXPENSE_TYPE_UNKNOWN", field="expenseType"
        )
    row = ExpenseRow(
        organisation_id=unit.organisation_id,
        project_id=project.id,
        task_id=draft.task_id,
        expense_type_id=found.id,
        description=draft.description,
        planned_minor=draft.planned_minor,
        actual_minor=draft.actual_minor,
        planned_on=draft.planned_on,
        paid_on=draft.paid_on or unit.today,
        is_billable=draft.is_billable,
        is_reimbursable=draft.is_reimbursable,
        status=EntryStatus.DRAFT if project.require_time_approval else EntryStatus.APPROVED,
        entered_at=unit.now,
        entered_by=unit.principal.subject,
    )
    unit.session.add(row)
    await unit.session.flush()
    await actuals.append_for_expenses(unit.session, unit.organisation_id, [row.id], at=unit.now)
    await emit_finances_changed(unit, [project.id], cause="EXPENSE_ADDED")
    return row.id
