"""From a task's planned hours to its assignments, and from an assignment's to days. All in whole seconds.

    task 10 h ──┬── by hand 4 h ──── contour: as said, day by day
                └── share   6 h ──── spread: equal over the working days of the plan

Source: project-finances §2.2 (R-2.2), §1.4, CT-32, CT-35, I6.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from hourledger.core.errors import Invalid
from hourledger.core.periods import ONE_DAY

PLAN_DAYS_MAX = 3_653
"""Ten years: how long the plan of one task may be."""
PLAN_SECONDS_MAX = 2**31
"""Some 68 years of planned hours, as parse_hours takes them."""
_DAY_SECONDS = 24 * 3600
_WEEKDAYS = 7


@dataclass(frozen=True, slots=True)
class WorkSchedule:
    """Working seconds per weekday, Monday first; ``exceptions`` hold for their date instead, 0 is a holiday.

    Raises:
        Invalid SCHEDULE_INVALID: not seven weekdays, a day of less than nothing or more than 24 hours, no working day.
    """

    weekdays: tuple[int, ...]
    exceptions: Mapping[date, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        lengths = [*self.weekdays, *self.exceptions.values()]
        is_whole = len(self.weekdays) == _WEEKDAYS and any(self.weekdays)
        if not is_whole or not all(0 <= seconds <= _DAY_SECONDS for seconds in lengths):
            raise Invalid(
                "A work schedule has seven weekdays of 0 to 24 hours, Monday first, at least one of them above 0.",
                code="SCHEDULE_INVALID",
                field="weekdayHours",
            )

    def seconds_on(self, day: date) -> int:
        return self.exceptions.get(day, self.weekdays[day.weekday()])

    def working_days(self, start: date, completion: date) -> list[date]:
        """Days with working time from ``start`` to ``completion``, both included; none: the start alone.

        Raises:
            Invalid PLAN_REVERSED: completion before start.
        """
        require_order(start, completion)
        days = [start + ONE_DAY * offset for offset in range((completion - start).days + 1)]
        return [day for day in days if self.seconds_on(day)] or [start]


STANDARD_SCHEDULE = WorkSchedule((8 * 3600,) * 5 + (0, 0))
"""Monday to Friday, eight hours: where no other schedule is said."""


def planned_days(
    seconds: int,
    start: date,
    completion: date,
    schedule: WorkSchedule = STANDARD_SCHEDULE,
    first_day_seconds: int | None = None,
) -> dict[date, int]:
    """Planned seconds per working day from ``start`` to ``completion``, both included; they sum to ``seconds``.

    Equal shares. When work starts during the first day, that day gets at most ``first_day_seconds`` (never more than
    the schedule has) and the others share the rest equally (CT-32). A plan without a working day falls on its start.

    Raises:
        Invalid PLAN_REVERSED: completion before start.
    """
    return spread(
        seconds, schedule.working_days(start, completion), first_day_limit(schedule, start, first_day_seconds)
    )


def first_day_limit(schedule: WorkSchedule, start: date, first_day_seconds: int | None) -> int | None:
    """What fits on a partial first day; None: it is whole, or nobody works on it anyway."""
    if first_day_seconds is None or not schedule.seconds_on(start):
        return None
    return min(first_day_seconds, schedule.seconds_on(start))


def spread(seconds: int, days: Sequence[date], first_limit: int | None = None) -> dict[date, int]:
    """``seconds`` over ``days``, at most ``first_limit`` on the first of several."""
    shares = equal_shares(seconds, len(days))
    if first_limit is not None and len(days) > 1 and shares[0] > first_limit:
        shares = [first_limit, *equal_shares(seconds - first_limit, len(days) - 1)]
    return dict(zip(days, shares, strict=True))


def equal_shares(total: int, count: int) -> list[int]:
    """``allocate`` with equal weights, without its fractions: plans are spread over very many days."""
    share, left_over = divmod(total, count)
    return [share + 1] * left_over + [share] * (count - left_over)


def assigned_seconds(task_seconds: int, by_hand: Sequence[int | None]) -> list[int]:
    """The hours of each assignment: those given by hand, and equal shares of what they leave for the others (None).

    The first ones take the seconds that are left over. What was given by hand wins: beyond the task's hours nothing is
    left to share.
    """
    sharers = by_hand.count(None)
    if not sharers:
        return [seconds or 0 for seconds in by_hand]
    open_seconds = max(0, task_seconds - sum(seconds or 0 for seconds in by_hand))
    shares = iter(equal_shares(open_seconds, sharers))
    return [next(shares) if seconds is None else seconds for seconds in by_hand]


def settled_task_seconds(task_seconds: int, by_hand: Sequence[int | None]) -> int:
    """The task's planned hours that fit its assignments: their sum when all were given by hand, else at least that."""
    given = sum(seconds or 0 for seconds in by_hand)
    if by_hand and None not in by_hand:
        return given
    return max(task_seconds, given)


def require_plan(seconds: int, start: date | None, completion: date | None) -> None:
    """Refuses a task's plan that cannot be.

    Raises:
        Invalid HOURS_INVALID: below zero, or more than some 68 years; PLAN_REVERSED; PLAN_TOO_LONG.
    """
    require_seconds(seconds)
    if start is None or completion is None:
        return
    require_order(start, completion)
    if completion - start >= timedelta(days=PLAN_DAYS_MAX):
        raise Invalid(
            f"A task is planned over at most {PLAN_DAYS_MAX} days. Split it into several.",
            code="PLAN_TOO_LONG",
            field="plannedCompletion",
        )


def require_seconds(seconds: int) -> None:
    """Raises Invalid HOURS_INVALID: planned hours below zero, or more than some 68 years."""
    if not 0 <= seconds <= PLAN_SECONDS_MAX:
        raise Invalid("Planned hours are zero or more, and less than a lifetime.", code="HOURS_INVALID",
                      field="plannedHours")  # fmt: skip


def require_order(start: date, completion: date) -> None:
    """Raises Invalid PLAN_REVERSED."""
    if completion < start:
        raise Invalid(
            f"Planned completion {completion} is before planned start {start}. Exchange them or move one.",
            code="PLAN_REVERSED",
            field="plannedCompletion",
        )
