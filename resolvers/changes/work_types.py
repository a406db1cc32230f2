"""Creating kinds of hours and of expenses."""

from __future__ import annotations

from decimal import Decimal

from hourledger.services import work_types
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.listing.work_types import EXPENSE_TYPES, HOUR_TYPES
from models.tables import HourTypeScope
from resolvers.context import RequestContext
from resolvers.mutations import Answer, mutation


@mutation("createHourType", HOUR_TYPES)
async def create_hour_type(
    _context: RequestContext, unit: UnitOfWork, *, name: str, scope: HourTypeScope, counts_as_revenue: bool
) -> Answer:
    made = await work_types.create_hour_type(unit, name, scope=scope, counts_as_revenue=counts_as_revenue)
    return {"id": made}


@mutation("createExpenseType", EXPENSE_TYPES)
async def create_expense_type(
    _context: RequestContext,
    unit_of_work: UnitOfWork,
    *,
    name: str,
    unit: str | None,
    unit_rate: Decimal | None,
    currency: str | None,
) -> Answer:
    made = await work_types.create_expense_type(
        unit_of_work, name, unit_name=unit, unit_rate=unit_rate, currency=currency
    )
    return {"id": made}
