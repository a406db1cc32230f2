"""Amounts and rates."""

from __future__ import annotations

from decimal import Decimal

import strawberry

from schema.fields import hours, reads


@strawberry.type(description="An exact amount in one currency.")
class Money:
    amount: Decimal = strawberry.field(description='In major units, with the currency\'s digits: "12.30".')
    currency: str = strawberry.field(description="ISO 4217 code.")


@strawberry.type(description="A price per hour, or per day of so many hours.")
class HourlyRate:
    amount = reads(Decimal, "Per unit of time, in major units; zero is a rate.", lambda rate: rate.per_unit)
    unit_hours = hours("The hours it is the price of, mostly one.", "unit_seconds")
    currency: str = strawberry.field(description="ISO 4217 code.")
