"""What assignments cost and earn day by day: planned hours at their rates, and the hours that count as theirs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from hourledger.core.errors import Missing
from hourledger.core.finances import DatedMoney
from hourledger.services.plan_engine import load_engine
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.assigned_work import work_of_assignments


@dataclass(frozen=True, slots=True)
class AssignedMoney:
    """The days of a project's assignments, each in order. ``problem``: why some planned amounts are not known."""

    days: dict[int, list[DatedMoney]] = field(default_factory=dict)
    problem: Missing | None = None


async def assignment_money(unit: UnitOfWork, project_ids: Sequence[int]) -> dict[int, AssignedMoney]:
    """By project id. An hour is of the assignment that speaks for it: the person's own one, else that of an open role.

    A task with others below it has no plan, only what was worked. Planned revenue is under
    the task's cap, so that the assignments of a task sum to it.
    """
    engine = await load_engine(unit, project_ids)
    found: dict[int, dict[int, dict[date, DatedMoney]]] = {one: defaultdict(dict) for one in project_ids}
    planned = {}
    for task, _, shares in engine.tasks():
        for one, share in shares:
            if one.assignment_id is None:
                continue
            planned[one.assignment_id] = one
            for day, part in share.items():
                found[task.project_id][one.assignment_id][day] = DatedMoney(
                    day, day, *engine.hourly_rates(one, day), part.seconds, part.cost_minor, part.revenue_minor
                )
    for worked in await work_of_assignments(unit.session, unit.organisation_id, project_ids):
        days = found[worked.project_id][worked.assignment_id]
        if worked.day not in days:
            of = planned.get(worked.assignment_id)
            rates = (None, None) if of is None else engine.hourly_rates(of, worked.day)
            days[worked.day] = DatedMoney(worked.day, worked.day, *rates)
        days[worked.day] = replace(
            days[worked.day],
            actual_seconds=worked.seconds,
            actual_cost_minor=worked.cost_minor,
            actual_revenue_minor=worked.revenue_minor,
        )
    return {
        project_id: AssignedMoney(
            {assignment: [days[day] for day in sorted(days)] for assignment, days in several.items()},
            engine.problems.get(project_id),
        )
        for project_id, several in found.items()
    }
