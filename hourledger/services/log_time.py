"""Log, edit and delete worked time. Each change is rated at once and becomes an actual when approved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hourledger.core.access import Permission
from hourledger.core.errors import Missing, NotAllowed
from hourledger.core.work import EntryStatus
from hourledger.services.period_locks import require_open_period
from hourledger.services.preferences import HourEditing, preferences
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.rate_entries import rate_entries, recap_task
from hourledger.services.time_changes import NO_CHANGES, TimeChanges, apply_changes
from hourledger.services.time_rules import SECONDS_MAX, TimeDraft, TimeRules, load_time_rules, require_seconds
from hourledger.services.unit_of_work import UnitOfWork
from models.queries import actuals
from models.queries.rating import lock_capped_tasks, lock_capped_tasks_of, lock_tasks
from models.queries.structure import first_gone
from models.queries.work_locks import keep_work_locks
from models.selecting import find_one
from models.tables import TimeEntryRow, ValuationCause

__all__ = ["SECONDS_MAX", "TimeDraft", "delete_time", "edit_time", "log_time"]


async def log_time(unit: UnitOfWork, drafts: Sequence[TimeDraft], *, rules: TimeRules | None = None) -> list[int]:
    """Store work, rate it, and append its actuals where no approval is required. Returns the new ids in order.

    All or nothing. General time (without a project) is approved as it comes, and no actual. ``rules``: when the caller
    has loaded them for these drafts.

    Raises:
        what TimeRules.check raises; Conflict TASK_MOVED.
    """
    unit.require(Permission.LOG_TIME)
    if not drafts:
        return []
    rules = rules or await load_time_rules(unit, drafts)
    rows = [_row(unit, rules, draft, rules.check(draft)) for draft in drafts]
    await lock_capped_tasks(unit.session, sorted({row.task_id for row in rows if row.task_id is not None}))
    unit.session.add_all(rows)
    await unit.session.flush()
    await _require_places(unit, rows)
    ids = [row.id for row in rows]
    await rate_entries(unit, ids, ValuationCause.LOGGED)
    await actuals.append_for_entries(unit.session, unit.organisation_id, ids, at=unit.now)
    await _tell(unit, rows, cause="TIME_LOGGED")
    return ids


async def edit_time(
    unit: UnitOfWork,
    entry_id: int,
    *,
    seconds: int,
    work_date: date,
    note: str,
    changes: TimeChanges = NO_CHANGES,
) -> None:
    """Change an entry that is on no billing record: new valuation; its actuals are reversed and written anew.

    Where its rates are frozen, other work is rated as new work is; another note leaves its value.

    ``changes`` are those of task, role and kind of hours. Whose time it is and on which project, stays.

    Raises:
        Missing TIME_ENTRY_UNKNOWN; NotAllowed ON_BILLING_RECORD, BILLED, PERIOD_LOCKED, HOUR_EDITING_RESTRICTED; and
        for what changes, what TimeRules.check raises.
    """
    unit.require(Permission.LOG_TIME)
    require_seconds(seconds)
    entry = await _changeable(unit, entry_id, *([changes.task_id] if isinstance(changes.task_id, int) else []))
    task_before = entry.task_id
    standing = await actuals.standing_of_entries(unit.session, unit.organisation_id, [entry_id])
    before = _as_json(entry)
    await apply_changes(unit, entry, seconds=seconds, work_date=work_date, note=note, changes=changes)
    await actuals.reverse(unit.session, standing, at=unit.now, on=unit.today)
    if _as_json(entry) != before:
        entry.valuation_id = None  # it says what other work was worth: there is nothing that a freeze could keep
    unit.session.add(entry)
    await unit.session.flush()
    await _require_places(unit, [entry])
    await rate_entries(unit, [entry_id], ValuationCause.EDITED)
    if task_before is not None and task_before != entry.task_id:
        # What it held of a cap there goes to the entries that stay.
        await recap_task(unit, task_before)
    await actuals.append_for_entries(unit.session, unit.organisation_id, [entry_id], at=unit.now)
    unit.audit("edit", "time_entry", entry_id, before=before, after=_as_json(entry))
    await _tell(unit, [entry], cause="TIME_EDITED")


async def delete_time(unit: UnitOfWork, entry_id: int, *, reason: str = "") -> None:
    """Take an entry that is on no billing record out of all figures; its rows and reversed actuals stay as history.

    Raises:
        Missing TIME_ENTRY_UNKNOWN; NotAllowed ON_BILLING_RECORD, BILLED, PERIOD_LOCKED, HOUR_EDITING_RESTRICTED.
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
    unit.audit("delete", "time_entry", entry_id, reason=reason, before=_as_json(entry))
    await _tell(unit, [entry], cause="TIME_DELETED")


