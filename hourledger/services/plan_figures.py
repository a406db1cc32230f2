"""Planned labour: hours spread over working days or as a contour says, each day at the rate of that day.

One engine for every view: the finances of projects, the days of a plan, and rows by week or month.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from hourledger.core.errors import Missing
from hourledger.core.finances import PlannedDay, merged
from hourledger.services.plan_engine import load_engine
from hourledger.services.unit_of_work import UnitOfWork
from models.queries import planning


@dataclass(frozen=True, slots=True)
class PlannedFigures:
    """Seconds and minor units of the project's currency; revenue is the hourly part, capped where a task has a cap."""

    seconds: int = 0
    cost_minor: int = 0
    revenue_minor: int = 0

    def __add__(self, other: PlannedFigures) -> PlannedFigures:
        return PlannedFigures(
            self.seconds + other.seconds, self.cost_minor + other.cost_minor, self.revenue_minor + other.revenue_minor
        )


@dataclass(frozen=True, slots=True)
class ProjectPlan:
    """The planned figures of a project's leaf tasks by task id; a parent's are those of the tasks below it.

    ``problem``: why amounts cannot be known (no exchange rate on a planned day); the hours are known all the same.
    """

    known: dict[int, PlannedFigures]
    problem: Missing | None = None

    @property
    def seconds(self) -> int:
        return sum(one.seconds for one in self.known.values())

    @property
    def tasks(self) -> dict[int, PlannedFigures]:
        """Raises Missing EXCHANGE_RATE_MISSING: ``problem``."""
        if self.problem is not None:
            raise self.problem
        return self.known

    @property
    def total(self) -> PlannedFigures:
        """Raises Missing EXCHANGE_RATE_MISSING: ``problem``."""
        return sum(self.tasks.values(), PlannedFigures())


@dataclass(frozen=True, slots=True)
class PlanByDay:
    """A project's planned days: by leaf task, with the leaf tasks below every task. ``problem`` as in ProjectPlan.

    ``assignments``: by assignment of a leaf task, in order; each has its part of what the task's cap leaves of a day.
    """

    tasks: dict[int, list[PlannedDay]] = field(default_factory=dict)
    leaves: dict[int, list[int]] = field(default_factory=dict)
    problem: Missing | None = None
    assignments: dict[int, list[PlannedDay]] = field(default_factory=dict)

    def days(self, task_id: int | None = None) -> list[PlannedDay]:
        """Of one task with all below it, or of the project (None); in order, days without hours left out."""
        wanted = self.tasks if task_id is None else self.leaves.get(task_id, ())
        return merged({one.day: one for one in self.tasks.get(leaf, ())} for leaf in wanted)


async def plan_figures(unit: UnitOfWork, project_ids: Sequence[int]) -> dict[int, ProjectPlan]:
    """By project id. A plan without dates counts on today; nobody assigned means no labour, fixed hourly types apart.

    A plan with only a completion begins today or, when that is past, on the day of completion.

    Source: project-finances §2.2, §3.2 to §3.4 (planned columns), §3.11.
    """
    engine = await load_engine(unit, project_ids)
    figures: dict[int, dict[int, PlannedFigures]] = {project_id: {} for project_id in project_ids}
    for task, days, _ in engine.tasks():
        figures[task.project_id][task.task_id] = PlannedFigures(
            sum(one.seconds for one in days),
            sum(one.cost_minor or 0 for one in days),
            sum(one.revenue_minor or 0 for one in days),
        )
    return {project_id: ProjectPlan(found, engine.problems.get(project_id)) for project_id, found in figures.items()}


async def plan_by_day(unit: UnitOfWork, project_ids: Sequence[int]) -> dict[int, PlanByDay]:
    """By project id; the days sum to what ``plan_figures`` gives. Projects without tasks are there, and empty."""
    engine = await load_engine(unit, project_ids)
    tasks: dict[int, dict[int, list[PlannedDay]]] = {project_id: {} for project_id in project_ids}
    assignments: dict[int, dict[int, list[PlannedDay]]] = {project_id: {} for project_id in project_ids}
    for task, days, shares in engine.tasks():
        tasks[task.project_id][task.task_id] = days
        for one, share in shares:
            if one.assignment_id is not None:
                assignments[task.project_id][one.assignment_id] = merged([share])
    leaves = await planning.leaves_below(unit.session, unit.organisation_id, project_ids)
    return {
        project_id: PlanByDay(found, leaves, engine.problems.get(project_id), assignments[project_id])
        for project_id, found in tasks.items()
    }


@dataclass(frozen=True, slots=True)
class PlannedShare:
    """What one person or open role has of a leaf task's planned days, after its cap; both None: nobody yet.

    ``role_id``: that of the assignment, else the person's primary one on these days, if any.
    """

    task_id: int
    role_id: int | None
    person_id: int | None
    days: list[PlannedDay]


@dataclass(frozen=True, slots=True)
class PlanShares:
    """Who has which part of a project's plan; together they are its planned days. ``problem`` as in ProjectPlan."""

    shares: list[PlannedShare] = field(default_factory=list)
    problem: Missing | None = None


async def plan_shares(unit: UnitOfWork, project_ids: Sequence[int]) -> dict[int, PlanShares]:
    """By project id; they sum to what ``plan_figures`` gives, for each task and day."""
    engine = await load_engine(unit, project_ids)
    found: dict[int, list[PlannedShare]] = {project_id: [] for project_id in project_ids}
    for task, _, shares in engine.tasks():
        for one, share in shares:
            by_role: dict[int | None, list[PlannedDay]] = defaultdict(list)
            for day in sorted(share):
                by_role[engine.people.role_on(one, day)].append(share[day])
            found[task.project_id] += [
                PlannedShare(one.task_id, role, one.person_id, held) for role, held in by_role.items()
            ]
    return {project_id: PlanShares(shares, engine.problems.get(project_id)) for project_id, shares in found.items()}
