"""Freezing billing rates: what the search yields now, for all days, is kept per task and person or open role (§3.8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hourledger.core.periods import Period
from hourledger.core.rates import Level, RateLine, day_in, frozen_rate, stretches, timeline
from hourledger.core.work import RateKind
from hourledger.services.plan_inputs import load_people, plan_input
from hourledger.services.rater import Rater, load_rater, rater_for, task_rates
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.assignments import AssignedTo
from models.queries.finances import PlannedWork, planned_work
from models.queries.rate_lines import days_of_change, frozen_on_tasks, lock_freezing
from models.queries.rating import EntryFacts, SupposedHour, facts_of_supposed_hours
from models.selecting import find_all, select_one
from models.tables import AssignmentRow, ProjectRow, RateLineRow, RateScopeRow

Line = tuple[Period, RateLine]


async def freeze(unit: UnitOfWork, assigned: Sequence[AssignedTo]) -> int:
    """Freeze the billing rates of those that are not frozen yet; returns how many it froze.

    A person gets what work on the task would earn, an open role what its plan does; a percentage on top of cost is kept
    as the price it makes of that day's cost, so that a raise changes what somebody costs and not what they are billed
    at. Stretches without a rate have nothing to keep: a rate that is set later counts there.
    """
    tasks = sorted({one.task_id for one in assigned})
    if {(one.task_id, one.person_id, one.role_id) for one in assigned} <= await frozen_on_tasks(unit.session, tasks):
        return 0
    await lock_freezing(unit.session, tasks)
    frozen = await frozen_on_tasks(unit.session, tasks)
    fresh = [one for one in assigned if (one.task_id, one.person_id, one.role_id) not in frozen]
    people = [one for one in fresh if one.person_id is not None]
    roles = [one for one in fresh if one.person_id is None]
    lines = await _lines_of_people(unit, people) | await _lines_of_roles(unit, roles)
    for one in fresh:
        await _keep(unit, one, lines.get(one, []))
    return len(fresh)


async def freeze_for(unit: UnitOfWork, facts: Sequence[EntryFacts]) -> None:
    """Freeze for those who log on a project that preserves its rates and are not frozen there yet."""
    wanted = {
        AssignedTo(one.project_id, one.task_id, one.person_id, None)
        for one in facts
        if one.preserves_billing_rates and one.project_id is not None and one.task_id is not None and not one.is_issue
    }
    if wanted:
        await freeze(unit, sorted(wanted, key=lambda one: (one.task_id, one.person_id or 0)))


async def freeze_on_preserved(unit: UnitOfWork, assigned: AssignedTo) -> None:
    """Freeze for somebody who is assigned now, if the project preserves its billing rates."""
    project = await select_one(unit.session, ProjectRow, unit.organisation_id, assigned.project_id)
    if project is not None and project.preserve_billing_rates:
        await freeze(unit, [assigned])


async def _lines_of_people(unit: UnitOfWork, people: Sequence[AssignedTo]) -> dict[AssignedTo, list[Line]]:
    if not people:
        return {}
    bounds = await _bounds(unit, people)
    days = [day_in(stretch) for stretch in stretches(bounds)]
    hours = [
        SupposedHour(one.person_id, one.project_id, one.task_id, day)
        for one in people
        if one.person_id is not None
        for day in days
    ]
    found = await facts_of_supposed_hours(unit.session, unit.organisation_id, hours)
    rater = await load_rater(unit, found)
    by_day = {(one.task_id, one.person_id, one.work_date): one for one in found}

    def line_of(one: AssignedTo, day: date) -> RateLine | None:
        entry = rater.input_of(by_day[one.task_id, one.person_id or 0, day])
        return frozen_rate(entry, rater.policy, rater.rates)

    return {one: timeline(bounds, lambda day, one=one: line_of(one, day)) for one in people}  # type: ignore[misc]


async def _lines_of_roles(unit: UnitOfWork, roles: Sequence[AssignedTo]) -> dict[AssignedTo, list[Line]]:
    if not roles:
        return {}
    projects = sorted({one.project_id for one in roles})
    work = await planned_work(unit.session, unit.organisation_id, projects)
    typed = {one.task_id: (one.currency, one.cost_rate_scaled, one.billing_rate_scaled) for one in work}
    rater = await rater_for(
        unit,
        person_ids=(),
        project_ids=projects,
        typed=[line for task_id, amounts in typed.items() for line in task_rates(task_id, *amounts)],
    )
    known = await load_people(unit, ())
    bounds = rater.rates.bounds()
    plans = {(one.task_id, one.role_id): one for one in work if one.person_id is None}

    def line_of(one: PlannedWork, day: date) -> RateLine | None:
        return frozen_rate(plan_input(rater, known, one, day, 3600), rater.policy, rater.rates)

    return {
        one: timeline(bounds, lambda day, plan=plan: line_of(plan, day))  # type: ignore[misc]
        for one in roles
        if (plan := plans.get((one.task_id, one.role_id))) is not None
    }


async def _bounds(unit: UnitOfWork, people: Sequence[AssignedTo]) -> set[date]:
    """All days on which what somebody of them earns or costs may change: what is billed over cost follows both.

    Whoever else is on these tasks counts as well: what a role costs can be that of the one who is assigned (§2.1).
    """
    persons = {one.person_id for one in people if one.person_id is not None}
    tasks = {one.task_id for one in people}
    beside = await find_all(unit.session, AssignmentRow, unit.organisation_id, task_id=tasks)
    persons |= {one.person_id for one in beside if one.person_id is not None}
    projects = sorted({one.project_id for one in people})
    rater: Rater = await rater_for(unit, person_ids=persons, project_ids=projects)
    changes = await days_of_change(unit.session, unit.organisation_id, sorted(persons), projects)
    return rater.rates.bounds() | rater.attributes.bounds() | changes


async def _keep(unit: UnitOfWork, one: AssignedTo, lines: Sequence[Line]) -> None:
    scope = RateScopeRow(
        organisation_id=unit.organisation_id,
        kind=RateKind.BILLING,
        level=Level.PRESERVED_PERSON if one.person_id is not None else Level.PRESERVED_ROLE,
        project_id=one.project_id,
        task_id=one.task_id,
        person_id=one.person_id,
        role_id=one.role_id,
    )
    unit.session.add(scope)
    await unit.session.flush()
    unit.session.add_all(
        RateLineRow(
            organisation_id=unit.organisation_id,
            scope_id=scope.id,
            rate_scaled=line.rate.scaled,
            currency=line.rate.currency,
            unit_seconds=line.rate.unit_seconds,
            basis=line.basis,
            valid_from=period.valid_from,
            valid_until=period.valid_until,
            recorded_at=unit.now,
            recorded_by=unit.principal.subject,
        )
        for period, line in lines
    )
    await unit.session.flush()
