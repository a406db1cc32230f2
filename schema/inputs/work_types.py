"""Inputs about kinds of hours and of expenses."""

from __future__ import annotations

from decimal import Decimal

import strawberry

from models.tables import HourTypeScope
from schema.inputs.base import MutationInput


@strawberry.input(description="The input of createHourType.")
class CreateHourTypeInput(MutationInput):
    name: str = strawberry.field(description="Unique in the organisation.")
    scope: HourTypeScope = strawberry.field(
        default=HourTypeScope.PROJECT_SPECIFIC, description="Whether it is for projects or for general time."
    )
    counts_as_revenue: bool = strawberry.field(default=True, description="Whether its hours may earn.")


@strawberry.input(description="The input of createExpenseType; unit, unitRate and currency go together.")
class CreateExpenseTypeInput(MutationInput):
    name: str = strawberry.field(description="Unique in the organisation.")
    unit: str | None = strawberry.field(default=None, description="What is counted, such as KILOMETER.")
    unit_rate: Decimal | None = strawberry.field(default=None, description="The price of one, at most four decimals.")
    currency: str | None = strawberry.field(default=None, description="ISO 4217 code of the price.")
