"""Rating all hours of some projects at once: what each would be worth by the rates of its day, slice by slice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from hourledger.columns import NONE, ColumnRater, Hours, Int, RatedHours, Work, cap_shares
from hourledger.core.errors import HourledgerError
from hourledger.core.periods import Period
from hourledger.core.rates import Kept, Policy, Reason
from hourledger.core.recalculation import RecalculationScope
from hourledger.services.freeze_rates import freeze
from hourledger.services.rater import rater_for, task_rates
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.assignments import AssignedTo
from models.queries.rating_columns import StoredHours, lines_of_reasons, load_work, read_hours
from models.queries.scope import scope_condition
from models.queries.slices import slices

PART_ENTRIES = 100_000
"""So many take some 50 MB while they are rated."""

GENERAL_TIME = "e.project_id IS NULL"


@dataclass(frozen=True)
class RatedSlice:
    """Hours as stored and what they would be worth. ``revenue`` is after caps, ``uncapped`` before.

    ``changes``: those that get another valuation. ``moved``: of them those that only get another share of
    a cap. ``reason``: places in ``reasons``; for moved ones the id of the stored reason. ``problems``: by project
    (NONE: general time) why none of its hours can be rated.
    """

    stored: StoredHours
    currency: npt.NDArray[np.str_]
    cost: Int
    revenue: Int
    uncapped: Int
    reason: Int
    reasons: Sequence[Reason]
    changes: npt.NDArray[np.bool_]
    moved: npt.NDArray[np.bool_]
    problems: Mapping[int, HourledgerError]


class RevenueOf(Protocol):
    """Some of the hours that were rated."""

    async def choose(
        self, unit: UnitOfWork, policy: Policy, days: Int, reasons_before: Int, rated: RatedHours
    ) -> npt.NDArray[np.bool_]:
        """Which ones, by their days, the ids of their stored reasons (NONE: not rated yet) and what was found now."""
        ...


@dataclass(frozen=True)
class Part:
    """Some of the hours of some projects; with a capped task come all of its hours.

    ``moves_billed_cost``: of what is billed, rate the cost and keep the revenue. ``revenue_of``: keep the cost of all,
    and rate the revenue only of those that it chooses by what was found for them.
    """

    which: str
    in_scope: str
    values: Mapping[str, Any]
    moves_billed_cost: bool = False
    revenue_of: RevenueOf | None = None


async def parts_of(
    unit: UnitOfWork,
    project_ids: Sequence[int | None],
    scope: RecalculationScope,
    revenue_of: RevenueOf | None = None,
) -> list[Part]:
    """The live hours of these projects (None: general time) that are in scope, in parts that fit into memory."""
    in_scope, values = scope_condition(scope)
    projects = [one for one in project_ids if one is not None]
    found = await slices(unit.session, projects, PART_ENTRIES)
    if None in project_ids:
        found.append((GENERAL_TIME, {}))
    return [Part(which, in_scope, values | more, scope.includes_billed_cost, revenue_of) for which, more in found]


async def rate_part(unit: UnitOfWork, part: Part) -> RatedSlice | None:
    """What these hours would be worth by the rates of now; nothing is stored. None: there are none.

    What is billed keeps its value, or at least its revenue. Whoever logs on a project that preserves its rates and is
    not frozen there yet is frozen now: to have seen only, roll back.
    """
    stored = await read_hours(
        unit.session,
        unit.organisation_id,
        part.which,
        part.values,
        in_scope=part.in_scope,
        moves_billed_cost=part.moves_billed_cost,
        keeps_cost=part.revenue_of is not None,
    )
    return await _rate(unit, stored, part.revenue_of) if len(stored) else None


async def _rate(unit: UnitOfWork, stored: StoredHours, revenue_of: RevenueOf | None) -> RatedSlice:
    hours = stored.hours
    project_ids = [one for one in np.unique(hours.project).tolist() if one != NONE]
    person_ids = np.unique(hours.person).tolist()
    work = await load_work(
        unit.session, unit.organisation_id, unit.base_currency, project_ids=project_ids, person_ids=person_ids
    )
    at = np.flatnonzero(stored.in_scope & ~stored.is_frozen)
    movable = _those(hours, at)
    await _freeze(unit, work, _those(hours, at[~stored.is_billed[at]]))
    rater = await _rater(unit, work, hours, project_ids, person_ids)
    rated = rater.rate(movable)
    chosen = np.ones(len(at), dtype=bool)
    if revenue_of is not None:
        chosen = await revenue_of.choose(unit, rater.policy, movable.day, stored.reason[at], rated)
    at = at[chosen]
    cost, uncapped, reason = stored.cost.copy(), stored.uncapped.copy(), stored.reason.copy()
    cost[at], uncapped[at], reason[at] = rated.cost[chosen], rated.revenue[chosen], rated.reason[chosen]
    reasons = list(rated.reasons)
    await _keep_frozen_sides(unit, stored, at, cost, uncapped, reason, reasons)
    is_rated = np.zeros(len(stored), dtype=bool)
    is_rated[at] = True
    revenue = _capped(work, stored, uncapped, is_rated)
    changes = is_rated & (
        (stored.valuation == NONE) | (cost != stored.cost) | (uncapped != stored.uncapped) | (revenue != stored.revenue)
    )
    changes[at] |= await _rates_differ(unit, stored.reason[at], reason[at], reasons)
    # The same amount by another rate is no reason to touch what is billed.
    changes &= ~stored.is_billed | (cost != stored.cost)
    moved = ~is_rated & ~stored.is_frozen_revenue & (revenue != stored.revenue)
    return RatedSlice(
        stored,
        work.currencies(hours),
        cost,
        revenue,
        uncapped,
        reason,
        reasons,
        changes | moved,
        moved,
        rated.problems,
    )


async def _rater(
    unit: UnitOfWork, work: Work, hours: Hours, project_ids: Sequence[int], person_ids: Sequence[int]
) -> ColumnRater:
    currency = {one.id: one.currency for one in work.projects}
    typed = [
        line
        for task in work.tasks
        if task.cost_rate_scaled is not None or task.billing_rate_scaled is not None
        for line in task_rates(task.id, currency[task.project_id], task.cost_rate_scaled, task.billing_rate_scaled)
    ]
    days = Period.inclusive(date.fromordinal(int(hours.day.min())), date.fromordinal(int(hours.day.max())))
    rater = await rater_for(
        unit,
        person_ids=person_ids,
        project_ids=project_ids,
        typed=typed,
        currencies={*currency.values(), unit.base_currency},
        days=days,
    )
    return ColumnRater(work, rater.policy, rater.rates, rater.attributes, rater.exchange)


async def _freeze(unit: UnitOfWork, work: Work, hours: Hours) -> None:
    preserving = [one.id for one in work.projects if one.preserves_billing_rates]
    if not preserving:
        return
    is_issue = np.array([one.is_issue for one in work.tasks] + [True])[work.task_places(hours)]
    at = np.flatnonzero(np.isin(hours.project, np.array(preserving)) & ~is_issue)
    if len(at):
        wanted = np.unique(np.stack([hours.project[at], hours.task[at], hours.person[at]], axis=1), axis=0)
        await freeze(unit, [AssignedTo(project, task, person, None) for project, task, person in wanted.tolist()])


def _capped(work: Work, stored: StoredHours, uncapped: Int, is_rated: npt.NDArray[np.bool_]) -> Int:
    """Revenue after the caps of tasks: what is billed uses the cap first, the rest follows by (day, id) (C-05).

    A cap is handed out anew where an hour of its task was rated; all other hours keep what they have.
    """
    caps = np.array([-1 if one.cap_minor is None else one.cap_minor for one in work.tasks] + [-1], dtype=np.int64)
    cap = caps[work.task_places(stored.hours)]
    is_shared = (cap >= 0) & np.isin(stored.hours.task, stored.hours.task[is_rated])
    is_free = (is_rated | is_shared) & ~stored.is_frozen_revenue
    revenue = np.where(is_free, uncapped, stored.revenue)
    free = np.flatnonzero(is_shared & is_free)
    if not len(free):
        return revenue
    billed = np.flatnonzero(is_shared & stored.is_frozen_revenue)
    tasks, of_task = np.unique(stored.hours.task, return_inverse=True)
    used = np.zeros(len(tasks), dtype=np.int64)
    np.add.at(used, of_task[billed], stored.revenue[billed])
    available = np.maximum(0, cap[free] - used[of_task[free]])
    revenue[free] = cap_shares(stored.hours.task[free], uncapped[free], available)
    return np.asarray(revenue, dtype=np.int64)


async def _keep_frozen_sides(
    unit: UnitOfWork, stored: StoredHours, at: Int, cost: Int, uncapped: Int, reason: Int, reasons: list[Reason]
) -> None:
    """Where only one side is kept, it stays as stored, and the reason names the valuation that it is from.

    Not where a work lock or the caller keeps a cost that would be found again: such reasons can be shared.
    """
    one_sided = at[(stored.is_frozen_cost != stored.is_frozen_revenue)[at]]
    if not len(one_sided):
        return
    lines = await lines_of_reasons(unit.session, np.unique(stored.reason[one_sided]).tolist())
    for one in one_sided.tolist():
        of_cost, of_revenue = lines[int(stored.reason[one])]
        valuation, found = int(stored.valuation[one]), reasons[int(reason[one])]
        if stored.is_frozen_cost[one]:
            if cost[one] == stored.cost[one] and of_cost == found.cost.line_id:
                continue
            cost[one] = stored.cost[one]
            found = replace(found, cost=Kept(valuation, of_cost))
        else:
            uncapped[one] = stored.uncapped[one]
            found = replace(found, revenue=Kept(valuation, of_revenue), markup=None)
        reason[one] = len(reasons)
        reasons.append(found)


async def _rates_differ(unit: UnitOfWork, before: Int, after: Int, reasons: Sequence[Reason]) -> npt.NDArray[np.bool_]:
    """Whether another stored rate than before is behind cost or revenue."""
    ids, which = np.unique(before, return_inverse=True)
    lines = await lines_of_reasons(unit.session, ids.tolist())
    old = np.array([_numbers(lines.get(one, (None, None))) for one in ids.tolist()], dtype=np.int64).reshape(-1, 2)
    new = np.array([_numbers((one.cost.line_id, one.revenue.line_id)) for one in reasons], dtype=np.int64)
    return np.asarray((old[which.reshape(-1)] != new.reshape(-1, 2)[after]).any(axis=1), dtype=bool)


def _numbers(lines: tuple[int | None, int | None]) -> tuple[int, int]:
    cost, revenue = lines
    return NONE if cost is None else cost, NONE if revenue is None else revenue


def _those(hours: Hours, at: Int) -> Hours:
    return Hours(
        hours.project[at],
        hours.task[at],
        hours.person[at],
        hours.chosen_role[at],
        hours.hour_type[at],
        hours.day[at],
        hours.seconds[at],
    )
