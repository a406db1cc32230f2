"""Exchange rates in force as they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from models.queries.listing.keyset import Listing


@dataclass(frozen=True, slots=True)
class ExchangeRateView:
    """``rate`` units of ``currency`` per unit of the base currency, in force in ``[valid_from, valid_until)``."""

    id: int
    project_id: int | None
    currency: str
    rate: Decimal
    valid_from: date | None
    valid_until: date | None
    source: str
    recorded_at: datetime


_COLUMNS = "x.id, x.project_id, x.currency, x.rate, x.valid_from, x.valid_until, x.source, x.recorded_at"

EXCHANGE_RATES = Listing(
    name="exchange_rates",
    row=ExchangeRateView,
    alias="x",
    columns=_COLUMNS,
    source="exchange_rate x",
    order=(("x.currency", "text"), ("coalesce(x.valid_from, DATE '0001-01-01')", "date"), ("x.id", "bigint")),
    where="x.retired_at IS NULL AND NOT EXISTS ("
    "SELECT FROM project p WHERE p.id = x.project_id AND p.deleted_at IS NOT NULL)",
)

EXCHANGE_RATES_EVER = Listing(
    name="exchange_rates_ever",
    row=ExchangeRateView,
    alias="x",
    columns=_COLUMNS,
    source="exchange_rate x",
    order=(("x.id", "bigint"),),
)
"""Retired rows too: a valuation names the row by which it was converted."""

OF_ORGANISATION = "x.project_id IS NULL"
OF_PROJECT = "x.project_id = :project"
OF_CURRENCY = "x.currency = :currency"
ON_DAY = "daterange(x.valid_from, x.valid_until) @> cast(:day AS date)"
