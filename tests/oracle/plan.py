"""Planned hours by day, and what each planned day costs and earns (§2.1-§2.3, §3.9)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hourledger.core.work import CostType, RevenueType
from tests.oracle import billing, cost, money
from tests.oracle.results import Found, Level, PlannedDay
from tests.oracle.world import Assignment, Task, World


def working_days(start: date, completion: date) -> list[date]:
    """Monday to Friday of the days from start to completion, both included.

    A task of one day has that day, whatever its weekday (§2.2 step 4).
    Choice: so has a longer one that has no working day: all of it stands on the start day.
    """
    days = [start + timedelta(days=after) for after in range((completion - start).days + 1)]
    return [day for day in days if day.weekday() < 5] or [start]


def spread_equally(seconds: int, days: list[date]) -> dict[date, int]:
    """Whole seconds for every day, adding up to ``seconds`` (I6).

    Largest remainder: all remainders are equal, and the choice is that the earliest days get one second more.
    """
    share, left = divmod(seconds, len(days))
    return {day: share + (1 if number < left else 0) for number, day in enumerate(days)}


def planned_seconds(task: Task, assignment: Assignment) -> dict[date, int]:
    """The assignment's seconds by day: its contour if it has one, else the equal spread (§2.2 steps 2 and 3)."""
    if assignment.contour is not None:
        return dict(assignment.contour)
    return spread_equally(assignment.planned_seconds, working_days(task.start, task.completion))


def planned_days(world: World, task: Task) -> list[PlannedDay]:
    """Every planned day of a leaf task; each amount is rounded once.

    The overtime ratio multiplies the revenue of USER_AND_ROLE_HOURLY alone, not of its _CAP and _PLUS_FIXED (§3.9).
    Days without seconds are left out.
    """
    ratio = Decimal(1)
    if task.revenue_type is RevenueType.USER_AND_ROLE_HOURLY and task.overtime_ratio is not None:
        ratio = task.overtime_ratio
    days = []
    for assignment in task.assignments:
        for on, seconds in sorted(planned_seconds(task, assignment).items()):
            if seconds == 0:
                continue
            costs = cost.planned_cost_rate(world, task, assignment, on)
            earns = billing.planned_billing_rate(world, task, assignment, on)
            days.append(
                PlannedDay(
                    task=task.id,
                    assignment=assignment.id,
                    day=on,
                    seconds=seconds,
                    cost_rate=costs,
                    cost=money.price(world, seconds, costs, on),
                    billing_rate=earns,
                    revenue=money.price(world, seconds, earns, on, ratio),
                )
            )
    unassigned = task.planned_seconds - sum(one.planned_seconds for one in task.assignments)
    if unassigned > 0:
        spread = spread_equally(unassigned, working_days(task.start, task.completion))
        days += [_unassigned(world, task, on, seconds) for on, seconds in sorted(spread.items()) if seconds]
    return days


def _unassigned(world: World, task: Task, on: date, seconds: int) -> PlannedDay:
    """A day of hours that nobody is assigned to: worth nothing but for FIXED_HOURLY (§3.11)."""
    costs = Found(Level.TYPE if task.cost_type is CostType.NO_COST else Level.NOTHING)
    if task.cost_type is CostType.FIXED_HOURLY:
        costs = cost.fixed_cost(world, task)
    earns = Found(Level.TYPE if task.revenue_type in billing.UNPRICED else Level.NOTHING)
    if task.revenue_type is RevenueType.FIXED_HOURLY:
        earns = billing.fixed_price(world, task)
    return PlannedDay(
        task=task.id,
        assignment=None,
        day=on,
        seconds=seconds,
        cost_rate=costs,
        cost=money.price(world, seconds, costs, on),
        billing_rate=earns,
        revenue=money.price(world, seconds, earns, on),
    )
