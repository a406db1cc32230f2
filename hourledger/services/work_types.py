"""Making kinds of hours and kinds of expenses."""

from __future__ import annotations

from decimal import Decimal

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid
from hourledger.core.money import HourlyRate
from hourledger.services.checks import require_name
from hourledger.services.unit_of_work import UnitOfWork
from models.tables import ExpenseTypeRow, HourTypeRow, HourTypeScope


async def create_hour_type(
    unit: UnitOfWork, name: str, *, scope: HourTypeScope, counts_as_revenue: bool, description: str = ""
) -> int:
    """A kind of hours; those of a kind that does not count as revenue cost and never earn (§1.10). Returns its id.

    Raises:
        Invalid NAME_INVALID; Conflict EXISTS.
    """
    unit.require(Permission.ADMINISTER)
    row = HourTypeRow(
        organisation_id=unit.organisation_id,
        name=require_name(name),
        description=description.strip(),
        scope=scope,
        counts_as_revenue=counts_as_revenue,
    )
    unit.session.add(row)
    await unit.session.flush()
    unit.audit("create", "hour_type", row.id, after={"name": row.name, "counts_as_revenue": counts_as_revenue})
    return row.id


async def create_expense_type(
    unit: UnitOfWork,
    name: str,
    *,
    unit_name: str | None,
    unit_rate: Decimal | None,
    currency: str | None,
    description: str = "",
) -> int:
    """A kind of expense, with a price per unit (up to four decimals) or typed amounts (§1.11). Returns its id.

    Raises:
        Invalid NAME_INVALID, RATE_INVALID, UNKNOWN_CURRENCY, UNIT_INCOMPLETE: unit, rate and currency go together.
        Conflict EXISTS.
    """
    unit.require(Permission.ADMINISTER)
    row = ExpenseTypeRow(
        organisation_id=unit.organisation_id,
        name=require_name(name),
        description=description.strip(),
        unit=unit_name,
        unit_rate_scaled=unit_price(unit_name, unit_rate, currency),
        currency=currency,
    )
    unit.session.add(row)
    await unit.session.flush()
    unit.audit("create", "expense_type", row.id, after={"name": row.name})
    return row.id


def unit_price(unit_name: str | None, unit_rate: Decimal | None, currency: str | None) -> int | None:
    """The price of one unit in 1/10,000 of the currency; None when amounts are typed.

    Raises:
        Invalid RATE_INVALID, UNKNOWN_CURRENCY, UNIT_INCOMPLETE.
    """
    given = [value is not None for value in (unit_name, unit_rate, currency)]
    if any(given) and not all(given):
        raise Invalid(
            "A price per unit needs the unit, the rate and its currency; leave out all three to type amounts.",
            code="UNIT_INCOMPLETE",
            field="unitRate",
        )
    return HourlyRate.of(unit_rate, currency).scaled if unit_rate is not None and currency is not None else None
