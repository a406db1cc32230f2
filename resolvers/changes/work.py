"""Logging, editing and deleting worked time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from strawberry import UNSET

from hourledger.core.errors import Invalid
from hourledger.core.money import parse_hours
from hourledger.services import log_time as work
from hourledger.services.changes import SAME, Same
from hourledger.services.time_changes import TimeChanges
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.listing.time_entries import TIME_ENTRIES
from resolvers.changes.left_out import unless_left_out
from resolvers.context import RequestContext
from resolvers.ids import optional_row_id, row_id
from resolvers.mutations import Answer, Mutation, mutation, mutation_of_rows

_AT_ONCE_MAX = 500


@dataclass(frozen=True, slots=True)
class WorkLogged:
    """One entry to log, in the API's terms."""

    person_id: str
    project_id: str | None
    task_id: str | None
    role_id: str | None
    work_date: date
    hours: Decimal
    note: str
    hour_type_id: str | None = None
    issue_id: str | None = None


@mutation_of_rows("logTime", TIME_ENTRIES)
async def log_time(_context: RequestContext, unit: UnitOfWork, *, entries: Sequence[WorkLogged]) -> Answer:
    if not 1 <= len(entries) <= _AT_ONCE_MAX:
        raise Invalid(f"Log 1 to {_AT_ONCE_MAX} entries at once.", code="ENTRY_COUNT", field="entries")
    drafts = [
        work.TimeDraft(
            person_id=row_id(one.person_id, "Person", "personId"),
            project_id=optional_row_id(one.project_id, "Project", "projectId"),
            task_id=task_or_issue(one.task_id, one.issue_id),
            role_id=optional_row_id(one.role_id, "Role", "roleId"),
            hour_type_id=optional_row_id(one.hour_type_id, "HourType", "hourTypeId"),
            work_date=one.work_date,
            seconds=parse_hours(one.hours),
            note=one.note,
        )
        for one in entries
    ]
    return {"ids": await work.log_time(unit, drafts)}


@mutation("editTime", TIME_ENTRIES)
async def edit_time(
    _context: RequestContext,
    unit: UnitOfWork,
    *,
    time_entry_id: str,
    hours: Decimal,
    work_date: date,
    note: str,
    task_id: Any,
    issue_id: Any,
    role_id: Any,
    hour_type_id: Any,
) -> Answer:
    number = row_id(time_entry_id, "TimeEntry", "timeEntryId")
    changes = TimeChanges(
        task_id=_moved_to(task_id, issue_id),
        role_id=unless_left_out(role_id, lambda value: optional_row_id(value, "Role", "roleId")),
        hour_type_id=unless_left_out(hour_type_id, lambda value: optional_row_id(value, "HourType", "hourTypeId")),
    )
    await work.edit_time(unit, number, seconds=parse_hours(hours), work_date=work_date, note=note, changes=changes)
    return {"id": number}


def task_or_issue(task_id: str | None, issue_id: str | None) -> int | None:
    """The row behind either. Raises Invalid ONE_OF_TWO when both are given."""
    if task_id is not None and issue_id is not None:
        raise Invalid("Work is on a task or on an issue: give one of the two.", code="ONE_OF_TWO", field="issueId")
    return optional_row_id(task_id, "Task", "taskId") or optional_row_id(issue_id, "Issue", "issueId")


def _moved_to(task_id: Any, issue_id: Any) -> int | Same | None:
    """The task or issue; None when one of them is given as null; the same when neither is given."""
    if task_id is UNSET and issue_id is UNSET:
        return SAME
    return task_or_issue(task_id or None, issue_id or None)


async def _delete_time(_context: RequestContext, unit: UnitOfWork, *, time_entry_id: str, reason: str) -> Answer:
    number = row_id(time_entry_id, "TimeEntry", "timeEntryId")
    await work.delete_time(unit, number, reason=reason)
    return {"id": number}


async def _deleted(_context: RequestContext, answer: Answer) -> int:
    return int(answer["id"])


delete_time: Mutation[int] = Mutation("deleteTime", _delete_time, _deleted)
"""Its entity is the row id of what is gone."""
