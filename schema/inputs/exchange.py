"""Inputs about exchange rates and currencies."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import strawberry

from connectors.exchange_rates.ecb import EcbFeed
from schema.inputs.base import MutationInput

strawberry.enum(
    EcbFeed,
    name="ExchangeRateFeed",
    description="How far an import goes back: HISTORY all days there are, NINETY_DAYS, or DAILY the last day alone.",
)


@strawberry.input(description="The input of setExchangeRate.")
class SetExchangeRateInput(MutationInput):
    currency: str = strawberry.field(description="ISO 4217 code.")
    rate: Decimal = strawberry.field(
        description="Units of the currency per unit of the base currency; at most ten digits after the point."
    )
    valid_from: date | None = strawberry.field(
        default=None, description="First day; what was in force ends the day before. Null: since always."
    )
    last_day: date | None = strawberry.field(
        default=None,
        description="Last day, inclusive; what was in force goes on afterwards. Null: until the next rate begins.",
    )
    project_id: strawberry.ID | None = strawberry.field(
        default=None, description="The project it is for; null: for the whole organisation."
    )
    replace_overlapping: bool = strawberry.field(
        default=False, description="Whether rates that begin on these days make way; otherwise they are an error."
    )
    source: str = strawberry.field(default="", description="Where it is from, in words.")


@strawberry.input(description="The input of removeExchangeRates.")
class RemoveExchangeRatesInput(MutationInput):
    currency: str = strawberry.field(description="ISO 4217 code.")
    project_id: strawberry.ID | None = strawberry.field(
        default=None, description="Of which project; null: those of the organisation, which nothing may use any more."
    )


@strawberry.input(description="The input of setProjectCurrency.")
class SetProjectCurrencyInput(MutationInput):
    project_id: strawberry.ID = strawberry.field(description="A project without any financial information.")
    currency: str | None = strawberry.field(default=None, description="ISO 4217 code; null: that of the books.")
    exchange_rate: Decimal | None = strawberry.field(
        default=None,
        description="The project's own rate on all days, in units per unit of the base currency; needs ADMINISTER.",
    )


@strawberry.input(description="The input of setProjectExchangeRateDate.")
class SetProjectExchangeRateDateInput(MutationInput):
    project_id: strawberry.ID = strawberry.field(description="The project.")
    exchange_rate_date: date | None = strawberry.field(
        default=None,
        description="The day on which its fixed amounts are converted; only the organisation's rates hold for it then. "
        "Null: it may have rates of its own.",
    )


@strawberry.input(description="The input of setBaseCurrency.")
class SetBaseCurrencyInput(MutationInput):
    currency: str = strawberry.field(description="ISO 4217 code of the currency of the books, while they are empty.")


@strawberry.input(description="The input of importExchangeRates.")
class ImportExchangeRatesInput(MutationInput):
    currencies: list[str] = strawberry.field(
        default_factory=list, description="ISO 4217 codes; empty: those in use and those with exchange rates."
    )
    since: date | None = strawberry.field(default=None, description="First day that is wanted; null: all there are.")
    feed: EcbFeed = strawberry.field(default=EcbFeed.HISTORY, description="How far the import goes back.")
