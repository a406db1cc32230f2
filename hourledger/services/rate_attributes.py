"""The at most five things that narrow a rate, in the order in which they decide (§3.5). Fixed once a rate uses them."""

from __future__ import annotations

from dataclasses import dataclass

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing, NotAllowed
from hourledger.services.checks import require_name
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.rate_attributes import uses_of_attribute
from models.selecting import find_all, select_one
from models.tables import AttributeSource, RateAttributeRow

_POSITION_MAX = 5


@dataclass(frozen=True, slots=True)
class AttributeDraft:
    """A rate attribute. ``position`` 1 decides first; None: behind those that are there.

    ``is_required``: rates of roles and of cards must have it. ``is_hierarchical``: a place matches what it lies in.
    """

    name: str
    source: AttributeSource
    position: int | None = None
    is_required: bool = False
    used_in_revenue: bool = True
    used_in_cost: bool = True
    is_hierarchical: bool = False


async def create_rate_attribute(unit: UnitOfWork, draft: AttributeDraft) -> int:
    """Returns its id.

    Raises:
        Invalid NAME_INVALID, POSITION_INVALID, TOO_MANY_ATTRIBUTES; USED_NOWHERE: neither in revenue nor in cost;
            HIERARCHY_OF_PLACES: only places lie within each other.
        Conflict POSITION_TAKEN, NAME_TAKEN. Denied PERMISSION_DENIED.
    """
    unit.require(Permission.ADMINISTER)
    position = draft.position
    if position is None:
        taken = {row.position for row in await find_all(unit.session, RateAttributeRow, unit.organisation_id)}
        position = max(taken, default=0) + 1
        if position > _POSITION_MAX:
            raise Invalid(
                f"Rates have at most {_POSITION_MAX} attributes. Name a free position, or delete one.",
                code="TOO_MANY_ATTRIBUTES",
                field="position",
            )
    row = RateAttributeRow(organisation_id=unit.organisation_id, name="", position=position, source=draft.source)
    _write(row, draft, position)
    unit.session.add(row)
    await unit.session.flush()
    unit.audit("create", "rate_attribute", row.id, after=_said(row))
    unit.emit("RATE_ATTRIBUTE_CHANGED", entity_id=row.id, name=row.name)
    return row.id


async def edit_rate_attribute(unit: UnitOfWork, attribute_id: int, draft: AttributeDraft) -> None:
    """While no rate uses it, everything about it may change. Raises as ``create_rate_attribute``.

    Raises Missing ATTRIBUTE_UNKNOWN; NotAllowed ATTRIBUTE_IN_USE.
    """
    row = await _unused(unit, attribute_id, "edited", _ON_RATES)
    if draft.source is not row.source:
        await _unused(unit, attribute_id, "bound to other values", ("person_attribute", "assignment", "relation"))
    before = _said(row)
    _write(row, draft, row.position if draft.position is None else draft.position)
    unit.session.add(row)
    await unit.session.flush()
    unit.audit("edit", "rate_attribute", row.id, before=before, after=_said(row))
    unit.emit("RATE_ATTRIBUTE_CHANGED", entity_id=row.id, name=row.name)


async def delete_rate_attribute(unit: UnitOfWork, attribute_id: int) -> None:
    """Only one that no rate, alias, person, assignment or relation has. Raises Missing ATTRIBUTE_UNKNOWN; NotAllowed
    ATTRIBUTE_IN_USE, naming what uses it; Denied PERMISSION_DENIED."""
    row = await _unused(unit, attribute_id, "deleted", tuple(_USERS))
    await unit.session.delete(row)
    await unit.session.flush()
    unit.audit("delete", "rate_attribute", attribute_id, before=_said(row))
    unit.emit("RATE_ATTRIBUTE_CHANGED", entity_id=attribute_id, name=row.name)


async def lock_attribute(unit: UnitOfWork, attribute_id: int) -> RateAttributeRow:
    """Raises Missing ATTRIBUTE_UNKNOWN."""
    row = await select_one(unit.session, RateAttributeRow, unit.organisation_id, attribute_id, lock=True)
    if row is None:
        raise Missing(f"There is no rate attribute {attribute_id}.", code="ATTRIBUTE_UNKNOWN", field="rateAttributeId")
    return row


async def require_not_on_rates(unit: UnitOfWork, row: RateAttributeRow, what: str) -> None:
    """Raises NotAllowed ATTRIBUTE_IN_USE: a rate or an alias has the attribute, which is to be ``what``."""
    await _require_unused(unit, row, what, _ON_RATES)


async def _unused(unit: UnitOfWork, attribute_id: int, what: str, by: tuple[str, ...]) -> RateAttributeRow:
    unit.require(Permission.ADMINISTER)
    row = await lock_attribute(unit, attribute_id)
    await _require_unused(unit, row, what, by)
    return row


async def _require_unused(unit: UnitOfWork, row: RateAttributeRow, what: str, by: tuple[str, ...]) -> None:
    uses = await uses_of_attribute(unit.session, unit.organisation_id, row.id)
    users = [f"{uses[one]} {words}" for one, words in _USERS.items() if one in by and uses[one]]
    if users:
        raise NotAllowed(
            f"{row.name} cannot be {what}: {' and '.join(users)} have it. Make another attribute.",
            code="ATTRIBUTE_IN_USE",
            field="rateAttributeId",
        )


_ON_RATES = ("rate_scope", "rate_card_alias")

_USERS = {
    "rate_scope": "sets of rates",
    "rate_card_alias": "aliases",
    "person_attribute": "settings of people",
    "assignment": "assignments",
    "relation": "relations",
}


def _write(row: RateAttributeRow, draft: AttributeDraft, position: int) -> None:
    if not 1 <= position <= _POSITION_MAX:
        raise Invalid(f"A position is 1 to {_POSITION_MAX}.", code="POSITION_INVALID", field="position")
    if not (draft.used_in_revenue or draft.used_in_cost):
        raise Invalid(
            "An attribute is used in revenue, in cost, or in both.", code="USED_NOWHERE", field="usedInRevenue"
        )
    if draft.is_hierarchical and draft.source is not AttributeSource.LOCATION:
        raise Invalid("Only places lie within each other.", code="HIERARCHY_OF_PLACES", field="isHierarchical")
    row.name, row.position, row.source = require_name(draft.name), position, draft.source
    for name in ("is_required", "used_in_revenue", "used_in_cost", "is_hierarchical"):
        setattr(row, name, getattr(draft, name))


def _said(row: RateAttributeRow) -> dict[str, object]:
    flags = ("position", "name", "is_required", "used_in_revenue", "used_in_cost", "is_hierarchical")
    return {"source": row.source.value, **{name: getattr(row, name) for name in flags}}