def _row(unit: UnitOfWork, rules: TimeRules, draft: TimeDraft, hour_type_id: int) -> TimeEntryRow:
    project = rules.projects[draft.project_id] if draft.project_id is not None else None
    needs_approval = project is not None and project.require_time_approval
    return TimeEntryRow(
        organisation_id=unit.organisation_id,
        person_id=draft.person_id,
        project_id=draft.project_id,
        task_id=draft.task_id,
        role_id=draft.role_id,
        hour_type_id=hour_type_id,
        work_date=draft.work_date,
        seconds=draft.seconds,
        note=draft.note,
        status=EntryStatus.DRAFT if needs_approval else EntryStatus.APPROVED,
        connection_id=draft.connection_id,
        external_id=draft.external_id,
        logged_at=unit.now,
        logged_by=unit.principal.subject,
    )


async def _require_places(unit: UnitOfWork, rows: Sequence[TimeEntryRow]) -> None:
    """That nobody deleted the task or project while the hours were being written.

    Asked afterwards: by now they refer to it, and whoever deletes it waits until they are there to be seen.
    Raises Missing PROJECT_UNKNOWN, TASK_UNKNOWN.
    """
    projects = {row.project_id for row in rows if row.project_id is not None}
    gone = await first_gone(unit.session, projects, {row.task_id for row in rows if row.task_id is not None})
    if gone is not None:
        what, row_id = gone
        raise Missing(f"There is no {what} {row_id} any more.", code=f"{what.upper()}_UNKNOWN", field=f"{what}Id")


async def _changeable(unit: UnitOfWork, entry_id: int, *other_tasks: int) -> TimeEntryRow:
    """The entry, locked, with the tasks locked before whose caps may move; and no period is locked meanwhile."""
    await keep_work_locks(unit.session, unit.organisation_id)
    if other_tasks:
        there = await find_one(unit.session, TimeEntryRow, unit.organisation_id, id=entry_id, deleted_at=None)
        own = [there.task_id] if there is not None and there.task_id is not None else []
        await lock_tasks(unit.session, sorted({*own, *other_tasks}))
    await lock_capped_tasks_of(unit.session, unit.organisation_id, [entry_id])
    entry = await find_one(unit.session, TimeEntryRow, unit.organisation_id, lock=True, id=entry_id, deleted_at=None)
    if entry is None:
        raise Missing(f"There is no time entry {entry_id}.", code="TIME_ENTRY_UNKNOWN")
    _require_editor(unit, entry)
    if entry.is_locked:
        raise NotAllowed(
            f"Time entry {entry_id} has been billed. Correct it with a further billing record.", code="BILLED"
        )
    await require_open_period(unit, entry.project_id, entry.work_date, "timeEntryId")
    claimed = await actuals.claimed_entries(unit.session, unit.organisation_id, [entry_id])
    if entry_id in claimed:
        raise NotAllowed(
            f"Time entry {entry_id} is on billing record {claimed[entry_id]}. Take it off that record first.",
            code="ON_BILLING_RECORD",
            billing_record=claimed[entry_id],
        )
    return entry


def _require_editor(unit: UnitOfWork, entry: TimeEntryRow) -> None:
    """Where the organisation says so, only who logged an entry and administrators change it (§1.1)."""
    if preferences(unit).hour_editing is HourEditing.ANYONE or unit.principal.may(Permission.ADMINISTER):
        return
    if entry.logged_by != unit.principal.subject:
        raise NotAllowed(
            f"Time entry {entry.id} was logged by {entry.logged_by}: only they and administrators change it here.",
            code="HOUR_EDITING_RESTRICTED",
        )


def _as_json(entry: TimeEntryRow) -> dict[str, object]:
    return {
        "seconds": entry.seconds,
        "work_date": entry.work_date.isoformat(),
        "task": entry.task_id,
        "role": entry.role_id,
        "hour_type": entry.hour_type_id,
    }


async def _tell(unit: UnitOfWork, rows: Sequence[TimeEntryRow], *, cause: str) -> None:
    """The projects' new totals; general time has none and is told by itself."""
    for row in rows:
        if row.project_id is None:
            unit.emit("GENERAL_TIME_CHANGED", entity_id=row.id, cause=cause, seconds=row.seconds)
    await emit_finances_changed(
        unit, sorted({row.project_id for row in rows if row.project_id is not None}), cause=cause
    )
