"""Change kinds of hours. The built-in ones stay as they are (§1.10)."""

from __future__ import annotations

from hourledger.core.access import Permission
from hourledger.core.errors import Missing, NotAllowed
from hourledger.services.checks import require_name
from hourledger.services.edit_row import edit_row
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.rebook_entries import rebook_entries
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.rebooking import (
    lock_movable,
    move_to_built_in_types,
    project_hours_of_type,
    projects_of_entries,
)
from models.selecting import select_one
from models.tables import HourTypeRow, HourTypeScope


async def edit_hour_type(
    unit: UnitOfWork,
    hour_type_id: int,
    *,
    name: str | None = None,
    description: str | None = None,
    scope: HourTypeScope | None = None,
    counts_as_revenue: bool | None = None,
    is_active: bool | None = None,
) -> None:
    """What is None stays.

    When a kind for projects becomes general, or goes out of use, its hours get the built-in kind of what they are on:
    Task Time, Issue Time or Project Time. General time of a kind that goes out of use keeps it. Hours that may be
    billed now, or no longer, come into the backlog or leave it; what they earn changes when they are rated anew (C-02).
    What is on a billing record or in a locked period stays as it is.

    Raises:
        Missing HOUR_TYPE_UNKNOWN; NotAllowed BUILT_IN; Invalid NAME_INVALID; Conflict EXISTS.
    """
    unit.require(Permission.ADMINISTER)
    row = await _hour_type(unit, hour_type_id)
    was_for_projects = row.is_active and row.scope is HourTypeScope.PROJECT_SPECIFIC
    given = {
        "name": None if name is None else require_name(name),
        "description": None if description is None else description.strip(),
        "scope": scope,
        "counts_as_revenue": counts_as_revenue,
        "is_active": is_active,
    }
    changed = await edit_row(unit, "hour_type", row, given)
    is_for_projects = row.is_active and row.scope is HourTypeScope.PROJECT_SPECIFIC
    if (was_for_projects and not is_for_projects) or "counts_as_revenue" in changed:
        await _settle_hours(unit, row, moves=not is_for_projects)


async def _settle_hours(unit: UnitOfWork, row: HourTypeRow, *, moves: bool) -> None:
    """Bring the hours of the kind that are on projects in line with what the kind is now."""
    entries = await project_hours_of_type(unit.session, unit.organisation_id, row.id)
    movable = await lock_movable(unit.session, unit.organisation_id, entries)
    if not movable:
        return
    if moves:
        await move_to_built_in_types(unit.session, unit.organisation_id, movable)
        unit.audit("move_hours", "hour_type", row.id, after={"time_entries": movable})
    await rebook_entries(unit, movable)
    projects = await projects_of_entries(unit.session, unit.organisation_id, movable)
    await emit_finances_changed(unit, projects, cause="HOUR_TYPE_CHANGED")


async def _hour_type(unit: UnitOfWork, hour_type_id: int) -> HourTypeRow:
    row = await select_one(unit.session, HourTypeRow, unit.organisation_id, hour_type_id, lock=True)
    if row is None:
        raise Missing(f"There is no kind of hours {hour_type_id}.", code="HOUR_TYPE_UNKNOWN", field="hourTypeId")
    if row.is_built_in:
        raise NotAllowed(
            f"{row.name} is built in and stays as it is. Make a kind of your own.", code="BUILT_IN", field="hourTypeId"
        )
    return row
