"""Currencies and exchange rates."""

from __future__ import annotations

import strawberry

from resolvers.changes import (
    exchange,
)
from schema.inputs import exchange as exchange_inputs
from schema.mutates import mutates
from schema.payloads import common as payloads


@strawberry.type
class ExchangeMutations:
    set_exchange_rate = mutates(
        exchange.set_exchange_rate,
        exchange_inputs.SetExchangeRateInput,
        payloads.SetExchangeRatePayload,
        "Set one dated exchange rate. Work that is logged already keeps its value until it is recalculated.",
    )
    remove_exchange_rates = mutates(
        exchange.remove_exchange_rates,
        exchange_inputs.RemoveExchangeRatesInput,
        payloads.RemoveExchangeRatesPayload,
        "Remove a currency that nothing is in any more, or the exchange rates that a project has of its own.",
    )
    import_exchange_rates = mutates(
        exchange.import_exchange_rates,
        exchange_inputs.ImportExchangeRatesInput,
        payloads.ImportExchangeRatesPayload,
        "Import the reference rates of the European Central Bank, in the background.",
    )
    set_base_currency = mutates(
        exchange.set_base_currency,
        exchange_inputs.SetBaseCurrencyInput,
        payloads.SetBaseCurrencyPayload,
        "Choose the currency of the books, while they are empty.",
    )
    set_project_currency = mutates(
        exchange.set_project_currency,
        exchange_inputs.SetProjectCurrencyInput,
        payloads.ProjectCurrencyPayload,
        "Give a project another currency, as long as it has no financial information.",
    )
    set_project_exchange_rate_date = mutates(
        exchange.set_project_exchange_rate_date,
        exchange_inputs.SetProjectExchangeRateDateInput,
        payloads.ProjectCurrencyPayload,
        "Say that only the organisation's dated exchange rates hold for a project, or that it may have its own.",
    )
