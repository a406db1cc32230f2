"""Planned labour: hours spread over working days, each day at the rate of that day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from hourledger.core.finances import planned_days
from hourledger.core.periods import spanned
from hourledger.core.rates import rate_hours
from hourledger.services.plan_inputs import PlannedPeople, load_people, plan_input
from hourledger.services.rater import Rater, rater_for, task_rates
from hourledger.services.unit_of_work import UnitOfWork
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
    """The planned figures of a project's leaf tasks by task id; a parent's are those of the tasks below it."""

    tasks: dict[int, PlannedFigures]

    @property
    def total(self) -> PlannedFigures:
        return sum(self.tasks.values(), PlannedFigures())


async def plan_figures(unit: UnitOfWork, project_ids: Sequence[int]) -> dict[int, ProjectPlan]:
    """By project id. A plan without dates counts on today; nobody assigned means no labour, fixed hourly types apart.

    A plan with only a completion begins today or, when that is past, on the day of completion.

    Source: project-finances §2.2, §3.2 to §3.4 (planned columns), §3.11.
    """
    work = await planned_work(unit.session, unit.organisation_id, project_ids)
    people = await load_people(unit, work)
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
        days=spanned(
            day or unit.today for one in work for day in (one.planned_start, one.planned_completion, unit.today)
        ),
    )

    plans = {project_id: ProjectPlan({}) for project_id in project_ids}
    for assignments in _by_task(work):
        task = assignments[0]
        figures = PlannedFigures()
        for one in assignments:
            figures += _plan(rater, people, one, unit.today)
        if task.cap_minor is not None:
            figures = replace(figures, revenue_minor=min(figures.revenue_minor, task.cap_minor))
        plans[task.project_id].tasks[task.task_id] = figures
    return plans


def _by_task(work: Sequence[PlannedWork]) -> list[list[PlannedWork]]:
    tasks: dict[int, list[PlannedWork]] = defaultdict(list)
    for one in work:
        tasks[one.task_id].append(one)
    return list(tasks.values())


def _plan(rater: Rater, people: PlannedPeople, one: PlannedWork, today: date) -> PlannedFigures:
    """Of one assignment: each planned day at the rate of that day, rounded per day."""
    seconds = one.assigned_seconds if one.assignment_id is not None else one.task_seconds
    cost = revenue = 0
    start = one.planned_start or min(today, one.planned_completion or today)
    for day, share in planned_days(seconds, start, one.planned_completion or start).items():
        if not share:
            continue
        entry = plan_input(rater, people, one, day, share)
        rated = rate_hours(entry, rater.policy, rater.rates, rater.exchange[one.project_id])
        cost += rated.cost.amount.minor
        revenue += rated.revenue.amount.minor
    return PlannedFigures(seconds, cost, revenue)
