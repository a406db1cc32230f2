"""Relate two rate attributes: which of their values go together (§1.14). Once a rate has one of them, pairs are only
added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hourledger.core.access import Permission
from hourledger.core.errors import Conflict, Invalid, Missing
from hourledger.services.rate_attributes import lock_attribute, require_not_on_rates
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.attribute_relations import load_relations
from models.selecting import find_all, select_one
from models.tables import (
    AttributeRelationRow,
    AttributeSource,
    AttributeValueRow,
    RateAttributeRow,
    RelatedValueRow,
    RelationFilter,
)

Pair = tuple[int, int]
"""A value of the first attribute and one of the second."""

_PAIRS_MAX = 1000


async def relate_attributes(unit: UnitOfWork, first_id: int, second_id: int, filter_: RelationFilter) -> int:
    """Values of the two are offered beside each other in pairs from now on; RELATIONSHIP refuses all others. Its id.

    It is one relation, in both directions. As long as it has no pairs, nothing goes with anything. Combinations that
    are there stay.

    Raises:
        Missing ATTRIBUTE_UNKNOWN; Invalid RELATION_OF_ONE. Denied PERMISSION_DENIED.
        Conflict RELATED_ALREADY. NotAllowed ATTRIBUTE_IN_USE: a rate has one of the two, so it stays as it is.
    """
    unit.require(Permission.ADMINISTER)
    if first_id == second_id:
        raise Invalid("Name two attributes.", code="RELATION_OF_ONE", field="secondAttributeId")
    first, second = await _lock_both(unit, first_id, second_id)
    for one in (first, second):
        await require_not_on_rates(unit, one, "related")
    pairs = [(one.first_attribute_id, one.second_attribute_id) for one in await _relations(unit)]
    if (first_id, second_id) in pairs or (second_id, first_id) in pairs:
        raise Conflict(
            f"{first.name} and {second.name} are related already. Add pairs to that relation.",
            code="RELATED_ALREADY",
            field="secondAttributeId",
        )
    row = AttributeRelationRow(
        organisation_id=unit.organisation_id, first_attribute_id=first_id, second_attribute_id=second_id, filter=filter_
    )
    unit.session.add(row)
    await unit.session.flush()
    unit.audit("create", "attribute_relation", row.id, after=_said(row))
    unit.emit("ATTRIBUTE_RELATION_CHANGED", entity_id=row.id)
    return row.id


async def unrelate_attributes(unit: UnitOfWork, relation_id: int) -> None:
    """The relation and its pairs are gone. Raises Missing ATTRIBUTE_RELATION_UNKNOWN; NotAllowed ATTRIBUTE_IN_USE;
    Denied PERMISSION_DENIED."""
    row, attributes = await _locked(unit, relation_id)
    for one in attributes:
        await require_not_on_rates(unit, one, "taken out of a relation")
    pairs = await _pairs(unit, relation_id)
    for pair in pairs:
        await unit.session.delete(pair)
    await unit.session.flush()
    await unit.session.delete(row)
    await unit.session.flush()
    before = {**_said(row), "pairs": sorted((one.first_value_id, one.second_value_id) for one in pairs)}
    unit.audit("delete", "attribute_relation", relation_id, before=before)
    unit.emit("ATTRIBUTE_RELATION_CHANGED", entity_id=relation_id)


async def add_related_values(unit: UnitOfWork, relation_id: int, pairs: Sequence[Pair]) -> int:
    """These values go together from now on, also where rates have the attributes. Returns how many are new.

    Raises:
        Missing ATTRIBUTE_RELATION_UNKNOWN, ATTRIBUTE_VALUE_UNKNOWN. Denied PERMISSION_DENIED.
        Invalid ATTRIBUTE_OF_OTHER_SOURCE; TOO_MANY_PAIRS: more than 1000 at once.
    """
    row, attributes = await _locked(unit, relation_id)
    await _check_values(unit, attributes, pairs)
    there = {(one.first_value_id, one.second_value_id) for one in await _pairs(unit, relation_id)}
    added = sorted(set(pairs) - there)
    unit.session.add_all(
        RelatedValueRow(
            organisation_id=unit.organisation_id, relation_id=row.id, first_value_id=first, second_value_id=second
        )
        for first, second in added
    )
    await unit.session.flush()
    if added:
        unit.audit("add_pairs", "attribute_relation", row.id, after={"pairs": added})
        unit.emit("ATTRIBUTE_RELATION_CHANGED", entity_id=row.id)
    return len(added)


async def remove_related_values(unit: UnitOfWork, relation_id: int, pairs: Sequence[Pair]) -> int:
    """These values do not go together any more; combinations that are there stay. Returns how many were there.

    Raises Missing ATTRIBUTE_RELATION_UNKNOWN; NotAllowed ATTRIBUTE_IN_USE; Denied PERMISSION_DENIED.
    """
    row, attributes = await _locked(unit, relation_id)
    for one in attributes:
        await require_not_on_rates(unit, one, "taken out of a pair")
    gone = [one for one in await _pairs(unit, relation_id) if (one.first_value_id, one.second_value_id) in set(pairs)]
    for pair in gone:
        await unit.session.delete(pair)
    await unit.session.flush()
    if gone:
        before = {"pairs": sorted((one.first_value_id, one.second_value_id) for one in gone)}
        unit.audit("remove_pairs", "attribute_relation", row.id, before=before)
        unit.emit("ATTRIBUTE_RELATION_CHANGED", entity_id=row.id)
    return len(gone)


async def offered_values(
    unit: UnitOfWork, attribute_id: int, given: Mapping[int, int]
) -> tuple[AttributeSource, list[int] | None]:
    """What an attribute's values are, and which of them go with what is given, attribute to value (None: all of them).

    Both kinds of relations narrow it. Raises Missing ATTRIBUTE_UNKNOWN.
    """
    attribute = await select_one(unit.session, RateAttributeRow, unit.organisation_id, attribute_id)
    if attribute is None:
        raise Missing(f"There is no rate attribute {attribute_id}.", code="ATTRIBUTE_UNKNOWN", field="attributeId")
    relations = await load_relations(unit.session, unit.organisation_id)
    if not relations.relations or not given:
        return attribute.source, None
    values = await find_all(unit.session, AttributeValueRow, unit.organisation_id, source=attribute.source)
    return attribute.source, [one.id for one in values if relations.offers(attribute_id, one.id, given)]


async def _check_values(unit: UnitOfWork, attributes: Sequence[RateAttributeRow], pairs: Sequence[Pair]) -> None:
    if len(pairs) > _PAIRS_MAX:
        raise Invalid(f"Name at most {_PAIRS_MAX} pairs at once.", code="TOO_MANY_PAIRS", field="pairs")
    wanted = {value for pair in pairs for value in pair}
    known = {row.id: row for row in await find_all(unit.session, AttributeValueRow, unit.organisation_id, id=wanted)}
    for pair in pairs:
        for attribute, value_id in zip(attributes, pair, strict=True):
            value = known.get(value_id)
            if value is None:
                raise Missing(
                    f"{attribute.name} has no value {value_id}.", code="ATTRIBUTE_VALUE_UNKNOWN", field="pairs"
                )
            if value.source is not attribute.source:
                raise Invalid(
                    f"{value.name} is a {value.source.value}; {attribute.name} needs a {attribute.source.value}.",
                    code="ATTRIBUTE_OF_OTHER_SOURCE",
                    field="pairs",
                )


async def _lock_both(unit: UnitOfWork, first_id: int, second_id: int) -> tuple[RateAttributeRow, RateAttributeRow]:
    """In the order of their ids, so that two who relate the same pair wait for each other, and never for ever."""
    found = {one: await lock_attribute(unit, one) for one in sorted((first_id, second_id))}
    return found[first_id], found[second_id]


async def _locked(
    unit: UnitOfWork, relation_id: int
) -> tuple[AttributeRelationRow, tuple[RateAttributeRow, RateAttributeRow]]:
    unit.require(Permission.ADMINISTER)
    row = await select_one(unit.session, AttributeRelationRow, unit.organisation_id, relation_id, lock=True)
    if row is None:
        raise Missing(
            f"There is no relation {relation_id}.", code="ATTRIBUTE_RELATION_UNKNOWN", field="attributeRelationId"
        )
    return row, await _lock_both(unit, row.first_attribute_id, row.second_attribute_id)


async def _relations(unit: UnitOfWork) -> list[AttributeRelationRow]:
    return await find_all(unit.session, AttributeRelationRow, unit.organisation_id)


async def _pairs(unit: UnitOfWork, relation_id: int) -> list[RelatedValueRow]:
    return await find_all(unit.session, RelatedValueRow, unit.organisation_id, relation_id=relation_id)


def _said(row: AttributeRelationRow) -> dict[str, object]:
    return {"attributes": [row.first_attribute_id, row.second_attribute_id], "filter": row.filter.value}
