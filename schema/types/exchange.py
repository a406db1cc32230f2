"""Exchange rates and currencies."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import strawberry

from models.queries.listing.exchange import ExchangeRateView
from resolvers import projects
from schema.fields import is_value, reads, resolves
from schema.node import Node
from schema.references import PROJECT


@strawberry.type(
    description="An exchange rate with the days on which it is in force. Never edited: replaced by others."
)
class ExchangeRate(Node):
    is_type_of = is_value(ExchangeRateView)
    currency: str = strawberry.field(description="ISO 4217 code.")
    rate = reads(Decimal, "Units of the currency per unit of the base currency.", lambda it: it.rate.normalize())
    valid_from: date | None = strawberry.field(description="First day in force; null: always was.")
    last_day = reads(
        date | None,
        "Last day in force, inclusive; null: open end.",
        lambda it: it.valid_until - timedelta(days=1) if it.valid_until else None,
    )
    source: str = strawberry.field(description="Who set it, or where it is from.")
    recorded_at: datetime = strawberry.field(description="When it was set.")
    project = resolves(
        PROJECT | None,
        "The project it is for; null: for the whole organisation.",
        lambda context, it: projects.project_by_id(context, it.project_id),
    )


@strawberry.type(description="A currency that projects may be in.")
class Currency:
    code: str = strawberry.field(description="ISO 4217 code.")
    is_base: bool = strawberry.field(description="Whether the books are in it.")
    decimals: int = strawberry.field(description="Digits after the point of an amount in it.")
