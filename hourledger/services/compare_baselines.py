"""Two baselines of a project side by side, or one and now (project-finances §8.12)."""

from __future__ import annotations

from dataclasses import dataclass

from hourledger.core.errors import Invalid, Missing
from hourledger.core.finances import BaselineFigures, WorkMeasures, baseline_figures
from hourledger.core.work import CostType, RevenueType
from hourledger.services.measures import project_measures
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_all, select_one
from models.tables import BaselineRow, BaselineTaskRow, ProjectRow, TaskRow


@dataclass(frozen=True, slots=True)
class TaskMoment:
    """A task at one of the two moments."""

    project_id: int
    name: str
    cost_type: CostType
    revenue_type: RevenueType
    figures: BaselineFigures


@dataclass(frozen=True, slots=True)
class TaskComparison:
    """A task at both moments; None: it was not there."""

    task_id: int
    before: TaskMoment | None
    after: TaskMoment | None

    @property
    def difference(self) -> BaselineFigures | None:
        """After less before; None unless it was there both times."""
        return self.after.figures - self.before.figures if self.before and self.after else None


@dataclass(frozen=True, slots=True)
class BaselineComparison:
    """``after_id`` None: now."""

    project_id: int
    before_id: int
    after_id: int | None
    before: BaselineFigures
    after: BaselineFigures
    tasks: tuple[TaskComparison, ...]

    @property
    def difference(self) -> BaselineFigures:
        """After less before."""
        return self.after - self.before


async def compare_baselines(unit: UnitOfWork, before_id: int, after_id: int | None) -> BaselineComparison:
    """Any baseline with any other of its project, or with now (``after_id`` None).

    Raises:
        Missing BASELINE_UNKNOWN; Invalid OTHER_PROJECT.
    """
    before = await _baseline(unit, before_id, "a")
    tasks_before = await _kept_tasks(unit, before)
    if after_id is None:
        measures = (await project_measures(unit, [before.project_id]))[before.project_id]
        measures.require_plan()
        figures_after = baseline_figures(measures)
        tasks_after = await _tasks_now(unit, before.project_id, measures.tasks)
    else:
        after = await _baseline(unit, after_id, "b")
        if after.project_id != before.project_id:
            raise Invalid("Compare baselines of one project.", code="OTHER_PROJECT", field="b")
        figures_after = BaselineFigures.kept_in(after, after.currency)
        tasks_after = await _kept_tasks(unit, after)
    tasks = [
        TaskComparison(task_id, tasks_before.get(task_id), tasks_after.get(task_id))
        for task_id in sorted(tasks_before.keys() | tasks_after.keys())
    ]
    return BaselineComparison(
        before.project_id,
        before_id,
        after_id,
        BaselineFigures.kept_in(before, before.currency),
        figures_after,
        tuple(tasks),
    )


async def _baseline(unit: UnitOfWork, baseline_id: int, field: str) -> BaselineRow:
    row = await select_one(unit.session, BaselineRow, unit.organisation_id, baseline_id)
    project = None if row is None else await select_one(unit.session, ProjectRow, unit.organisation_id, row.project_id)
    if row is None or project is None:  # baselines go with their project
        raise Missing("There is no such baseline.", code="BASELINE_UNKNOWN", field=field)
    return row


async def _kept_tasks(unit: UnitOfWork, baseline: BaselineRow) -> dict[int, TaskMoment]:
    rows = await find_all(unit.session, BaselineTaskRow, unit.organisation_id, baseline_id=baseline.id)
    return {
        row.task_id: TaskMoment(
            baseline.project_id,
            row.name,
            row.cost_type,
            row.revenue_type,
            BaselineFigures.kept_in(row, baseline.currency),
        )
        for row in rows
    }


async def _tasks_now(unit: UnitOfWork, project_id: int, measures: dict[int, WorkMeasures]) -> dict[int, TaskMoment]:
    rows = await find_all(unit.session, TaskRow, unit.organisation_id, project_id=project_id)
    return {
        row.id: TaskMoment(project_id, row.name, row.cost_type, row.revenue_type, baseline_figures(measures[row.id]))
        for row in rows
        if row.id in measures
    }
