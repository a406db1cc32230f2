"""Setting and importing exchange rates; choosing currencies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from connectors.exchange_rates.ecb import EcbFeed
from hourledger.services.import_exchange_rates import request_exchange_rate_import
from hourledger.services.remove_exchange_rates import remove_exchange_rates as remove_all
from hourledger.services.set_base_currency import set_base_currency as set_base
from hourledger.services.set_exchange_rate import set_exchange_rate as set_one
from hourledger.services.set_exchange_rate_date import set_exchange_rate_date
from hourledger.services.set_project_currency import set_project_currency as set_currency
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.listing.exchange import EXCHANGE_RATES_EVER
from models.queries.listing.projects import PROJECTS
from resolvers.context import RequestContext
from resolvers.ids import optional_row_id, row_id
from resolvers.mutations import Answer, Mutation, mutation


@mutation("setExchangeRate", EXCHANGE_RATES_EVER)
async def set_exchange_rate(
    _context: RequestContext,
    unit: UnitOfWork,
    *,
    currency: str,
    rate: Decimal,
    valid_from: date | None,
    last_day: date | None,
    project_id: str | None,
    replace_overlapping: bool,
    source: str,
) -> Answer:
    made = await set_one(
        unit,
        currency,
        rate,
        valid_from=valid_from,
        last_day=last_day,
        project_id=optional_row_id(project_id, "Project", "projectId"),
        replace_overlapping=replace_overlapping,
        source=source,
    )
    return {"id": made}


async def _remove(_context: RequestContext, unit: UnitOfWork, *, currency: str, project_id: str | None) -> Answer:
    removed = await remove_all(unit, currency, project_id=optional_row_id(project_id, "Project", "projectId"))
    return {"count": removed.retired}


async def _count(_context: RequestContext, answer: Answer) -> int:
    return int(answer["count"])


remove_exchange_rates: Mutation[int] = Mutation("removeExchangeRates", _remove, _count)
"""Its entity is how many rows are no longer in force."""


@mutation("setProjectCurrency", PROJECTS)
async def set_project_currency(
    _context: RequestContext,
    unit: UnitOfWork,
    *,
    project_id: str,
    currency: str | None,
    exchange_rate: Decimal | None,
) -> Answer:
    number = row_id(project_id, "Project", "projectId")
    await set_currency(unit, number, currency, exchange_rate=exchange_rate)
    return {"id": number}


@mutation("setProjectExchangeRateDate", PROJECTS)
async def set_project_exchange_rate_date(
    _context: RequestContext, unit: UnitOfWork, *, project_id: str, exchange_rate_date: date | None
) -> Answer:
    number = row_id(project_id, "Project", "projectId")
    await set_exchange_rate_date(unit, number, exchange_rate_date)
    return {"id": number}


async def _set_base(_context: RequestContext, unit: UnitOfWork, *, currency: str) -> Answer:
    await set_base(unit, currency)
    return {"currency": currency}


async def _currency(_context: RequestContext, answer: Answer) -> str:
    return str(answer["currency"])


set_base_currency: Mutation[str] = Mutation("setBaseCurrency", _set_base, _currency)
"""Its entity is the currency of the books."""


async def _import(
    _context: RequestContext, unit: UnitOfWork, *, currencies: Sequence[str], since: date | None, feed: EcbFeed
) -> Answer:
    queued = await request_exchange_rate_import(unit, currencies=currencies, since=since, feed=feed.value)
    return {"currencies": queued}


async def _currencies(_context: RequestContext, answer: Answer) -> list[str]:
    return list(answer["currencies"])


import_exchange_rates: Mutation[list[str]] = Mutation("importExchangeRates", _import, _currencies)
"""Its entity is the currencies whose import was queued."""
