"""What can change about a time entry besides hours, day and note: its task, its role, its kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from hourledger.core.errors import Invalid
from hourledger.services.changes import SAME, Same, changed
from hourledger.services.time_rules import TimeDraft, load_time_rules
from hourledger.services.unit_of_work import UnitOfWork
from models.tables import TimeEntryRow


@dataclass(frozen=True, slots=True)
class TimeChanges:
    """Of the task None means: on the project itself; of the role: none chosen; of the kind: the built-in one."""

    task_id: int | Same | None = SAME
    role_id: int | Same | None = SAME
    hour_type_id: int | Same | None = SAME


NO_CHANGES: Final = TimeChanges()


async def apply_changes(
    unit: UnitOfWork, entry: TimeEntryRow, *, seconds: int, work_date: date, note: str, changes: TimeChanges
) -> None:
    """Put the new values into the entry once they fit together; only what changes is checked.

    The built-in kind of hours follows the task; another kind stays, also where it is not available any more (§1.10). A
    role that was chosen stays where it is still one of the person's.

    Raises:
        what TimeRules.check raises; Invalid TASK_OF_OTHER_PROJECT for a task of general time.
    """
    task_id = changed(changes.task_id, entry.task_id)
    role_id = changed(changes.role_id, entry.role_id)
    wanted_type = None if isinstance(changes.hour_type_id, Same) else changes.hour_type_id
    draft = TimeDraft(entry.person_id, entry.project_id, work_date, seconds, task_id, role_id, wanted_type, note)
    rules = await load_time_rules(unit, [draft])
    has_moved = task_id != entry.task_id
    if has_moved:
        if entry.project_id is None:
            raise Invalid(
                "General time is on no project and thus on no task: log it there anew and delete this.",
                code="TASK_OF_OTHER_PROJECT",
                field="taskId",
            )
        rules.check_task(draft)
        rules.check_place(draft)
    if work_date != entry.work_date:
        rules.check_day(draft)
    is_chosen_anew = role_id != entry.role_id
    if role_id is not None and (is_chosen_anew or has_moved or work_date != entry.work_date):
        rules.check_role(draft, is_new=is_chosen_anew)
    if not isinstance(changes.hour_type_id, Same):
        if has_moved or wanted_type != entry.hour_type_id:
            entry.hour_type_id = rules.hour_type_of(draft)
    elif has_moved and rules.hour_types.is_default(entry.hour_type_id):
        entry.hour_type_id = rules.hour_types.default(rules.place_of(draft))
    entry.seconds, entry.work_date, entry.note = seconds, work_date, note
    entry.task_id, entry.role_id = task_id, role_id
