"""Dated exchange rates of the organisation: each new one ends the one before it (CT-36)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid
from hourledger.core.money import require_currency
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_all
from models.tables import ExchangeRateRow

_DIGITS_MAX = 10
_RATE_LIMIT = 10**_DIGITS_MAX


async def set_exchange_rates(
    unit: UnitOfWork, currency: str, rates: Sequence[tuple[date, Decimal]], *, source: str
) -> int:
    """``rates``: (first day, units of ``currency`` per base unit). They replace what was known; the last one is open.

    A rate holds from its day until the next one's (weekends have Friday's). Returns how many rows are in force.

    Raises:
        Invalid EXCHANGE_RATE_INVALID: none at all, zero or less, more than ten digits before or after the point (they
        are not rounded), or two for one day; BASE_CURRENCY.
    """
    unit.require(Permission.ADMINISTER)
    require_currency(currency)
    if currency == unit.base_currency:
        raise Invalid(f"{currency} is the base currency: it is always 1.", code="BASE_CURRENCY", field="currency")
    ordered = sorted(rates, key=lambda dated: dated[0])
    days = [day for day, _ in ordered]
    if not days or len(set(days)) != len(days) or not all(_can_be_kept(rate) for _, rate in ordered):
        raise Invalid(
            "Give exchange rates above zero, one per day, with at most ten digits after the point.",
            code="EXCHANGE_RATE_INVALID",
            field="rates",
        )
    in_force = await find_all(
        unit.session, ExchangeRateRow, unit.organisation_id, currency=currency, project_id=None, retired_at=None
    )
    for row in in_force:
        row.retired_at = unit.now
        unit.session.add(row)
    await unit.session.flush()
    untils: list[date | None] = [*days[1:], None]
    unit.session.add_all(
        ExchangeRateRow(
            organisation_id=unit.organisation_id,
            currency=currency,
            rate=rate,
            valid_from=day,
            valid_until=until,
            source=source,
            recorded_at=unit.now,
        )
        for (day, rate), until in zip(ordered, untils, strict=True)
    )
    await unit.session.flush()
    unit.audit("set", "exchange_rate", None, after={"currency": currency, "rows": len(ordered), "source": source})
    return len(ordered)


def _can_be_kept(rate: Decimal) -> bool:
    if not rate.is_finite() or not 0 < rate < _RATE_LIMIT:
        return False
    exponent = rate.normalize().as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -_DIGITS_MAX
