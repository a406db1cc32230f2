"""Creating projects, tasks and assignments."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from strawberry import UNSET

from hourledger.core.errors import Invalid, Missing
from hourledger.core.money import parse_hours
from hourledger.core.work import CostType, RevenueType
from hourledger.services import create_project as projects
from hourledger.services.set_project_company import set_project_company as store_company
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.listing.projects import ASSIGNMENTS, PROJECTS, TASKS
from models.selecting import select_kept
from models.tables import ProjectRow
from resolvers.context import RequestContext
from resolvers.ids import optional_row_id, row_id
from resolvers.mutations import Answer, mutation


@mutation("createProject", PROJECTS)
async def create_project(
    _context: RequestContext,
    unit: UnitOfWork,
    *,
    code: str,
    name: str,
    company_id: str | None,
    currency: str | None,
    require_time_approval: bool,
    is_template: bool,
) -> Answer:
    made = await projects.create_project(
        unit,
        code=code,
        name=name,
        company_id=optional_row_id(company_id, "Company", "companyId"),
        currency=currency,
        require_time_approval=require_time_approval,
        is_template=is_template,
    )
    return {"id": made}


@mutation("setProjectCompany", PROJECTS)
async def set_project_company(
    _context: RequestContext, unit: UnitOfWork, *, project_id: str, company_id: Any
) -> Answer:
    number = row_id(project_id, "Project", "projectId")
    if company_id is UNSET:
        raise Invalid("Name the customer, or null for none.", code="COMPANY_MISSING", field="companyId")
    await store_company(unit, number, optional_row_id(company_id, "Company", "companyId"))
    return {"id": number}


@mutation("createTask", TASKS)
async def create_task(
    _context: RequestContext,
    unit: UnitOfWork,
    *,
    project_id: str,
    name: str,
    parent_id: str | None,
    cost_type: CostType | None,
    cost_rate: Decimal | None,
    revenue_type: RevenueType | None,
    billing_rate: Decimal | None,
    billing_amount: Decimal | None,
    planned_hours: Decimal,
    planned_start: date | None,
    planned_completion: date | None,
) -> Answer:
    plan = projects.TaskPlan(
        name=name,
        cost_type=cost_type,
        revenue_type=revenue_type,
        parent_id=optional_row_id(parent_id, "Task", "parentId"),
        cost_rate=cost_rate,
        billing_rate=billing_rate,
        billing_amount=billing_amount,
        planned_seconds=parse_hours(planned_hours),
        planned_start=planned_start,
        planned_completion=planned_completion,
    )
    return {"id": await projects.create_task(unit, row_id(project_id, "Project", "projectId"), plan)}


@mutation("assignToTask", ASSIGNMENTS)
async def assign_to_task(
    _context: RequestContext,
    unit: UnitOfWork,
    *,
    task_id: str,
    person_id: str | None,
    role_id: str | None,
    planned_hours: Decimal | None,
) -> Answer:
    made = await projects.assign(
        unit,
        row_id(task_id, "Task", "taskId"),
        person_id=optional_row_id(person_id, "Person", "personId"),
        role_id=optional_row_id(role_id, "Role", "roleId"),
        planned_seconds=None if planned_hours is None else parse_hours(planned_hours),
    )
    return {"id": made}


async def project_currency(unit: UnitOfWork, project_id: int, field: str = "projectId") -> str:
    """The currency, which stays until the transaction ends. Raises Missing PROJECT_UNKNOWN."""
    found = await select_kept(unit.session, ProjectRow, unit.organisation_id, project_id)
    if found is None:
        raise Missing("There is no such project.", code="PROJECT_UNKNOWN", field=field)
    return found.currency
