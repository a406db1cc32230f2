"""Rate attributes, their values, and who has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid
from hourledger.services.attribute_relations import offered_values
from models.queries.listing.rate_attributes import (
    ATTRIBUTE_RELATIONS,
    ATTRIBUTE_VALUES,
    OF_ATTRIBUTE,
    OF_SOURCE,
    ONE_OF,
    PERSON_ATTRIBUTES,
    RATE_ATTRIBUTES,
    RELATED_VALUES,
    RELATIONS_OF_ATTRIBUTE,
    WITHIN,
    AttributeRelationView,
    AttributeValueView,
    PersonAttributeView,
    RateAttributeView,
    RelatedValueView,
)
from models.tables import AttributeSource
from resolvers.changes.rates import AttributeGiven, attribute_ids
from resolvers.context import RequestContext
from resolvers.ids import row_id
from resolvers.paging import Page, PageRequest, page_of, page_under


@dataclass(frozen=True, slots=True)
class NarrowedView:
    """One attribute of a rate and the value it asks for."""

    attribute: RateAttributeView
    value: AttributeValueView


async def rate_attributes(context: RequestContext, page: PageRequest) -> Page[RateAttributeView]:
    context.principal.require(Permission.VIEW_PROJECTS)
    return await page_of(context, RATE_ATTRIBUTES, page)


async def attribute_values(
    context: RequestContext,
    page: PageRequest,
    *,
    source: AttributeSource | None,
    parent_id: str | None,
    attribute_id: str | None,
    given: Sequence[AttributeGiven],
) -> Page[AttributeValueView]:
    """By name; ``parent_id``: only places that lie directly within that one. ``attribute_id``: only what it can have
    beside what is ``given``. Raises Invalid ATTRIBUTE_MISSING; Missing ATTRIBUTE_UNKNOWN."""
    context.principal.require(Permission.VIEW_PROJECTS)
    conditions: dict[str, dict[str, object]] = {}
    if attribute_id is not None:
        number = row_id(attribute_id, "RateAttribute", "attributeId")
        async with context.reading() as unit:
            values_are, offered = await offered_values(unit, number, attribute_ids(given, "given"))
        conditions[OF_ATTRIBUTE] = {"values_are": values_are.value}
        if offered is not None:
            conditions[ONE_OF] = {"offered": offered}
    elif given:
        raise Invalid(
            "Say of which attribute values are looked for beside what is given.",
            code="ATTRIBUTE_MISSING",
            field="attributeId",
        )
    if source is not None:
        conditions[OF_SOURCE] = {"source": source.value}
    if parent_id is not None:
        conditions[WITHIN] = {"parent": row_id(parent_id, "AttributeValue", "parentId")}
    return await page_of(context, ATTRIBUTE_VALUES, page, conditions)


async def person_attributes(context: RequestContext, page: PageRequest, *, person_id: str) -> Page[PersonAttributeView]:
    """All sets of a person, by attribute and from when."""
    context.principal.require(Permission.VIEW_PROJECTS)
    return await page_under(context, PERSON_ATTRIBUTES, "q.person_id", row_id(person_id, "Person", "personId"), page)


async def relations(context: RequestContext, page: PageRequest) -> Page[AttributeRelationView]:
    context.principal.require(Permission.VIEW_PROJECTS)
    return await page_of(context, ATTRIBUTE_RELATIONS, page)


async def relations_of(context: RequestContext, attribute_id: int, page: PageRequest) -> Page[AttributeRelationView]:
    """On whichever side the attribute stands."""
    return await page_under(context, RELATIONS_OF_ATTRIBUTE, "r.attribute_id", attribute_id, page)


async def related_values(context: RequestContext, relation_id: int, page: PageRequest) -> Page[RelatedValueView]:
    return await page_under(context, RELATED_VALUES, "p.relation_id", relation_id, page)


async def relation_by_id(context: RequestContext, relation_id: int | None) -> AttributeRelationView | None:
    return await context.loaders.row(ATTRIBUTE_RELATIONS, relation_id)


async def narrowed(context: RequestContext, attributes: Mapping[str, int]) -> list[NarrowedView]:
    """The attributes of a rate or of an alias, in the order in which they decide."""
    found = []
    for attribute_id, value_id in attributes.items():
        attribute = await rate_attribute_by_id(context, int(attribute_id))
        value = await attribute_value_by_id(context, value_id)
        if attribute is not None and value is not None:
            found.append(NarrowedView(attribute, value))
    return sorted(found, key=lambda one: one.attribute.position)


async def rate_attribute_by_id(context: RequestContext, attribute_id: int | None) -> RateAttributeView | None:
    return await context.loaders.row(RATE_ATTRIBUTES, attribute_id)


async def attribute_value_by_id(context: RequestContext, value_id: int | None) -> AttributeValueView | None:
    return await context.loaders.row(ATTRIBUTE_VALUES, value_id)


async def person_attribute_by_id(context: RequestContext, set_id: int | None) -> PersonAttributeView | None:
    return await context.loaders.row(PERSON_ATTRIBUTES, set_id)
