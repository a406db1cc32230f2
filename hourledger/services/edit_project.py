"""Change a project: its name and status, and its own finances. One, or several with an outcome for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hourledger.core.access import Permission
from hourledger.core.errors import Denied, HourledgerError, Invalid, Missing, NotAllowed
from hourledger.core.finances.value import require_percent
from hourledger.core.money import Money
from hourledger.core.work import ProjectStatus, TaskStatus
from hourledger.services.baselines import take_baseline_automatically
from hourledger.services.checks import require_name
from hourledger.services.finance_preferences import finance_preferences
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.unit_of_work import UnitOfWork
from models.errors import translated
from models.selecting import find_all, select_one
from models.tables import ProjectRow, TaskRow

_AMOUNTS = ("budget", "planned_benefit", "actual_benefit", "fixed_cost", "fixed_revenue")
_METHODS = ("index_method", "eac_method", "percent_basis")
_SCORES = ("alignment_percent",)
_SCORE_DIGITS = 2
_NOT_NEGATIVE = {"budget": "BUDGET_NEGATIVE", "planned_benefit": "BENEFIT_NEGATIVE"}
_SHOWN_MAX = 3

Changes = Mapping[str, Any]
"""New values by name; what is absent stays.

``name``, ``status``; ``budget``, ``planned_benefit``, ``actual_benefit``, ``fixed_cost``, ``fixed_revenue`` as Decimals
in major units of the project's currency (None: no budget, else 0); ``index_method``, ``eac_method``, ``percent_basis``
(None: the organisation's); ``alignment_percent`` from 0 to 100 (None: not scored).
"""


async def edit_project(unit: UnitOfWork, project_id: int, changes: Changes) -> bool:
    """Make the changes; False when everything was so already.

    A project is complete only when all its tasks are; its fixed revenue is realised as long as it is (C-04). A project
    that becomes Current gets a baseline where the organisation wants one. Nothing logged is rated anew (§4.1 row 10).

    Raises:
        Missing PROJECT_UNKNOWN; NotAllowed TASKS_OPEN.
        Invalid NAME_INVALID, BENEFIT_NEGATIVE, BUDGET_NEGATIVE, TOO_MANY_DIGITS, AMOUNT_TOO_LARGE, PERCENT_INVALID.
        Denied: EDIT_PROJECTS for name and status, EDIT_GENERAL_FINANCE for everything else (project-finances §9.4).
    """
    if {"name", "status"} & changes.keys():
        unit.require(Permission.EDIT_PROJECTS)
    if {*_AMOUNTS, *_METHODS, *_SCORES} & changes.keys():
        unit.require(Permission.EDIT_GENERAL_FINANCE)
    project = await select_one(unit.session, ProjectRow, unit.organisation_id, project_id, lock=True)
    if project is None:
        raise Missing(f"There is no project {project_id}.", code="PROJECT_UNKNOWN", field="projectId")
    columns = {name: value for name, value in _columns(changes, project).items() if getattr(project, name) != value}
    if not columns:
        return False
    if columns.get("status") is ProjectStatus.COMPLETE:
        await _require_all_tasks_complete(unit, project)
    before = {name: getattr(project, name) for name in columns}
    for name, value in columns.items():
        setattr(project, name, value)
    unit.session.add(project)
    await unit.session.flush()
    unit.audit("edit", "project", project_id, before=_plain(before), after=_plain(columns))
    unit.emit("PROJECT_EDITED", project_id=project_id, entity_id=project_id, fields=sorted(columns))
    if columns.keys() - {"name"}:
        await emit_finances_changed(unit, [project_id], cause="PROJECT_EDITED")
    if columns.get("status") is ProjectStatus.CURRENT and finance_preferences(unit).auto_baseline:
        await take_baseline_automatically(unit, project_id)
    return True


@dataclass(frozen=True, slots=True)
class ProjectEdited:
    """The outcome for one project: DONE, SKIPPED (it was so already), FORBIDDEN or FAILED with code and reason."""

    project_id: int
    outcome: str
    code: str = ""
    message: str = ""

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


async def edit_projects(unit: UnitOfWork, project_ids: Sequence[int], changes: Changes) -> list[ProjectEdited]:
    """The same changes to each of them; one that fails leaves the others alone (project-finances §9.5)."""
    results = []
    for project_id in dict.fromkeys(project_ids):
        try:
            async with translated(), unit.session.begin_nested():
                changed = await edit_project(unit, project_id, changes)
            results.append(ProjectEdited(project_id, "DONE" if changed else "SKIPPED"))
        except Denied as error:
            results.append(ProjectEdited(project_id, "FORBIDDEN", error.code, error.message))
        except HourledgerError as error:
            results.append(ProjectEdited(project_id, "FAILED", error.code, error.message))
    return results


def _columns(changes: Changes, project: ProjectRow) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name, value in changes.items():
        if name in _AMOUNTS:
            columns[f"{name}_minor"] = _amount(name, value, project.currency)
        elif name == "name":
            columns[name] = require_name(value)
        elif name in _SCORES:
            columns[name] = _score(name, value)
        else:
            columns[name] = value
    return columns


def _amount(name: str, value: Decimal | None, currency: str) -> int | None:
    if value is None:
        return None if name == "budget" else 0
    minor = Money.of(value, currency).minor
    if minor < 0 and name in _NOT_NEGATIVE:
        noun = name.replace("_", " ")
        raise Invalid(f"A {noun} of {value} is below zero: write zero or more.", code=_NOT_NEGATIVE[name], field=name)
    return minor


def _score(name: str, value: Decimal | None) -> Decimal | None:
    if value is None:
        return None
    require_percent(value, name)
    if value != round(value, _SCORE_DIGITS):
        raise Invalid(
            f"A score has at most {_SCORE_DIGITS} digits after the point.", code="PERCENT_INVALID", field=name
        )
    return value


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON can hold them."""
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in values.items()}


async def _require_all_tasks_complete(unit: UnitOfWork, project: ProjectRow) -> None:
    unfinished = [status for status in TaskStatus if status is not TaskStatus.COMPLETE]
    left = await find_all(unit.session, TaskRow, unit.organisation_id, project_id=project.id, status=unfinished)
    if left:
        named = ", ".join(repr(task.name) for task in left[:_SHOWN_MAX])
        more = f" and {len(left) - _SHOWN_MAX} more" if len(left) > _SHOWN_MAX else ""
        raise NotAllowed(
            f"Project {project.code} has tasks that are not complete: {named}{more}. Complete them first.",
            code="TASKS_OPEN",
            field="status",
        )
