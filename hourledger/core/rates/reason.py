"""The compact record of why an hour is worth what it is: enough to replay the search, shared by all hours it fits."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from hourledger.core.money import ExchangeRate, ExchangeRates
from hourledger.core.rates.levels import Level
from hourledger.core.rates.rating import Rated, Valued
from hourledger.core.rates.table import NO_CURRENCY, RateBasis, RateLine


@dataclass(frozen=True, slots=True)
class Found:
    """What one search gave: the line, where it is kept, the number of the step that found it, counted from 1.

    ``exchange``: the rows that turn the line's currency into the project's; empty within one currency. Without a line
    there was no rate, and nothing else is said.
    """

    line: RateLine | None = None
    level: Level | None = None
    step: int = 0
    exchange: tuple[ExchangeRate, ...] = ()

    @property
    def line_id(self) -> int | None:
        """The stored row; None without a rate, and for an amount that is written on the task itself."""
        return self.line.row_id if self.line else None

    def as_json(self) -> dict[str, Any]:
        if self.line is None or self.level is None:
            return {"level": None}
        found: dict[str, Any] = {
            "level": self.level.value,
            "step": self.step,
            "rate": str(self.line.rate.per_unit),
            "currency": self.line.rate.currency,
            "line": self.line.row_id,
            "rounding": "half-up",
        }
        if self.line.basis is not RateBasis.TIME:
            found["basis"] = self.line.basis.value
        if self.exchange:
            found["exchange"] = [
                {"currency": row.currency, "rate": str(row.rate), "row": row.row_id} for row in self.exchange
            ]
        return found


@dataclass(frozen=True, slots=True)
class Kept:
    """A side that a rate freeze keeps: the valuation whose rate still holds, and the stored row of that rate."""

    valuation_id: int
    line_id: int | None

    def as_json(self) -> dict[str, Any]:
        return {"follows": self.valuation_id}


@dataclass(frozen=True)
class Reason:
    """Policy version, and what the searches for cost, revenue and markup found. Equal reasons are stored once."""

    policy_version: str
    cost: Found | Kept
    revenue: Found | Kept
    markup: RateLine | None = None

    @cached_property
    def provenance(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "policy": self.policy_version,
            "cost": self.cost.as_json(),
            "revenue": self.revenue.as_json(),
        }
        if self.markup is not None:
            found["markup"] = {"percent": str(self.markup.percent), "line": self.markup.row_id}
        return found

    @cached_property
    def digest(self) -> str:
        """Names the content: SHA-256 of the provenance, in hexadecimal."""
        text = json.dumps(self.provenance, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def reason_of(rated: Rated, currency: str, on: date, exchange: ExchangeRates) -> Reason:
    """The reason of one rating, of an hour on this day of a project in this currency."""
    markup = rated.revenue.markup
    return Reason(
        rated.policy_version,
        _found(rated.cost, currency, on, exchange),
        _found(rated.revenue, currency, on, exchange),
        markup.line if markup else None,
    )


def exchange_rows(line: RateLine, currency: str, on: date, exchange: ExchangeRates) -> tuple[ExchangeRate, ...]:
    """The rows by which an amount of the line becomes one in ``currency``; none where nothing is converted."""
    if line.rate.currency in (currency, NO_CURRENCY):
        return ()
    return tuple(exchange.on(code, on) for code in (line.rate.currency, currency))


def _found(valued: Valued, currency: str, on: date, exchange: ExchangeRates) -> Found:
    found = valued.resolution
    if found.line is None:
        return Found()
    return Found(found.line, found.level, len(found.steps), exchange_rows(found.line, currency, on, exchange))
