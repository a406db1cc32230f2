"""What narrows a rate."""

from __future__ import annotations

from datetime import date

import strawberry

from models.queries.listing.rate_attributes import (
    AttributeRelationView,
    AttributeValueView,
    PersonAttributeView,
    RateAttributeView,
)
from models.tables import AttributeSource, RelationFilter
from resolvers import projects, rate_attributes, work_types
from schema.fields import is_value, pages, reads, resolves
from schema.node import Connection, Node
from schema.references import ATTRIBUTE_RELATION, ATTRIBUTE_VALUE, COMPANY, HOUR_TYPE, PERSON, RATE_ATTRIBUTE
from schema.types.days import last_day


@strawberry.type(description="One of at most five things that narrow a rate, such as a place. Fixed once it is used.")
class RateAttribute(Node):
    is_type_of = is_value(RateAttributeView)
    position: int = strawberry.field(description="1 to 5; 1 decides first.")
    name: str = strawberry.field(description="Unique in the organisation.")
    source: AttributeSource = strawberry.field(description="What its values are.")
    is_required: bool = strawberry.field(description="Whether rates of roles and of rate cards must have it.")
    used_in_revenue: bool = strawberry.field(description="Whether billing rates can have it.")
    used_in_cost: bool = strawberry.field(description="Whether cost rates can have it.")
    is_hierarchical: bool = strawberry.field(description="Whether a place matches rates of the places it lies in.")
    relations = pages(
        Connection[ATTRIBUTE_RELATION],
        "The attributes whose values go together with its own in pairs.",
        lambda context, it, page: rate_attributes.relations_of(context, it.id, page),
    )


@strawberry.type(description="Two values that go together.")
class RelatedValues:
    first = resolves(
        ATTRIBUTE_VALUE | None,
        "A value of the first attribute.",
        lambda context, it: rate_attributes.attribute_value_by_id(context, it.first_value_id),
    )
    second = resolves(
        ATTRIBUTE_VALUE | None,
        "A value of the second attribute.",
        lambda context, it: rate_attributes.attribute_value_by_id(context, it.second_value_id),
    )


@strawberry.type(description="Two rate attributes whose values go together in pairs, in both directions.")
class AttributeRelation(Node):
    is_type_of = is_value(AttributeRelationView)
    filter: RelationFilter = strawberry.field(description="What the pairs are for.")
    first = resolves(
        RATE_ATTRIBUTE | None,
        "The first attribute.",
        lambda context, it: rate_attributes.rate_attribute_by_id(context, it.first_attribute_id),
    )
    second = resolves(
        RATE_ATTRIBUTE | None,
        "The second attribute.",
        lambda context, it: rate_attributes.rate_attribute_by_id(context, it.second_attribute_id),
    )
    pairs = pages(
        Connection[RelatedValues],
        "The values that go together. What goes with a place goes with the places in it, where they are hierarchical.",
        lambda context, it, page: rate_attributes.related_values(context, it.id, page),
    )


@strawberry.type(description="A group, a place, a customer or a kind of hours that a rate can ask for.")
class AttributeValue(Node):
    is_type_of = is_value(AttributeValueView)
    source: AttributeSource = strawberry.field(description="What it is.")
    name: str = strawberry.field(description="Unique within the place it lies in.")
    parent = resolves(
        ATTRIBUTE_VALUE | None,
        "The place it lies in.",
        lambda context, it: rate_attributes.attribute_value_by_id(context, it.parent_id),
    )
    company = resolves(
        COMPANY | None, "The customer it is.", lambda context, it: projects.company_by_id(context, it.company_id)
    )
    hour_type = resolves(
        HOUR_TYPE | None,
        "The kind of hours it is.",
        lambda context, it: work_types.hour_type_by_id(context, it.hour_type_id),
    )


@strawberry.type(description="A rate attribute with a value.")
class RateNarrowing:
    attribute = reads(RATE_ATTRIBUTE, "The attribute.", lambda it: it.attribute)
    value = reads(ATTRIBUTE_VALUE, "What who works must have.", lambda it: it.value)


@strawberry.type(description="What a person has for a rate attribute, and when.")
class PersonAttribute(Node):
    is_type_of = is_value(PersonAttributeView)
    person = resolves(PERSON | None, "The person.", lambda context, it: projects.person_by_id(context, it.person_id))
    attribute = resolves(
        RATE_ATTRIBUTE | None,
        "The attribute.",
        lambda context, it: rate_attributes.rate_attribute_by_id(context, it.rate_attribute_id),
    )
    value = resolves(
        ATTRIBUTE_VALUE | None,
        "The value.",
        lambda context, it: rate_attributes.attribute_value_by_id(context, it.attribute_value_id),
    )
    valid_from: date | None = strawberry.field(description="First day; null: always was.")
    last_day = last_day()
