"""What the organisation allows when time is logged, and what becomes of it when its task or project goes (§1.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import lock_organisation

_KEY = "time_logging"


class HourEditing(StrEnum):
    """ANYONE: whoever may log time. ENTERER: who logged the entry, and administrators."""

    ANYONE = "ANYONE"
    ENTERER = "ENTERER"


class HoursOfDeletedTask(StrEnum):
    """MOVE_TO_PROJECT: they become hours on the project itself. DELETE: they go with the task or issue."""

    MOVE_TO_PROJECT = "MOVE_TO_PROJECT"
    DELETE = "DELETE"


class HoursOfDeletedProject(StrEnum):
    """KEEP_AS_GENERAL: they become general time. DELETE: they go with the project."""

    KEEP_AS_GENERAL = "KEEP_AS_GENERAL"
    DELETE = "DELETE"


@dataclass(frozen=True, slots=True)
class Preferences:
    """``assign_roles_to_hours``: whether a role may be chosen for hours by hand (§3.10).

    ``allow_delete_with_logged_hours`` and ``allow_move_with_logged_hours``: of tasks and issues; moving within a
    project is always allowed.
    """

    assign_roles_to_hours: bool = True
    log_on_future_dates: bool = True
    log_on_projects: bool = True
    log_on_complete_projects: bool = False
    log_on_dead_projects: bool = False
    hour_editing: HourEditing = HourEditing.ANYONE
    on_task_or_issue_delete: HoursOfDeletedTask = HoursOfDeletedTask.MOVE_TO_PROJECT
    on_project_delete: HoursOfDeletedProject = HoursOfDeletedProject.KEEP_AS_GENERAL
    allow_delete_with_logged_hours: bool = True
    allow_move_with_logged_hours: bool = True


def preferences(unit: UnitOfWork) -> Preferences:
    """What the organisation chose; the defaults for what it did not."""
    stored = unit.organisation.settings.get(_KEY)
    chosen = stored if isinstance(stored, dict) else {}
    return _with(Preferences(), {name: chosen[name] for name in Preferences.__slots__ if name in chosen})


async def set_preferences(unit: UnitOfWork, changes: Mapping[str, Any]) -> Preferences:
    """Change these and leave the others; returns all. What is logged already stays.

    Raises:
        Invalid PREFERENCE_UNKNOWN, PREFERENCE_INVALID: the error's field names it. Denied PERMISSION_DENIED.
    """
    unit.require(Permission.ADMINISTER)
    organisation = await lock_organisation(unit.session, unit.organisation_id)
    before = preferences(unit)
    after = _with(before, changes)
    if before == after:
        return after
    organisation.settings = {**organisation.settings, _KEY: asdict(after)}
    unit.session.add(organisation)
    await unit.session.flush()
    unit.audit("set_preferences", "organisation", organisation.id, before=asdict(before), after=asdict(after))
    unit.emit("PREFERENCES_CHANGED", entity_id=organisation.id, **asdict(after))
    return after


def _with(chosen: Preferences, changes: Mapping[str, Any]) -> Preferences:
    kinds = {field.name: type(getattr(chosen, field.name)) for field in fields(chosen)}
    values: dict[str, Any] = {}
    for name, value in changes.items():
        if name not in kinds:
            raise Invalid(f"There is no preference {name}.", code="PREFERENCE_UNKNOWN", field=name)
        values[name] = _checked(name, value, kinds[name])
    return replace(chosen, **values)


def _checked(name: str, value: Any, kind: type) -> Any:
    try:
        if issubclass(kind, StrEnum):
            return kind(value)
        if isinstance(value, kind):
            return value
    except ValueError:
        pass
    allowed = " or ".join(kind) if issubclass(kind, StrEnum) else "true or false"
    raise Invalid(f"{name} is {allowed}, not {value!r}.", code="PREFERENCE_INVALID", field=name)
