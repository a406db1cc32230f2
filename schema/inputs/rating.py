"""Inputs about how rates are found."""

from __future__ import annotations

import strawberry

from schema.inputs.base import MutationInput


@strawberry.input(description="The input of addRatePolicy.")
class AddRatePolicyInput(MutationInput):
    content: str = strawberry.field(description="The policy, TOML; a shipped one is a start to copy from.")


@strawberry.input(description="The input of useRatePolicy.")
class UseRatePolicyInput(MutationInput):
    version: str = strawberry.field(description="The policy to rate by from now on.")
    reason: str = strawberry.field(default="", description="Why, for the audit log.")


@strawberry.input(description="The input of preserveBillingRates.")
class PreserveBillingRatesInput(MutationInput):
    project_id: strawberry.ID = strawberry.field(description="The project.")
    is_on: bool = strawberry.field(
        default=True, description="Switched off only while nobody is assigned and nothing is logged."
    )
    reason: str = strawberry.field(default="", description="Why, for the audit log.")
