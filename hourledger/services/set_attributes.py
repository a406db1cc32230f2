"""Which attributes a person has, when, and which an open role on a task has (§3.5)."""

from __future__ import annotations

from collections.abc import Mapping

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing
from hourledger.core.periods import Period
from hourledger.services.scope_attributes import check_attributes, stored_attributes
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.attribute_relations import load_relations
from models.selecting import find_all, select_one
from models.tables import (
    AssignmentRow,
    AttributeSource,
    AttributeValueRow,
    PersonAttributeRow,
    PersonRow,
    RateAttributeRow,
    TaskRow,
)


async def set_person_attribute(
    unit: UnitOfWork, person_id: int, attribute_id: int, value_id: int | None, period: Period
) -> None:
    """The person has this value during ``period``, whatever was there; other days stay. None: no value on those days.

    Work that is stored keeps its value until it is recalculated. The audit log keeps what was there before.

    Raises:
        Missing PERSON_UNKNOWN, ATTRIBUTE_UNKNOWN, ATTRIBUTE_VALUE_UNKNOWN. Denied PERMISSION_DENIED.
        Invalid ATTRIBUTE_OF_OTHER_SOURCE; ATTRIBUTE_OF_HOURS: the kind of hours comes from the hours.
        Invalid ATTRIBUTES_UNRELATED: on one of these days the person has a value of another attribute with which a
            relationship does not pair it (§1.14).
    """
    unit.require(Permission.ADMINISTER)
    if await select_one(unit.session, PersonRow, unit.organisation_id, person_id, lock=True) is None:
        raise Missing(f"There is no person {person_id}.", code="PERSON_UNKNOWN", field="personId")
    attribute = await select_one(unit.session, RateAttributeRow, unit.organisation_id, attribute_id)
    if attribute is None:
        raise Missing(f"There is no rate attribute {attribute_id}.", code="ATTRIBUTE_UNKNOWN", field="rateAttributeId")
    if attribute.source is AttributeSource.HOUR_TYPE:
        raise Invalid(
            f"{attribute.name} comes from the kind of the hours, not from the person.",
            code="ATTRIBUTE_OF_HOURS",
            field="rateAttributeId",
        )
    if value_id is not None:
        await check_attributes(unit, None, {attribute_id: value_id}, needs_required=False)
    rows = await find_all(
        unit.session, PersonAttributeRow, unit.organisation_id, person_id=person_id, rate_attribute_id=attribute_id
    )
    if value_id is not None:
        await _check_beside(unit, person_id, attribute_id, value_id, period)
    pieces: list[tuple[Period, int]] = [] if value_id is None else [(period, value_id)]
    before = []
    for row in rows:
        was = Period(row.valid_from, row.valid_until)
        before.append({"value": row.attribute_value_id, "days": str(was)})
        if was.overlaps(period):
            pieces += [(left, row.attribute_value_id) for left in was.without(period)]
            await unit.session.delete(row)
    await unit.session.flush()
    for piece, piece_value in pieces:
        unit.session.add(
            PersonAttributeRow(
                organisation_id=unit.organisation_id,
                person_id=person_id,
                rate_attribute_id=attribute_id,
                attribute_value_id=piece_value,
                valid_from=piece.valid_from,
                valid_until=piece.valid_until,
            )
        )
    await unit.session.flush()
    after = {"attribute": attribute_id, "value": value_id, "days": str(period)}
    unit.audit("set_attribute", "person", person_id, before={"sets": before}, after=after)
    unit.emit("PERSON_ATTRIBUTES_CHANGED", entity_id=person_id)


async def _check_beside(unit: UnitOfWork, person_id: int, attribute_id: int, value_id: int, period: Period) -> None:
    """What else the person has on these days goes with the value."""
    relations = await load_relations(unit.session, unit.organisation_id)
    for row in await find_all(unit.session, PersonAttributeRow, unit.organisation_id, person_id=person_id):
        days = Period(row.valid_from, row.valid_until)
        beside = {attribute_id: value_id, row.rate_attribute_id: row.attribute_value_id}
        if row.rate_attribute_id == attribute_id or not days.overlaps(period) or not relations.refused(beside):
            continue
        ids = [value_id, row.attribute_value_id]
        names = {
            one.id: one.name for one in await find_all(unit.session, AttributeValueRow, unit.organisation_id, id=ids)
        }
        raise Invalid(
            f"{names[value_id]} does not go with {names[row.attribute_value_id]}, which the person has {days}. Take "
            "that off for these days first, choose another value, or let an administrator pair the two.",
            code="ATTRIBUTES_UNRELATED",
            field="valueId",
        )


async def set_assignment_attributes(unit: UnitOfWork, assignment_id: int, attributes: Mapping[int, int]) -> None:
    """All attributes of an open role on a task, in place of those it had.

    Raises:
        Missing ASSIGNMENT_UNKNOWN, ATTRIBUTE_UNKNOWN, ATTRIBUTE_VALUE_UNKNOWN.
        Invalid ATTRIBUTES_OF_PERSON: a person brings his own (§1.4). ATTRIBUTE_OF_OTHER_SOURCE.
        Denied PERMISSION_DENIED (§9.4: EDIT_PROJECTS).
    """
    unit.require(Permission.EDIT_PROJECTS)
    row = await select_one(unit.session, AssignmentRow, unit.organisation_id, assignment_id, lock=True)
    task = None if row is None else await select_one(unit.session, TaskRow, unit.organisation_id, row.task_id)
    if row is None or task is None:  # assignments go with their task
        raise Missing(f"There is no assignment {assignment_id}.", code="ASSIGNMENT_UNKNOWN", field="assignmentId")
    if row.person_id is not None:
        raise Invalid(
            "A person on a task has attributes of their own: set those.",
            code="ATTRIBUTES_OF_PERSON",
            field="assignmentId",
        )
    await check_attributes(unit, None, attributes, needs_required=False)
    before = {"attributes": dict(row.attributes)}
    row.attributes = stored_attributes(attributes)
    unit.session.add(row)
    await unit.session.flush()
    unit.audit("set_attributes", "assignment", row.id, before=before, after={"attributes": row.attributes})
    unit.emit("ASSIGNMENT_CHANGED", project_id=task.project_id, entity_id=row.id)
