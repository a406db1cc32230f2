"""Tasks, parent tasks and projects as earned value sees them: a tree of work, and its sums.

Hours are in seconds, money in minor units of one currency, percents 0 to 100.
Source: project-finances §2.6, §8.3, §8.8; decision C-09 (negative actual expenses).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from hourledger.core.errors import Invalid
from hourledger.core.finances.planned import planned_days
from hourledger.core.finances.value import require_percent


class IndexMethod(StrEnum):
    """What CPI and EAC are made of (performanceIndexMethod)."""

    HOUR_BASED = "HOUR_BASED"
    COST_BASED = "COST_BASED"


class PercentBasis(StrEnum):
    """What weighs the children in a percent complete (percentCompleteBasis)."""

    PLANNED_HOURS = "PLANNED_HOURS"
    DURATION = "DURATION"


@dataclass(frozen=True, slots=True)
class ExpenseAmounts:
    """Planned and actual amount of one expense, in minor units; negative is a credit.

    Expenses of one task may be added up first, as long as those of different ``is_billable`` or of a different sign of
    the actual amount stay apart: ``expense_classes`` and the split give the same.
    """

    planned_minor: int
    actual_minor: int
    is_billable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkNode:
    """A task or project: its own figures and what is below it. Seconds; minor units of the project's currency.

    A leaf has the plan and the percent complete. Those of a parent follow from its children: its percent is not read,
    a plan of its own is refused. Own actuals (hours logged on a parent, direct and issue hours of a project) and own
    expenses are allowed everywhere, negative corrections too. ``is_project``: never a leaf, even without tasks. Dates
    are the first and the last planned day; with one of them None nothing is scheduled.

    Raises:
        Invalid PERCENT_INVALID: percent outside 0 to 100.
        Invalid PLAN_REVERSED: completion before start.
        Invalid PLAN_NEGATIVE: planned hours or planned labour cost below zero.
        Invalid PLAN_ON_PARENT: planned hours or planned labour cost on a parent or project (§2.6).
    """

    planned_seconds: int = 0
    actual_seconds: int = 0
    planned_labor_minor: int = 0
    actual_labor_minor: int = 0
    percent_complete: Fraction | Decimal | int = 0
    expenses: tuple[ExpenseAmounts, ...] = ()
    planned_start: date | None = None
    planned_completion: date | None = None
    children: tuple[WorkNode, ...] = ()
    is_project: bool = False

    def __post_init__(self) -> None:
        require_percent(self.percent_complete, "percentComplete")
        if self.planned_start and self.planned_completion:
            planned_percent(self.planned_start, self.planned_completion, self.planned_start)
        if min(self.planned_seconds, self.planned_labor_minor) < 0:
            raise Invalid("A plan is zero or more.", code="PLAN_NEGATIVE", field="plannedHours")
        if not self.is_leaf and (self.planned_seconds or self.planned_labor_minor):
            raise Invalid(
                "The plan of a parent is the sum of its children: move its planned hours and cost to a task below it.",
                code="PLAN_ON_PARENT",
                field="plannedHours",
            )

    @property
    def is_leaf(self) -> bool:
        return not self.children and not self.is_project


@dataclass(frozen=True, slots=True)
class ExpenseClasses:
    """Expenses as earned value sees them, minor units (R-8.3); an actual below zero takes the expense out of it."""

    incurred_planned: int
    incurred_actual: int
    not_incurred_planned: int


def expense_classes(expenses: Iterable[ExpenseAmounts]) -> ExpenseClasses:
    """Incurred: actual above zero. Not incurred: actual zero. Ignored: actual below zero. The planned sign is nothing.

    ``incurred_actual`` sums actual amounts; the source prints the planned field there, against its own examples.
    Source: project-finances §8.3, C-09.
    """
    rows = list(expenses)
    incurred = [row for row in rows if row.actual_minor > 0]
    return ExpenseClasses(
        incurred_planned=sum(row.planned_minor for row in incurred),
        incurred_actual=sum(row.actual_minor for row in incurred),
        not_incurred_planned=sum(row.planned_minor for row in rows if row.actual_minor == 0),
    )


@dataclass(frozen=True, slots=True)
class RolledWork:
    """A node's own figures and all below it. ``earned``: planned x percent complete of the leaves (TBCWP, §8.2)."""

    planned_seconds: int
    actual_seconds: int
    planned_labor_minor: int
    actual_labor_minor: int
    earned_seconds: Fraction
    earned_labor_minor: Fraction
    planned_expense_minor: int
    actual_expense_minor: int
    classes: ExpenseClasses

    @property
    def labor_eac(self) -> Fraction:
        """Planned labour / labour CPI; planned + actual labour while nothing is earned. Minor units."""
        labor_cpi = self.earned_labor_minor / self.actual_labor_minor if self.actual_labor_minor else Fraction(1)
        return _at_completion(self.planned_labor_minor, self.actual_labor_minor, labor_cpi)

    @property
    def expense_eac(self) -> int:
        """What was incurred, and what is still planned. Minor units."""
        return self.classes.incurred_actual + self.classes.not_incurred_planned

    def cpi(self, method: IndexMethod) -> Fraction:
        """As the function ``cpi``."""
        if method is IndexMethod.HOUR_BASED:
            return self.earned_seconds / self.actual_seconds if self.actual_seconds > 0 else Fraction(1)
        spent = self.actual_labor_minor + self.classes.incurred_actual
        return (self.earned_labor_minor + self.classes.incurred_planned) / spent if spent else Fraction(1)

    def eac(self, method: IndexMethod) -> Fraction:
        """As the function ``eac``, calculated from these sums."""
        if method is IndexMethod.HOUR_BASED:
            return _at_completion(self.planned_seconds, self.actual_seconds, self.cpi(method))
        return self.labor_eac + self.expense_eac


