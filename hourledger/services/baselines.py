"""Baselines: keep the numbers of this moment; say which one counts; take one away (project-finances §8.12)."""

from __future__ import annotations

from dataclasses import fields
from itertools import count
from typing import Any

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing, NotAllowed
from hourledger.core.finances import BaselineFigures, WorkMeasures, baseline_figures
from hourledger.services.checks import require_name
from hourledger.services.measures import project_measures
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_all, find_one, select_one
from models.tables import BaselineRow, BaselineTaskRow, ProjectRow, TaskRow


async def take_baseline(unit: UnitOfWork, project_id: int, name: str) -> int:
    """What the project and each of its tasks come to now. The first one of a project is its default. Returns its id.

    Raises:
        Missing PROJECT_UNKNOWN; Invalid NAME_INVALID, BASELINE_EXISTS: the project has one of this name.
    """
    unit.require(Permission.EDIT_PROJECTS)
    # Locked, so that of two who take the first one, one becomes the default.
    project = await select_one(unit.session, ProjectRow, unit.organisation_id, project_id, lock=True)
    if project is None:
        raise Missing(f"There is no project {project_id}.", code="PROJECT_UNKNOWN", field="projectId")
    name = require_name(name)
    others = await find_all(unit.session, BaselineRow, unit.organisation_id, project_id=project_id)
    if name in {other.name for other in others}:
        raise Invalid(
            f"Project {project.code} has a baseline {name!r} already: choose another name.",
            code="BASELINE_EXISTS",
            field="name",
        )
    measures = (await project_measures(unit, [project_id]))[project_id]
    measures.require_plan()
    row = BaselineRow(
        organisation_id=unit.organisation_id,
        project_id=project_id,
        name=name,
        is_default=not others,
        taken_on=unit.today,
        taken_at=unit.now,
        taken_by=unit.principal.subject,
        currency=measures.currency,
        index_method=measures.methods.index,
        eac_method=measures.methods.eac,
        **_columns(measures),
    )
    unit.session.add(row)
    await unit.session.flush()
    for task in await find_all(unit.session, TaskRow, unit.organisation_id, project_id=project_id):
        if task.id in measures.tasks:
            unit.session.add(_task_row(row, task, measures.tasks[task.id]))
    await unit.session.flush()
    unit.audit("create", "baseline", row.id, after={"name": name, "project_id": project_id})
    unit.emit("BASELINE_TAKEN", project_id=project_id, entity_id=row.id, name=name)
    return row.id


async def take_baseline_automatically(unit: UnitOfWork, project_id: int) -> int:
    """Named after the day; a second one of a day is numbered."""
    name = f"Current on {unit.today.isoformat()}"
    taken = {row.name for row in await find_all(unit.session, BaselineRow, unit.organisation_id, project_id=project_id)}
    free = next(one for number in count(1) if (one := name if number == 1 else f"{name} ({number})") not in taken)
    return await take_baseline(unit, project_id, free)


async def choose_default_baseline(unit: UnitOfWork, baseline_id: int) -> None:
    """The one that later figures are compared with. Raises Missing BASELINE_UNKNOWN."""
    unit.require(Permission.EDIT_PROJECTS)
    chosen = await _locked(unit, baseline_id)
    if chosen.is_default:
        return
    before = await find_one(
        unit.session, BaselineRow, unit.organisation_id, lock=True, project_id=chosen.project_id, is_default=True
    )
    if before is not None:
        before.is_default = False
        unit.session.add(before)
        await unit.session.flush()
    chosen.is_default = True
    unit.session.add(chosen)
    await unit.session.flush()
    unit.audit(
        "choose_default", "baseline", baseline_id, before={"baseline_id": before.id if before else None},
        after={"baseline_id": baseline_id},
    )  # fmt: skip
    unit.emit("BASELINE_CHOSEN", project_id=chosen.project_id, entity_id=baseline_id)


async def delete_baseline(unit: UnitOfWork, baseline_id: int, *, reason: str = "") -> None:
    """Raises Missing BASELINE_UNKNOWN; NotAllowed BASELINE_IS_DEFAULT: while there are others, choose one first."""
    unit.require(Permission.EDIT_PROJECTS)
    row = await _locked(unit, baseline_id)
    others = await find_all(unit.session, BaselineRow, unit.organisation_id, project_id=row.project_id)
    if row.is_default and len(others) > 1:
        raise NotAllowed(
            f"Baseline {row.name!r} is the default: make another one the default before you delete it.",
            code="BASELINE_IS_DEFAULT",
        )
    for task in await find_all(unit.session, BaselineTaskRow, unit.organisation_id, baseline_id=baseline_id):
        await unit.session.delete(task)
    await unit.session.flush()
    await unit.session.delete(row)
    await unit.session.flush()
    unit.audit("delete", "baseline", baseline_id, reason=reason, before={"name": row.name, **_numbers(row)})
    unit.emit("BASELINE_DELETED", project_id=row.project_id, entity_id=baseline_id)


async def _locked(unit: UnitOfWork, baseline_id: int) -> BaselineRow:
    """The baseline with its project locked: choosing, deleting and taking come one after the other."""
    row = await select_one(unit.session, BaselineRow, unit.organisation_id, baseline_id)
    if row is not None:
        project = await select_one(unit.session, ProjectRow, unit.organisation_id, row.project_id, lock=True)
        locked = await select_one(unit.session, BaselineRow, unit.organisation_id, baseline_id, lock=True)
        row = None if project is None else locked  # baselines go with their project
    if row is None:
        raise Missing(f"There is no baseline {baseline_id}.", code="BASELINE_UNKNOWN", field="baselineId")
    return row


def _task_row(baseline: BaselineRow, task: TaskRow, measures: WorkMeasures) -> BaselineTaskRow:
    return BaselineTaskRow(
        organisation_id=baseline.organisation_id,
        baseline_id=baseline.id,
        task_id=task.id,
        parent_id=task.parent_id,
        name=task.name,
        cost_type=task.cost_type,
        revenue_type=task.revenue_type,
        **_columns(measures),
    )


def _columns(measures: WorkMeasures) -> dict[str, Any]:
    """The figures by column; those of projects alone are absent for a task."""
    kept = baseline_figures(measures)
    values = {one.name: getattr(kept, one.name) for one in fields(BaselineFigures) if one.name != "currency"}
    return {name: value for name, value in values.items() if value is not None}


def _numbers(row: BaselineRow) -> dict[str, Any]:
    return {
        one.name: value if isinstance(value := getattr(row, one.name), int) else str(value)
        for one in fields(BaselineFigures)
    }
