"""Kinds of hours and of expenses as they are shown."""

from __future__ import annotations

from dataclasses import dataclass

from models.queries.listing.keyset import Listing
from models.tables import HourTypeScope


@dataclass(frozen=True, slots=True)
class HourTypeView:
    id: int
    name: str
    scope: HourTypeScope
    counts_as_revenue: bool
    is_built_in: bool
    is_active: bool


HOUR_TYPES = Listing(
    name="hour_types",
    row=HourTypeView,
    alias="h",
    columns="h.id, h.name, h.scope, h.counts_as_revenue, h.is_built_in, h.is_active",
    source="hour_type h",
    order=(("h.name", "text"), ("h.id", "bigint")),
    casts={"scope": HourTypeScope},
)


@dataclass(frozen=True, slots=True)
class ExpenseTypeView:
    """``unit_rate_scaled``: price per unit in 1/10,000 of ``currency``; all three None when amounts are typed."""

    id: int
    name: str
    unit: str | None
    unit_rate_scaled: int | None
    currency: str | None
    is_built_in: bool


EXPENSE_TYPES = Listing(
    name="expense_types",
    row=ExpenseTypeView,
    alias="k",
    columns="k.id, k.name, k.unit, k.unit_rate_scaled, k.currency, k.is_built_in",
    source="expense_type k",
    order=(("k.name", "text"), ("k.id", "bigint")),
)
