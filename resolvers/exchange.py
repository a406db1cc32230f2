"""Exchange rates in force, and the currencies that may be chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hourledger.core.access import Permission
from hourledger.core.money import currency_exponent, require_currency
from models.queries.exchange import configured_currencies
from models.queries.listing.exchange import (
    EXCHANGE_RATES,
    EXCHANGE_RATES_EVER,
    OF_CURRENCY,
    OF_ORGANISATION,
    OF_PROJECT,
    ON_DAY,
    ExchangeRateView,
)
from resolvers.context import RequestContext
from resolvers.ids import row_id
from resolvers.paging import Page, PageRequest, page_of


@dataclass(frozen=True, slots=True)
class CurrencyView:
    """``decimals``: digits after the point of an amount in it."""

    code: str
    is_base: bool
    decimals: int


async def currencies(context: RequestContext) -> list[CurrencyView]:
    """The base currency, then those with an exchange rate, by code (§7.1)."""
    context.principal.require(Permission.VIEW_PROJECTS)
    async with context.reading() as unit:
        base = unit.base_currency
        others = await configured_currencies(unit.session, unit.organisation_id)
    return [CurrencyView(code, code == base, currency_exponent(code)) for code in (base, *others)]


async def exchange_rates(
    context: RequestContext, page: PageRequest, *, currency: str | None, on: date | None, project_id: str | None
) -> Page[ExchangeRateView]:
    """Those in force of the organisation, or of one project; ``on``: only those that cover the day."""
    context.principal.require(Permission.VIEW_PROJECTS)
    conditions: dict[str, dict[str, object]] = {}
    if project_id is None:
        conditions[OF_ORGANISATION] = {}
    else:
        conditions[OF_PROJECT] = {"project": row_id(project_id, "Project", "projectId")}
    if currency is not None:
        conditions[OF_CURRENCY] = {"currency": require_currency(currency)}
    if on is not None:
        conditions[ON_DAY] = {"day": on}
    return await page_of(context, EXCHANGE_RATES, page, conditions)


async def exchange_rate_by_id(context: RequestContext, rate_id: int) -> ExchangeRateView | None:
    """Retired ones too: valuations name them."""
    return await context.loaders.row(EXCHANGE_RATES_EVER, rate_id)
