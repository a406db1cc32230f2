"""Companies, people and roles: who they are, and which roles people have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hourledger.core.role_sets import RoleShare
from hourledger.services import roles, set_up
from hourledger.services.edit_person import edit_person as change_person
from hourledger.services.set_person_roles import set_person_roles as store_roles
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.listing.people import COMPANIES, PEOPLE, ROLES
from resolvers.changes.removing import removal
from resolvers.context import RequestContext
from resolvers.ids import optional_row_id, row_id
from resolvers.mutations import Answer, mutation


@mutation("createCompany", COMPANIES)
async def create_company(_context: RequestContext, unit: UnitOfWork, *, name: str, currency: str) -> Answer:
    return {"id": await set_up.create_company(unit, name, currency)}


@mutation("createRole", ROLES)
async def create_role(_context: RequestContext, unit: UnitOfWork, *, name: str, description: str) -> Answer:
    return {"id": await set_up.create_role(unit, name, description=description)}


@mutation("createPerson", PEOPLE)
async def create_person(
    _context: RequestContext, unit: UnitOfWork, *, name: str, email: str, primary_role_id: str | None
) -> Answer:
    role_id = optional_row_id(primary_role_id, "Role", "primaryRoleId")
    return {"id": await set_up.create_person(unit, name, email, primary_role_id=role_id)}


@dataclass(frozen=True, slots=True)
class RoleGiven:
    """One role of a set, in the API's terms."""

    role_id: str
    share_percent: Decimal
    is_primary: bool


@mutation("setPersonRoles", PEOPLE)
async def set_person_roles(
    _context: RequestContext, unit: UnitOfWork, *, person_id: str, valid_from: date | None, roles: Sequence[RoleGiven]
) -> Answer:
    number = row_id(person_id, "Person", "personId")
    shares = [RoleShare(row_id(one.role_id, "Role", "roleId"), one.share_percent, one.is_primary) for one in roles]
    await store_roles(unit, number, shares, valid_from=valid_from)
    return {"id": number}


@mutation("editPerson", PEOPLE)
async def edit_person(
    _context: RequestContext,
    unit: UnitOfWork,
    *,
    person_id: str,
    name: str | None,
    email: str | None,
    is_active: bool | None,
    cost_rate_override_allowed: bool | None,
) -> Answer:
    number = row_id(person_id, "Person", "personId")
    await change_person(
        unit,
        number,
        name=name,
        email=email,
        is_active=is_active,
        cost_rate_override_allowed=cost_rate_override_allowed,
    )
    return {"id": number}


@mutation("editRole", ROLES)
async def edit_role(
    _context: RequestContext,
    unit: UnitOfWork,
    *,
    role_id: str,
    name: str | None,
    description: str | None,
    is_active: bool | None,
) -> Answer:
    number = row_id(role_id, "Role", "roleId")
    await roles.edit_role(unit, number, name=name, description=description, is_active=is_active)
    return {"id": number}


@removal("deleteRole", ROLES)
async def delete_role(
    _context: RequestContext, unit: UnitOfWork, *, role_id: str, replacement_role_id: str | None
) -> Answer:
    number = row_id(role_id, "Role", "roleId")
    replacement = optional_row_id(replacement_role_id, "Role", "replacementRoleId")
    return {"id": number, "is_gone": await roles.delete_role(unit, number, replacement_id=replacement)}
