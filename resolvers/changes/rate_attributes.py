"""Rate attributes, their values, and who has them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol

from hourledger.core.errors import Invalid
from hourledger.core.periods import Period
from hourledger.services import attribute_relations as relations
from hourledger.services import attribute_values as values
from hourledger.services import rate_attributes as attributes_of_rates
from hourledger.services import set_attributes as sets
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.listing.people import PEOPLE
from models.queries.listing.projects import ASSIGNMENTS
from models.queries.listing.rate_attributes import ATTRIBUTE_RELATIONS, ATTRIBUTE_VALUES, RATE_ATTRIBUTES
from models.tables import AttributeSource, RelationFilter
from resolvers.changes.rates import AttributeGiven, attribute_ids
from resolvers.changes.removing import deletion
from resolvers.context import RequestContext
from resolvers.ids import optional_row_id, row_id
from resolvers.mutations import Answer, Mutation, mutation


@mutation("createRateAttribute", RATE_ATTRIBUTES)
async def create_rate_attribute(_context: RequestContext, unit: UnitOfWork, **said: Any) -> Answer:
    return {"id": await attributes_of_rates.create_rate_attribute(unit, attributes_of_rates.AttributeDraft(**said))}


@mutation("editRateAttribute", RATE_ATTRIBUTES)
async def edit_rate_attribute(
    _context: RequestContext, unit: UnitOfWork, *, rate_attribute_id: str, **said: Any
) -> Answer:
    number = _attribute(rate_attribute_id)
    await attributes_of_rates.edit_rate_attribute(unit, number, attributes_of_rates.AttributeDraft(**said))
    return {"id": number}


async def _delete_attribute(_context: RequestContext, unit: UnitOfWork, *, rate_attribute_id: str) -> Answer:
    number = _attribute(rate_attribute_id)
    await attributes_of_rates.delete_rate_attribute(unit, number)
    return {"id": number}


async def _delete_value(_context: RequestContext, unit: UnitOfWork, *, value_id: str) -> Answer:
    number = row_id(value_id, "AttributeValue", "valueId")
    await values.delete_attribute_value(unit, number)
    return {"id": number}


async def _deleted(_context: RequestContext, answer: Answer) -> int:
    return int(answer["id"])


delete_rate_attribute: Mutation[int] = Mutation("deleteRateAttribute", _delete_attribute, _deleted)
delete_attribute_value: Mutation[int] = Mutation("deleteAttributeValue", _delete_value, _deleted)
"""Their entities are the row ids of what is gone."""


@mutation("createAttributeValue", ATTRIBUTE_VALUES)
async def create_attribute_value(
    _context: RequestContext,
    unit: UnitOfWork,
    *,
    source: AttributeSource,
    name: str | None,
    parent_id: str | None,
    company_id: str | None,
    hour_type_id: str | None,
) -> Answer:
    if source in (AttributeSource.COMPANY, AttributeSource.HOUR_TYPE):
        if name is not None or parent_id is not None:
            raise Invalid("A customer and a kind of hours have their own name.", code="NAME_INVALID", field="name")
        company = optional_row_id(company_id, "Company", "companyId")
        kind = optional_row_id(hour_type_id, "HourType", "hourTypeId")
        if (company is None) != (source is AttributeSource.HOUR_TYPE):
            raise Invalid(f"Name the {source.value} itself.", code="VALUE_IS_A_THING", field="source")
        return {"id": await values.value_of(unit, company_id=company, hour_type_id=kind)}
    if company_id is not None or hour_type_id is not None:
        raise Invalid(f"A {source.value} is named by itself.", code="VALUE_IS_A_NAME", field="source")
    parent = optional_row_id(parent_id, "AttributeValue", "parentId")
    return {"id": await values.create_attribute_value(unit, source, name or "", parent_id=parent)}


@mutation("renameAttributeValue", ATTRIBUTE_VALUES)
async def rename_attribute_value(_context: RequestContext, unit: UnitOfWork, *, value_id: str, name: str) -> Answer:
    number = row_id(value_id, "AttributeValue", "valueId")
    await values.rename_attribute_value(unit, number, name)
    return {"id": number}


@mutation("setPersonAttribute", PEOPLE)
async def set_person_attribute(
    _context: RequestContext,
    unit: UnitOfWork,
    *,
    person_id: str,
    rate_attribute_id: str,
    value_id: str | None,
    valid_from: date | None,
    last_day: date | None,
) -> Answer:
    number = row_id(person_id, "Person", "personId")
    value = optional_row_id(value_id, "AttributeValue", "valueId")
    period = Period.inclusive(valid_from, last_day)
    await sets.set_person_attribute(unit, number, _attribute(rate_attribute_id), value, period)
    return {"id": number}


@mutation("setAssignmentAttributes", ASSIGNMENTS)
async def set_assignment_attributes(
    _context: RequestContext, unit: UnitOfWork, *, assignment_id: str, attributes: Sequence[AttributeGiven]
) -> Answer:
    number = row_id(assignment_id, "Assignment", "assignmentId")
    await sets.set_assignment_attributes(unit, number, attribute_ids(attributes))
    return {"id": number}


@mutation("relateAttributes", ATTRIBUTE_RELATIONS)
async def relate_attributes(
    _context: RequestContext,
    unit: UnitOfWork,
    *,
    first_attribute_id: str,
    second_attribute_id: str,
    filter: RelationFilter,
) -> Answer:
    first = row_id(first_attribute_id, "RateAttribute", "firstAttributeId")
    second = row_id(second_attribute_id, "RateAttribute", "secondAttributeId")
    return {"id": await relations.relate_attributes(unit, first, second, filter)}


@deletion("unrelateAttributes")
async def unrelate_attributes(_context: RequestContext, unit: UnitOfWork, *, attribute_relation_id: str) -> Answer:
    number = _relation(attribute_relation_id)
    await relations.unrelate_attributes(unit, number)
    return {"id": number}


class PairGiven(Protocol):
    """Two values that go together, by their ids in the API."""

    first_value_id: str
    second_value_id: str


@mutation("addRelatedValues", ATTRIBUTE_RELATIONS)
async def add_related_values(
    _context: RequestContext, unit: UnitOfWork, *, attribute_relation_id: str, pairs: Sequence[PairGiven]
) -> Answer:
    number = _relation(attribute_relation_id)
    await relations.add_related_values(unit, number, _pairs(pairs))
    return {"id": number}


@mutation("removeRelatedValues", ATTRIBUTE_RELATIONS)
async def remove_related_values(
    _context: RequestContext, unit: UnitOfWork, *, attribute_relation_id: str, pairs: Sequence[PairGiven]
) -> Answer:
    number = _relation(attribute_relation_id)
    await relations.remove_related_values(unit, number, _pairs(pairs))
    return {"id": number}


def _relation(attribute_relation_id: str) -> int:
    return row_id(attribute_relation_id, "AttributeRelation", "attributeRelationId")


def _pairs(given: Sequence[PairGiven]) -> list[relations.Pair]:
    return [
        (row_id(one.first_value_id, "AttributeValue", "pairs"), row_id(one.second_value_id, "AttributeValue", "pairs"))
        for one in given
    ]


def _attribute(rate_attribute_id: str) -> int:
    return row_id(rate_attribute_id, "RateAttribute", "rateAttributeId")
