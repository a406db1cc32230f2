"""A project's tasks as a tree: what each has itself, and what it comes to with everything below it.

Hours are in seconds, money in minor units of the project's currency. All figures here add up: parent = own + children
at every level (I2). What does not add up (ratios, estimates) is in ``earned_value``, on the same tree.
Source: project-finances §2.6, §2.7; decision C-21 (actual hours of a parent: its own, and with its children).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal

from hourledger.core.finances.work_node import ExpenseAmounts, WorkNode


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Sums of one task or project, alone or with what is below it.

    Hourly revenue is what hours earn (after any cap); ``realised``: fixed amounts of what is complete (§2.5). Expenses
    are without the project's fixed cost.
    """

    planned_seconds: int = 0
    planned_labor_minor: int = 0
    planned_hourly_revenue_minor: int = 0
    planned_fixed_revenue_minor: int = 0
    actual_seconds: int = 0
    actual_labor_minor: int = 0
    actual_hourly_revenue_minor: int = 0
    realised_fixed_revenue_minor: int = 0
    planned_billable_expense_minor: int = 0
    planned_non_billable_expense_minor: int = 0
    actual_billable_expense_minor: int = 0
    actual_non_billable_expense_minor: int = 0

    def __add__(self, other: Figures) -> Figures:
        return Figures(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(Figures)})

    @property
    def planned_expense_minor(self) -> int:
        """Billable and not (I8)."""
        return self.planned_billable_expense_minor + self.planned_non_billable_expense_minor

    @property
    def actual_expense_minor(self) -> int:
        """Billable and not (I8)."""
        return self.actual_billable_expense_minor + self.actual_non_billable_expense_minor


def expense_figures(expenses: Iterable[ExpenseAmounts]) -> Figures:
    """The sums of expenses, split into billable and not. Source: project-finances §6, I8."""
    rows = list(expenses)
    billable = [row for row in rows if row.is_billable]
    others = [row for row in rows if not row.is_billable]
    return Figures(
        planned_billable_expense_minor=sum(row.planned_minor for row in billable),
        planned_non_billable_expense_minor=sum(row.planned_minor for row in others),
        actual_billable_expense_minor=sum(row.actual_minor for row in billable),
        actual_non_billable_expense_minor=sum(row.actual_minor for row in others),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFacts:
    """One task by itself. ``own`` without expenses; planned hours, labour and hourly revenue count on a leaf only."""

    task_id: int
    parent_id: int | None = None
    percent_complete: Decimal | int = 0
    planned_start: date | None = None
    planned_completion: date | None = None
    own: Figures = Figures()
    expenses: tuple[ExpenseAmounts, ...] = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """A task (or the project: ``task_id`` None) with what is below it; ``work`` is the same as earned value sees it."""

    task_id: int | None
    own: Figures
    figures: Figures
    work: WorkNode
    children: tuple[Branch, ...] = ()

    def all_below(self) -> Iterator[Branch]:
        """Itself and everything below it."""
        yield self
        for child in self.children:
            yield from child.all_below()


def grow(direct: Figures, expenses: Sequence[ExpenseAmounts], tasks: Iterable[TaskFacts]) -> Branch:
    """The tree of a project. ``direct`` and ``expenses`` are those on no task.

    A task whose parent is not among ``tasks`` stands at the top.
    """
    listed = list(tasks)
    known = {task.task_id for task in listed}
    below: dict[int | None, list[TaskFacts]] = defaultdict(list)
    for task in listed:
        below[task.parent_id if task.parent_id in known else None].append(task)
    children = tuple(_branch(task, below) for task in below[None])
    own = direct + expense_figures(expenses)
    work = WorkNode(
        actual_seconds=own.actual_seconds,
        actual_labor_minor=own.actual_labor_minor,
        expenses=tuple(expenses),
        children=tuple(child.work for child in children),
        is_project=True,
    )
    return Branch(None, own, sum((child.figures for child in children), own), work, children)


def _branch(task: TaskFacts, below: dict[int | None, list[TaskFacts]]) -> Branch:
    children = tuple(_branch(child, below) for child in below.get(task.task_id, ()))
    own = task.own
    if children:
        own = replace(own, planned_seconds=0, planned_labor_minor=0, planned_hourly_revenue_minor=0)
    own += expense_figures(task.expenses)
    work = WorkNode(
        planned_seconds=own.planned_seconds,
        actual_seconds=own.actual_seconds,
        planned_labor_minor=own.planned_labor_minor,
        actual_labor_minor=own.actual_labor_minor,
        percent_complete=task.percent_complete,
        expenses=task.expenses,
        planned_start=task.planned_start,
        planned_completion=task.planned_completion,
        children=tuple(child.work for child in children),
    )
    return Branch(task.task_id, own, sum((child.figures for child in children), own), work, children)
