"""Kinds of hours and of expenses."""

from __future__ import annotations

from decimal import Decimal

import strawberry

from hourledger.core.money import HourlyRate
from models.queries.listing.work_types import ExpenseTypeView, HourTypeView
from models.tables import HourTypeScope
from schema.fields import is_value, reads
from schema.node import Node


@strawberry.type(description="A kind of hours.")
class HourType(Node):
    is_type_of = is_value(HourTypeView)
    name: str = strawberry.field(description="Unique in the organisation.")
    description: str = strawberry.field(description="What it is for.")
    scope: HourTypeScope = strawberry.field(description="Whether it is for projects or for general time.")
    counts_as_revenue: bool = strawberry.field(description="Whether its hours may earn; they always cost.")
    is_built_in: bool = strawberry.field(description="Whether it came with the organisation.")
    is_active: bool = strawberry.field(description="Whether it is still in use.")


@strawberry.type(description="A kind of expense.")
class ExpenseType(Node):
    is_type_of = is_value(ExpenseTypeView)
    name: str = strawberry.field(description="Unique in the organisation.")
    description: str = strawberry.field(description="What it is for.")
    unit: str | None = strawberry.field(description="What is counted, such as KILOMETER; null: amounts are typed.")
    unit_rate = reads(
        Decimal | None,
        "The price of one unit, at most four decimals; null: amounts are typed.",
        lambda it: None if it.unit_rate_scaled is None else HourlyRate(it.unit_rate_scaled, it.currency).per_unit,
    )
    currency: str | None = strawberry.field(description="The currency of the price.")
    is_built_in: bool = strawberry.field(description="Whether it came with the organisation.")
    is_active: bool = strawberry.field(description="Whether new expenses may have it.")
