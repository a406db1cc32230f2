"""Planned labour: hours spread over working days or as a contour says, each day at the rate of that day.

One engine for every view: the finances of projects, the days of a plan, and rows by week or month.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from hourledger.core.errors import Missing
from hourledger.core.finances import PlannedDay, assigned_seconds, first_day_limit, merged, spread, task_days, under_cap
from hourledger.core.periods import Period, spanned
from hourledger.core.rates import RatingInput
from hourledger.services.plan_inputs import PlannedPeople, load_people, plan_input
from hourledger.services.plan_rates import PlanRates
from hourledger.services.rater import rater_for, task_rates
from hourledger.services.unit_of_work import UnitOfWork
from models.queries import planning
from models.queries.finances import PlannedWork, planned_work


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

    ``assignments``: by assignment of a leaf task, in order. Their revenue is before the task's cap, which is handed out
    to the task's days and not to people.
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
    engine = await _load(unit, project_ids)
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
    engine = await _load(unit, project_ids)
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
    engine = await _load(unit, project_ids)
    found: dict[int, list[PlannedShare]] = {project_id: [] for project_id in project_ids}
    for task, days, shares in engine.tasks():
        for (one, _), share in zip(shares, under_cap(days, [share for _, share in shares]), strict=True):
            by_role: dict[int | None, list[PlannedDay]] = defaultdict(list)
            for day in sorted(share):
                by_role[engine.people.role_on(one, day)].append(share[day])
            found[task.project_id] += [
                PlannedShare(one.task_id, role, one.person_id, held) for role, held in by_role.items()
            ]
    return {project_id: PlanShares(shares, engine.problems.get(project_id)) for project_id, shares in found.items()}


_Share = tuple[PlannedWork, dict[date, PlannedDay]]


@dataclass
class _Engine:
    """What the plans of some projects are made of, loaded once; ``problems`` by project fill while it runs."""

    work: list[PlannedWork]
    contours: dict[int, dict[date, int]]
    working_days: Callable[[int | None, date, date], list[date]]
    first_limit: Callable[[int | None, date, int | None], int | None]
    rates: PlanRates
    people: PlannedPeople
    today: date
    problems: dict[int, Missing] = field(default_factory=dict)

    def tasks(self) -> Iterator[tuple[PlannedWork, list[PlannedDay], list[_Share]]]:
        """Each leaf task with its planned days, and what each assignment has of them before the cap."""
        for assignments in _by_task(self.work):
            task = assignments[0]
            shares = assigned_seconds(task.task_seconds, [one.assigned_seconds for one in assignments])
            days = [(one, self._days(one, seconds)) for one, seconds in zip(assignments, shares, strict=True)]
            yield task, task_days([share for _, share in days], task.cap_minor), days

    def _days(self, one: PlannedWork, seconds: int) -> dict[date, PlannedDay]:
        """Of one assignment: each planned day at the rate of that day, rounded per day."""

        def rating_input(day: date, share: int) -> RatingInput:
            return plan_input(self.rates.rater, self.people, one, day, share)

        changes = self.people.changes(one.project_id, one.person_id)
        found, problem = self.rates.figures(one.project_id, self._spread(one, seconds), rating_input, changes)
        if problem is not None:
            self.problems.setdefault(one.project_id, problem)
        return found

    def _spread(self, one: PlannedWork, seconds: int) -> dict[date, int]:
        contour = self.contours.get(one.assignment_id or 0)
        # One that does not sum to the hours any more is stale, and not what anybody said.
        if contour is not None and sum(contour.values()) == seconds:
            return contour
        start = one.planned_start or min(self.today, one.planned_completion or self.today)
        days = self.working_days(one.schedule_id, start, one.planned_completion or start)
        return spread(seconds, days, self.first_limit(one.schedule_id, start, one.first_day_seconds))


async def _load(unit: UnitOfWork, project_ids: Sequence[int]) -> _Engine:
    work = await planned_work(unit.session, unit.organisation_id, project_ids)
    contours = await planning.contours(unit.session, unit.organisation_id, project_ids=project_ids)
    tasks = {one.task_id: one for one in work}
    rater = await rater_for(
        unit,
        person_ids={one.person_id for one in work if one.person_id is not None},
        project_ids=project_ids,
        typed=[
            line
            for one in tasks.values()
            for line in task_rates(one.task_id, one.currency, one.cost_rate_scaled, one.billing_rate_scaled)
        ],
        currencies={one.currency for one in work},
        days=_planned_period(work, contours, unit.today),
    )
    schedules = await planning.load_schedules(unit.session, unit.organisation_id, {one.schedule_id for one in work})

    @cache
    def working_days(schedule_id: int | None, start: date, completion: date) -> list[date]:
        return schedules[schedule_id].working_days(start, completion)

    return _Engine(
        work,
        contours,
        working_days,
        lambda schedule_id, start, left: first_day_limit(schedules[schedule_id], start, left),
        PlanRates(rater),
        await load_people(unit, work),
        unit.today,
    )


def _planned_period(work: Sequence[PlannedWork], contours: dict[int, dict[date, int]], today: date) -> Period:
    """From the first to the last day on which anything may be planned."""
    dates = [day for one in work for day in (one.planned_start, one.planned_completion) if day is not None]
    return spanned([today, *dates, *(day for split in contours.values() for day in split)])


def _by_task(work: Sequence[PlannedWork]) -> list[list[PlannedWork]]:
    tasks: dict[int, list[PlannedWork]] = defaultdict(list)
    for one in work:
        tasks[one.task_id].append(one)
    return list(tasks.values())
