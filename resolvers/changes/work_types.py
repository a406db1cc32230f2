"""Kinds of hours and of expenses: making, changing, deleting them."""

from __future__ import annotations

from decimal import Decimal

from hourledger.services import expense_types, hour_types, work_types
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.listing.work_types import EXPENSE_TYPES, HOUR_TYPES
from models.tables import HourTypeScope
from resolvers.changes.removing import removal
from resolvers.context import RequestContext
from resolvers.ids import row_id
from resolvers.mutations import Answer, mutation


@mutation("createHourType", HOUR_TYPES)
async def create_hour_type(
    _context: RequestContext,
    unit: UnitOfWork,
    *,
    name: str,
    description: str,
    scope: HourTypeScope,
    counts_as_revenue: bool,
) -> Answer:
    made = await work_types.create_hour_type(
        unit, name, scope=scope, counts_as_revenue=counts_as_revenue, description=description
    )
    return {"id": made}


@mutation("createExpenseType", EXPENSE_TYPES)
async def create_expense_type(
    _context: RequestContext,
    unit_of_work: UnitOfWork,
    *,
    name: str,
    description: str,
    unit: str | None,
    unit_rate: Decimal | None,
    currency: str | None,
) -> Answer:
    made = await work_types.create_expense_type(
        unit_of_work, name, unit_name=unit, unit_rate=unit_rate, currency=currency, description=description
    )
    return {"id": made}


@mutation("editHourType", HOUR_TYPES)
async def edit_hour_type(
    _context: RequestContext,
    unit: UnitOfWork,
    *,
    hour_type_id: str,
    name: str | None,
    description: str | None,
    scope: HourTypeScope | None,
    counts_as_revenue: bool | None,
    is_active: bool | None,
) -> Answer:
    number = row_id(hour_type_id, "HourType", "hourTypeId")
    await hour_types.edit_hour_type(
        unit,
        number,
        name=name,
        description=description,
        scope=scope,
        counts_as_revenue=counts_as_revenue,
        is_active=is_active,
    )
    return {"id": number}


@mutation("editExpenseType", EXPENSE_TYPES)
async def edit_expense_type(
    _context: RequestContext,
    unit_of_work: UnitOfWork,
    *,
    expense_type_id: str,
    name: str,
    description: str,
    unit: str | None,
    unit_rate: Decimal | None,
    currency: str | None,
) -> Answer:
    number = row_id(expense_type_id, "ExpenseType", "expenseTypeId")
    await expense_types.edit_expense_type(
        unit_of_work,
        number,
        name=name,
        description=description,
        unit_name=unit,
        unit_rate=unit_rate,
        currency=currency,
    )
    return {"id": number}


@removal("deleteExpenseType", EXPENSE_TYPES)
async def delete_expense_type(_context: RequestContext, unit: UnitOfWork, *, expense_type_id: str) -> Answer:
    number = row_id(expense_type_id, "ExpenseType", "expenseTypeId")
    return {"id": number, "is_gone": await expense_types.delete_expense_type(unit, number)}
