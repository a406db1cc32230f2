"""The values a rate attribute can have: groups, places within places, customers, kinds of hours, others."""

from __future__ import annotations

from typing import Any

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing, NotAllowed
from hourledger.core.pricing.card_line import PATH_SEPARATOR
from hourledger.services.checks import require_name
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.rate_attributes import uses_of_value
from models.selecting import find_one, select_one
from models.tables import AttributeSource, AttributeValueRow, CompanyRow, HourTypeRow

_DEPTH_MAX = 4
"""A place at the top and three levels below it (§1.14)."""


async def create_attribute_value(
    unit: UnitOfWork, source: AttributeSource, name: str, *, parent_id: int | None = None
) -> int:
    """A group, a place (within ``parent_id``) or another value. Returns its id.

    Raises:
        Invalid NAME_INVALID; PARENT_INVALID: only places lie within each other, at most three levels deep;
            VALUE_IS_A_THING: customers and kinds of hours are made values with ``value_of``.
        Missing ATTRIBUTE_VALUE_UNKNOWN (parent). Conflict NAME_TAKEN. Denied PERMISSION_DENIED.
    """
    unit.require(Permission.ADMINISTER)
    if source in (AttributeSource.COMPANY, AttributeSource.HOUR_TYPE):
        raise Invalid(
            f"Name the {'customer' if source is AttributeSource.COMPANY else 'kind of hours'} itself.",
            code="VALUE_IS_A_THING",
            field="source",
        )
    if parent_id is not None:
        await _check_parent(unit, source, parent_id)
    return await _add(unit, source, _checked(name), parent_id=parent_id)


async def value_of(unit: UnitOfWork, *, company_id: int | None = None, hour_type_id: int | None = None) -> int:
    """The value that stands for a customer or a kind of hours, made when it is asked for first. Returns its id.

    Raises Missing COMPANY_UNKNOWN, HOUR_TYPE_UNKNOWN; Invalid ONE_OF_TWO. Denied PERMISSION_DENIED.
    """
    unit.require(Permission.ADMINISTER)
    if (company_id is None) == (hour_type_id is None):
        raise Invalid("Name a customer or a kind of hours, one of the two.", code="ONE_OF_TWO", field="companyId")
    if company_id is not None:
        company = await select_one(unit.session, CompanyRow, unit.organisation_id, company_id)
        if company is None:
            raise Missing(f"There is no company {company_id}.", code="COMPANY_UNKNOWN", field="companyId")
        found = await find_one(unit.session, AttributeValueRow, unit.organisation_id, company_id=company_id)
        return found.id if found else await _add(unit, AttributeSource.COMPANY, company.name, company_id=company_id)
    assert hour_type_id is not None
    kind = await select_one(unit.session, HourTypeRow, unit.organisation_id, hour_type_id)
    if kind is None:
        raise Missing(f"There is no hour type {hour_type_id}.", code="HOUR_TYPE_UNKNOWN", field="hourTypeId")
    found = await find_one(unit.session, AttributeValueRow, unit.organisation_id, hour_type_id=hour_type_id)
    return found.id if found else await _add(unit, AttributeSource.HOUR_TYPE, kind.name, hour_type_id=hour_type_id)


async def rename_attribute_value(unit: UnitOfWork, value_id: int, name: str) -> None:
    """Rates keep it under its new name. Raises Missing ATTRIBUTE_VALUE_UNKNOWN; Invalid NAME_INVALID; Conflict
    NAME_TAKEN; Denied PERMISSION_DENIED."""
    unit.require(Permission.ADMINISTER)
    row = await _locked(unit, value_id)
    before = {"name": row.name}
    row.name = _checked(name)
    unit.session.add(row)
    await unit.session.flush()
    unit.audit("rename", "attribute_value", row.id, before=before, after={"name": row.name})
    unit.emit("ATTRIBUTE_VALUE_CHANGED", entity_id=row.id, name=row.name)


async def delete_attribute_value(unit: UnitOfWork, value_id: int) -> None:
    """Only one that nothing uses and nothing lies in.

    Raises Missing ATTRIBUTE_VALUE_UNKNOWN; NotAllowed VALUE_IN_USE, naming what uses it; Denied PERMISSION_DENIED.
    """
    unit.require(Permission.ADMINISTER)
    row = await _locked(unit, value_id)
    uses = await uses_of_value(unit.session, unit.organisation_id, value_id)
    users = [f"{count} {words}" for words, count in uses.items() if count]
    if users:
        raise NotAllowed(
            f"{row.name} cannot be deleted: {' and '.join(users)} have it.", code="VALUE_IN_USE", field="valueId"
        )
    await unit.session.delete(row)
    await unit.session.flush()
    unit.audit("delete", "attribute_value", value_id, before={"name": row.name, "source": row.source.value})
    unit.emit("ATTRIBUTE_VALUE_CHANGED", entity_id=value_id, name=row.name)


async def _add(unit: UnitOfWork, source: AttributeSource, name: str, **ids: Any) -> int:
    row = AttributeValueRow(organisation_id=unit.organisation_id, source=source, name=name, **ids)
    unit.session.add(row)
    await unit.session.flush()
    unit.audit("create", "attribute_value", row.id, after={"name": name, "source": source.value, **ids})
    unit.emit("ATTRIBUTE_VALUE_CHANGED", entity_id=row.id, name=name)
    return row.id


async def _check_parent(unit: UnitOfWork, source: AttributeSource, parent_id: int) -> None:
    if source is not AttributeSource.LOCATION:
        raise Invalid("Only places lie within each other.", code="PARENT_INVALID", field="parentId")
    depth, above = 1, parent_id
    while True:
        parent = await select_one(unit.session, AttributeValueRow, unit.organisation_id, above)
        if parent is None:
            raise Missing(f"There is no place {above}.", code="ATTRIBUTE_VALUE_UNKNOWN", field="parentId")
        if parent.source is not AttributeSource.LOCATION:
            raise Invalid(f"{parent.name} is not a place.", code="PARENT_INVALID", field="parentId")
        depth += 1
        if depth > _DEPTH_MAX:
            raise Invalid("Places lie at most three levels deep.", code="PARENT_INVALID", field="parentId")
        if parent.parent_id is None:
            return
        above = parent.parent_id


def _checked(name: str) -> str:
    cleaned = require_name(name)
    if PATH_SEPARATOR in cleaned:
        raise Invalid(
            f"A name is written without {PATH_SEPARATOR.strip()!r}: it separates a place from those within it.",
            code="NAME_INVALID",
            field="name",
        )
    return cleaned


async def _locked(unit: UnitOfWork, value_id: int) -> AttributeValueRow:
    row = await select_one(unit.session, AttributeValueRow, unit.organisation_id, value_id, lock=True)
    if row is None:
        raise Missing(f"There is no value {value_id}.", code="ATTRIBUTE_VALUE_UNKNOWN", field="valueId")
    return row
