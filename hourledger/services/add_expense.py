"""Expenses on a project or one of its tasks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing
from hourledger.core.money import RATE_SCALE, Money
from hourledger.core.periods import spanned
from hourledger.core.work import EntryStatus
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.unit_of_work import UnitOfWork
from models.queries import actuals
from models.queries.rating import load_exchange_of_projects
from models.selecting import find_one, select_kept, select_one
from models.tables import ExpenseRow, ExpenseTypeRow, ProjectRow, TaskRow


@dataclass(frozen=True, slots=True)
class ExpenseDraft:
    """Amounts in minor units of the project's currency; negative ones are credits. ``paid_on``: None means today.

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


async def add_expense(unit: UnitOfWork, draft: ExpenseDraft) -> int:
    """Store an expense; with an actual amount it becomes an actual at once, or on approval. Returns its id.

    Raises:
        Missing PROJECT_UNKNOWN, TASK_UNKNOWN, EXPENSE_TYPE_UNKNOWN, EXCHANGE_RATE_MISSING.
        Invalid UNIT_PRICE_MISSING: units of a type without a price. AMOUNT_AND_UNITS: give one of the two.
            UNITS_INVALID.
    """
    unit.require(Permission.EDIT_GENERAL_FINANCE)
    project = await select_kept(unit.session, ProjectRow, unit.organisation_id, draft.project_id)
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
    paid_on = draft.paid_on or unit.today
    planned_on = draft.planned_on or paid_on
    planned = await _amount(unit, project, found, draft.planned_minor, draft.planned_units, planned_on)
    actual = await _amount(unit, project, found, draft.actual_minor, draft.actual_units, paid_on)
    row = ExpenseRow(
        organisation_id=unit.organisation_id,
        project_id=project.id,
        task_id=draft.task_id,
        expense_type_id=found.id,
        description=draft.description,
        planned_minor=planned,
        actual_minor=actual,
        planned_units=draft.planned_units,
        actual_units=draft.actual_units,
        planned_on=draft.planned_on,
        paid_on=paid_on,
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


async def _amount(
    unit: UnitOfWork, project: ProjectRow, kind: ExpenseTypeRow, minor: int, units: Decimal | None, on: date
) -> int:
    """The amount in minor units of the project's currency, typed or from units."""
    if units is None:
        return minor
    if not units.is_finite():
        raise Invalid(f"{units} is not a number of units.", code="UNITS_INVALID", field="actualUnits")
    if minor:
        raise Invalid("Give the amount or the units, not both.", code="AMOUNT_AND_UNITS", field="actualUnits")
    if kind.unit_rate_scaled is None or kind.currency is None:
        raise Invalid(
            f"{kind.name} has no price per unit: give the amount.", code="UNIT_PRICE_MISSING", field="actualUnits"
        )
    exchange = await load_exchange_of_projects(
        unit.session,
        unit.organisation_id,
        unit.base_currency,
        [project.id],
        currencies={kind.currency, project.currency},
        days=spanned([on]),
    )
    price = Fraction(kind.unit_rate_scaled, RATE_SCALE)
    exact = price * Fraction(units) * exchange[project.id].factor(kind.currency, project.currency, on)
    return Money.rounded(exact, project.currency).minor
