"""The attributes that narrow a rate: known, of the right source, used for this kind of rate, complete."""

from __future__ import annotations

from collections.abc import Mapping

from hourledger.core.errors import Invalid, Missing
from hourledger.core.work import RateKind
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.attribute_relations import load_relations
from models.selecting import find_all
from models.tables import AttributeValueRow, RateAttributeRow


def stored_attributes(attributes: Mapping[int, int]) -> dict[str, int]:
    """As the database keeps them: JSON has only text keys."""
    return {str(key): value for key, value in sorted(attributes.items())}


def read_attributes(stored: Mapping[str, int]) -> dict[int, int]:
    return {int(key): value for key, value in stored.items()}


async def check_attributes(
    unit: UnitOfWork, kind: RateKind | None, attributes: Mapping[int, int], *, needs_required: bool
) -> None:
    """``kind``: of the rates they narrow; None for those of an open role, which serve both.

    Raises:
        Missing ATTRIBUTE_UNKNOWN, ATTRIBUTE_VALUE_UNKNOWN.
        Invalid ATTRIBUTE_OF_OTHER_SOURCE: a place for a group, and the like. ATTRIBUTE_NOT_FOR_KIND: it is not used
            in cost or not in revenue. ATTRIBUTE_REQUIRED: names the one that lacks. ATTRIBUTES_UNRELATED: a
            relationship between two of them allows other pairs of values only (§1.14).
    """
    known = {row.id: row for row in await find_all(unit.session, RateAttributeRow, unit.organisation_id)}
    ids = list(attributes.values())
    values = {row.id: row for row in await find_all(unit.session, AttributeValueRow, unit.organisation_id, id=ids)}
    for attribute_id, value_id in attributes.items():
        attribute, value = known.get(attribute_id), values.get(value_id)
        if attribute is None:
            raise Missing(f"There is no rate attribute {attribute_id}.", code="ATTRIBUTE_UNKNOWN", field="attributes")
        if value is None:
            raise Missing(
                f"{attribute.name} has no value {value_id}.", code="ATTRIBUTE_VALUE_UNKNOWN", field="attributes"
            )
        if value.source is not attribute.source:
            raise Invalid(
                f"{value.name} is a {value.source.value}; {attribute.name} needs a {attribute.source.value}.",
                code="ATTRIBUTE_OF_OTHER_SOURCE",
                field="attributes",
            )
        if not _is_used_in(attribute, kind):
            raise Invalid(
                f"{attribute.name} is not used in {'cost' if kind is RateKind.COST else 'revenue'}.",
                code="ATTRIBUTE_NOT_FOR_KIND",
                field="attributes",
            )
    lacking = [
        row.name
        for row in known.values()
        if needs_required and row.is_required and _is_used_in(row, kind) and row.id not in attributes
    ]
    if lacking:
        raise Invalid(f"Give {' and '.join(lacking)} as well.", code="ATTRIBUTE_REQUIRED", field="attributes")
    relations = await load_relations(unit.session, unit.organisation_id)
    for one in relations.refused(attributes):
        names = [f"{values[attributes[each]].name} ({known[each].name})" for each in (one.first_id, one.second_id)]
        raise Invalid(
            f"{' and '.join(names)} do not go together. Choose others, or let an administrator pair them.",
            code="ATTRIBUTES_UNRELATED",
            field="attributes",
        )


def _is_used_in(attribute: RateAttributeRow, kind: RateKind | None) -> bool:
    if kind is None:
        return True
    return attribute.used_in_cost if kind is RateKind.COST else attribute.used_in_revenue
