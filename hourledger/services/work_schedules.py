"""Work schedules: which days are worked, and for how long. A project chooses one, or has the organisation's default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing
from hourledger.core.finances import WorkSchedule
from hourledger.services.checks import require_name
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_all, select_one
from models.tables import ProjectRow, WorkScheduleDayRow, WorkScheduleRow

EXCEPTIONS_MAX = 2_000
"""How many dates of one schedule may differ from their weekday."""


@dataclass(frozen=True, slots=True)
class ScheduleDay:
    """A holiday (0 seconds) or another length of one day, and what people call it."""

    seconds: int
    name: str = ""


class ScheduleChanges(TypedDict, total=False):
    """What is to be different; what is not named stays."""

    name: str
    weekday_seconds: Sequence[int]
    is_default: bool


async def create_work_schedule(
    unit: UnitOfWork, name: str, weekday_seconds: Sequence[int], *, is_default: bool = False
) -> int:
    """Working seconds per weekday, Monday first. A new default takes the place of the one before. Returns its id.

    Raises:
        Invalid NAME_INVALID, SCHEDULE_INVALID; Conflict EXISTS.
    """
    unit.require(Permission.ADMINISTER)
    WorkSchedule(tuple(weekday_seconds))
    if is_default:
        await _no_default(unit)
    row = WorkScheduleRow(
        organisation_id=unit.organisation_id,
        name=require_name(name),
        weekday_seconds=list(weekday_seconds),
        is_default=is_default,
    )
    unit.session.add(row)
    await unit.session.flush()
    unit.audit("create", "work_schedule", row.id, after=_shown(row))
    unit.emit("WORK_SCHEDULE_CHANGED", entity_id=row.id, name=row.name)
    return row.id


async def edit_work_schedule(unit: UnitOfWork, schedule_id: int, changes: ScheduleChanges) -> None:
    """Plans of all projects that have it fall on other days at once: they are computed, not stored.

    Raises:
        Missing WORK_SCHEDULE_UNKNOWN; Invalid NAME_INVALID, SCHEDULE_INVALID; Conflict EXISTS.
    """
    unit.require(Permission.ADMINISTER)
    row = await _locked(unit, schedule_id)
    before = _shown(row)
    if "name" in changes:
        row.name = require_name(changes["name"])
    if "weekday_seconds" in changes:
        row.weekday_seconds = list(WorkSchedule(tuple(changes["weekday_seconds"])).weekdays)
    if changes.get("is_default") and not row.is_default:
        await _no_default(unit)
    row.is_default = changes.get("is_default", row.is_default)
    if _shown(row) == before:
        return
    unit.session.add(row)
    await unit.session.flush()
    unit.audit("edit", "work_schedule", row.id, before=before, after=_shown(row))
    unit.emit("WORK_SCHEDULE_CHANGED", entity_id=row.id, name=row.name)


async def set_schedule_days(unit: UnitOfWork, schedule_id: int, days: Mapping[date, ScheduleDay | None]) -> None:
    """Holidays and days of another length, each replacing what was said of its date; None: as its weekday again.

    Raises:
        Missing WORK_SCHEDULE_UNKNOWN.
        Invalid SCHEDULE_INVALID: below 0 or above 24 hours; TOO_MANY_DAYS.
    """
    unit.require(Permission.ADMINISTER)
    row = await _locked(unit, schedule_id)
    said = {day: one for day, one in days.items() if one is not None}
    WorkSchedule(tuple(row.weekday_seconds), {day: one.seconds for day, one in said.items()})
    rows = await find_all(unit.session, WorkScheduleDayRow, unit.organisation_id, schedule_id=schedule_id)
    known = {one.day: one for one in rows}
    if len(known.keys() | said.keys()) > EXCEPTIONS_MAX:
        raise Invalid(
            f"A work schedule has at most {EXCEPTIONS_MAX} special days. Remove those long past.",
            code="TOO_MANY_DAYS",
            field="days",
        )
    before = {day.isoformat(): known[day].seconds for day in days if day in known}
    for day, one in days.items():
        if one is None:
            if day in known:
                await unit.session.delete(known[day])
            continue
        found = known.get(day) or WorkScheduleDayRow(
            organisation_id=unit.organisation_id, schedule_id=schedule_id, day=day, seconds=0
        )
        found.seconds, found.name = one.seconds, one.name.strip()
        unit.session.add(found)
    await unit.session.flush()
    after = {day.isoformat(): one.seconds for day, one in said.items()}
    unit.audit("set_days", "work_schedule", schedule_id, before=before, after=after)
    unit.emit("WORK_SCHEDULE_CHANGED", entity_id=schedule_id, name=row.name)


async def choose_work_schedule(unit: UnitOfWork, project_id: int, schedule_id: int | None) -> None:
    """The project's plans fall on the working days of this schedule; None: of the organisation's default.

    Raises:
        Missing PROJECT_UNKNOWN, WORK_SCHEDULE_UNKNOWN.
    """
    unit.require(Permission.EDIT_PROJECTS)
    project = await select_one(unit.session, ProjectRow, unit.organisation_id, project_id, lock=True)
    if project is None:
        raise Missing(f"There is no project {project_id}.", code="PROJECT_UNKNOWN", field="projectId")
    if schedule_id is not None:
        await _locked(unit, schedule_id)
    if project.schedule_id == schedule_id:
        return
    before = {"schedule_id": project.schedule_id}
    project.schedule_id = schedule_id
    unit.session.add(project)
    await unit.session.flush()
    unit.audit("choose_schedule", "project", project_id, before=before, after={"schedule_id": schedule_id})
    await emit_finances_changed(unit, [project_id], cause="PLAN_CHANGED")


async def _locked(unit: UnitOfWork, schedule_id: int) -> WorkScheduleRow:
    row = await select_one(unit.session, WorkScheduleRow, unit.organisation_id, schedule_id, lock=True)
    if row is None:
        raise Missing(f"There is no work schedule {schedule_id}.", code="WORK_SCHEDULE_UNKNOWN", field="workScheduleId")
    return row


async def _no_default(unit: UnitOfWork) -> None:
    for row in await find_all(unit.session, WorkScheduleRow, unit.organisation_id, lock=True, is_default=True):
        row.is_default = False
        unit.session.add(row)
    await unit.session.flush()


def _shown(row: WorkScheduleRow) -> dict[str, object]:
    return {"name": row.name, "weekday_seconds": list(row.weekday_seconds), "is_default": row.is_default}
