"""Rate attributes, their values, and who has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hourledger.core.access import Permission
from models.queries.listing.rate_attributes import (
    ATTRIBUTE_VALUES,
    OF_SOURCE,
    PERSON_ATTRIBUTES,
    RATE_ATTRIBUTES,
    WITHIN,
    AttributeValueView,
    PersonAttributeView,
    RateAttributeView,
)
from models.tables import AttributeSource
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
    context: RequestContext, page: PageRequest, *, source: AttributeSource | None, parent_id: str | None
) -> Page[AttributeValueView]:
    """By name; ``parent_id``: only places that lie directly within that one."""
    context.principal.require(Permission.VIEW_PROJECTS)
    conditions: dict[str, dict[str, object]] = {}
    if source is not None:
        conditions[OF_SOURCE] = {"source": source.value}
    if parent_id is not None:
        conditions[WITHIN] = {"parent": row_id(parent_id, "AttributeValue", "parentId")}
    return await page_of(context, ATTRIBUTE_VALUES, page, conditions)


async def person_attributes(context: RequestContext, page: PageRequest, *, person_id: str) -> Page[PersonAttributeView]:
    """All sets of a person, by attribute and from when."""
    context.principal.require(Permission.VIEW_PROJECTS)
    return await page_under(context, PERSON_ATTRIBUTES, "q.person_id", row_id(person_id, "Person", "personId"), page)


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
