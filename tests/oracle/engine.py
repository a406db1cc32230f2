"""The product's answer for a world, in the oracle's words, so that the two can be held against each other.

Rates are searched and hours are rated by ``rate_hours``, plans are spread by ``spread`` over the days of the standard
``WorkSchedule``, caps are handed out by ``cap_revenue`` and ``task_days``, trees are summed by ``rolled`` and the
project by ``roll_up``: nothing of this is computed here. What the product does in SQL is done in plain Python: the
facts (engine_facts.py), the sums over entries (engine_rollup.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from hourledger.core import rates as engine
from hourledger.core.finances import STANDARD_SCHEDULE, assigned_seconds, spread
from hourledger.core.money import Money
from hourledger.core.rates import RatingInput, cap_revenue, rate_hours, shipped_policy
from hourledger.core.rates.levels import Noun
from hourledger.core.rates.policy import Policy
from hourledger.core.work import RateKind
from tests.oracle.engine_facts import input_of_entry, input_of_plan
from tests.oracle.engine_rates import Numbers, attributes_of, exchange_of, rate_table
from tests.oracle.engine_rollup import RollUp
from tests.oracle.results import EntryResult, Found, Level, PlannedDay, Solution
from tests.oracle.world import Assignment, Entry, Task, World

LEVELS = {
    engine.Level.TASK: Level.FIXED_HOURLY,
    engine.Level.PRESERVED_PERSON: Level.PRESERVED,
    engine.Level.PRESERVED_ROLE: Level.PRESERVED,
    engine.Level.ASSIGNMENT: Level.ASSIGNMENT,
    engine.Level.PROJECT_PERSON: Level.PROJECT_USER,
    engine.Level.PROJECT_ROLE: Level.PROJECT_ROLE,
    engine.Level.RATE_CARD: Level.CARD,
    engine.Level.COMPANY_ROLE: Level.COMPANY,
    engine.Level.PERSON: Level.USER,
    engine.Level.ROLE: Level.ROLE,
}
JOB_ROLE_STOPS = ("stopped: owner.assignment_billing_role decides", "stopped: owner.project_billing_role decides")


def solve(world: World, policy: Policy | None = None) -> Solution:
    """Everything the world comes to by the shipped policy, or by another one."""
    return _Engine(world, policy or shipped_policy("workfront-1")).solution()


class _Engine:
    """One world with what the engine needs to rate its hours."""

    def __init__(self, world: World, policy: Policy) -> None:
        self.world = world
        self.policy = policy
        self.numbers = Numbers(world)
        self.rates = rate_table(world, self.numbers, policy)
        self.attributes = attributes_of(world, self.numbers)
        self.exchange = exchange_of(world)
        self.role_names = {id: name for name, id in self.numbers.roles.items()}

    def solution(self) -> Solution:
        entries = {entry.id: self.rated(entry) for entry in self.world.entries}
        for task in self.world.tasks:
            if task.revenue_type.is_capped and task.billing_amount is not None:
                self.cap(task, entries)
        days = tuple(day for task in self.world.tasks if not self.children(task) for day in self.plan(task))
        tree = RollUp(self.world, entries, days)
        return Solution(entries, days, {task.id: tree.result(task) for task in self.world.tasks}, tree.project())

    def rated(self, entry: Entry) -> EntryResult:
        """One entry before any cap."""
        asked = input_of_entry(self.world, self.numbers, self.attributes, entry)
        rated = rate_hours(asked, self.policy, self.rates, self.exchange)
        return EntryResult(
            entry=entry.id,
            cost_rate=self.found(asked, RateKind.COST, rated.cost.resolution),
            cost=rated.cost.amount.amount,
            billing_rate=self.found(
                asked, RateKind.BILLING, rated.revenue.resolution, counts_as_revenue=entry.counts_as_revenue
            ),
            revenue_before_cap=rated.revenue.amount.amount,
            revenue=rated.revenue.amount.amount,
        )

    def cap(self, task: Task, entries: dict[int, EntryResult]) -> None:
        """Hand out the task's cap to its entries in (date, id) order."""
        own = sorted((one for one in self.world.entries if one.task == task.id), key=lambda one: (one.on, one.id))
        uncapped = [self.minor(entries[one.id].revenue_before_cap) for one in own]
        for one, minor in zip(own, cap_revenue(uncapped, self.minor(task.billing_amount)), strict=True):
            entries[one.id] = replace(entries[one.id], revenue=Money(minor, self.world.project.currency).amount)

    def plan(self, task: Task) -> Iterable[PlannedDay]:
        """Every planned day of a leaf; nobody assigned: the task's own seconds."""
        rows: tuple[Assignment | None, ...] = task.assignments or (None,)
        shares = assigned_seconds(task.planned_seconds, [row.planned_seconds if row else None for row in rows])
        for row, share in zip(rows, shares, strict=True):
            for on, seconds in self.spread(task, row, share).items():
                if not seconds:
                    continue
                asked = input_of_plan(self.world, self.numbers, self.attributes, task, row, on, seconds)
                rated = rate_hours(asked, self.policy, self.rates, self.exchange)
                yield PlannedDay(
                    task=task.id,
                    assignment=row.id if row else None,
                    day=on,
                    seconds=seconds,
                    cost_rate=self.found(asked, RateKind.COST, rated.cost.resolution),
                    cost=rated.cost.amount.amount,
                    billing_rate=self.found(asked, RateKind.BILLING, rated.revenue.resolution),
                    revenue=rated.revenue.amount.amount,
                )

    def spread(self, task: Task, row: Assignment | None, seconds: int) -> dict[date, int]:
        """By its contour or equally, as hourledger/services/plan_figures.py has it."""
        if row is not None and row.contour is not None and sum(row.contour.values()) == seconds:
            return dict(sorted(row.contour.items()))
        return spread(seconds, STANDARD_SCHEDULE.working_days(task.start, task.completion))

    def found(
        self, asked: RatingInput, kind: RateKind, search: engine.Resolution, *, counts_as_revenue: bool = True
    ) -> Found:
        """The rate and where it was found; without one, why. A search that was never made has no steps."""
        if search.line is None:
            if not search.steps:
                has_type = kind is RateKind.COST or (asked.revenue_type is not None and not asked.revenue_type.hourly)
                unbilled = Level.NOT_BILLABLE_ASSIGNMENT if counts_as_revenue else Level.HOUR_TYPE
                return Found(Level.TYPE if has_type else unbilled)
            return Found(Level.JOB_ROLE_STOP if search.steps[-1].outcome in JOB_ROLE_STOPS else Level.NOTHING)
        assert search.level is not None
        type_name = asked.searched_type(kind)
        assert type_name is not None
        step = self.policy.steps_for(kind, type_name, is_planned=asked.is_planned)[len(search.steps) - 1]
        assert (step.level, step.subject) == (search.steps[-1].level, search.steps[-1].subject)
        assert step.subject is not None
        return Found(
            Level.LOCKED_CARD if step.locked else LEVELS[search.level],
            search.line.rate.per_unit,
            search.line.rate.currency,
            self.role_names[asked.subjects[step.subject]] if search.level.whose is Noun.ROLE else None,
        )

    def children(self, task: Task) -> list[Task]:
        return [one for one in self.world.tasks if one.parent == task.id]

    def minor(self, amount: Decimal | None) -> int:
        return Money.of(amount or 0, self.world.project.currency).minor
