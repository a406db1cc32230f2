"""Change and delete kinds of expenses. The built-in ones stay as they are (project-finances §1.11, C-25)."""

from __future__ import annotations

from decimal import Decimal

from hourledger.core.access import Permission
from hourledger.core.errors import Missing, NotAllowed
from hourledger.services.checks import require_name
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.services.work_types import unit_price
from models.removing import delete_if_unused
from models.selecting import select_one
from models.tables import ExpenseTypeRow


async def edit_expense_type(
    unit: UnitOfWork,
    expense_type_id: int,
    *,
    name: str,
    description: str,
    unit_name: str | None,
    unit_rate: Decimal | None,
    currency: str | None,
) -> None:
    """The kind as it is from now on, whole. Expenses that are stored keep their amounts (§6).

    Raises:
        Missing EXPENSE_TYPE_UNKNOWN; NotAllowed BUILT_IN; Conflict EXISTS.
        Invalid NAME_INVALID, UNIT_INCOMPLETE, RATE_INVALID, UNKNOWN_CURRENCY.
    """
    unit.require(Permission.ADMINISTER)
    row = await _expense_type(unit, expense_type_id)
    after = {
        "name": require_name(name),
        "description": description.strip(),
        "unit": unit_name,
        "unit_rate_scaled": unit_price(unit_name, unit_rate, currency),
        "currency": currency,
    }
    before = {key: getattr(row, key) for key in after}
    if before == after:
        return
    for key, value in after.items():
        setattr(row, key, value)
    unit.session.add(row)
    await unit.session.flush()
    unit.audit("edit", "expense_type", row.id, before=before, after=after)
    unit.emit("EXPENSE_TYPE_CHANGED", entity_id=row.id, changed=[key for key in after if before[key] != after[key]])


async def delete_expense_type(unit: UnitOfWork, expense_type_id: int) -> bool:
    """Delete a kind that no expense has (True), or take it out of use: expenses that have it keep it (False).

    Raises:
        Missing EXPENSE_TYPE_UNKNOWN; NotAllowed BUILT_IN.
    """
    unit.require(Permission.ADMINISTER)
    row = await _expense_type(unit, expense_type_id)
    name = row.name
    is_gone = await delete_if_unused(unit.session, row)
    if not is_gone:
        row.is_active = False
        unit.session.add(row)
        await unit.session.flush()
    unit.audit("delete" if is_gone else "deactivate", "expense_type", expense_type_id, before={"name": name})
    unit.emit("EXPENSE_TYPE_CHANGED", entity_id=expense_type_id, changed=["deleted" if is_gone else "is_active"])
    return is_gone


async def _expense_type(unit: UnitOfWork, expense_type_id: int) -> ExpenseTypeRow:
    row = await select_one(unit.session, ExpenseTypeRow, unit.organisation_id, expense_type_id, lock=True)
    if row is None:
        raise Missing(
            f"There is no kind of expense {expense_type_id}.", code="EXPENSE_TYPE_UNKNOWN", field="expenseTypeId"
        )
    if row.is_built_in:
        raise NotAllowed(
            f"{row.name} is built in and stays as it is. Make a kind of your own.",
            code="BUILT_IN",
            field="expenseTypeId",
        )
    return row
