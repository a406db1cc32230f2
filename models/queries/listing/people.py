"""People, roles and companies as they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import text

from models.database import Session
from models.queries.listing.keyset import Listing


@dataclass(frozen=True, slots=True)
class PersonView:
    id: int
    name: str
    email: str
    is_active: bool
    cost_rate_override_allowed: bool
    filters_hour_types: bool


PEOPLE = Listing(
    name="people",
    row=PersonView,
    alias="p",
    columns="p.id, p.name, p.email, p.is_active, p.cost_rate_override_allowed, p.filters_hour_types",
    source="person p",
    order=(("p.name", "text"), ("p.id", "bigint")),
)


@dataclass(frozen=True, slots=True)
class RoleView:
    id: int
    name: str
    description: str
    is_active: bool


ROLES = Listing(
    name="roles",
    row=RoleView,
    alias="r",
    columns="r.id, r.name, r.description, r.is_active",
    source="role r",
    order=(("r.name", "text"), ("r.id", "bigint")),
)


@dataclass(frozen=True, slots=True)
class PersonRoleView:
    """A role of a person in ``[valid_from, valid_until)``."""

    id: int
    person_id: int
    role_id: int
    share_percent: Decimal
    is_primary: bool
    valid_from: date | None
    valid_until: date | None


PERSON_ROLES = Listing(
    name="person_roles",
    row=PersonRoleView,
    alias="pr",
    columns="pr.id, pr.person_id, pr.role_id, pr.share_percent, pr.is_primary, pr.valid_from, pr.valid_until",
    source="person_role pr",
    order=(("pr.id", "bigint"),),
)


@dataclass(frozen=True, slots=True)
class CompanyView:
    id: int
    name: str
    currency: str
    payment_terms_days: int | None
    is_active: bool


COMPANIES = Listing(
    name="companies",
    row=CompanyView,
    alias="c",
    columns="c.id, c.name, c.currency, c.payment_terms_days, c.is_active",
    source="company c",
    order=(("c.name", "text"), ("c.id", "bigint")),
)


async def primary_roles_on(
    session: Session, organisation_id: int, person_ids: Sequence[int], on: date
) -> dict[int, int]:
    """Person to primary role on a day; those without one are absent."""
    rows = await session.execute(
        text("""
            SELECT person_id, role_id FROM person_role
            WHERE organisation_id = :organisation AND person_id = ANY(:ids) AND is_primary
              AND daterange(valid_from, valid_until) @> cast(:day AS date)
        """),
        {"organisation": organisation_id, "ids": list(person_ids), "day": on},
    )
    return {row.person_id: row.role_id for row in rows}
