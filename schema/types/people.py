"""People, roles and companies."""

from __future__ import annotations

import strawberry

from models.queries.listing.people import CompanyView, PersonView, RoleView
from resolvers import projects
from schema.fields import is_value, resolves
from schema.node import Node
from schema.references import ROLE


@strawberry.type(description="Somebody who works.")
class Person(Node):
    is_type_of = is_value(PersonView)
    name: str = strawberry.field(description="Full name.")
    email: str = strawberry.field(description="E-mail address, unique in the organisation.")
    is_active: bool = strawberry.field(description="Whether new work may be logged for them.")
    primary_role = resolves(
        ROLE | None, "The primary role today.", lambda context, person: projects.primary_role(context, person.id)
    )


@strawberry.type(description="A job role with rates of its own, such as Developer.")
class Role(Node):
    is_type_of = is_value(RoleView)
    name: str = strawberry.field(description="Unique in the organisation.")
    is_active: bool = strawberry.field(description="Whether it is still in use.")


@strawberry.type(description="A customer.")
class Company(Node):
    is_type_of = is_value(CompanyView)
    name: str = strawberry.field(description="Unique in the organisation.")
    currency: str = strawberry.field(description="The currency it is billed in unless a project says otherwise.")
    payment_terms_days: int | None = strawberry.field(description="Days until payment is due; null: at once.")
    is_active: bool = strawberry.field(description="Whether it is still a customer.")
