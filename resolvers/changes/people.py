"""Creating companies, people and roles."""

from __future__ import annotations

from hourledger.services import set_up
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.listing.people import COMPANIES, PEOPLE, ROLES
from resolvers.context import RequestContext
from resolvers.ids import optional_row_id
from resolvers.mutations import Answer, mutation


@mutation("createCompany", COMPANIES)
async def create_company(_context: RequestContext, unit: UnitOfWork, *, name: str, currency: str) -> Answer:
    return {"id": await set_up.create_company(unit, name, currency)}


@mutation("createRole", ROLES)
async def create_role(_context: RequestContext, unit: UnitOfWork, *, name: str) -> Answer:
    return {"id": await set_up.create_role(unit, name)}


@mutation("createPerson", PEOPLE)
async def create_person(
    _context: RequestContext, unit: UnitOfWork, *, name: str, email: str, primary_role_id: str | None
) -> Answer:
    role_id = optional_row_id(primary_role_id, "Role", "primaryRoleId")
    return {"id": await set_up.create_person(unit, name, email, primary_role_id=role_id)}
