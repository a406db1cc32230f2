"""The product's figures of tasks and project: labour, hours and expenses by ``rolled``, the project by ``roll_up``."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from hourledger.core import finances as engine
from hourledger.core.finances import (
    ExpenseAmounts,
    ProjectFigures,
    RolledWork,
    WorkNode,
    roll_up,
    rolled,
    task_days,
)
from hourledger.core.money import Money
from tests.oracle.results import EntryResult, Figures, PlannedDay, TaskResult
from tests.oracle.world import Task, World


class RollUp:
    """Sums of what has been rated; amounts are minor units until they are told."""

    def __init__(self, world: World, entries: dict[int, EntryResult], days: tuple[PlannedDay, ...]) -> None:
        self.world = world
        self.entries = entries
        self.days = days

    def result(self, task: Task) -> TaskResult:
        """A task with all below it."""
        sums = rolled(self._node(task))
        whole = self._with_below(task)
        return TaskResult(
            task=task.id,
            figures=self._figures(
                task,
                sums,
                planned_cost=sums.planned_labor_minor + sums.planned_expense_minor,
                planned_revenue=sum(self._planned_hourly(one) + self._fixed(one) for one in whole),
                actual_expense=sums.actual_expense_minor,
                actual_cost=sums.actual_labor_minor + sums.actual_expense_minor,
                actual_revenue=sum(self._actual_hourly(one) + self._realised(one) for one in whole),
            ),
            own_planned_hourly=self._told(self._planned_hourly(task)),
            own_actual_hourly=self._told(self._actual_hourly(task)),
            actual_seconds_own=sum(one.seconds for one in self.world.entries if one.task == task.id),
            actual_seconds=sums.actual_seconds,
        )

    def project(self) -> Figures:
        """The project. Direct hours and those on issues are its own."""
        project, tasks = self.world.project, self.world.tasks
        sums = rolled(self._node(None))
        fixed_revenue = self._minor(project.fixed_revenue)
        realised = sum(self._realised(one) for one in tasks) + (fixed_revenue if project.is_complete else 0)
        found = roll_up(
            ProjectFigures(
                planned_seconds=sums.planned_seconds,
                planned_labor_cost=self._money(sums.planned_labor_minor),
                planned_expense_cost=self._money(sums.planned_expense_minor),
                planned_hourly_revenue=self._money(sum(self._planned_hourly(one) for one in tasks)),
                planned_fixed_revenue=self._money(sum(self._fixed(one) for one in tasks) + fixed_revenue),
                actual_seconds=sums.actual_seconds,
                actual_labor_cost=self._money(sums.actual_labor_minor),
                actual_expense_cost=self._money(sums.actual_expense_minor),
                actual_hourly_revenue=self._money(sum(self._minor(one.revenue) for one in self.entries.values())),
                realised_fixed_revenue=self._money(realised),
                fixed_cost=self._money(self._minor(project.fixed_cost)),
                billed=self._money(0),
                on_draft=self._money(0),
                unbilled=self._money(0),
            )
        )
        assert found.planned_cost is not None
        assert found.planned_revenue is not None
        return self._figures(
            None,
            sums,
            planned_cost=found.planned_cost.minor,
            planned_revenue=found.planned_revenue.minor,
            actual_expense=found.actual_expense_cost.minor,
            actual_cost=found.actual_cost.minor,
            actual_revenue=found.actual_revenue.minor,
        )

    def _figures(
        self,
        task: Task | None,
        sums: RolledWork,
        *,
        planned_cost: int,
        planned_revenue: int,
        actual_expense: int,
        actual_cost: int,
        actual_revenue: int,
    ) -> Figures:
        """Billable expenses are those of a tree without the others, and the other way round."""
        billable = rolled(self._node(task, billable=True))
        others = rolled(self._node(task, billable=False))
        return Figures(
            planned_labour_cost=self._told(sums.planned_labor_minor),
            planned_expense_cost=self._told(sums.planned_expense_minor),
            planned_billable_expenses=self._told(billable.planned_expense_minor),
            planned_non_billable_expenses=self._told(others.planned_expense_minor),
            planned_cost=self._told(planned_cost),
            planned_revenue=self._told(planned_revenue),
            actual_labour_cost=self._told(sums.actual_labor_minor),
            actual_expense_cost=self._told(actual_expense),
            actual_billable_expenses=self._told(billable.actual_expense_minor),
            actual_non_billable_expenses=self._told(others.actual_expense_minor),
            actual_cost=self._told(actual_cost),
            actual_revenue=self._told(actual_revenue),
        )

    def _node(self, task: Task | None, *, billable: bool | None = None) -> WorkNode:
        """A task, or (None) the project, with what is below it; ``billable``: only those expenses."""
        id = task.id if task else None
        entries = [one for one in self.world.entries if one.task == id]
        days = [one for one in self.days if one.task == id]
        return WorkNode(
            planned_seconds=sum(one.seconds for one in days),
            planned_labor_minor=sum(self._minor(one.cost) for one in days),
            actual_seconds=sum(one.seconds for one in entries),
            actual_labor_minor=sum(self._minor(self.entries[one.id].cost) for one in entries),
            expenses=tuple(
                ExpenseAmounts(self._minor(one.planned), self._minor(one.actual))
                for one in self.world.expenses
                if one.task == id and billable in (None, one.is_billable)
            ),
            children=tuple(self._node(one, billable=billable) for one in self.world.tasks if one.parent == id),
            is_project=task is None,
        )

    def _with_below(self, task: Task) -> list[Task]:
        below = [one for child in self.world.tasks if child.parent == task.id for one in self._with_below(child)]
        return [task, *below]

    def _planned_hourly(self, task: Task) -> int:
        """Of the task's own plan, the cap handed out day by day as hourledger/services/plan_figures.py has it."""
        by_assignment: dict[str | None, dict[date, engine.PlannedDay]] = defaultdict(dict)
        for one in self.days:
            if one.task == task.id:
                minor = engine.PlannedDay(one.day, one.seconds, self._minor(one.cost), self._minor(one.revenue))
                by_assignment[one.assignment][one.day] = minor
        is_capped = task.revenue_type.is_capped and task.billing_amount is not None
        days = task_days(by_assignment.values(), self._minor(task.billing_amount) if is_capped else None)
        return sum(one.revenue_minor or 0 for one in days)

    def _actual_hourly(self, task: Task) -> int:
        return sum(self._minor(self.entries[one.id].revenue) for one in self.world.entries if one.task == task.id)

    def _fixed(self, task: Task) -> int:
        return self._minor(task.billing_amount) if task.revenue_type.has_fixed_part else 0

    def _realised(self, task: Task) -> int:
        return self._fixed(task) if task.is_complete else 0

    def _minor(self, amount: Decimal | None) -> int:
        return Money.of(amount or 0, self.world.project.currency).minor

    def _money(self, minor: int) -> Money:
        return Money(minor, self.world.project.currency)

    def _told(self, minor: int) -> Decimal:
        return self._money(minor).amount
