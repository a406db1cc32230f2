"""Kinds of hours and of expenses as they are shown."""

from __future__ import annotations

from dataclasses import dataclass

from models.queries.listing.keyset import Listing
from models.tables import HourTypeScope


@dataclass(frozen=True, slots=True)
class HourTypeView:
    id: int
    name: str
    description: str
    scope: HourTypeScope
    counts_as_revenue: bool
    is_built_in: bool
    is_active: bool


HOUR_TYPES = Listing(
    name="hour_types",
    row=HourTypeView,
    alias="h",
    columns="h.id, h.name, h.description, h.scope, h.counts_as_revenue, h.is_built_in, h.is_active",
    source="hour_type h",
    order=(("h.name", "text"), ("h.id", "bigint")),
    casts={"scope": HourTypeScope},
)


HOUR_TYPES_OF_PROJECT = Listing(
    name="hour_types_of_project",
    row=HourTypeView,
    alias="h",
    columns=HOUR_TYPES.columns,
    source="""(
        SELECT p.id AS project_id, k.* FROM project p
        JOIN hour_type k ON k.organisation_id = p.organisation_id AND k.is_active AND k.scope = 'PROJECT_SPECIFIC'
        WHERE k.is_built_in OR NOT p.filters_hour_types OR EXISTS (
            SELECT FROM project_hour_type o WHERE o.project_id = p.id AND o.hour_type_id = k.id
        )
    ) h""",
    order=HOUR_TYPES.order,
    casts=HOUR_TYPES.casts,
)
"""Read by ``h.project_id``: the kinds of hours that may be logged on a project."""

HOUR_TYPES_OF_PERSON = Listing(
    name="hour_types_of_person",
    row=HourTypeView,
    alias="h",
    columns=HOUR_TYPES.columns,
    source="""(
        SELECT p.id AS person_id, k.* FROM person p
        JOIN hour_type k ON k.organisation_id = p.organisation_id AND k.is_active
        WHERE k.is_built_in OR NOT p.filters_hour_types OR EXISTS (
            SELECT FROM person_hour_type o WHERE o.person_id = p.id AND o.hour_type_id = k.id
        )
    ) h""",
    order=HOUR_TYPES.order,
    casts=HOUR_TYPES.casts,
)
"""Read by ``h.person_id``: the kinds of hours that somebody may log, where the project takes them."""


@dataclass(frozen=True, slots=True)
class ExpenseTypeView:
    """``unit_rate_scaled``: price per unit in 1/10,000 of ``currency``; all three None when amounts are typed."""

    id: int
    name: str
    description: str
    unit: str | None
    unit_rate_scaled: int | None
    currency: str | None
    is_built_in: bool
    is_active: bool


EXPENSE_TYPES = Listing(
    name="expense_types",
    row=ExpenseTypeView,
    alias="k",
    columns="k.id, k.name, k.description, k.unit, k.unit_rate_scaled, k.currency, k.is_built_in, k.is_active",
    source="expense_type k",
    order=(("k.name", "text"), ("k.id", "bigint")),
)
