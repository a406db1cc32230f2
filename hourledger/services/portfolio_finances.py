"""Any selection of projects, summed in one currency (project-finances §7.7, §8.11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

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
    projects = [found[project_id] for project_id in dict.fromkeys(project_ids)]
    for one in projects:
        one.require_plan()
    factors = await conversion_factors(unit, {one.project_id: one.currency for one in projects}, shown_in, day)
    return portfolio_of(((one, factors[one.project_id]) for one in projects), shown_in)


async def conversion_factors(
    unit: UnitOfWork, currencies: Mapping[int, str], shown_in: str, on: date
) -> dict[int, Fraction]:
    """By project, of the ``currencies`` of several: units of ``shown_in`` per unit of its own, as portfolios convert.

    Raises Missing EXCHANGE_RATE_MISSING.
    """
    exchange = await load_exchange_of_projects(
        unit.session,
        unit.organisation_id,
        unit.base_currency,
        currencies,
        currencies={shown_in, *currencies.values()},
        days=spanned([on]),
    )
    return {
        project_id: exchange[project_id].factor(currency, shown_in, on) for project_id, currency in currencies.items()
    }
