"""Rate attributes, their values, and who has them, as they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from models.queries.listing.keyset import Listing
from models.tables import AttributeSource, RelationFilter


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


OF_ATTRIBUTE = "v.source = :values_are"
ONE_OF = "v.id = ANY(:offered)"


@dataclass(frozen=True, slots=True)
class AttributeRelationView:
    id: int
    first_attribute_id: int
    second_attribute_id: int
    filter: RelationFilter


ATTRIBUTE_RELATIONS = Listing(
    name="attribute_relations",
    row=AttributeRelationView,
    alias="r",
    columns="r.id, r.first_attribute_id, r.second_attribute_id, r.filter",
    source="attribute_relation r",
    order=(("r.id", "bigint"),),
    casts={"filter": RelationFilter},
)

RELATIONS_OF_ATTRIBUTE = Listing(
    name="relations_of_attribute",
    row=AttributeRelationView,
    alias="r",
    columns=ATTRIBUTE_RELATIONS.columns,
    source="""(
        SELECT a.id AS attribute_id, o.* FROM rate_attribute a
        JOIN attribute_relation o ON a.id IN (o.first_attribute_id, o.second_attribute_id)
    ) r""",
    order=ATTRIBUTE_RELATIONS.order,
    casts=ATTRIBUTE_RELATIONS.casts,
)
"""Read by ``r.attribute_id``: the relations of an attribute, on whichever side it stands."""


@dataclass(frozen=True, slots=True)
class RelatedValueView:
    id: int
    relation_id: int
    first_value_id: int
    second_value_id: int


RELATED_VALUES = Listing(
    name="related_values",
    row=RelatedValueView,
    alias="p",
    columns="p.id, p.relation_id, p.first_value_id, p.second_value_id",
    source="related_value p",
    order=(("p.id", "bigint"),),
)


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
