"""The whole history of a currency's exchange rates at once: each one ends the one before it (CT-36)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from hourledger.core.errors import Invalid
from hourledger.core.money import ExchangeRate, require_exchange_rate
from hourledger.core.periods import Period
from hourledger.services.exchange_histories import open_histories, require_foreign, write_history
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.exchange import histories


async def set_exchange_rates(
    unit: UnitOfWork,
    currency: str,
    rates: Sequence[tuple[date, Decimal]],
    *,
    source: str,
    project_id: int | None = None,
) -> int:
    """``rates``: (first day, units of ``currency`` per base unit). They replace what was known; the last one is open.

    A rate holds from its day until the next one's (weekends have Friday's). Rows that are in force already as they
    should be stay. Returns how many rows are in force.

    Raises:
        Invalid EXCHANGE_RATE_INVALID: none at all, zero or less, more than ten digits before or after the point (they
        are not rounded), or two for one day; BASE_CURRENCY.
        Missing PROJECT_UNKNOWN; NotAllowed SYSTEM_RATES_ONLY; Denied PERMISSION_DENIED.
    """
    require_foreign(currency, await open_histories(unit, project_id))
    ordered = sorted(rates, key=lambda dated: dated[0])
    days = [day for day, _ in ordered]
    if not days or len(set(days)) != len(days):
        raise Invalid("Give at least one exchange rate, and one per day.", code="EXCHANGE_RATE_INVALID", field="rates")
    untils: list[date | None] = [*days[1:], None]
    after = [
        ExchangeRate(currency, require_exchange_rate(rate, "rates"), Period(day, until), source=source)
        for (day, rate), until in zip(ordered, untils, strict=True)
    ]
    before = (await histories(unit.session, unit.organisation_id, project_id, [currency])).get(currency, [])
    await write_history(unit, project_id, before, after)
    return len(after)
