"""The planned figures of a task day by day: its assignments together, under its cap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hourledger.core.money import allocate
from hourledger.core.rates import cap_revenue


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """Seconds and minor units of one day. Amounts are None when they cannot be known (no exchange rate)."""

    day: date
    seconds: int
    cost_minor: int | None
    revenue_minor: int | None


def task_days(assignments: Iterable[Mapping[date, PlannedDay]], cap_minor: int | None) -> list[PlannedDay]:
    """A task's days in order, so that its revenue sums to min(cap, hourly revenue).

    The cap goes to the earliest days, as it does for actuals: the day that crosses it gets what is left, later ones 0.
    An unknown amount on a day makes the day unknown, and under a cap the revenue of all days.

    Source: project-finances §2.3 (C-05).
    """
    days = merged(assignments)
    if cap_minor is None:
        return days
    revenues = [one.revenue_minor for one in days]
    known = [revenue for revenue in revenues if revenue is not None]
    capped: Sequence[int | None] = (
        cap_revenue(known, cap_minor) if len(known) == len(revenues) else [None] * len(revenues)
    )
    return [
        PlannedDay(one.day, one.seconds, one.cost_minor, revenue) for one, revenue in zip(days, capped, strict=True)
    ]


def under_cap(
    days: Iterable[PlannedDay], assignments: Sequence[Mapping[date, PlannedDay]]
) -> list[dict[date, PlannedDay]]:
    """What each assignment has of a task's ``days``: its revenue of a day is its part of what the cap leaves there.

    In proportion to what each would earn without the cap (largest remainder), so that they sum to the task's day.

    Source: project-finances §10 P18 (the same numbers in every view); the cap itself is of the task (C-05).
    """
    found: list[dict[date, PlannedDay]] = [{} for _ in assignments]
    for whole in days:
        present = [(index, one[whole.day]) for index, one in enumerate(assignments) if whole.day in one]
        before = [one.revenue_minor for _, one in present]
        for (index, one), revenue in zip(present, _handed_out(whole.revenue_minor, before), strict=True):
            found[index][one.day] = PlannedDay(one.day, one.seconds, one.cost_minor, revenue)
    return found


def _handed_out(total: int | None, weights: Sequence[int | None]) -> Sequence[int | None]:
    known = [weight for weight in weights if weight is not None]
    if total is None or len(known) < len(weights):
        return [None] * len(weights)
    return known if sum(known) == total else allocate(total, known)


def merged(several: Iterable[Mapping[date, PlannedDay]]) -> list[PlannedDay]:
    """Day by day the sums of all, in order."""
    found: dict[date, PlannedDay] = {}
    for days in several:
        for day, one in days.items():
            before = found.get(day)
            found[day] = one if before is None else _sum(before, one)
    return [found[day] for day in sorted(found)]


def _sum(one: PlannedDay, other: PlannedDay) -> PlannedDay:
    return PlannedDay(
        one.day,
        one.seconds + other.seconds,
        plus(one.cost_minor, other.cost_minor),
        plus(one.revenue_minor, other.revenue_minor),
    )


def plus(one: int | None, other: int | None) -> int | None:
    """Their sum; with something unknown (None) it is unknown."""
    return None if one is None or other is None else one + other
