"""Inputs about expenses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import strawberry
from strawberry import UNSET

from schema.inputs.base import MutationInput


@strawberry.input(description="The input of addExpense; amounts are in the project's currency.")
class AddExpenseInput(MutationInput):
    project_id: strawberry.ID = strawberry.field(description="The project it is for.")
    expense_type: str = strawberry.field(description="The kind of expense by name, such as Travel.")
    description: str = strawberry.field(description="What it was for.")
    task_id: strawberry.ID | None = strawberry.field(default=None, description="The task it is for.")
    planned_amount: Decimal | None = strawberry.field(default=None, description="Planned; negative: a credit.")
    actual_amount: Decimal | None = strawberry.field(default=None, description="Spent; negative: a credit.")
    planned_units: Decimal | None = strawberry.field(
        default=None, description="Planned units, instead of an amount, when the type has a price per unit."
    )
    actual_units: Decimal | None = strawberry.field(
        default=None, description="Units, instead of an amount, when the type has a price per unit."
    )
    planned_on: date | None = strawberry.field(
        default=None, description="When it is planned; null: when it is paid, or today."
    )
    paid_on: date | None = strawberry.field(default=None, description="When it was paid; null: today.")
    is_billable: bool = strawberry.field(default=False, description="Whether the customer pays for it.")
    is_reimbursable: bool = strawberry.field(default=False, description="Whether somebody gets it back.")
    is_reimbursed: bool = strawberry.field(default=False, description="Whether they got it back already.")


@strawberry.input(description="The input of editExpense: what is not given stays. Its project always stays.")
class EditExpenseInput(MutationInput):
    expense_id: strawberry.ID = strawberry.field(description="The expense.")
    task_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Another task of its project; null: the project itself."
    )
    expense_type: str | None = strawberry.field(default=None, description="The kind of expense by name.")
    description: str | None = strawberry.field(default=None, description="What it was for.")
    planned_amount: Decimal | None = strawberry.field(default=UNSET, description="Planned, instead of units.")
    actual_amount: Decimal | None = strawberry.field(default=UNSET, description="Spent, instead of units.")
    planned_units: Decimal | None = strawberry.field(
        default=UNSET, description="Planned units, at the price of now; null: the amount stays, and is a typed one."
    )
    actual_units: Decimal | None = strawberry.field(
        default=UNSET, description="Units, at the price of now; null: the amount stays, and is a typed one."
    )
    planned_on: date | None = strawberry.field(
        default=UNSET, description="When it is planned; null: when it was entered."
    )
    paid_on: date | None = strawberry.field(default=UNSET, description="When it was paid; null: when it was entered.")
    is_billable: bool | None = strawberry.field(default=None, description="Whether the customer pays for it.")
    is_reimbursable: bool | None = strawberry.field(default=None, description="Whether somebody gets it back.")
    is_reimbursed: bool | None = strawberry.field(default=None, description="Whether they got it back.")


@strawberry.input(description="The input of deleteExpense.")
class DeleteExpenseInput(MutationInput):
    expense_id: strawberry.ID = strawberry.field(description="The expense.")
    reason: str = strawberry.field(default="", description="Why, for the audit log.")
