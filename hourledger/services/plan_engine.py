"""What plans are made of: whose hours fall on which days, at which rates. Every view of a plan is made from this."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from hourledger.core.errors import Missing
from hourledger.core.finances import PlannedDay, assigned_seconds, first_day_limit, spread, task_days, under_cap
from hourledger.core.money import HourlyRate
from hourledger.core.money.hourly import SECONDS_PER_HOUR
from hourledger.core.periods import Period, spanned
from hourledger.core.rates import RateBasis, RateLine, RatingInput, search_rate
from hourledger.core.work import RateKind
from hourledger.services.plan_inputs import PlannedPeople, load_people, plan_input
from hourledger.services.plan_rates import PlanRates
from hourledger.services.rater import rater_for, task_rates
from hourledger.services.unit_of_work import UnitOfWork
from models.queries import planning
from models.queries.finances import PlannedWork, planned_work

PlanShare = tuple[PlannedWork, dict[date, PlannedDay]]


@dataclass
class PlanEngine:
    """What the plans of some projects are made of, loaded once; ``problems`` by project fill while it runs."""

    work: list[PlannedWork]
    contours: dict[int, dict[date, int]]
    working_days: Callable[[int | None, date, date], list[date]]
    first_limit: Callable[[int | None, date, int | None], int | None]
    rates: PlanRates
    people: PlannedPeople
    today: date
    problems: dict[int, Missing] = field(default_factory=dict)

    def tasks(self) -> Iterator[tuple[PlannedWork, list[PlannedDay], list[PlanShare]]]:
        """Each leaf task with its planned days, and what each assignment has of them, under the task's cap."""
        for assignments in _by_task(self.work):
            task = assignments[0]
            shares = assigned_seconds(task.task_seconds, [one.assigned_seconds for one in assignments])
            days = [(one, self._days(one, seconds)) for one, seconds in zip(assignments, shares, strict=True)]
            before = [share for _, share in days]
            whole = task_days(before, task.cap_minor)
            if task.cap_minor is not None:
                days = [(one, share) for (one, _), share in zip(days, under_cap(whole, before), strict=True)]
            yield task, whole, days

    def hourly_rates(self, one: PlannedWork, day: date) -> tuple[HourlyRate | None, HourlyRate | None]:
        """Cost and billing rate of an assignment on a day, as they are kept.

        None: nothing found, or not a price per unit of time.
        """
        entry = plan_input(self.rates.rater, self.people, one, day, SECONDS_PER_HOUR)
        rater = self.rates.rater
        cost, billing = (
            search_rate(entry, kind, rater.policy, rater.rates).line for kind in (RateKind.COST, RateKind.BILLING)
        )
        return _price_per_time(cost), _price_per_time(billing)

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


async def load_engine(unit: UnitOfWork, project_ids: Sequence[int]) -> PlanEngine:
    """For the plans of these projects, in a bounded number of statements."""
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

    return PlanEngine(
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


def _price_per_time(line: RateLine | None) -> HourlyRate | None:
    return line.rate if line is not None and line.basis is RateBasis.TIME else None
