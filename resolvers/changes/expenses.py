"""Adding, editing and deleting expenses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hourledger.core.errors import Missing
from hourledger.core.money import Money
from hourledger.services import edit_expense as editing
from hourledger.services.add_expense import ExpenseDraft
from hourledger.services.add_expense import add_expense as store_expense
from hourledger.services.changes import SAME
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.listing.expenses import EXPENSES
from resolvers.changes.left_out import as_it_is, unless_left_out
from resolvers.changes.projects import project_currency
from resolvers.changes.removing import deletion
from resolvers.context import RequestContext
from resolvers.ids import optional_row_id, row_id
from resolvers.mutations import Answer, mutation


@mutation("addExpense", EXPENSES)
async def add_expense(
    _context: RequestContext,
    unit: UnitOfWork,
    *,
    project_id: str,
    task_id: str | None,
    expense_type: str,
    description: str,
    planned_amount: Decimal | None,
    actual_amount: Decimal | None,
    planned_units: Decimal | None,
    actual_units: Decimal | None,
    planned_on: date | None,
    paid_on: date | None,
    is_billable: bool,
    is_reimbursable: bool,
    is_reimbursed: bool,
) -> Answer:
    number = row_id(project_id, "Project", "projectId")
    currency = await project_currency(unit, number)
    draft = ExpenseDraft(
        project_id=number,
        expense_type=expense_type,
        description=description,
        task_id=optional_row_id(task_id, "Task", "taskId"),
        planned_minor=Money.of(planned_amount or 0, currency).minor,
        actual_minor=Money.of(actual_amount or 0, currency).minor,
        planned_units=planned_units,
        actual_units=actual_units,
        planned_on=planned_on,
        paid_on=paid_on,
        is_billable=is_billable,
        is_reimbursable=is_reimbursable,
        is_reimbursed=is_reimbursed,
    )
    return {"id": await store_expense(unit, draft)}


@mutation("editExpense", EXPENSES)
async def edit_expense(
    _context: RequestContext,
    unit: UnitOfWork,
    *,
    expense_id: str,
    task_id: Any,
    expense_type: str | None,
    description: str | None,
    planned_amount: Any,
    actual_amount: Any,
    planned_units: Any,
    actual_units: Any,
    planned_on: Any,
    paid_on: Any,
    is_billable: bool | None,
    is_reimbursable: bool | None,
    is_reimbursed: bool | None,
) -> Answer:
    number = row_id(expense_id, "Expense", "expenseId")
    currency = await _currency_of(unit, number)

    def minor(amount: Decimal | None) -> int:
        return Money.of(amount or 0, currency).minor

    changes = editing.ExpenseChanges(
        task_id=unless_left_out(task_id, lambda value: optional_row_id(value, "Task", "taskId")),
        planned_minor=unless_left_out(planned_amount, minor),
        actual_minor=unless_left_out(actual_amount, minor),
        planned_units=unless_left_out(planned_units, as_it_is),
        actual_units=unless_left_out(actual_units, as_it_is),
        planned_on=unless_left_out(planned_on, as_it_is),
        paid_on=unless_left_out(paid_on, as_it_is),
        expense_type=SAME if expense_type is None else expense_type,
        description=SAME if description is None else description,
        is_billable=SAME if is_billable is None else is_billable,
        is_reimbursable=SAME if is_reimbursable is None else is_reimbursable,
        is_reimbursed=SAME if is_reimbursed is None else is_reimbursed,
    )
    await editing.edit_expense(unit, number, changes)
    return {"id": number}


@deletion("deleteExpense")
async def delete_expense(_context: RequestContext, unit: UnitOfWork, *, expense_id: str, reason: str) -> Answer:
    number = row_id(expense_id, "Expense", "expenseId")
    await editing.delete_expense(unit, number, reason=reason)
    return {"id": number}


async def _currency_of(unit: UnitOfWork, expense_id: int) -> str:
    found = await EXPENSES.by_ids(unit.session, unit.organisation_id, [expense_id])
    if expense_id not in found:
        raise Missing("There is no such expense.", code="EXPENSE_UNKNOWN", field="expenseId")
    return found[expense_id].currency
