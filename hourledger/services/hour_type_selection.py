"""Which of the organisation's own kinds of hours a project takes, and which a person logs (project-finances §1.10).

The built-in kinds cannot be hidden: they are what hours get when no kind is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_all, select_one
from models.tables import (
    HourTypeRow,
    HourTypeScope,
    PersonHourTypeRow,
    PersonRow,
    ProjectHourTypeRow,
    ProjectRow,
)


async def set_project_hour_types(unit: UnitOfWork, project_id: int, hour_type_ids: Sequence[int] | None) -> None:
    """Of the organisation's own kinds only these may be logged on the project; None: all of them. What is logged stays.

    Raises:
        Missing PROJECT_UNKNOWN, HOUR_TYPE_UNKNOWN; Invalid HOUR_TYPE_SCOPE: a general kind, or one out of use.
    """
    unit.require(Permission.EDIT_PROJECTS)
    project = await select_one(unit.session, ProjectRow, unit.organisation_id, project_id, lock=True)
    if project is None:
        raise Missing(f"There is no project {project_id}.", code="PROJECT_UNKNOWN", field="projectId")
    for row in await _active_kinds(unit, hour_type_ids):
        if row.scope is not HourTypeScope.PROJECT_SPECIFIC:
            raise Invalid(
                f"{row.name} is for time on no project. Choose kinds that are for projects.",
                code="HOUR_TYPE_SCOPE",
                field="hourTypeIds",
            )
    if await _select(unit, "project", project, ProjectHourTypeRow, hour_type_ids):
        unit.emit("PROJECT_CHANGED", project_id=project_id, entity_id=project_id, changed=["hour_types"])


async def set_person_hour_types(unit: UnitOfWork, person_id: int, hour_type_ids: Sequence[int] | None) -> None:
    """Of the organisation's own kinds, general ones too, the person logs only these; None: all. What is logged stays.

    Whoever types it in, it is the person's own selection that counts, besides what the project takes.

    Raises:
        Missing PERSON_UNKNOWN, HOUR_TYPE_UNKNOWN; Invalid HOUR_TYPE_SCOPE: one that is out of use.
    """
    unit.require(Permission.ADMINISTER)
    person = await select_one(unit.session, PersonRow, unit.organisation_id, person_id, lock=True)
    if person is None:
        raise Missing(f"There is no person {person_id}.", code="PERSON_UNKNOWN", field="personId")
    await _active_kinds(unit, hour_type_ids)
    if await _select(unit, "person", person, PersonHourTypeRow, hour_type_ids):
        unit.emit("PERSON_CHANGED", entity_id=person_id, changed=["hour_types"])


async def _active_kinds(unit: UnitOfWork, hour_type_ids: Sequence[int] | None) -> list[HourTypeRow]:
    wanted = sorted(set(hour_type_ids or ()))
    known = {row.id: row for row in await find_all(unit.session, HourTypeRow, unit.organisation_id, id=wanted)}
    for one in wanted:
        row = known.get(one)
        if row is None:
            raise Missing(f"There is no kind of hours {one}.", code="HOUR_TYPE_UNKNOWN", field="hourTypeIds")
        if not row.is_active:
            raise Invalid(
                f"{row.name} is no longer in use. Choose kinds that are.", code="HOUR_TYPE_SCOPE", field="hourTypeIds"
            )
    return list(known.values())


async def _select(
    unit: UnitOfWork, noun: str, whose: ProjectRow | PersonRow, table: Any, hour_type_ids: Sequence[int] | None
) -> bool:
    """Replace the selection; whether anything changed. The row it belongs to is locked."""
    wanted = sorted(set(hour_type_ids or ()))
    column: dict[str, Any] = {f"{noun}_id": whose.id}
    there = await find_all(unit.session, table, unit.organisation_id, **column)
    before = {"filters": whose.filters_hour_types, "hour_types": sorted(row.hour_type_id for row in there)}
    after = {"filters": hour_type_ids is not None, "hour_types": wanted}
    if before == after:
        return False
    for row in there:
        await unit.session.delete(row)
    await unit.session.flush()
    whose.filters_hour_types = hour_type_ids is not None
    unit.session.add(whose)
    unit.session.add_all(table(organisation_id=unit.organisation_id, hour_type_id=one, **column) for one in wanted)
    await unit.session.flush()
    unit.audit("set_hour_types", noun, whose.id, before=before, after=after)
    return True
