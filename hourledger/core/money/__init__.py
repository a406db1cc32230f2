"""Money: an exact amount and its currency in one value; rates per hour; conversion by dated exchange rates.

Inside, an amount is an integer in the currency's minor unit (cents, yen, fils) and a rate an integer in 1/10,000 of
the major unit per hour. Decimal is for the edges. A float never appears (docs/decisions/0002-money-and-rounding.md).
"""

from hourledger.core.money.amount import RATE_SCALE, Money, currency_exponent, require_currency
from hourledger.core.money.exchange import (
    BASE_RATE,
    ExchangeRate,
    ExchangeRates,
    fixed_amount_day,
    require_exchange_rate,
)
from hourledger.core.money.exchange_history import insert_rate, rebase, splice_rates
from hourledger.core.money.hourly import HourlyRate, amount_for, decimal_hours, parse_hours
from hourledger.core.money.reference_rates import ReferenceRates
from hourledger.core.money.rounding import allocate, round_half_up, scale

__all__ = [
    "BASE_RATE",
    "RATE_SCALE",
    "ExchangeRate",
    "ExchangeRates",
    "HourlyRate",
    "Money",
    "ReferenceRates",
    "allocate",
    "amount_for",
    "currency_exponent",
    "decimal_hours",
    "fixed_amount_day",
    "insert_rate",
    "parse_hours",
    "rebase",
    "require_currency",
    "require_exchange_rate",
    "round_half_up",
    "scale",
    "splice_rates",
]
