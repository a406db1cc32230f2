"""A task with everything below it and the work on it, held together while it moves or goes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from hourledger.core.billing import BILLING_RECORD_LIFE
from hourledger.core.errors import Conflict, Missing, NotAllowed
from hourledger.services.task_hours import lock_task_hours, settle_hours
from hourledger.services.unit_of_work import UnitOfWork
from models.queries import actuals, structure
from models.queries.actuals import standing_of_expenses
from models.queries.structure import ALL_WORK, OnRecord, Work
from models.queries.work_locks import keep_work_locks
from models.selecting import find_all, hold_all, select_one
from models.tables import ProjectRow, TaskRow


@dataclass(frozen=True, slots=True)
class TaskTree:
    """A task or issue, all tasks of its tree by id (itself too), and the work on them."""

    root: TaskRow
    tasks: list[TaskRow]
    work: Work

    @property
    def ids(self) -> list[int]:
        return [task.id for task in self.tasks]

    @property
    def has_fixed_amounts(self) -> bool:
        """Whether a project earns something else at once when the tree comes or goes."""
        return any(task.revenue_type.has_fixed_part and task.billing_amount_minor for task in self.tasks)


async def lock_tree(unit: UnitOfWork, task_id: int, *other_projects: int) -> tuple[TaskTree, dict[int, ProjectRow]]:
    """The tree, and its project with these others by id; nobody changes any of it until the transaction ends.

    Projects come first, so that of two who arrange the same tasks one waits. Then the tasks in a way that lets those
    finish who hold some of the work and still refer to its task; then the work; and only then the tasks for good, so
    that nobody logs on them any more.

    Raises:
        Missing TASK_UNKNOWN; Conflict TASK_MOVED: somebody took it to another project meanwhile.
    """
    session, organisation_id = unit.session, unit.organisation_id
    found = await select_one(session, TaskRow, organisation_id, task_id)
    if found is None:
        raise Missing(f"There is no task {task_id}.", code="TASK_UNKNOWN", field="taskId")
    held = await hold_all(session, ProjectRow, organisation_id, {found.project_id, *other_projects})
    projects = {row.id: row for row in held}
    await keep_work_locks(session, organisation_id)  # before any work is locked, as logging does
    ids = await structure.task_ids_of_tree(session, organisation_id, task_id)
    await hold_all(session, TaskRow, organisation_id, ids)
    await structure.lock_work_of_tasks(session, organisation_id, ids)
    while True:
        tasks = await find_all(session, TaskRow, organisation_id, lock=True, id=ids)
        now = await structure.task_ids_of_tree(session, organisation_id, task_id)
        if now == [task.id for task in tasks]:
            break
        ids = now
    root = next((task for task in tasks if task.id == task_id), None)
    if root is None:
        raise Missing(f"There is no task {task_id}.", code="TASK_UNKNOWN", field="taskId")
    if root.project_id not in projects:
        raise Conflict(
            f"Somebody moved {root.name} to another project just now. Read it again.", code="TASK_MOVED", field="taskId"
        )
    work = await structure.lock_work_of_tasks(session, organisation_id, ids)
    return TaskTree(root, tasks, work), projects


async def require_not_on_record(unit: UnitOfWork, tree: TaskTree, what: Collection[str] = ALL_WORK) -> None:
    """That none of this work is on a billing record that is not deleted (C-26, §4.4, §4.5).

    Raises:
        NotAllowed BILLED, FIXED_AMOUNT_BILLED: on a confirmed or posted one. ON_BILLING_RECORD, FIXED_AMOUNT_ON_RECORD:
        on a draft.
    """
    found = await structure.on_record_of_tasks(unit.session, unit.organisation_id, tree.ids, what)
    if found is not None:
        raise refusal_of(found, tree.root.name)


_NOUNS = {"hours": "Some hours", "expense": "An expense", "fixed": "A fixed amount", "line": "Something"}


def refusal_of(found: OnRecord, name: str) -> NotAllowed:
    """Why ``name`` stays where it is: something of it is on a billing record."""
    is_final = not BILLING_RECORD_LIFE.allows(found.status, "edit")
    code = "BILLED" if is_final else "ON_BILLING_RECORD"
    if found.what == "fixed":
        code = "FIXED_AMOUNT_BILLED" if is_final else "FIXED_AMOUNT_ON_RECORD"
    way_out = "is final: what was billed stays where it is." if is_final else "is a draft: delete that first."
    return NotAllowed(
        f"{_NOUNS[found.what]} of {name} went on billing record {found.number}, which {way_out}",
        code=code,
        billing_record=found.number,
    )


async def reverse_actuals(unit: UnitOfWork, work: Work) -> None:
    """Of all this work, before it is somewhere else (actuals are never edited)."""
    session, organisation_id = unit.session, unit.organisation_id
    standing = await actuals.standing_of_entries(session, organisation_id, work.entries)
    standing += await standing_of_expenses(session, organisation_id, work.expenses)
    await actuals.reverse(session, standing, at=unit.now, on=unit.today)


async def append_actuals(unit: UnitOfWork, work: Work) -> None:
    """Of all this work, as it is now."""
    await actuals.append_for_entries(unit.session, unit.organisation_id, work.entries, at=unit.now)
    await actuals.append_for_expenses(unit.session, unit.organisation_id, work.expenses, at=unit.now)


async def settle_parent(unit: UnitOfWork, parent_id: int | None) -> None:
    """A parent whose last task has left plans by itself again: its own hours fit its assignments (§2.6)."""
    if parent_id is None:
        return
    hours = await lock_task_hours(unit, parent_id)
    if not hours.is_parent:
        await settle_hours(unit, hours)
