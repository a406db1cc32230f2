"""On which terms work is done: who is billed as what, overtime, issues, kinds of hours on a project, preferences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from strawberry import UNSET

from hourledger.core.periods import Period
from hourledger.services import hour_type_selection, preferences, set_assignment_billing, set_billing_role
from hourledger.services.changes import Same
from hourledger.services.create_issue import create_issue as store_issue
from hourledger.services.set_overtime_ratio import set_overtime_ratio as store_ratio
from hourledger.services.task_hours import require_assignment
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.listing.billing_roles import BILLING_ROLES
from models.queries.listing.issues import ISSUES
from models.queries.listing.people import PEOPLE
from models.queries.listing.projects import ASSIGNMENTS, PROJECTS, TASKS
from resolvers.changes.left_out import unless_left_out
from resolvers.changes.removing import deletion
from resolvers.context import RequestContext
from resolvers.ids import optional_row_id, row_id
from resolvers.mutations import Answer, Mutation, mutation


@mutation("setProjectBillingRole", BILLING_ROLES)
async def set_project_billing_role(
    _context: RequestContext,
    unit: UnitOfWork,
    *,
    project_id: str,
    person_id: str,
    role_id: str,
    valid_from: date | None,
    last_day: date | None,
    replace_overlapping: bool,
) -> Answer:
    made = await set_billing_role.set_billing_role(
        unit,
        row_id(project_id, "Project", "projectId"),
        row_id(person_id, "Person", "personId"),
        row_id(role_id, "Role", "roleId"),
        Period.inclusive(valid_from, last_day),
        replace_overlapping=replace_overlapping,
    )
    return {"id": made}


@deletion("removeProjectBillingRole")
async def remove_project_billing_role(
    _context: RequestContext, unit: UnitOfWork, *, project_billing_role_id: str
) -> Answer:
    number = row_id(project_billing_role_id, "ProjectBillingRole", "projectBillingRoleId")
    await set_billing_role.remove_billing_role(unit, number)
    return {"id": number}


@mutation("setAssignmentBilling", ASSIGNMENTS)
async def set_assignment_billing_terms(
    _context: RequestContext, unit: UnitOfWork, *, assignment_id: str, is_billable: bool | None, billing_role_id: Any
) -> Answer:
    number = row_id(assignment_id, "Assignment", "assignmentId")
    await require_assignment(unit, number)
    role = unless_left_out(billing_role_id, lambda value: optional_row_id(value, "Role", "billingRoleId"))
    if not isinstance(role, Same):
        await set_assignment_billing.set_assignment_billing_role(unit, number, role)
    if is_billable is not None:
        await set_assignment_billing.set_assignment_billable(unit, number, is_billable)
    return {"id": number}


@mutation("setOvertimeRatio", TASKS)
async def set_overtime_ratio(
    _context: RequestContext, unit: UnitOfWork, *, task_id: str, overtime_ratio: Decimal | None
) -> Answer:
    number = row_id(task_id, "Task", "taskId")
    await store_ratio(unit, number, overtime_ratio)
    return {"id": number}


@mutation("createIssue", ISSUES)
async def create_issue(
    _context: RequestContext,
    unit: UnitOfWork,
    *,
    project_id: str,
    name: str,
    person_id: str | None,
    role_id: str | None,
) -> Answer:
    made = await store_issue(
        unit,
        row_id(project_id, "Project", "projectId"),
        name,
        person_id=optional_row_id(person_id, "Person", "personId"),
        role_id=optional_row_id(role_id, "Role", "roleId"),
    )
    return {"id": made}


@mutation("setProjectHourTypes", PROJECTS)
async def set_project_hour_types(
    _context: RequestContext, unit: UnitOfWork, *, project_id: str, hour_type_ids: Sequence[str] | None
) -> Answer:
    number = row_id(project_id, "Project", "projectId")
    await hour_type_selection.set_project_hour_types(unit, number, _kinds(hour_type_ids))
    return {"id": number}


@mutation("setPersonHourTypes", PEOPLE)
async def set_person_hour_types(
    _context: RequestContext, unit: UnitOfWork, *, person_id: str, hour_type_ids: Sequence[str] | None
) -> Answer:
    number = row_id(person_id, "Person", "personId")
    await hour_type_selection.set_person_hour_types(unit, number, _kinds(hour_type_ids))
    return {"id": number}


def _kinds(hour_type_ids: Sequence[str] | None) -> list[int] | None:
    return None if hour_type_ids is None else [row_id(one, "HourType", "hourTypeIds") for one in hour_type_ids]


async def _set_preferences(_context: RequestContext, unit: UnitOfWork, **wanted: Any) -> Answer:
    await preferences.set_preferences(unit, {name: value for name, value in wanted.items() if value is not UNSET})
    return {}


async def _preferences(context: RequestContext, _answer: Answer) -> preferences.Preferences:
    async with context.reading() as unit:
        return preferences.preferences(unit)


set_preferences: Mutation[preferences.Preferences] = Mutation("setPreferences", _set_preferences, _preferences)
