"""Set one dated exchange rate without sending the others again (§1.15, CT-36)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hourledger.core.errors import Invalid
from hourledger.core.money import ExchangeRate, insert_rate, require_exchange_rate
from hourledger.core.periods import Period
from hourledger.services.exchange_histories import open_histories, require_foreign, write_history
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.exchange import histories

_SOURCE_LENGTH_MAX = 255


async def set_exchange_rate(
    unit: UnitOfWork,
    currency: str,
    rate: Decimal,
    *,
    valid_from: date | None = None,
    last_day: date | None = None,
    project_id: int | None = None,
    replace_overlapping: bool = False,
    source: str = "",
) -> int:
    """``rate`` units of ``currency`` per base unit, from a day (None: always) to another. Returns the id of its row.

    The rate in force on its first day ends the day before (CT-36). Without a last day it holds until the next one
    begins; with one, the rate before goes on afterwards. ``source``: where it is from; by default who sets it.

    Raises:
        Invalid EXCHANGE_RATE_INVALID, UNKNOWN_CURRENCY, BASE_CURRENCY, PERIOD_REVERSED, SOURCE_TOO_LONG.
        Invalid EXCHANGE_RATE_OVERLAP: another rate begins on one of its days; replace it, or choose other days.
        Missing PROJECT_UNKNOWN; NotAllowed SYSTEM_RATES_ONLY; Denied PERMISSION_DENIED.
    """
    base_currency = await open_histories(unit, project_id)
    require_foreign(currency, base_currency)
    require_exchange_rate(rate)
    if len(source) > _SOURCE_LENGTH_MAX:
        raise Invalid(f"A source has at most {_SOURCE_LENGTH_MAX} characters.", code="SOURCE_TOO_LONG", field="source")
    before = (await histories(unit.session, unit.organisation_id, project_id, [currency])).get(currency, [])
    added = ExchangeRate(currency, rate, Period(valid_from, None), source=source.strip() or unit.principal.subject)
    after = insert_rate(before, added, last_day, replace_overlapping=replace_overlapping)
    await write_history(unit, project_id, before, after)
    now = (await histories(unit.session, unit.organisation_id, project_id, [currency]))[currency]
    made = next(one for one in now if one.period.valid_from == valid_from)
    assert made.row_id is not None
    return made.row_id
