"""Inputs about billing records."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import strawberry

from schema.inputs.base import MutationInput


@strawberry.input(description="The input of createBillingRecord; all of it must belong to one customer and contract.")
class CreateBillingRecordInput(MutationInput):
    project_ids: list[strawberry.ID] = strawberry.field(description="The projects whose unbilled work is billed.")
    until: date | None = strawberry.field(default=None, description="Work up to and including this day; null: all.")
    fixed_task_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="Tasks whose fixed amount is billed."
    )
    additional_amount: Decimal | None = strawberry.field(default=None, description="A free amount on top.")
    description: str = strawberry.field(default="", description="What it bills, in words.")
    billing_date: date | None = strawberry.field(default=None, description="The date on the record; null: today.")
    po_number: str | None = strawberry.field(default=None, description="The customer's purchase order.")


@strawberry.input(description="The input of the steps in the life of a billing record.")
class BillingRecordInput(MutationInput):
    billing_record_id: strawberry.ID = strawberry.field(description="The billing record.")
