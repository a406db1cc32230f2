"""Inputs about people and their roles."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import strawberry

from schema.inputs.base import MutationInput


@strawberry.input(description="A role of a set.")
class RoleShareInput:
    role_id: strawberry.ID = strawberry.field(description="The role.")
    share_percent: Decimal = strawberry.field(
        default=Decimal(100), description="0 to 100, at most two decimals; the shares of a set sum to 100."
    )
    is_primary: bool = strawberry.field(default=True, description="Exactly one role of a set is primary.")


@strawberry.input(description="The input of setPersonRoles; the set holds until the next one begins.")
class SetPersonRolesInput(MutationInput):
    person_id: strawberry.ID = strawberry.field(description="The person.")
    roles: list[RoleShareInput] = strawberry.field(description="All roles of the set.")
    valid_from: date | None = strawberry.field(default=None, description="Its first day; null: from the beginning.")


@strawberry.input(description="The input of editPerson: what is null stays.")
class EditPersonInput(MutationInput):
    person_id: strawberry.ID = strawberry.field(description="The person.")
    name: str | None = strawberry.field(default=None, description="Full name.")
    email: str | None = strawberry.field(default=None, description="Unique in the organisation.")
    is_active: bool | None = strawberry.field(default=None, description="Whether new work may be logged for them.")
    cost_rate_override_allowed: bool | None = strawberry.field(
        default=None, description="Whether a project may have a cost rate of its own for them. Needs EDIT_COST_RATES."
    )


@strawberry.input(description="The input of editRole: what is null stays.")
class EditRoleInput(MutationInput):
    role_id: strawberry.ID = strawberry.field(description="The role.")
    name: str | None = strawberry.field(default=None, description="Unique in the organisation.")
    description: str | None = strawberry.field(default=None, description="What people in it do.")
    is_active: bool | None = strawberry.field(
        default=None, description="Out of use, it is given to nobody any more; existing work keeps it and its rates."
    )


@strawberry.input(description="The input of deleteRole; a role that is used goes out of use instead.")
class DeleteRoleInput(MutationInput):
    role_id: strawberry.ID = strawberry.field(description="The role.")
    replacement_role_id: strawberry.ID | None = strawberry.field(
        default=None, description="Takes its place on open tasks; needed when it stands on any."
    )
