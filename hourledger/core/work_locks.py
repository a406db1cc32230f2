"""Work locks: days on which work, or what it is worth, stays as it is although nothing of it is billed.

::

    rate freeze     hours keep the cost, the revenue or both that they have; new hours may be logged and are rated
    period lock     likewise both, and no hour or expense is logged, changed, moved into or out of it, or deleted

Source: project-finances §4.3 and §10 P4, docs/decisions/0012.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hourledger.core.errors import Invalid, NotAllowed
from hourledger.core.periods import Period


class WorkLockKind(StrEnum):
    """What stays: what work is worth, or the work as well."""

    RATE_FREEZE = "RATE_FREEZE"
    PERIOD_LOCK = "PERIOD_LOCK"


class FrozenSide(StrEnum):
    """Which amounts stay. A period lock keeps BOTH."""

    COST = "COST"
    REVENUE = "REVENUE"
    BOTH = "BOTH"


@dataclass(frozen=True, slots=True)
class PeriodLock:
    """A period lock in force. Without a project it holds all projects, and general time too."""

    id: int
    project_id: int | None
    period: Period
    reason: str

    def holds(self, project_id: int | None, on: date) -> bool:
        return self.project_id in (None, project_id) and on in self.period


@dataclass(frozen=True, slots=True)
class PeriodLocks:
    """The period locks that may hold some work."""

    locks: Sequence[PeriodLock] = ()

    def require_open(self, project_id: int | None, on: date, field: str) -> None:
        """Raises NotAllowed PERIOD_LOCKED: the day is locked on the project (None: general time)."""
        held_by = next((one for one in self.locks if one.holds(project_id, on)), None)
        if held_by is not None:
            raise NotAllowed(
                f"{on} lies in a locked period, {held_by.period} ({held_by.reason}): nothing in it is added, changed "
                "or deleted. Choose another day, or ask who may close periods to lift the lock.",
                code="PERIOD_LOCKED",
                field=field,
                work_lock=held_by.id,
            )


def require_over(period: Period, today: date) -> None:
    """Raises Invalid PERIOD_NOT_OVER: work of days that are still to come cannot be there yet; today can be locked."""
    if period.last_day is None or period.last_day > today:
        raise Invalid(
            f"A period can be locked once it is over: give a last day that is {today} or earlier. "
            "To keep what work is worth on later days, freeze its rates.",
            code="PERIOD_NOT_OVER",
            field="lastDay",
        )
