"""Remove a currency: all its exchange rates, of the organisation or of one project."""

from __future__ import annotations

from hourledger.core.errors import Missing, NotAllowed
from hourledger.services.exchange_histories import HistoryChange, open_histories, require_foreign, write_history
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.exchange import histories, users_of_currencies


async def remove_exchange_rates(unit: UnitOfWork, currency: str, *, project_id: int | None = None) -> HistoryChange:
    """None of them is in force any more. Without its own rates a project has the organisation's again.

    What was converted by them keeps its value. Retired rows stay readable: valuations name them.

    Raises:
        Invalid BASE_CURRENCY: the base currency cannot be removed (§7.3). UNKNOWN_CURRENCY.
        NotAllowed CURRENCY_IN_USE: projects, customers or rates are in it.
        Missing EXCHANGE_RATE_UNKNOWN, PROJECT_UNKNOWN; NotAllowed SYSTEM_RATES_ONLY; Denied PERMISSION_DENIED.
    """
    require_foreign(currency, await open_histories(unit, project_id))
    before = (await histories(unit.session, unit.organisation_id, project_id, [currency])).get(currency, [])
    if not before:
        raise Missing(f"There is no exchange rate of {currency}.", code="EXCHANGE_RATE_UNKNOWN", field="currency")
    if project_id is None:
        used_by = (await users_of_currencies(unit.session, unit.organisation_id)).get(currency, [])
        if used_by:
            raise NotAllowed(
                f"{currency} is in use ({', '.join(used_by)}): without exchange rates nothing new could be converted. "
                "Change those first.",
                code="CURRENCY_IN_USE",
                field="currency",
                used_by=used_by,
            )
    return await write_history(unit, project_id, before, [], action="remove")
