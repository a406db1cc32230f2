"""Inputs about risks, role budgets, baselines and snapshots."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import strawberry
from strawberry import UNSET

from hourledger.core.work import RiskStatus
from schema.inputs.base import MutationInput


@strawberry.input(description="The input of addRisk; amounts are in the project's currency, zero or more.")
class AddRiskInput(MutationInput):
    project_id: strawberry.ID = strawberry.field(description="The project.")
    description: str = strawberry.field(description="What may happen.")
    kind: str = strawberry.field(default="", description="A word of your choice, such as Legal.")
    status: RiskStatus = strawberry.field(default=RiskStatus.IDENTIFIED, description="What has become of it.")
    probability_percent: Decimal = strawberry.field(default=Decimal(0), description="How likely it is, 0 to 100.")
    potential_cost: Decimal = strawberry.field(default=Decimal(0), description="What it would cost.")
    actual_cost: Decimal = strawberry.field(default=Decimal(0), description="What it has cost; in no other figure.")
    mitigation_plan: str = strawberry.field(default="", description="What is done about it.")
    mitigation_cost: Decimal = strawberry.field(default=Decimal(0), description="What doing that costs.")


@strawberry.input(description="The input of editRisk; what is left out stays.")
class EditRiskInput(MutationInput):
    risk_id: strawberry.ID = strawberry.field(description="The risk.")
    description: str | None = strawberry.field(default=UNSET, description="What may happen.")
    kind: str | None = strawberry.field(default=UNSET, description="A word of your choice, such as Legal.")
    status: RiskStatus | None = strawberry.field(default=UNSET, description="What has become of it.")
    probability_percent: Decimal | None = strawberry.field(default=UNSET, description="How likely it is, 0 to 100.")
    potential_cost: Decimal | None = strawberry.field(default=UNSET, description="What it would cost.")
    actual_cost: Decimal | None = strawberry.field(default=UNSET, description="What it has cost.")
    mitigation_plan: str | None = strawberry.field(default=UNSET, description="What is done about it.")
    mitigation_cost: Decimal | None = strawberry.field(default=UNSET, description="What doing that costs.")


@strawberry.input(description="The input of deleteRisk.")
class DeleteRiskInput(MutationInput):
    risk_id: strawberry.ID = strawberry.field(description="The risk.")
    reason: str = strawberry.field(default="", description="Why, for the audit log.")


@strawberry.input(description="The input of setRoleBudget.")
class SetRoleBudgetInput(MutationInput):
    project_id: strawberry.ID = strawberry.field(description="The project.")
    role_id: strawberry.ID = strawberry.field(description="The role.")
    first_day: date = strawberry.field(description="The first day of the week or month that the hours are for.")
    hours: Decimal | None = strawberry.field(
        default=None, description="Budgeted hours, instead of those that were there; 0 clears them."
    )
    full_time_persons: Decimal | None = strawberry.field(
        default=None,
        description="In place of hours: how many full-time persons of 160 hours in the month that begins on firstDay.",
    )


@strawberry.input(description="The input of takeBaseline.")
class TakeBaselineInput(MutationInput):
    project_id: strawberry.ID = strawberry.field(description="The project.")
    name: str = strawberry.field(description="Unique in the project.")


@strawberry.input(description="The input of chooseDefaultBaseline.")
class ChooseDefaultBaselineInput(MutationInput):
    baseline_id: strawberry.ID = strawberry.field(description="The baseline that is to be the default.")


@strawberry.input(description="The input of deleteBaseline.")
class DeleteBaselineInput(MutationInput):
    baseline_id: strawberry.ID = strawberry.field(description="The baseline; the default one only when it is the last.")
    reason: str = strawberry.field(default="", description="Why, for the audit log.")


@strawberry.input(description="The input of takeSnapshot.")
class TakeSnapshotInput(MutationInput):
    project_id: strawberry.ID = strawberry.field(description="The project.")
    name: str = strawberry.field(description="Unique among the project's snapshots.")


@strawberry.input(description="The input of deleteSnapshot.")
class DeleteSnapshotInput(MutationInput):
    snapshot_id: strawberry.ID = strawberry.field(description="The snapshot.")
    reason: str = strawberry.field(default="", description="Why, for the audit log.")
