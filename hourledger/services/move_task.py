"""Move a task or issue: under another task, or to another project, with everything on it (project-finances §4.7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing, NotAllowed
from hourledger.core.work import CostType, ProjectStatus, RevenueType, TaskStatus
from hourledger.services.copy_task_tree import unused_name
from hourledger.services.freeze_rates import freeze
from hourledger.services.period_locks import require_open_work
from hourledger.services.preferences import preferences
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.rate_entries import rate_entries
from hourledger.services.task_tree import (
    TaskTree,
    append_actuals,
    lock_tree,
    require_not_on_record,
    reverse_actuals,
    settle_parent,
)
from hourledger.services.unit_of_work import UnitOfWork
from models.queries import structure
from models.queries.assignments import assigned_on
from models.queries.structure import Work
from models.selecting import find_all, hold_all, select_one
from models.tables import ProjectRow, TaskRow, ValuationCause


@dataclass(frozen=True, slots=True)
class Move:
    """Where to: ``project_id`` None is the project of the task to go under, else its own; ``under_task_id`` None is the
    top of the project.

    ``keeps_finances``: types and amounts of the tasks; else they become NO_COST and NOT_BILLABLE.
    ``keeps_expenses``: else they stay on the project that the task leaves, as expenses of the project itself.
    """

    project_id: int | None = None
    under_task_id: int | None = None
    keeps_finances: bool = True
    keeps_expenses: bool = True


async def move_task(unit: UnitOfWork, task_id: int, move: Move) -> None:
    """Hours, issues, assignments, contours and the tasks below always go along; baselines stay as they were taken.

    Within a project nothing is rated anew. On another project its hours are: by the rates, the customer and the
    currency of that project, each by its own day; their actuals are reversed and written there. Preserved rates are
    those of the project a task is on: where it goes, they are frozen anew; where it comes back, it finds its own.
    A name that is taken there gets a number behind it.

    Raises:
        Missing TASK_UNKNOWN, PROJECT_UNKNOWN, EXCHANGE_RATE_MISSING; Conflict TASK_MOVED.
        Invalid TASK_CYCLE: under itself or a task below it. ISSUE_UNDER_TASK: an issue has no place in the tree.
            MOVE_CURRENCY: its amounts are in the other currency, and are not converted.
        NotAllowed BILLED, ON_BILLING_RECORD, FIXED_AMOUNT_BILLED, FIXED_AMOUNT_ON_RECORD: some of what would change is
            on a billing record (C-26, §4.5). MOVE_WITH_TEMPLATE, PROJECT_CLOSED, TASKS_OPEN.
            HAS_LOGGED_HOURS: the organisation moves no hours to other projects. PERIOD_LOCKED: on either project.
        Denied: EDIT_PROJECTS; without finances the permissions that edit_task_types asks for, without expenses
            EDIT_GENERAL_FINANCE.
    Source: project-finances §1.1, §4.1 row 9, §4.4, §4.5, §4.7.
    """
    _require_rights(unit, move)
    tree, source, target, above = await _places(unit, task_id, move)
    crosses = source.id != target.id
    before = {"project": source.id, "parent": tree.root.parent_id}
    after = {"project": target.id, "parent": None if above is None else above.id}
    if before == after and move.keeps_finances and move.keeps_expenses:
        return
    await _require_movable(unit, tree, source, target, move)
    touched, changes_fixed = _touched(tree, move, crosses=crosses), tree.has_fixed_amounts
    await require_open_work(unit, touched, sorted({source.id, target.id}), "taskId")
    await reverse_actuals(unit, touched)
    if not move.keeps_expenses:
        await structure.put_expenses_on_project(unit.session, tree.work.expenses)
    await _arrange(unit, tree, target, above, move)
    if crosses:
        await _rate_there(unit, tree, source, target)
    await append_actuals(unit, touched)
    await settle_parent(unit, before["parent"] if before["parent"] != after["parent"] else None)
    more = {"keeps_finances": move.keeps_finances, "keeps_expenses": move.keeps_expenses, "tasks": tree.ids}
    _note(unit, tree, before, after | more | {"hours": len(tree.work.entries)}, changes_fixed=changes_fixed)
    await emit_finances_changed(unit, sorted({source.id, target.id}), cause="TASK_MOVED")


def _require_rights(unit: UnitOfWork, move: Move) -> None:
    unit.require(Permission.EDIT_PROJECTS)
    if not (move.keeps_finances and move.keeps_expenses):
        unit.require(Permission.EDIT_GENERAL_FINANCE)
    if not move.keeps_finances:
        unit.require(Permission.EDIT_COST_RATES)
        unit.require(Permission.EDIT_BILLING_RATES)


async def _places(
    unit: UnitOfWork, task_id: int, move: Move
) -> tuple[TaskTree, ProjectRow, ProjectRow, TaskRow | None]:
    """The tree, the project it is on, the one it goes to, and the task it goes under; all of them held."""
    wanted = move.project_id
    if wanted is None and move.under_task_id is not None:
        there = await select_one(unit.session, TaskRow, unit.organisation_id, move.under_task_id)
        wanted = None if there is None else there.project_id
    tree, projects = await lock_tree(unit, task_id, *([] if wanted is None else [wanted]))
    source = projects[tree.root.project_id]
    target = source if wanted is None else projects.get(wanted)
    if target is None:
        raise Missing(f"There is no project {wanted}.", code="PROJECT_UNKNOWN", field="toProjectId")
    if move.under_task_id is None:
        return tree, source, target, None
    if tree.root.is_issue:
        raise Invalid(
            f"{tree.root.name} is an issue, and issues are on a project itself: leave the task out.",
            code="ISSUE_UNDER_TASK",
            field="underTaskId",
        )
    above = next(iter(await hold_all(unit.session, TaskRow, unit.organisation_id, [move.under_task_id])), None)
    if above is None or above.project_id != target.id or above.is_issue:
        raise Missing(
            f"Project {target.code} has no task {move.under_task_id}.", code="TASK_UNKNOWN", field="underTaskId"
        )
    if above.id in tree.ids:
        raise Invalid(
            f"{above.name} is part of {tree.root.name}, so that cannot go under it.",
            code="TASK_CYCLE",
            field="underTaskId",
        )
    return tree, source, target, above


async def _require_movable(
    unit: UnitOfWork, tree: TaskTree, source: ProjectRow, target: ProjectRow, move: Move
) -> None:
    if source.id == target.id:
        changing = {"expense": not move.keeps_expenses, "fixed": not move.keeps_finances}
        if what := {kind for kind, changes in changing.items() if changes}:
            await require_not_on_record(unit, tree, what)
        return
    if source.is_template or target.is_template:
        raise NotAllowed(
            "Tasks do not move between a template and another project. Apply the template, or copy the task.",
            code="MOVE_WITH_TEMPLATE",
            field="toProjectId",
        )
    for project in (source, target):
        _require_open(unit, project)
    if target.status is ProjectStatus.COMPLETE and any(one.status is not TaskStatus.COMPLETE for one in tree.tasks):
        raise NotAllowed(
            f"Project {target.code} is complete, and this is not: complete it first, or reopen the project.",
            code="TASKS_OPEN",
            field="toProjectId",
        )
    if tree.work.entries and not preferences(unit).allow_move_with_logged_hours:
        raise NotAllowed(
            f"{tree.root.name} has logged hours, and these do not move to other projects here.",
            code="HAS_LOGGED_HOURS",
            field="taskId",
        )
    await require_not_on_record(unit, tree)
    if source.currency != target.currency:
        _require_no_amounts(tree, source, target, move)


def _require_open(unit: UnitOfWork, project: ProjectRow) -> None:
    """As for logging: what takes no hours, takes and gives no tasks either (§1.1)."""
    allowed = {
        ProjectStatus.COMPLETE: preferences(unit).log_on_complete_projects,
        ProjectStatus.DEAD: preferences(unit).log_on_dead_projects,
    }
    if not allowed.get(project.status, True):
        raise NotAllowed(
            f"Project {project.code} is {project.status.value.lower()}: reopen it to move tasks there or away.",
            code="PROJECT_CLOSED",
            field="toProjectId",
        )


def _require_no_amounts(tree: TaskTree, source: ProjectRow, target: ProjectRow, move: Move) -> None:
    """What somebody typed in one currency is not converted into another behind their back."""
    has = [
        task.name
        for task in tree.tasks
        if {task.cost_rate_scaled, task.billing_rate_scaled, task.billing_amount_minor} != {None}
    ]
    what = f"{has[0]} has amounts" if has and move.keeps_finances else ""
    if move.keeps_expenses and tree.work.expenses:
        what = f"{tree.root.name} has expenses"
    if what:
        raise Invalid(
            f"{what} in {source.currency}, and {target.code} is in {target.currency}; they are not converted. Move "
            "without financial information or without expenses, or change these first.",
            code="MOVE_CURRENCY",
            field="toProjectId",
        )


def _touched(tree: TaskTree, move: Move, *, crosses: bool) -> Work:
    """What actuals say otherwise afterwards: their project, or their task."""
    if crosses:
        return tree.work
    return Work(expenses=() if move.keeps_expenses else tree.work.expenses)


async def _arrange(unit: UnitOfWork, tree: TaskTree, target: ProjectRow, above: TaskRow | None, move: Move) -> None:
    """Put the tasks where they go. The database takes their hours and expenses to the other project with them."""
    if tree.root.project_id != target.id:
        there = await find_all(unit.session, TaskRow, unit.organisation_id, project_id=target.id)
        taken = {row.name for row in there}
        for task in tree.tasks:
            task.name = unused_name(task.name, taken)
            taken.add(task.name)
            task.project_id = target.id
    tree.root.parent_id = None if above is None else above.id
    if not move.keeps_finances:
        for task in tree.tasks:
            task.cost_type, task.revenue_type = CostType.NO_COST, RevenueType.NOT_BILLABLE
            task.cost_rate_scaled = task.billing_rate_scaled = task.billing_amount_minor = task.overtime_ratio = None
    unit.session.add_all(tree.tasks)
    await unit.session.flush()


async def _rate_there(unit: UnitOfWork, tree: TaskTree, source: ProjectRow, target: ProjectRow) -> None:
    if target.preserve_billing_rates:
        ids = set(tree.ids)
        people = await assigned_on(unit.session, unit.organisation_id, [target.id])
        await freeze(unit, [one for one in people if one.task_id in ids])
    await structure.forget_worth(unit.session, tree.work.entries)
    await rate_entries(unit, tree.work.entries, ValuationCause.MOVED, moved_from=source.id)


def _note(
    unit: UnitOfWork, tree: TaskTree, before: dict[str, Any], after: dict[str, Any], *, changes_fixed: bool
) -> None:
    """On the task, and where fixed amounts come or go on the projects: history cannot tell those of before (as_of)."""
    task_id = tree.root.id
    unit.audit("move", "task", task_id, before=before, after=after)
    for project_id in sorted({before["project"], after["project"]}):
        if changes_fixed:
            unit.audit("move_task", "project", project_id, before=before, after={**after, "task": task_id})
        unit.emit("TASK_MOVED", project_id=project_id, entity_id=task_id, name=tree.root.name, to=after["project"])
