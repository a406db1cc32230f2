"""Spreading planned hours over days."""

from __future__ import annotations

from datetime import date

from hourledger.core.errors import Invalid
from hourledger.core.money import allocate
from hourledger.core.periods import ONE_DAY

_SATURDAY = 5


def planned_days(seconds: int, start: date, completion: date) -> dict[date, int]:
    """Planned seconds per working day, Monday to Friday, from ``start`` to ``completion``, both included.

    Equal shares that sum to ``seconds`` exactly; a plan without a working day falls on its start (R-2.2, I6).

    Raises:
        Invalid PLAN_REVERSED: completion before start.
    """
    if completion < start:
        raise Invalid(
            f"Planned completion {completion} is before planned start {start}. Exchange them or move one.",
            code="PLAN_REVERSED",
            field="plannedCompletion",
        )
    days = [start + ONE_DAY * offset for offset in range((completion - start).days + 1)]
    working = [day for day in days if day.weekday() < _SATURDAY] or [start]
    return dict(zip(working, allocate(seconds, [1] * len(working)), strict=True))
