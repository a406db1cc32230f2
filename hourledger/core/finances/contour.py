"""A contour: an assignment's planned hours per day as somebody said them. It wins over the equal spread everywhere.

Source: project-finances §2.2 (3), §1.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from hourledger.core.errors import Invalid
from hourledger.core.finances.planned import PLAN_DAYS_MAX
from hourledger.core.money import decimal_hours

_FIELD = "days"


def require_contour(
    contour: Mapping[date, int], planned_seconds: int, start: date | None, completion: date | None
) -> None:
    """Refuses a contour that does not fit its assignment.

    Raises:
        Invalid CONTOUR_HOURS: a day below zero; CONTOUR_SUM: it does not sum to the planned hours;
            CONTOUR_OUTSIDE_PLAN: a day before the planned start or after the completion, or ten years from others.
    """
    if any(seconds < 0 for seconds in contour.values()):
        raise Invalid("A day has zero or more planned hours.", code="CONTOUR_HOURS", field=_FIELD)
    total = sum(contour.values())
    if total != planned_seconds:
        raise Invalid(
            f"The days sum to {decimal_hours(total)} h and the assignment has {decimal_hours(planned_seconds)} h. "
            "Change a day, or the assignment's planned hours first.",
            code="CONTOUR_SUM",
            field=_FIELD,
        )
    outside = days_outside(contour, start, completion)
    if not outside and contour and (max(contour) - min(contour)).days >= PLAN_DAYS_MAX:
        outside = [max(contour)]
    if outside:
        raise Invalid(
            f"{outside[0]} is outside the task's plan ({start or 'any day'} to {completion or 'any day'}). "
            "Choose days within it, or change the plan first.",
            code="CONTOUR_OUTSIDE_PLAN",
            field=_FIELD,
        )


def days_outside(contour: Mapping[date, int], start: date | None, completion: date | None) -> list[date]:
    """The days with hours before the start or after the completion, in order; without dates there are none."""
    return sorted(
        day
        for day, seconds in contour.items()
        if seconds and ((start and day < start) or (completion and day > completion))
    )
