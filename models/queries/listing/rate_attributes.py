"""Rate attributes, their values, and who has them, as they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from models.queries.listing.keyset import Listing
from models.tables import AttributeSource


@dataclass(frozen=True, slots=True)
class RateAttributeView:
    id: int
    position: int
    name: str
    source: AttributeSource
    is_required: bool
    used_in_revenue: bool
    used_in_cost: bool
    is_hierarchical: bool


RATE_ATTRIBUTES = Listing(
    name="rate_attributes",
    row=RateAttributeView,
    alias="r",
    columns="r.id, r.position, r.name, r.source, r.is_required, r.used_in_revenue, r.used_in_cost, r.is_hierarchical",
    source="rate_attribute r",
    order=(("r.position", "bigint"), ("r.id", "bigint")),
    casts={"source": AttributeSource},
)


@dataclass(frozen=True, slots=True)
class AttributeValueView:
    id: int
    source: AttributeSource
    name: str
    parent_id: int | None
    company_id: int | None
    hour_type_id: int | None


ATTRIBUTE_VALUES = Listing(
    name="attribute_values",
    row=AttributeValueView,
    alias="v",
    columns="v.id, v.source, v.name, v.parent_id, v.company_id, v.hour_type_id",
    source="attribute_value v",
    order=(("v.name", "text"), ("v.id", "bigint")),
    casts={"source": AttributeSource},
)

OF_SOURCE = "v.source = :source"
WITHIN = "v.parent_id = :parent"


@dataclass(frozen=True, slots=True)
class PersonAttributeView:
    """In force in ``[valid_from, valid_until)``."""

    id: int
    person_id: int
    rate_attribute_id: int
    attribute_value_id: int
    valid_from: date | None
    valid_until: date | None


PERSON_ATTRIBUTES = Listing(
    name="person_attributes",
    row=PersonAttributeView,
    alias="q",
    columns="q.id, q.person_id, q.rate_attribute_id, q.attribute_value_id, q.valid_from, q.valid_until",
    source="person_attribute q",
    order=(
        ("q.rate_attribute_id", "bigint"),
        ("coalesce(q.valid_from, DATE '0001-01-01')", "date"),
        ("q.id", "bigint"),
    ),
)
