"""Amounts and rates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

import strawberry

from resolvers.told_money import MoneyView, in_currency
from schema.fields import Info, hours, is_value, reads
from schema.references import MONEY

Currency = Annotated[str, strawberry.argument(description="ISO 4217 code.")]
OnDay = Annotated[date | None, strawberry.argument(description="The day whose exchange rates count; null: today.")]


async def _in(root: strawberry.Parent[MoneyView], info: Info, currency: Currency, on: OnDay = None) -> MoneyView | None:
    return await in_currency(info.context, root, currency, on)


@strawberry.type(description="An exact amount in one currency.")
class Money:
    is_type_of = is_value(MoneyView)
    amount: Decimal = strawberry.field(description='In major units, with the currency\'s digits: "12.30".')
    currency: str = strawberry.field(description="ISO 4217 code.")
    in_currency = strawberry.field(
        resolver=_in,
        name="in",
        graphql_type=MONEY | None,
        description="The amount in another currency, by the exchange rates of one day: the project's own where it has "
        "some, else the organisation's. Rounded once, from the amount that is kept; so sums of what was converted line "
        "by line may differ from a converted sum: ask portfolioFinances for figures that sum. Null, and "
        "extensions.unknown in the answer says why, where there is no exchange rate on that day, and for figures that "
        "were converted already; null without VIEW_PROJECTS.",
    )


@strawberry.type(description="A price per hour, or per day of so many hours.")
class HourlyRate:
    amount = reads(Decimal, "Per unit of time, in major units; zero is a rate.", lambda rate: rate.per_unit)
    unit_hours = hours("The hours it is the price of, mostly one.", "unit_seconds")
    currency: str = strawberry.field(description="ISO 4217 code.")
