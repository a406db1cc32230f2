"""Inputs about kinds of hours and of expenses."""

from __future__ import annotations

from decimal import Decimal

import strawberry

from models.tables import HourTypeScope
from schema.inputs.base import MutationInput


@strawberry.input(description="The input of createHourType.")
class CreateHourTypeInput(MutationInput):
    name: str = strawberry.field(description="Unique in the organisation.")
    description: str = strawberry.field(default="", description="What it is for.")
    scope: HourTypeScope = strawberry.field(
        default=HourTypeScope.PROJECT_SPECIFIC, description="Whether it is for projects or for general time."
    )
    counts_as_revenue: bool = strawberry.field(default=True, description="Whether its hours may earn.")


@strawberry.input(description="The input of createExpenseType; unit, unitRate and currency go together.")
class CreateExpenseTypeInput(MutationInput):
    name: str = strawberry.field(description="Unique in the organisation.")
    description: str = strawberry.field(default="", description="What it is for.")
    unit: str | None = strawberry.field(default=None, description="What is counted, such as KILOMETER.")
    unit_rate: Decimal | None = strawberry.field(default=None, description="The price of one, at most four decimals.")
    currency: str | None = strawberry.field(default=None, description="ISO 4217 code of the price.")


@strawberry.input(description="The input of editHourType: what is null stays. Built-in kinds cannot be changed.")
class EditHourTypeInput(MutationInput):
    hour_type_id: strawberry.ID = strawberry.field(description="The kind of hours.")
    name: str | None = strawberry.field(default=None, description="Unique in the organisation.")
    description: str | None = strawberry.field(default=None, description="What it is for.")
    scope: HourTypeScope | None = strawberry.field(
        default=None, description="Made general, its hours on projects get the built-in kind of what they are on."
    )
    counts_as_revenue: bool | None = strawberry.field(default=None, description="Whether its hours may earn.")
    is_active: bool | None = strawberry.field(
        default=None, description="Out of use, its hours on projects get the built-in kind of what they are on."
    )


@strawberry.input(description="The input of editExpenseType: the kind from now on. Expenses keep their amounts.")
class EditExpenseTypeInput(MutationInput):
    expense_type_id: strawberry.ID = strawberry.field(description="The kind of expense.")
    name: str = strawberry.field(description="Unique in the organisation.")
    description: str = strawberry.field(default="", description="What it is for.")
    unit: str | None = strawberry.field(default=None, description="What is counted, such as KILOMETER.")
    unit_rate: Decimal | None = strawberry.field(default=None, description="The price of one, at most four decimals.")
    currency: str | None = strawberry.field(default=None, description="ISO 4217 code of the price.")


@strawberry.input(description="The input of deleteExpenseType; a kind that expenses have goes out of use instead.")
class DeleteExpenseTypeInput(MutationInput):
    expense_type_id: strawberry.ID = strawberry.field(description="The kind of expense.")
