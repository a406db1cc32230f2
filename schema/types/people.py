"""People, roles and companies."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import strawberry

from hourledger.core.periods import Period
from models.queries.listing.billing_roles import BillingRoleView
from models.queries.listing.people import CompanyView, PersonView, RoleView
from resolvers import people, projects, work_types
from schema.fields import is_value, pages, reads, resolves
from schema.node import Connection, Node
from schema.references import HOUR_TYPE, PERSON, PROJECT, ROLE, ROLE_SET, ROLE_SHARE


@strawberry.type(description="Somebody who works.")
class Person(Node):
    is_type_of = is_value(PersonView)
    name: str = strawberry.field(description="Full name.")
    email: str = strawberry.field(description="E-mail address, unique in the organisation.")
    is_active: bool = strawberry.field(description="Whether new work may be logged for them.")
    primary_role = resolves(
        ROLE | None, "The primary role today.", lambda context, person: projects.primary_role(context, person.id)
    )
    cost_rate_override_allowed: bool = strawberry.field(
        description="Whether a project may have a cost rate of its own for them."
    )
    filters_hour_types: bool = strawberry.field(
        description="Whether of the organisation's own kinds of hours they log only some."
    )
    hour_types = pages(
        Connection[HOUR_TYPE],
        "The kinds of hours they may log, by name; on a project, those that it takes as well.",
        lambda context, it, page: work_types.hour_types_of_person(context, it.id, page),
    )
    roles = resolves(
        list[ROLE_SHARE],
        "The roles they have today, the primary one first.",
        lambda context, person: people.roles_today(context, person.id),
    )
    role_sets = resolves(
        list[ROLE_SET],
        "The roles they had, have and will have, oldest first.",
        lambda context, person: people.role_sets_of(context, person.id),
    )


@strawberry.type(description="A job role with its share of somebody's time.")
class RoleShare:
    role = resolves(ROLE | None, "The role.", lambda context, it: projects.role_by_id(context, it.role_id))
    share_percent: Decimal = strawberry.field(description="0 to 100; the shares of a set sum to 100.")
    is_primary: bool = strawberry.field(description="Whether its rates apply where no role is named.")


@strawberry.type(description="The roles somebody has from a day on, until the next set begins.")
class RoleSet:
    valid_from = reads(date | None, "First day; null: always was.", lambda it: it.period.valid_from)
    last_day = reads(date | None, "Last day, inclusive; null: open end.", lambda it: it.period.last_day)
    roles: list[RoleShare] = strawberry.field(description="The roles, the primary one first.")


@strawberry.type(description="The job role that somebody is billed as on a project, when. What they cost stays.")
class ProjectBillingRole(Node):
    is_type_of = is_value(BillingRoleView)
    valid_from: date | None = strawberry.field(description="First day; null: from the beginning.")
    last_day = reads(
        date | None,
        "Last day, inclusive; null: open end.",
        lambda it: Period(it.valid_from, it.valid_until).last_day,
    )
    person = resolves(PERSON | None, "Who.", lambda context, it: projects.person_by_id(context, it.person_id))
    role = resolves(ROLE | None, "As which role.", lambda context, it: projects.role_by_id(context, it.role_id))
    project = resolves(
        PROJECT | None, "On which project.", lambda context, it: projects.project_by_id(context, it.project_id)
    )


@strawberry.type(description="A job role with rates of its own, such as Developer.")
class Role(Node):
    is_type_of = is_value(RoleView)
    name: str = strawberry.field(description="Unique in the organisation.")
    description: str = strawberry.field(description="What people in it do.")
    is_active: bool = strawberry.field(description="Whether it is still in use.")


@strawberry.type(description="A customer.")
class Company(Node):
    is_type_of = is_value(CompanyView)
    name: str = strawberry.field(description="Unique in the organisation.")
    currency: str = strawberry.field(description="The currency it is billed in unless a project says otherwise.")
    payment_terms_days: int | None = strawberry.field(description="Days until payment is due; null: at once.")
    is_active: bool = strawberry.field(description="Whether it is still a customer.")
