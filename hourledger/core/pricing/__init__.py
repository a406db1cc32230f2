"""Dated prices as people keep them: what a line says, how ranges are cut and joined, price lists as text."""

from hourledger.core.pricing.dated import (
    Change,
    PricedDays,
    adjust,
    broken_lock,
    changed_days,
    changes,
    gaps,
    lock,
    put,
    remove,
    says_already,
)
from hourledger.core.pricing.price import PERCENT_CURRENCY, Price, price_of

__all__ = [
    "PERCENT_CURRENCY",
    "Change",
    "Price",
    "PricedDays",
    "adjust",
    "broken_lock",
    "changed_days",
    "changes",
    "gaps",
    "lock",
    "price_of",
    "put",
    "remove",
    "says_already",
]
