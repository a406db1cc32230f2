"""Tasks and their assignments once more, on another project or the same: the plan comes along, work and progress do
not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from hourledger.core.errors import Invalid
from hourledger.core.work import CostType, RevenueType
from hourledger.services.create_project import TaskPlan, assign, create_task
from hourledger.services.edit_assignment import edit_assignment
from hourledger.services.set_assignment_billing import set_assignment_billable, set_assignment_billing_role
from hourledger.services.set_attributes import set_assignment_attributes
from hourledger.services.set_contour import set_contour
from hourledger.services.template_currency import TemplateCurrency
from hourledger.services.unit_of_work import UnitOfWork
from models.queries import planning
from models.selecting import find_all, select_one
from models.tables import AssignmentRow, ProjectRow, TaskRow

_NAME_LENGTH_MAX = 255


@dataclass(slots=True)
class Copied:
    """The id of each copy by the id of what it is a copy of."""

    tasks: dict[int, int] = field(default_factory=dict)
    assignments: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shift:
    """All dates move by the same number of calendar days, so that durations stay."""

    by: timedelta = timedelta()

    @classmethod
    def to(cls, first_day: date | None, days: Sequence[date | None]) -> Shift:
        """So that the earliest of ``days`` falls on ``first_day``; None, or no days: everything stays."""
        earliest = min((day for day in days if day is not None), default=None)
        return cls() if first_day is None or earliest is None else cls(first_day - earliest)

    def day(self, day: date | None) -> date | None:
        return None if day is None else self.each(day)

    def each(self, day: date) -> date:
        """Raises Invalid START_DATE_INVALID: there is no such date."""
        try:
            return day + self.by
        except OverflowError:
            raise Invalid(
                "From this start, some of the work would be on dates that do not exist.",
                code="START_DATE_INVALID",
                field="startDate",
            ) from None


async def copy_task_tree(
    unit: UnitOfWork,
    source: ProjectRow,
    target: ProjectRow,
    tasks: Sequence[TaskRow],
    shift: Shift,
    money: TemplateCurrency,
    *,
    with_finances: bool,
    under: int | None = None,
) -> Copied:
    """``tasks`` of ``source`` (each with all below it, no issues), with the people and roles on them, on ``target``.

    ``under``: the task that those come under whose parent is not among them; None: they are at the top.

    A name that is taken there gets a number behind it. Amounts, and rates that stand on the task itself, become the
    target's currency. Without finances every task is NO_COST and NOT_BILLABLE. The copies are new: nothing is done of
    them.

    Raises Missing EXCHANGE_RATE_MISSING, and what create_task, assign and set_assignment_billing_role raise.
    """
    copied = Copied()
    taken = {row.name for row in await find_all(unit.session, TaskRow, unit.organisation_id, project_id=target.id)}
    assigned: dict[int, list[AssignmentRow]] = defaultdict(list)
    for row in await find_all(unit.session, AssignmentRow, unit.organisation_id, task_id={one.id for one in tasks}):
        assigned[row.task_id].append(row)
    contours = await planning.contours(unit.session, unit.organisation_id, project_ids=[source.id])
    # People before the tasks below: once a task has some, its own hours cannot be given by hand any more.
    for task in _parents_first(tasks):
        name = unused_name(task.name, taken)
        taken.add(name)
        parent = under if task.parent_id is None else copied.tasks.get(task.parent_id, under)
        copied.tasks[task.id] = await _copy_task(
            unit, target, task, name, parent, shift, money if with_finances else None
        )
        copied.assignments |= await _copy_assignments(unit, copied.tasks[task.id], assigned[task.id])
        for one in assigned[task.id]:
            if days := contours.get(one.id):
                moved = {shift.each(day): seconds for day, seconds in days.items()}
                await set_contour(unit, copied.assignments[one.id], moved)
    return copied


def unused_name(name: str, taken: set[str]) -> str:
    """``name``, or with the first free number behind it: Build (2); cut where it would become too long."""
    found, number = name, 1
    while found in taken:
        number += 1
        suffix = f" ({number})"
        found = name[: _NAME_LENGTH_MAX - len(suffix)] + suffix
    return found


def _parents_first(tasks: Sequence[TaskRow]) -> list[TaskRow]:
    below: Mapping[int | None, list[TaskRow]] = defaultdict(list)
    ids = {task.id for task in tasks}
    for task in tasks:
        below[task.parent_id if task.parent_id in ids else None].append(task)
    found = list(below[None])
    for task in found:  # grows while it is read
        found += below[task.id]
    return found


async def _copy_task(
    unit: UnitOfWork,
    target: ProjectRow,
    task: TaskRow,
    name: str,
    parent_id: int | None,
    shift: Shift,
    money: TemplateCurrency | None,
) -> int:
    """``money`` None: without its finances."""
    made = await create_task(
        unit,
        target.id,
        TaskPlan(
            name,
            cost_type=task.cost_type if money else CostType.NO_COST,
            revenue_type=task.revenue_type if money else RevenueType.NOT_BILLABLE,
            parent_id=parent_id,
            cost_rate=_rate(task.cost_rate_scaled, money),
            billing_rate=_rate(task.billing_rate_scaled, money),
            billing_amount=_amount(task.billing_amount_minor, money),
            planned_seconds=task.planned_seconds,
            planned_start=shift.day(task.planned_start),
            planned_completion=shift.day(task.planned_completion),
        ),
    )
    row = await select_one(unit.session, TaskRow, unit.organisation_id, made)
    assert row is not None
    row.first_day_seconds = task.first_day_seconds
    row.overtime_ratio = task.overtime_ratio if money else None
    unit.session.add(row)
    await unit.session.flush()
    return made


async def _copy_assignments(unit: UnitOfWork, task_id: int, rows: Sequence[AssignmentRow]) -> dict[int, int]:
    """All of them with a share of the hours first: hours by hand would be the whole task's while nobody shares."""
    made = {row.id: await assign(unit, task_id, person_id=row.person_id, role_id=row.role_id) for row in rows}
    for row in rows:
        copy = made[row.id]
        if row.planned_seconds is not None:
            await edit_assignment(unit, copy, row.planned_seconds)
        if row.billing_role_id is not None:
            await set_assignment_billing_role(unit, copy, row.billing_role_id)
        if not row.is_billable:
            await set_assignment_billable(unit, copy, is_billable=False)
        if row.attributes:
            attributes = {int(attribute): value for attribute, value in row.attributes.items()}
            await set_assignment_attributes(unit, copy, attributes)
    return made


def _rate(scaled: int | None, money: TemplateCurrency | None) -> Decimal | None:
    return None if scaled is None or money is None else money.rate(scaled).per_unit


def _amount(minor: int | None, money: TemplateCurrency | None) -> Decimal | None:
    return None if minor is None or money is None else money.amount(minor).amount
