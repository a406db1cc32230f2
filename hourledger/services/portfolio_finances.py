"""Any selection of projects, summed in one currency (project-finances §7.7, §8.11)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hourledger.core.errors import Missing
from hourledger.core.finances import Portfolio, portfolio_of
from hourledger.core.money import require_currency
from hourledger.services.measures import project_measures
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.exchange_rates import load_exchange


async def portfolio_finances(
    unit: UnitOfWork, project_ids: Sequence[int], *, currency: str | None = None, on: date | None = None
) -> Portfolio:
    """In ``currency`` (None: that of the books) by the organisation's exchange rates of ``on`` (None: today).

    Raises:
        Missing PROJECT_UNKNOWN, EXCHANGE_RATE_MISSING; Invalid UNKNOWN_CURRENCY.
    """
    shown_in = require_currency(currency or unit.base_currency)
    day = on or unit.today
    found = await project_measures(unit, project_ids, on=day)
    if missing := set(project_ids) - found.keys():
        raise Missing(f"There is no project {min(missing)}.", code="PROJECT_UNKNOWN", field="projectIds")
    exchange = await load_exchange(unit.session, unit.organisation_id, unit.base_currency)
    projects = [found[project_id] for project_id in dict.fromkeys(project_ids)]
    for one in projects:
        one.require_plan()
    return portfolio_of(((one, exchange.factor(one.currency, shown_in, day)) for one in projects), shown_in)
