"""Inputs about projects and people."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import strawberry
from strawberry import UNSET

from hourledger.core.work import CostType, RevenueType
from schema.inputs.base import MutationInput


@strawberry.input(description="The input of createProject.")
class CreateProjectInput(MutationInput):
    code: str = strawberry.field(description="Short name, unique in the organisation.")
    name: str = strawberry.field(description="What people call it.")
    company_id: strawberry.ID | None = strawberry.field(default=None, description="The customer; null: internal.")
    currency: str | None = strawberry.field(
        default=None, description="ISO 4217 code; null: the customer's, else that of the books."
    )
    require_time_approval: bool = strawberry.field(default=False, description="Whether work must be approved first.")
    is_template: bool = strawberry.field(
        default=False,
        description="Whether it is there to be applied to other projects; that cannot be changed later.",
    )


@strawberry.input(description="The input of setProjectCompany.")
class SetProjectCompanyInput(MutationInput):
    project_id: strawberry.ID = strawberry.field(description="The project, of which nothing has been billed.")
    company_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Its customer from now on; null: internal. One of the two must be said."
    )


@strawberry.input(description="The input of createTask.")
class CreateTaskInput(MutationInput):
    project_id: strawberry.ID = strawberry.field(description="The project it is part of.")
    name: str = strawberry.field(description="Unique in the project.")
    parent_id: strawberry.ID | None = strawberry.field(default=None, description="The task it is part of.")
    cost_type: CostType | None = strawberry.field(
        default=None, description="Which cost rate applies; null: as financePreferences say."
    )
    cost_rate: Decimal | None = strawberry.field(default=None, description="Per hour, for FIXED_HOURLY.")
    revenue_type: RevenueType | None = strawberry.field(
        default=None, description="Which billing rate applies; null: as financePreferences say."
    )
    billing_rate: Decimal | None = strawberry.field(default=None, description="Per hour, for FIXED_HOURLY.")
    billing_amount: Decimal | None = strawberry.field(default=None, description="The cap or the fixed amount.")
    planned_hours: Decimal = strawberry.field(default=Decimal(0), description="Planned hours.")
    planned_start: date | None = strawberry.field(default=None, description="First planned day.")
    planned_completion: date | None = strawberry.field(default=None, description="Last planned day.")


@strawberry.input(description="The input of assignToTask; give a person, a role, or a person in a role.")
class AssignToTaskInput(MutationInput):
    task_id: strawberry.ID = strawberry.field(description="The task.")
    person_id: strawberry.ID | None = strawberry.field(default=None, description="Who.")
    role_id: strawberry.ID | None = strawberry.field(default=None, description="In which role.")
    planned_hours: Decimal | None = strawberry.field(
        default=None, description="Hours by hand; null: an equal share of what the others leave of the task's."
    )


@strawberry.input(description="The input of createCompany.")
class CreateCompanyInput(MutationInput):
    name: str = strawberry.field(description="Unique in the organisation.")
    currency: str = strawberry.field(description="ISO 4217 code of the currency it is billed in.")


@strawberry.input(description="The input of createRole.")
class CreateRoleInput(MutationInput):
    name: str = strawberry.field(description="Unique in the organisation.")
    description: str = strawberry.field(default="", description="What people in it do.")


@strawberry.input(description="The input of createPerson.")
class CreatePersonInput(MutationInput):
    name: str = strawberry.field(description="Full name.")
    email: str = strawberry.field(description="Unique in the organisation.")
    primary_role_id: strawberry.ID | None = strawberry.field(
        default=None, description="The role whose rates apply where none is named."
    )
