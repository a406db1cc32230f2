"""Log, edit and delete worked time. Each change is rated at once and becomes an actual when approved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing, NotAllowed
from hourledger.core.work import EntryStatus, ProjectStatus
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.rate_entries import rate_entries, recap_task
from hourledger.services.unit_of_work import UnitOfWork
from models.queries import actuals
from models.queries.rating import lock_capped_tasks_of
from models.selecting import find_all, find_one
from models.tables import (
    HourTypeRow,
    HourTypeScope,
    PersonRow,
    ProjectRow,
    RoleRow,
    TaskRow,
    TimeEntryRow,
    ValuationCause,
)

SECONDS_MAX = 24 * 3600
"""The longest single entry: a day."""
_PROJECT_TIME = "Project Time"


@dataclass(frozen=True, slots=True)
class TimeDraft:
    """Work to be logged. ``seconds`` is not zero; negative is a correction of earlier work (C-27)."""

    person_id: int
    project_id: int
    work_date: date
    seconds: int
    task_id: int | None = None
    role_id: int | None = None
    hour_type_id: int | None = None
    note: str = ""
    connection_id: int | None = None
    external_id: str | None = None


async def log_time(unit: UnitOfWork, drafts: Sequence[TimeDraft]) -> list[int]:
    """Store work, rate it, and append its actuals where no approval is required. Returns the new ids in order.

    All or nothing.

    Raises:
        Invalid HOURS_ZERO, HOURS_TOO_MANY (more than 24 a day in one entry), TASK_OF_OTHER_PROJECT.
        Missing PERSON_UNKNOWN, PROJECT_UNKNOWN, TASK_UNKNOWN, ROLE_UNKNOWN, HOUR_TYPE_UNKNOWN.
        NotAllowed PROJECT_CLOSED.
    """
    unit.require(Permission.LOG_TIME)
    if not drafts:
        return []
    projects = await _projects(unit, drafts)
    await _check_people_and_tasks(unit, drafts)
    await _check_roles(unit, drafts)
    hour_types = await _hour_types(unit, drafts)
    rows = []
    for draft in drafts:
        _check_seconds(draft.seconds)
        project = projects[draft.project_id]
        rows.append(
            TimeEntryRow(
                organisation_id=unit.organisation_id,
                person_id=draft.person_id,
                project_id=draft.project_id,
                task_id=draft.task_id,
                role_id=draft.role_id,
                hour_type_id=hour_types[draft.hour_type_id],
                work_date=draft.work_date,
                seconds=draft.seconds,
                note=draft.note,
                status=EntryStatus.DRAFT if project.require_time_approval else EntryStatus.APPROVED,
                connection_id=draft.connection_id,
                external_id=draft.external_id,
                logged_at=unit.now,
                logged_by=unit.principal.subject,
            )
        )
    unit.session.add_all(rows)
    await unit.session.flush()
    ids = [row.id for row in rows]
    await rate_entries(unit, ids, ValuationCause.LOGGED)
    await actuals.append_for_entries(unit.session, unit.organisation_id, ids, at=unit.now)
    await emit_finances_changed(unit, sorted(projects), cause="TIME_LOGGED")
    return ids


async def edit_time(unit: UnitOfWork, entry_id: int, *, seconds: int, work_date: date, note: str) -> None:
    """Change an entry that is on no billing record: new valuation; its actuals are reversed and written anew.

    Raises:
        Missing TIME_ENTRY_UNKNOWN; NotAllowed ON_BILLING_RECORD, BILLED; Invalid HOURS_ZERO, HOURS_TOO_MANY.
    """
    unit.require(Permission.LOG_TIME)
    _check_seconds(seconds)
    entry = await _changeable(unit, entry_id)
    before = {"seconds": entry.seconds, "work_date": entry.work_date.isoformat()}
    standing = await actuals.standing_of_entries(unit.session, unit.organisation_id, [entry_id])
    await actuals.reverse(unit.session, standing, at=unit.now, on=unit.today)
    entry.seconds, entry.work_date, entry.note = seconds, work_date, note
    unit.session.add(entry)
    await unit.session.flush()
    await rate_entries(unit, [entry_id], ValuationCause.EDITED)
    await actuals.append_for_entries(unit.session, unit.organisation_id, [entry_id], at=unit.now)
    after = {"seconds": seconds, "work_date": work_date.isoformat()}
    unit.audit("edit", "time_entry", entry_id, before=before, after=after)
    await emit_finances_changed(unit, [entry.project_id], cause="TIME_EDITED")


async def delete_time(unit: UnitOfWork, entry_id: int, *, reason: str = "") -> None:
    """Take an entry that is on no billing record out of all figures; its rows and reversed actuals stay as history.

    Raises:
        Missing TIME_ENTRY_UNKNOWN; NotAllowed ON_BILLING_RECORD, BILLED.
    """
    unit.require(Permission.LOG_TIME)
    entry = await _changeable(unit, entry_id)
    standing = await actuals.standing_of_entries(unit.session, unit.organisation_id, [entry_id])
    await actuals.reverse(unit.session, standing, at=unit.now, on=unit.today)
    siblings_of = entry.task_id
    entry.deleted_at = unit.now
    unit.session.add(entry)
    await unit.session.flush()
    if siblings_of is not None:
        # What it held of a cap goes to the entries after it.
        await recap_task(unit, siblings_of)
    unit.audit("delete", "time_entry", entry_id, reason=reason)
    await emit_finances_changed(unit, [entry.project_id], cause="TIME_DELETED")


async def _changeable(unit: UnitOfWork, entry_id: int) -> TimeEntryRow:
    await lock_capped_tasks_of(unit.session, unit.organisation_id, [entry_id])
    entry = await find_one(unit.session, TimeEntryRow, unit.organisation_id, lock=True, id=entry_id, deleted_at=None)
    if entry is None:
        raise Missing(f"There is no time entry {entry_id}.", code="TIME_ENTRY_UNKNOWN")
    if entry.is_locked:
        raise NotAllowed(
            f"Time entry {entry_id} has been billed. Correct it with a further billing record.", code="BILLED"
        )
    claimed = await actuals.claimed_entries(unit.session, unit.organisation_id, [entry_id])
    if entry_id in claimed:
        raise NotAllowed(
            f"Time entry {entry_id} is on billing record {claimed[entry_id]}. Take it off that record first.",
            code="ON_BILLING_RECORD",
            billing_record=claimed[entry_id],
        )
    return entry


def _check_seconds(seconds: int) -> None:
    if seconds == 0:
        raise Invalid("An entry of zero hours says nothing: give a duration.", code="HOURS_ZERO", field="hours")
    if abs(seconds) > SECONDS_MAX:
        raise Invalid("More than 24 hours in one entry: split it by day.", code="HOURS_TOO_MANY", field="hours")


async def _projects(unit: UnitOfWork, drafts: Sequence[TimeDraft]) -> dict[int, ProjectRow]:
    wanted = {draft.project_id for draft in drafts}
    found = {row.id: row for row in await find_all(unit.session, ProjectRow, unit.organisation_id, id=wanted)}
    if missing := wanted - found.keys():
        raise Missing(f"There is no project {min(missing)}.", code="PROJECT_UNKNOWN", field="projectId")
    for row in found.values():
        if row.status in (ProjectStatus.COMPLETE, ProjectStatus.DEAD):
            raise NotAllowed(
                f"Project {row.code} is {row.status.value.lower()}: reopen it to log time on it.", code="PROJECT_CLOSED"
            )
    return found


async def _check_people_and_tasks(unit: UnitOfWork, drafts: Sequence[TimeDraft]) -> None:
    people = {draft.person_id for draft in drafts}
    known = {row.id for row in await find_all(unit.session, PersonRow, unit.organisation_id, id=people)}
    if missing := people - known:
        raise Missing(f"There is no person {min(missing)}.", code="PERSON_UNKNOWN", field="personId")
    tasks = {draft.task_id for draft in drafts if draft.task_id is not None}
    rows = await find_all(unit.session, TaskRow, unit.organisation_id, id=tasks)
    project_of = {row.id: row.project_id for row in rows}
    for draft in drafts:
        if draft.task_id is None:
            continue
        if draft.task_id not in project_of:
            raise Missing(f"There is no task {draft.task_id}.", code="TASK_UNKNOWN", field="taskId")
        if project_of[draft.task_id] != draft.project_id:
            raise Invalid(
                f"Task {draft.task_id} belongs to another project.", code="TASK_OF_OTHER_PROJECT", field="taskId"
            )


async def _check_roles(unit: UnitOfWork, drafts: Sequence[TimeDraft]) -> None:
    roles = {draft.role_id for draft in drafts if draft.role_id is not None}
    if not roles:
        return
    known = {row.id for row in await find_all(unit.session, RoleRow, unit.organisation_id, id=roles)}
    if missing := roles - known:
        raise Missing(f"There is no role {min(missing)}.", code="ROLE_UNKNOWN", field="roleId")


async def _hour_types(unit: UnitOfWork, drafts: Sequence[TimeDraft]) -> dict[int | None, int]:
    """The kind of hours by what a draft names; None is Project Time. Raises Missing HOUR_TYPE_UNKNOWN."""
    rows = await find_all(unit.session, HourTypeRow, unit.organisation_id, is_active=True)
    known: dict[int | None, int] = {row.id: row.id for row in rows if row.scope is HourTypeScope.PROJECT_SPECIFIC}
    for row in rows:
        if row.name == _PROJECT_TIME:
            known[None] = row.id
    for draft in drafts:
        if draft.hour_type_id not in known:
            raise Missing(
                f"There is no kind of project hours {draft.hour_type_id or _PROJECT_TIME} in use.",
                code="HOUR_TYPE_UNKNOWN",
                field="hourTypeId",
            )
    return known
