"""Expenses on a project or one of its tasks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hourledger.core.access import Permission
from hourledger.core.work import EntryStatus
from hourledger.services.checks import require_no_template
from hourledger.services.expense_rules import (
    UnitPrice,
    require_one_of,
    require_project,
    require_reimbursable,
    require_task,
    require_type,
)
from hourledger.services.period_locks import require_open_period
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.unit_of_work import UnitOfWork
from models.queries import actuals
from models.tables import ExpenseRow


@dataclass(frozen=True, slots=True)
class ExpenseDraft:
    """Amounts in minor units of the project's currency; negative ones are credits (C-09). An amount without a date of
    its own counts today.

    Instead of an amount, units of a type with a price per unit: the amount is price x units, in the project's currency
    on the day, rounded once. A later change of the price changes no stored expense (§6).
    """

    project_id: int
    expense_type: str
    description: str
    task_id: int | None = None
    planned_minor: int = 0
    actual_minor: int = 0
    planned_units: Decimal | None = None
    actual_units: Decimal | None = None
    planned_on: date | None = None
    paid_on: date | None = None
    is_billable: bool = False
    is_reimbursable: bool = False
    is_reimbursed: bool = False


async def add_expense(unit: UnitOfWork, draft: ExpenseDraft) -> int:
    """Store an expense; with an actual amount it becomes an actual at once, or on approval. Returns its id.

    Raises:
        Missing PROJECT_UNKNOWN, TASK_UNKNOWN, EXPENSE_TYPE_UNKNOWN, EXCHANGE_RATE_MISSING.
        Invalid UNIT_PRICE_MISSING: units of a type without a price. AMOUNT_AND_UNITS: give one of the two.
            UNITS_INVALID, EXPENSE_ON_ISSUE, NOT_REIMBURSABLE.
        NotAllowed TEMPLATE_HAS_NO_WORK: an actual amount on a template. PERIOD_LOCKED: one on a locked day.
    """
    unit.require(Permission.EDIT_GENERAL_FINANCE)
    project = await require_project(unit, draft.project_id)
    await require_task(unit, project, draft.task_id)
    kind = await require_type(unit, draft.expense_type)
    require_reimbursable(is_reimbursable=draft.is_reimbursable, is_reimbursed=draft.is_reimbursed)
    price = UnitPrice(kind, project.id, project.currency)
    paid_on = draft.paid_on or unit.today
    planned_on = draft.planned_on or paid_on
    planned, actual = draft.planned_minor, draft.actual_minor
    if draft.planned_units is not None:
        require_one_of(planned, draft.planned_units, "plannedUnits")
        planned = await price.amount(unit, draft.planned_units, planned_on, "plannedUnits")
    if draft.actual_units is not None:
        require_one_of(actual, draft.actual_units, "actualUnits")
        actual = await price.amount(unit, draft.actual_units, paid_on, "actualUnits")
    if actual:
        require_no_template(project, "actualAmount")
        await require_open_period(unit, project.id, paid_on, "paidOn")
    row = ExpenseRow(
        organisation_id=unit.organisation_id,
        project_id=project.id,
        task_id=draft.task_id,
        expense_type_id=kind.id,
        description=draft.description,
        planned_minor=planned,
        actual_minor=actual,
        planned_units=draft.planned_units,
        actual_units=draft.actual_units,
        planned_on=planned_on if planned else draft.planned_on,
        paid_on=paid_on if actual else draft.paid_on,
        is_billable=draft.is_billable,
        is_reimbursable=draft.is_reimbursable,
        is_reimbursed=draft.is_reimbursed,
        status=EntryStatus.DRAFT if project.require_time_approval else EntryStatus.APPROVED,
        entered_at=unit.now,
        entered_by=unit.principal.subject,
    )
    unit.session.add(row)
    await unit.session.flush()
    await actuals.append_for_expenses(unit.session, unit.organisation_id, [row.id], at=unit.now)
    unit.audit("create", "expense", row.id, after=expense_as_json(row))
    unit.emit("EXPENSE_CHANGED", project_id=project.id, entity_id=row.id, cause="EXPENSE_ADDED")
    await emit_finances_changed(unit, [project.id], cause="EXPENSE_ADDED")
    return row.id


def expense_as_json(row: ExpenseRow) -> dict[str, object]:
    """What may change about an expense, for the audit log."""
    return {
        "task": row.task_id,
        "expense_type": row.expense_type_id,
        "description": row.description,
        "planned_minor": row.planned_minor,
        "actual_minor": row.actual_minor,
        "planned_units": _text(row.planned_units),
        "actual_units": _text(row.actual_units),
        "planned_on": _text(row.planned_on),
        "paid_on": _text(row.paid_on),
        "is_billable": row.is_billable,
        "is_reimbursable": row.is_reimbursable,
        "is_reimbursed": row.is_reimbursed,
    }


def _text(value: Decimal | date | None) -> str | None:
    return None if value is None else str(value)
