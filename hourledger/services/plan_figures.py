"""Planned labour: hours spread over working days, each day at the rate of that day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from hourledger.core.finances import planned_days
from hourledger.core.periods import Period, spanned
from hourledger.core.rates import (
    Level,
    RateTable,
    RatingInput,
    Subject,
    rate_hours,
    shipped_policy,
)
from hourledger.services.rate_entries import Rater, task_rates
from hourledger.services.unit_of_work import UnitOfWork
from models.queries import rating
from models.queries.finances import PlannedWork, planned_work, primary_roles


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
    people = sorted({one.person_id for one in work if one.person_id is not None})
    roles = await primary_roles(unit.session, unit.organisation_id, people)
    lines = await rating.load_rates(
        unit.session,
        unit.organisation_id,
        person_ids=people,
        project_ids=project_ids,
        company_ids={one.company_id for one in work if one.company_id is not None},
    )
    for one in {one.task_id: one for one in work}.values():
        lines += task_rates(one.task_id, one.currency, one.cost_rate_scaled, one.billing_rate_scaled)
    exchange = await rating.load_exchange_of_projects(
        unit.session,
        unit.organisation_id,
        unit.base_currency,
        project_ids,
        currencies={line.rate.currency for _, line in lines} | {one.currency for one in work},
        days=spanned(
            day or unit.today for one in work for day in (one.planned_start, one.planned_completion, unit.today)
        ),
    )
    rater = Rater(shipped_policy(unit.organisation.rate_policy), RateTable(lines), exchange)

    def primary_role(person_id: int | None, on: date) -> int | None:
        for person, role, valid_from, valid_until in roles:
            if person == person_id and on in Period(valid_from, valid_until):
                return role
        return None

    plans = {project_id: ProjectPlan({}) for project_id in project_ids}
    for assignments in _by_task(work):
        task = assignments[0]
        figures = PlannedFigures()
        for one in assignments:
            figures += _plan(rater, one, unit.today, primary_role)
        if task.cap_minor is not None:
            figures = replace(figures, revenue_minor=min(figures.revenue_minor, task.cap_minor))
        plans[task.project_id].tasks[task.task_id] = figures
    return plans


def _by_task(work: Sequence[PlannedWork]) -> list[list[PlannedWork]]:
    tasks: dict[int, list[PlannedWork]] = defaultdict(list)
    for one in work:
        tasks[one.task_id].append(one)
    return list(tasks.values())


def _plan(
    rater: Rater, one: PlannedWork, today: date, primary_role: Callable[[int | None, date], int | None]
) -> PlannedFigures:
    """Of one assignment: each planned day at the rate of that day, rounded per day."""
    seconds = one.assigned_seconds if one.assignment_id is not None else one.task_seconds
    cost = revenue = 0
    start = one.planned_start or min(today, one.planned_completion or today)
    for day, share in planned_days(seconds, start, one.planned_completion or start).items():
        if not share:
            continue
        entry = _input(one, day, share, primary_role(one.person_id, day))
        rated = rate_hours(entry, rater.policy, rater.rates, rater.exchange[one.project_id])
        cost += rated.cost.amount.minor
        revenue += rated.revenue.amount.minor
    return PlannedFigures(seconds, cost, revenue)


def _input(one: PlannedWork, day: date, seconds: int, primary_role_id: int | None) -> RatingInput:
    """The plan in the terms of the rate policy: a person is the owner of the hours, a role alone is the task's."""
    subjects: dict[Subject, int | None] = {Subject.TASK: one.task_id}
    if one.person_id is not None:
        subjects |= {
            Subject.OWNER: one.person_id,
            Subject.OWNER_COST_OVERRIDE_ALLOWED: one.person_id if one.cost_override_allowed else None,
            Subject.OWNER_PRIMARY_ROLE: primary_role_id,
            Subject.OWNER_ASSIGNMENT: one.assignment_id,
            Subject.OWNER_ASSIGNMENT_ROLE: one.role_id,
        }
    else:
        subjects |= {Subject.TASK_ROLE: one.role_id, Subject.TASK_ROLE_ASSIGNMENT: one.assignment_id}
    scopes = {Level.PROJECT_PERSON: one.project_id, Level.PROJECT_ROLE: one.project_id}
    if one.company_id is not None:
        scopes[Level.COMPANY_ROLE] = one.company_id
    return RatingInput(
        on=day,
        seconds=seconds,
        currency=one.currency,
        cost_type=one.cost_type,
        revenue_type=one.revenue_type,
        subjects={subject: known for subject, known in subjects.items() if known is not None},
        scopes=scopes,
        counts_as_revenue=one.is_billable,
        is_planned=True,
    )
