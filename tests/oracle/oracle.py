"""The oracle: everything a world comes to, computed from nothing but the specification's prose.

``solve`` rates every entry and every planned day, applies the caps, and rolls tasks up into the project. Slow on
purpose: nothing is cached, everything is searched again for every hour.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hourledger.core.work import RevenueType
from tests.oracle import billing, cost, money, plan, rollup
from tests.oracle.results import EntryResult, PlannedDay, Solution, TaskResult
from tests.oracle.world import Entry, Task, World

CAPPED = (RevenueType.USER_HOURLY_CAP, RevenueType.ROLE_HOURLY_CAP, RevenueType.USER_AND_ROLE_HOURLY_CAP)


def solve(world: World) -> Solution:
    """All entries, planned days, tasks and the project, in the project's currency (§2, §3, §7).

    Choice: a parent plans nothing of its own but its fixed revenue; what its own assignments planned while it had no
    children no longer counts, for FIXED_HOURLY neither (§2.6).
    """
    entries = {entry.id: _rate(world, entry) for entry in world.entries}
    for task in world.tasks:
        if task.revenue_type in CAPPED and task.billing_amount is not None:
            own = [one for one in world.entries if one.task == task.id]
            _cap_entries(world, task.billing_amount, own, entries)
    days: list[PlannedDay] = []
    for task in world.tasks:
        if not _has_children(world, task):
            days.extend(plan.planned_days(world, task))
    tasks: dict[str, TaskResult] = {}
    for task in _children_first(world):
        tasks[task.id] = rollup.task_result(world, task, entries, days, tasks, _planned_hourly(world, task, days))
    return Solution(
        entries=entries,
        planned_days=tuple(days),
        tasks=tasks,
        project=rollup.project_figures(world, entries, tasks),
    )


def _rate(world: World, entry: Entry) -> EntryResult:
    """Rate one entry at its own day, each amount rounded once; the cap has not been applied yet."""
    costs = cost.actual_cost_rate(world, entry)
    earns = billing.actual_billing_rate(world, entry)
    revenue = money.price(world, entry.seconds, earns, entry.on)
    return EntryResult(
        entry=entry.id,
        cost_rate=costs,
        cost=money.price(world, entry.seconds, costs, entry.on),
        billing_rate=earns,
        revenue_before_cap=revenue,
        revenue=revenue,
    )


def _cap_entries(world: World, cap: Decimal, own: list[Entry], entries: dict[int, EntryResult]) -> None:
    """Give each entry of a capped task what it adds to min(cap, sum so far), by (date, id) (§2.3, C-05, CT-R4).

    The sum so far is that of rounded amounts, and may be above the cap: a negative entry first eats the surplus.
    """
    limit = money.round_money(world, Fraction(cap))
    so_far = money.zero(world)
    for entry in sorted(own, key=lambda one: (one.on, one.id)):
        rated = entries[entry.id]
        before = min(limit, so_far)
        so_far += rated.revenue_before_cap
        entries[entry.id] = replace(rated, revenue=min(limit, so_far) - before)


def _planned_hourly(world: World, task: Task, days: list[PlannedDay]) -> Decimal:
    """Planned revenue of the task's own hours: min(cap, sum) for capped types."""
    hourly = sum((day.revenue for day in days if day.task == task.id), money.zero(world))
    if task.revenue_type in CAPPED and task.billing_amount is not None:
        return min(hourly, money.round_money(world, Fraction(task.billing_amount)))
    return hourly


def _has_children(world: World, task: Task) -> bool:
    return any(one.parent == task.id for one in world.tasks)


def _children_first(world: World) -> list[Task]:
    """All tasks, every one after its children."""
    done: list[Task] = []
    while len(done) < len(world.tasks):
        for task in world.tasks:
            waits = any(one.parent == task.id and one not in done for one in world.tasks)
            if task not in done and not waits:
                done.append(task)
    return done
