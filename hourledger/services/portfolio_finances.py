"""Any selection of projects, summed in one currency (project-finances §7.7, §8.11)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hourledger.core.errors import Missing
from hourledger.core.finances import Portfolio, portfolio_of
from hourledger.core.money import require_currency
from hourledger.core.periods import spanned
from hourledger.services.measures import project_measures
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.exchange_rates import load_exchange_of_projects


async def portfolio_finances(
    unit: UnitOfWork, project_ids: Sequence[int], *, currency: str | None = None, on: date | None = None
) -> Portfolio:
    """In ``currency`` (None: that of the books), all by the exchange rates of one day: ``on``, None: today.

    A project that has exchange rates of its own is converted by them, so that in the base currency it costs what its
    work cost there (docs/decisions/0014).

    Raises:
        Missing PROJECT_UNKNOWN, EXCHANGE_RATE_MISSING; Invalid UNKNOWN_CURRENCY.
    """
    shown_in = require_currency(currency or unit.base_currency)
    day = on or unit.today
    found = await project_measures(unit, project_ids, on=day)
    if missing := set(project_ids) - found.keys():
        raise Missing(f"There is no project {min(missing)}.", code="PROJECT_UNKNOWN", field="projectIds")
    exchange = await load_exchange_of_projects(
        unit.session,
        unit.organisation_id,
        unit.base_currency,
        found,
        currencies={shown_in, *(one.currency for one in found.values())},
        days=spanned([day]),
    )
    projects = [found[project_id] for project_id in dict.fromkeys(project_ids)]
    for one in projects:
        one.require_plan()
    return portfolio_of(
        ((one, exchange[one.project_id].factor(one.currency, shown_in, day)) for one in projects), shown_in
    )
