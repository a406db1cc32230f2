"""From rated hours and expenses to the figures of tasks and of the project (§2.3, §2.5, §2.6, §2.7)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from hourledger.core.work import RevenueType
from tests.oracle import money
from tests.oracle.results import EntryResult, Figures, PlannedDay, TaskResult
from tests.oracle.world import Expense, Task, World

WITH_FIXED_PART = (
    RevenueType.FIXED_REVENUE,
    RevenueType.USER_HOURLY_PLUS_FIXED,
    RevenueType.ROLE_HOURLY_PLUS_FIXED,
    RevenueType.USER_AND_ROLE_HOURLY_PLUS_FIXED,
)


def task_result(
    world: World,
    task: Task,
    entries: dict[int, EntryResult],
    days: list[PlannedDay],
    done: dict[str, TaskResult],
    planned_hourly: Decimal,
) -> TaskResult:
    """The task with its children, which are ``done`` already; each by its own types (§2.3 notes, §2.6)."""
    children = [done[one.id] for one in world.tasks if one.parent == task.id]
    own = [one for one in world.entries if one.task == task.id]
    own_seconds = sum(one.seconds for one in own)
    own_actual_hourly = _sum(world, (entries[one.id].revenue for one in own))
    fixed = money.zero(world)
    if task.revenue_type in WITH_FIXED_PART and task.billing_amount is not None:
        fixed = money.round_money(world, Fraction(task.billing_amount))
    realised = fixed if task.is_complete else money.zero(world)  # §2.5

    below = [child.figures for child in children]
    split = _Expenses(world, [one for one in world.expenses if one.task == task.id], below)
    planned_labour = _sum(world, (day.cost for day in days if day.task == task.id))
    planned_labour += _sum(world, (one.planned_labour_cost for one in below))
    actual_labour = _sum(world, (entries[one.id].cost for one in own))
    actual_labour += _sum(world, (one.actual_labour_cost for one in below))
    figures = Figures(
        planned_labour_cost=planned_labour,
        planned_expense_cost=split.planned,
        planned_billable_expenses=split.planned_billable,
        planned_non_billable_expenses=split.planned_non_billable,
        planned_cost=planned_labour + split.planned,
        planned_revenue=planned_hourly + fixed + _sum(world, (one.planned_revenue for one in below)),
        actual_labour_cost=actual_labour,
        actual_expense_cost=split.actual,
        actual_billable_expenses=split.actual_billable,
        actual_non_billable_expenses=split.actual_non_billable,
        actual_cost=actual_labour + split.actual,
        actual_revenue=own_actual_hourly + realised + _sum(world, (one.actual_revenue for one in below)),
    )
    return TaskResult(
        task=task.id,
        figures=figures,
        own_planned_hourly=planned_hourly,
        own_actual_hourly=own_actual_hourly,
        actual_seconds_own=own_seconds,
        actual_seconds=own_seconds + sum(child.actual_seconds for child in children),
    )


def project_figures(world: World, entries: dict[int, EntryResult], tasks: dict[str, TaskResult]) -> Figures:
    """Top-level tasks, issues, direct hours, expenses and the project's fixed amounts (§2.7).

    The fixed cost is in ``actual_expense_cost`` as reported, and once in ``planned_cost`` and ``actual_cost``.
    """
    top = [tasks[one.id].figures for one in world.tasks if one.parent is None]
    beside = [entries[one.id] for one in world.entries if one.task is None]  # on issues and on the project itself
    split = _Expenses(world, [one for one in world.expenses if one.task is None], top)
    fixed_cost = money.round_money(world, Fraction(world.project.fixed_cost))
    fixed_revenue = money.round_money(world, Fraction(world.project.fixed_revenue))
    realised = fixed_revenue if world.project.is_complete else money.zero(world)  # C-04

    planned_labour = _sum(world, (one.planned_labour_cost for one in top))
    actual_labour = _sum(world, (one.actual_labour_cost for one in top)) + _sum(world, (one.cost for one in beside))
    actual_revenue = _sum(world, (one.actual_revenue for one in top)) + _sum(world, (one.revenue for one in beside))
    return Figures(
        planned_labour_cost=planned_labour,
        planned_expense_cost=split.planned,
        planned_billable_expenses=split.planned_billable,
        planned_non_billable_expenses=split.planned_non_billable,
        planned_cost=planned_labour + split.planned + fixed_cost,
        planned_revenue=_sum(world, (one.planned_revenue for one in top)) + fixed_revenue,
        actual_labour_cost=actual_labour,
        actual_expense_cost=split.actual + fixed_cost,
        actual_billable_expenses=split.actual_billable,
        actual_non_billable_expenses=split.actual_non_billable,
        actual_cost=actual_labour + split.actual + fixed_cost,
        actual_revenue=actual_revenue + realised,
    )


class _Expenses:
    """Own expenses and those of the children, planned and actual, billable and not (§6, I8)."""

    def __init__(self, world: World, own: list[Expense], below: list[Figures]) -> None:
        billable = [one for one in own if one.is_billable]
        others = [one for one in own if not one.is_billable]
        self.planned_billable = _amount(world, (one.planned for one in billable))
        self.planned_billable += _sum(world, (one.planned_billable_expenses for one in below))
        self.planned_non_billable = _amount(world, (one.planned for one in others))
        self.planned_non_billable += _sum(world, (one.planned_non_billable_expenses for one in below))
        self.actual_billable = _amount(world, (one.actual for one in billable))
        self.actual_billable += _sum(world, (one.actual_billable_expenses for one in below))
        self.actual_non_billable = _amount(world, (one.actual for one in others))
        self.actual_non_billable += _sum(world, (one.actual_non_billable_expenses for one in below))
        self.planned = self.planned_billable + self.planned_non_billable
        self.actual = self.actual_billable + self.actual_non_billable


def _sum(world: World, amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, money.zero(world))


def _amount(world: World, amounts: Iterable[Decimal]) -> Decimal:
    """Amounts as entered, each in minor units already."""
    return _sum(world, (money.round_money(world, Fraction(one)) for one in amounts))
