"""Change and delete expenses that are on no billing record: actuals are reversed and written anew, never edited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hourledger.core.access import Permission
from hourledger.core.errors import Missing, NotAllowed
from hourledger.services.add_expense import expense_as_json
from hourledger.services.changes import SAME, Same, changed
from hourledger.services.checks import require_no_template
from hourledger.services.expense_rules import (
    UnitPrice,
    entry_day,
    require_one_of,
    require_project,
    require_reimbursable,
    require_task,
    require_type,
)
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.unit_of_work import UnitOfWork
from models.queries import actuals
from models.queries.expense_claims import record_of_expense, standing_of_expenses
from models.selecting import find_one, select_one
from models.tables import ExpenseRow, ExpenseTypeRow

_BOOKED = ("task", "description", "actual_minor", "paid_on", "is_billable")
"""What an actual says about its expense."""


@dataclass(frozen=True, slots=True)
class ExpenseChanges:
    """What changes; SAME stays. Amounts in minor units of the project's currency.

    A typed amount replaces units; units replace an amount, at the price of now. Units that stay keep their amount,
    unless the kind changes. Without a date an amount counts on the day the expense was entered (§6).
    """

    task_id: int | Same | None = SAME
    expense_type: str | Same = SAME
    description: str | Same = SAME
    planned_minor: int | Same = SAME
    actual_minor: int | Same = SAME
    planned_units: Decimal | Same | None = SAME
    actual_units: Decimal | Same | None = SAME
    planned_on: date | Same | None = SAME
    paid_on: date | Same | None = SAME
    is_billable: bool | Same = SAME
    is_reimbursable: bool | Same = SAME
    is_reimbursed: bool | Same = SAME


async def edit_expense(unit: UnitOfWork, expense_id: int, changes: ExpenseChanges) -> None:
    """Change an expense; its project stays. Planned and actual figures follow at once (§4.1).

    Raises:
        Missing EXPENSE_UNKNOWN; NotAllowed BILLED, ON_BILLING_RECORD; and what add_expense raises.
    """
    unit.require(Permission.EDIT_GENERAL_FINANCE)
    row = await _changeable(unit, expense_id)
    before = expense_as_json(row)
    await _apply(unit, row, changes)
    after = expense_as_json(row)
    if before == after:
        return
    is_booked_otherwise = any(before[key] != after[key] for key in _BOOKED)
    if is_booked_otherwise:
        await _reverse(unit, row)
    unit.session.add(row)
    await unit.session.flush()
    if is_booked_otherwise:
        await actuals.append_for_expenses(unit.session, unit.organisation_id, [expense_id], at=unit.now)
    await _note(unit, row, "edit", "EXPENSE_EDITED", before=before, after=after)


async def delete_expense(unit: UnitOfWork, expense_id: int, *, reason: str = "") -> None:
    """Take an expense out of all figures; its row and reversed actuals stay as history.

    Raises:
        Missing EXPENSE_UNKNOWN; NotAllowed BILLED, ON_BILLING_RECORD.
    """
    unit.require(Permission.EDIT_GENERAL_FINANCE)
    row = await _changeable(unit, expense_id)
    await _reverse(unit, row)
    row.deleted_at = unit.now
    unit.session.add(row)
    await unit.session.flush()
    await _note(unit, row, "delete", "EXPENSE_DELETED", before=expense_as_json(row), reason=reason)


async def _apply(unit: UnitOfWork, row: ExpenseRow, changes: ExpenseChanges) -> None:
    project = await require_project(unit, row.project_id)
    task_id = changed(changes.task_id, row.task_id)
    if task_id != row.task_id:
        await require_task(unit, project, task_id)
    kind = await _kind(unit, row, changes)
    is_reimbursable = changed(changes.is_reimbursable, row.is_reimbursable)
    is_reimbursed = changed(changes.is_reimbursed, row.is_reimbursed)
    require_reimbursable(is_reimbursable=is_reimbursable, is_reimbursed=is_reimbursed)
    price = UnitPrice(kind, project.id, project.currency)
    entered_on = entry_day(unit, row)
    paid_on, planned_on = changed(changes.paid_on, row.paid_on), changed(changes.planned_on, row.planned_on)
    is_other_kind = kind.id != row.expense_type_id
    planned, planned_units = await _amount(
        unit,
        price,
        (row.planned_minor, row.planned_units),
        (changes.planned_minor, changes.planned_units),
        (planned_on or paid_on or entered_on, "plannedUnits"),
        is_other_kind=is_other_kind,
    )
    actual, actual_units = await _amount(
        unit,
        price,
        (row.actual_minor, row.actual_units),
        (changes.actual_minor, changes.actual_units),
        (paid_on or entered_on, "actualUnits"),
        is_other_kind=is_other_kind,
    )
    if actual:
        require_no_template(project, "actualAmount")
    row.task_id, row.expense_type_id = task_id, kind.id
    row.description = changed(changes.description, row.description)
    row.planned_minor, row.planned_units = planned, planned_units
    row.actual_minor, row.actual_units = actual, actual_units
    row.planned_on = planned_on or (entered_on if planned else None)
    row.paid_on = paid_on or (entered_on if actual else None)
    row.is_billable = changed(changes.is_billable, row.is_billable)
    row.is_reimbursable, row.is_reimbursed = is_reimbursable, is_reimbursed


async def _kind(unit: UnitOfWork, row: ExpenseRow, changes: ExpenseChanges) -> ExpenseTypeRow:
    """The kind that is named, or the one it has, even when that is out of use."""
    there = await select_one(unit.session, ExpenseTypeRow, unit.organisation_id, row.expense_type_id)
    assert there is not None
    if isinstance(changes.expense_type, Same) or changes.expense_type == there.name:
        return there
    return await require_type(unit, changes.expense_type)


async def _amount(
    unit: UnitOfWork,
    price: UnitPrice,
    stored: tuple[int, Decimal | None],
    given: tuple[int | Same, Decimal | Same | None],
    dated: tuple[date, str],
    *,
    is_other_kind: bool,
) -> tuple[int, Decimal | None]:
    """Amount and units; the amount is computed anew only where units or kind change."""
    (minor_before, units_before), (minor, units), (on, field) = stored, given, dated
    if not isinstance(minor, Same):
        if not isinstance(units, Same):
            require_one_of(minor, units, field)
        if isinstance(units, Same) or units is None:
            return minor, None
    now = changed(units, units_before)
    if now is None or (now == units_before and not is_other_kind):
        return minor_before, now
    return await price.amount(unit, now, on, field), now


async def _changeable(unit: UnitOfWork, expense_id: int) -> ExpenseRow:
    row = await find_one(unit.session, ExpenseRow, unit.organisation_id, lock=True, id=expense_id, deleted_at=None)
    if row is None:
        raise Missing(f"There is no expense {expense_id}.", code="EXPENSE_UNKNOWN", field="expenseId")
    if row.is_locked:
        raise NotAllowed(
            f"Expense {expense_id} has been billed. Correct it with a further expense, such as a credit.", code="BILLED"
        )
    record = await record_of_expense(unit.session, unit.organisation_id, expense_id)
    if record is not None:
        raise NotAllowed(
            f"Expense {expense_id} is on billing record {record}. Take it off that record first.",
            code="ON_BILLING_RECORD",
            billing_record=record,
        )
    return row


async def _reverse(unit: UnitOfWork, row: ExpenseRow) -> None:
    standing = await standing_of_expenses(unit.session, unit.organisation_id, [row.id])
    await actuals.reverse(unit.session, standing, at=unit.now, on=unit.today)


async def _note(
    unit: UnitOfWork,
    row: ExpenseRow,
    action: str,
    cause: str,
    *,
    before: dict[str, object],
    after: dict[str, object] | None = None,
    reason: str = "",
) -> None:
    unit.audit(action, "expense", row.id, reason=reason, before=before, after=after)
    unit.emit("EXPENSE_CHANGED", project_id=row.project_id, entity_id=row.id, cause=cause)
    await emit_finances_changed(unit, [row.project_id], cause=cause)
