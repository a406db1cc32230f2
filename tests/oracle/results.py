"""What the oracle answers: every hour, every planned day, every task and the project.

Amounts are Decimals with the decimals of the project's currency. Seconds are whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Level(StrEnum):
    """Where a rate came from, or why there is none (the last group; the amount is then 0)."""

    FIXED_HOURLY = "FIXED_HOURLY"  # the task's own price of an hour
    PRESERVED = "PRESERVED"
    LOCKED_CARD = "LOCKED_CARD"
    ASSIGNMENT = "ASSIGNMENT"
    PROJECT_USER = "PROJECT_USER"
    PROJECT_ROLE = "PROJECT_ROLE"
    CARD = "CARD"
    COMPANY = "COMPANY"
    USER = "USER"
    ROLE = "ROLE"  # the role's system rate

    NOTHING = "NOTHING"  # the search ended without a rate
    JOB_ROLE_STOP = "JOB_ROLE_STOP"  # the job role for billing has no rate, and that ends the search
    TYPE = "TYPE"  # NO_COST; NOT_BILLABLE and FIXED_REVENUE: hours have no price
    HOUR_TYPE = "HOUR_TYPE"  # the hour type does not count as revenue
    NOT_BILLABLE_ASSIGNMENT = "NOT_BILLABLE_ASSIGNMENT"


@dataclass(frozen=True)
class Found:
    """A price per hour and where it was found; ``per_hour`` and ``currency`` are None when there is none.

    ``role``: the role whose rate it is, for levels that are searched by role; else None.
    """

    level: Level
    per_hour: Decimal | None = None
    currency: str | None = None
    role: str | None = None


@dataclass(frozen=True)
class EntryResult:
    """One time entry, rated. ``revenue`` is ``revenue_before_cap`` unless the task has a cap."""

    entry: int
    cost_rate: Found
    cost: Decimal
    billing_rate: Found
    revenue_before_cap: Decimal
    revenue: Decimal


@dataclass(frozen=True)
class PlannedDay:
    """One day of one assignment; ``revenue`` is before the task's cap and with its overtime ratio.

    ``assignment`` is None for the hours of a task that nobody is assigned to (worth something for FIXED_HOURLY only).
    """

    task: str
    assignment: str | None
    day: date
    seconds: int
    cost_rate: Found
    cost: Decimal
    billing_rate: Found
    revenue: Decimal


@dataclass(frozen=True)
class Figures:
    """The money of a task with its children, or of the project (§2.3, §2.6, §2.7).

    ``*_expense_cost`` = billable + non-billable expenses; the project's ``actual_expense_cost`` contains the project's
    fixed cost, too, which is neither.
    """

    planned_labour_cost: Decimal
    planned_expense_cost: Decimal
    planned_billable_expenses: Decimal
    planned_non_billable_expenses: Decimal
    planned_cost: Decimal
    planned_revenue: Decimal
    actual_labour_cost: Decimal
    actual_expense_cost: Decimal
    actual_billable_expenses: Decimal
    actual_non_billable_expenses: Decimal
    actual_cost: Decimal
    actual_revenue: Decimal


@dataclass(frozen=True)
class TaskResult:
    """A task: its figures with children rolled up, and the hourly revenue of its own hours alone.

    ``own_planned_hourly``, ``own_actual_hourly``: revenue after the cap, without fixed parts and without children.
    ``actual_seconds_own`` and ``actual_seconds``: without and with children (C-21).
    """

    task: str
    figures: Figures
    own_planned_hourly: Decimal
    own_actual_hourly: Decimal
    actual_seconds_own: int
    actual_seconds: int


@dataclass(frozen=True)
class Solution:
    """All answers for one world: entries by id, planned days in order, tasks by id, the project."""

    entries: dict[int, EntryResult]
    planned_days: tuple[PlannedDay, ...]
    tasks: dict[str, TaskResult]
    project: Figures