def rolled(node: WorkNode) -> RolledWork:
    """The sums of ``node`` and everything below it, exact; whatever the order of children. Source: §2.6, §8.2."""
    nodes = list(all_nodes(node))
    leaves = [one for one in nodes if one.is_leaf]
    expenses = [expense for one in nodes for expense in one.expenses]
    return RolledWork(
        planned_seconds=sum(one.planned_seconds for one in leaves),
        actual_seconds=sum(one.actual_seconds for one in nodes),
        planned_labor_minor=sum(one.planned_labor_minor for one in leaves),
        actual_labor_minor=sum(one.actual_labor_minor for one in nodes),
        earned_seconds=total(share(one.planned_seconds, one.percent_complete) for one in leaves),
        earned_labor_minor=total(share(one.planned_labor_minor, one.percent_complete) for one in leaves),
        planned_expense_minor=sum(expense.planned_minor for expense in expenses),
        actual_expense_minor=sum(expense.actual_minor for expense in expenses),
        classes=expense_classes(expenses),
    )


def percent_complete(node: WorkNode, basis: PercentBasis) -> Fraction | None:
    """A leaf's own percent; else that of its direct children, weighted by planned hours or duration (§8.8).

    Durations are in working days, Monday to Friday, and are summed even where tasks run in parallel; a task without
    dates has none. None: there is nothing to weigh, the source does not say what then.
    """
    if node.is_leaf:
        return Fraction(node.percent_complete)
    weighed = [(weight(child, basis), percent_complete(child, basis)) for child in node.children]
    whole = sum(weight for weight, _ in weighed)
    return total(weight * percent for weight, percent in weighed if percent is not None) / whole if whole else None


def all_nodes(node: WorkNode) -> Iterable[WorkNode]:
    yield node
    for child in node.children:
        yield from all_nodes(child)


def total(parts: Iterable[Fraction]) -> Fraction:
    return sum(parts, Fraction(0))


def share(whole: int, percent: Fraction | Decimal | int) -> Fraction:
    return whole * Fraction(percent) / 100


def weight(node: WorkNode, basis: PercentBasis) -> int:
    if not node.is_leaf:
        return sum(weight(child, basis) for child in node.children)
    if basis is PercentBasis.PLANNED_HOURS:
        return node.planned_seconds
    if node.planned_start is None or node.planned_completion is None:
        return 0
    return len(planned_days(0, node.planned_start, node.planned_completion))


def planned_percent(start: date, completion: date, on: date) -> Fraction:
    """The elapsed share of a plan on a day, in calendar days: 0 on its start, 100 from its completion on.

    CT-17 counts from date to date (12 February in 10..20 February is 2 of 10), which is a day less than a plan with
    both days included has; so it is here. A plan of one day is due on that day. Source: project-finances §8.6.

    Raises:
        Invalid PLAN_REVERSED: completion before start.
    """
    if completion < start:
        raise Invalid(
            f"Planned completion {completion} is before planned start {start}. Exchange them or move one.",
            code="PLAN_REVERSED",
            field="plannedCompletion",
        )
    if on >= completion:
        return Fraction(100)
    if on <= start:
        return Fraction(0)
    return Fraction(100 * (on - start).days, (completion - start).days)


def _at_completion(planned: int, actual: int, index: Fraction) -> Fraction:
    return planned / index if index else Fraction(planned + actual)
